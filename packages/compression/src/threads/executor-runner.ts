import type { BlockRunner } from '../columnar/columnar.js';
import { corrupt } from '../errors.js';
import { shown } from '@perf/internal/errors';
import type { Executor } from './executor.js';
import { builtFile } from './built-file.js';

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
      const result = await executor.run<unknown>(task, signal === undefined ? {} : { signal });
      if (result instanceof Uint8Array) return result;
      throw corrupt(`the executor gave ${shown(result)} instead of the bytes of a block`);
    },
  };
}
