/** The entry of a thread of the pool: says that it is there, then does one job after the other. */
import { parentPort } from 'node:worker_threads';
import type { BlockJob } from '../columnar/job.js';
import { blockTask, type JobResult } from '../columnar/task.js';

/** What a thread says: that it is ready, or what came of a job. */
export type Answer = { readonly kind: 'ready' } | { readonly kind: 'done'; readonly result: JobResult };

parentPort?.on('message', (job: BlockJob) => {
  const { value, transfer } = blockTask(job);
  parentPort?.postMessage({ kind: 'done', result: value } satisfies Answer, [...transfer]);
});
parentPort?.postMessage({ kind: 'ready' } satisfies Answer);
