/** The entry of a thread of the pool: says that it is there, then does one job after the other. */
import { parentPort } from 'node:worker_threads';
import type { BlockJob } from '../columnar/job.js';
import { blockTask } from '../columnar/task.js';

/** What a thread says: that it is ready, what came of a job, or why nothing did. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly message: string };

parentPort?.on('message', (job: BlockJob) => {
  try {
    const { value, transfer } = blockTask(job);
    parentPort?.postMessage({ kind: 'done', bytes: value } satisfies Answer, [...transfer]);
  } catch (error) {
    parentPort?.postMessage({ kind: 'failed', message: String(error) } satisfies Answer);
  }
});
parentPort?.postMessage({ kind: 'ready' } satisfies Answer);
