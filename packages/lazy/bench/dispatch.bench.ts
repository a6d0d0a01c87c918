/** What it costs to have work done on a warm worker: dispatch against a bare message round trip, moving against cloning. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { WorkerExecutor } from '@perf/lazy';
import type { Bench } from '@perf/tooling-bench';

const BYTES = 100 * 2 ** 20;
const TASKS = new URL('./tasks.mjs', import.meta.url);

export default async function run({ benchmark, comparison, quick }: Bench): Promise<void> {
  const budget = quick ? '300ms' : '3s';
  const executor = new WorkerExecutor({ threads: 1 });
  const bare = new Worker(fileURLToPath(new URL('./echo-worker.mjs', import.meta.url)));
  const module = TASKS.href;
  await executor.run({ module, export: 'echo', args: 1 });
  // As lean as it can be set up, and as the executor sets it up.
  const pool = new Piscina({
    filename: module,
    name: 'echo',
    minThreads: 1,
    maxThreads: 1,
    atomics: 'disabled',
    recordTiming: false,
  });
  await pool.run(1);

  comparison(
    'A task without data on a warm worker',
    await benchmark.compare(
      {
        'bare postMessage round trip': () => roundTrip(bare, 1),
        'piscina alone': () => pool.run(1) as Promise<unknown>,
        'WorkerExecutor.run': () => executor.run({ module, export: 'echo', args: 1 }),
      },
      { budget },
    ),
  );

  comparison(
    '100 MB to a worker and back',
    await benchmark.compare(
      {
        'structured clone, bare postMessage': () => roundTrip(bare, new Uint8Array(BYTES)),
        'moved, WorkerExecutor.run': () => {
          const bytes = new Uint8Array(BYTES);
          return executor.run({ module, export: 'moveBack', args: { bytes }, transfer: [bytes.buffer] });
        },
      },
      { budget: quick ? '1s' : '30s', batch: 1 },
    ),
  );
  await executor.close();
  await pool.destroy();
  await bare.terminate();
}

async function roundTrip(worker: Worker, message: unknown): Promise<unknown> {
  const answer = once(worker, 'message');
  worker.postMessage(message);
  return answer;
}
