import { throwIfAborted } from '../signal.js';
import type { Executor, RunOptions, Task } from './executor.js';
import { callTask, checkTask } from './task.js';
import { isTransferring } from './transfer.js';

/**
 * Runs tasks in this thread: the same tasks and the same errors as on workers, without a thread, a copy or a move.
 * The event loop is blocked for as long as a task computes without awaiting. Nothing to close.
 *
 * A signal is honoured before the task begins and after it ends; in between the task itself must watch it.
 */
export class InlineExecutor implements Executor {
  /** Always 1: there is one thread. Tasks that await may still interleave. */
  readonly concurrency = 1;

  /**
   * Imports `task.module`, calls the export and resolves to what it returns.
   * @throws whatever the task throws, unchanged; the signal's reason; `LazyError` `ERR_PERF_LAZY_OPTION` for a task
   * that is not one, `ERR_PERF_LAZY_TASK` when the module or the export cannot be found.
   */
  async run<R>(task: Task, o: RunOptions = {}): Promise<R> {
    checkTask(task);
    throwIfAborted(o.signal);
    const signal = o.signal ?? new AbortController().signal;
    try {
      const result = await callTask(task, task.args, { signal });
      throwIfAborted(o.signal);
      // R is the caller's word for what its own task returns; nothing at run time could check it.
      return (isTransferring(result) ? result.value : result) as R;
    } catch (error) {
      throwIfAborted(o.signal);
      throw error;
    }
  }
}
