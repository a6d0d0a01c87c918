import type { BlockRunner } from '../columnar/columnar.js';
import { shown } from '@perf/internal/errors';
import { aborted } from '../abort.js';
import { lost, unreadableBlock } from '../errors.js';
import { builtFile } from './built-file.js';
import type { Executor } from './executor.js';

/** Block jobs through an executor that was passed in. */
export function executorRunner(executor: Executor): BlockRunner {
  return {
    concurrency: executor.concurrency,
    async run(job, signal) {
      const { buffer } = job.bytes;
      const task = {
        module: builtFile('task.js').href,
        export: 'blockTask',
        args: job,
        transfer: buffer instanceof ArrayBuffer ? [buffer] : [],
      };
      const result = await ran(executor, task, signal);
      if (result instanceof Uint8Array) return result;
      if (typeof result === 'string') throw unreadableBlock(result);
      throw lost(`the executor gave ${shown(result)} instead of the bytes of a block`);
    },
  };
}

/** What the executor gives; its own failures in this package's words. */
async function ran(
  executor: Executor,
  task: Parameters<Executor['run']>[0],
  signal: AbortSignal | undefined,
): Promise<unknown> {
  try {
    return await executor.run<unknown>(task, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted === true) throw aborted(signal);
    throw lost('the executor could not do the work', error);
  }
}
