/**
 * Worker threads by piscina, with the parts around it that this package promises. The pool gets at most one task for
 * each of its threads; all others wait in a queue of our own, because only so can they have priorities, typed refusals,
 * and a `close` that tells waiting work from running work (the pool's own rejects tasks whose thread is still starting).
 */
import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { shown } from '@perf/internal/errors';
import { LazyError } from '../errors.js';
import { abortReason, throwIfAborted } from '../signal.js';
import { parsePriority, TaskQueue } from '../task-queue.js';
import { Claims } from './claims.js';
import type { Executor, RunOptions, Task } from './executor.js';
import { resolveWorkerOptions, type ResolvedWorkerOptions, type WorkerExecutorOptions } from './options.js';
import { unpackError } from './portable-error.js';
import { checkTask } from './task.js';
import { findWorkerEntry } from './worker-entry.js';
import type { TaskCall, TaskOutcome } from './worker.js';

/** A frozen snapshot of a `WorkerExecutor`. The last five count since the start; each task is in one of them. */
export interface WorkerExecutorStatistics {
  /** Threads alive now, starting and idle ones included. 0 before the first task. */
  readonly threads: number;
  /** Tasks waiting for a thread now. */
  readonly queued: number;
  /** Tasks given to a thread now. */
  readonly running: number;
  /** Tasks that returned. */
  readonly completed: number;
  /** Tasks that threw, or could not be sent or found. */
  readonly failed: number;
  /** Tasks given up by their signal, waiting or running. */
  readonly aborted: number;
  /** Tasks whose worker was lost under them. */
  readonly lost: number;
  /** Tasks refused, or turned away by `close`. */
  readonly refused: number;
}

type Pool = Piscina<TaskCall, TaskOutcome>;
type Ended =
  | { readonly how: 'completed'; readonly value: unknown }
  | { readonly how: 'failed' | 'aborted' | 'lost' | 'refused'; readonly error: unknown };

/** A task that was given to the pool. */
interface Running {
  /** Aborts it when it emits `'abort'`: the pool takes that too, and it costs a tenth of an `AbortController`. */
  readonly stop: EventEmitter;
  /** Why it was stopped by us: no thread could be started for it. */
  lost?: LazyError;
}

// Node turns a longer timer into one of 1 ms.
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Runs tasks on worker threads. Nothing is loaded or started before the first task; threads start as they are needed,
 * at most `threads`, and end after `idleTimeout`. Idle threads do not keep the process alive.
 *
 * `args` and results are copied by structured clone, buffers in `transfer` and `transferring(...)` moved: move buffers
 * and never send many objects, because copying those back blocks the thread that waits for them.
 *
 * Aborting a running task stops its thread, whatever it is doing; a new one takes its place. A task that ends its
 * thread (`process.exit`, out of memory, an uncaught error) fails alone.
 */
export class WorkerExecutor implements Executor {
  readonly #options: ResolvedWorkerOptions;
  readonly #queue: TaskQueue;
  readonly #claims = new Claims();
  readonly #running = new Set<Running>();
  readonly #threads = new Map<Worker, Promise<unknown>>();
  readonly #endings: Record<Ended['how'], number> = {
    completed: 0,
    failed: 0,
    aborted: 0,
    lost: 0,
    refused: 0,
  };
  #pool: Promise<Pool> | undefined;
  #lastThreadError: unknown;
  #closing: Promise<void> | undefined;

  constructor(o: WorkerExecutorOptions = {}) {
    this.#options = resolveWorkerOptions(o);
    const { threads, maxQueue, whenFull } = this.#options;
    this.#queue = new TaskQueue({ what: 'worker executor', concurrency: threads, maxQueue, whenFull });
  }

  /** How many tasks run at the same time: the option `threads`. */
  get concurrency(): number {
    return this.#options.threads;
  }

  /**
   * Runs a task on a worker and resolves to what it returned.
   * @throws what the task threw: an `Error` of the same name, message, stack, code and cause, but not the same class
   * unless that is a standard one; the signal's reason; `LazyError` with `ERR_PERF_LAZY_OPTION` (not a task), `_TASK`
   * (module or export not found), `_CLONE` (args or result cannot be sent), `_WORKER_LOST`, `_WORKER_MISSING`,
   * `_QUEUE_FULL`, `_CLOSED`
   */
  async run<R>(task: Task, o: RunOptions = {}): Promise<R> {
    checkTask(task);
    const urgency = parsePriority(o.priority, 0);
    const release = this.#claims.claim(task.transfer ?? []);
    const ended = await this.#queue
      .run(() => this.#dispatch(task, o.signal), { signal: o.signal, priority: () => urgency })
      .catch((error: unknown): Ended => turnedAway(error));
    release();
    this.#endings[ended.how] += 1;
    if (ended.how !== 'completed') throw ended.error;
    // R is the caller's word for what its own task returns; nothing at run time could check it.
    return ended.value as R;
  }

  /** The counters; the counting rules stand at `WorkerExecutorStatistics`. */
  stats(): WorkerExecutorStatistics {
    return Object.freeze({
      threads: this.#threads.size,
      queued: this.#queue.waiting,
      running: this.#queue.running,
      ...this.#endings,
    });
  }

  /**
   * Refuses what waits (`ERR_PERF_LAZY_CLOSED`), waits for what runs, and resolves when every thread has ended. Abort
   * running tasks first where waiting is not wanted. Again: the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shut(): Promise<void> {
    await this.#queue.close();
    const pool = await this.#pool?.catch(() => undefined);
    if (pool === undefined) return;
    this.#watch(pool);
    const ended = [...this.#threads.values()];
    // An idle thread lets the process go; while its end is being waited for it must not.
    for (const thread of this.#threads.keys()) thread.ref();
    await pool.destroy();
    await Promise.all(ended);
  }

  async #dispatch(task: Task, signal: AbortSignal | undefined): Promise<Ended> {
    const running: Running = { stop: new EventEmitter() };
    const stop = (): void => {
      running.stop.emit('abort');
    };
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const pool = await this.#start();
      throwIfAborted(signal);
      this.#running.add(running);
      const { module, export: name, args, transfer = [] } = task;
      const answer = pool.run(
        { module, export: name, args },
        { transferList: [...transfer], signal: running.stop },
      );
      this.#watch(pool);
      const outcome = await answer;
      if (outcome.ok) return { how: 'completed', value: outcome.value };
      return { how: 'failed', error: unpackError(outcome.error) };
    } catch (error) {
      if (signal?.aborted === true) return { how: 'aborted', error: abortReason(signal) };
      return explain(running.lost ?? error);
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#running.delete(running);
    }
  }

  #start(): Promise<Pool> {
    this.#pool ??= this.#open().catch((error: unknown) => {
      // So that a later task tries again.
      this.#pool = undefined;
      throw error;
    });
    return this.#pool;
  }

  async #open(): Promise<Pool> {
    const { threads, idleTimeout, maxHeapBytes, entry } = this.#options;
    const filename = findWorkerEntry(entry);
    const { Piscina } = await import('piscina');
    const pool: Pool = new Piscina<TaskCall, TaskOutcome>({
      filename,
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: idleTimeout > LONGEST_TIMER ? Infinity : idleTimeout,
      atomics: 'disabled',
      recordTiming: false,
      ...(maxHeapBytes < Infinity && {
        resourceLimits: { maxOldGenerationSizeMb: Math.ceil(maxHeapBytes / 2 ** 20) },
      }),
    });
    // A thread that fails without a task to blame it on is only interesting if it leaves tasks behind.
    pool.on('error', (error: unknown) => {
      this.#lastThreadError = error;
    });
    return pool;
  }

  #watch(pool: Pool): void {
    // Each thread is known: nothing can have been added.
    if (this.#threads.size >= this.#options.threads) return;
    for (const thread of pool.threads) {
      if (this.#threads.has(thread)) continue;
      const ended = new Promise<void>((resolve) => {
        thread.once('exit', () => {
          this.#threads.delete(thread);
          resolve();
          // Later: the pool still has to reject the task that ran there, and the next one to bring up a thread.
          setImmediate(() => {
            this.#failStranded(pool);
          });
        });
      });
      this.#threads.set(thread, ended);
    }
  }

  /** A thread that dies while starting leaves its task in the pool's queue, where nobody would ever take it. */
  #failStranded(pool: Pool): void {
    // The pool may have started one without being asked.
    this.#watch(pool);
    if (this.#threads.size > 0) return;
    for (const running of this.#running) {
      running.lost = new LazyError('ERR_PERF_LAZY_WORKER_LOST', 'no worker thread could be started', {
        cause: this.#lastThreadError,
      });
      running.stop.emit('abort');
    }
  }
}

/** How a task ended that never left the queue. */
function turnedAway(error: unknown): Ended {
  const ours = error instanceof LazyError && REFUSALS.has(error.code);
  return { how: ours ? 'refused' : 'aborted', error };
}

const REFUSALS: ReadonlySet<string> = new Set(['ERR_PERF_LAZY_QUEUE_FULL', 'ERR_PERF_LAZY_CLOSED']);

/** What a rejection by the pool means: everything a task itself throws comes back as an answer instead. */
function explain(error: unknown): Ended {
  if (error instanceof LazyError) {
    return { how: error.code === 'ERR_PERF_LAZY_WORKER_LOST' ? 'lost' : 'failed', error };
  }
  const reason = reasonOf(error);
  if (isCloneFailure(error)) {
    const message = `the task's args, result or transfer list cannot be sent between threads: ${reason}`;
    return { how: 'failed', error: new LazyError('ERR_PERF_LAZY_CLONE', message, { cause: error }) };
  }
  const message = `the worker thread was lost while it ran the task: ${reason}`;
  return { how: 'lost', error: new LazyError('ERR_PERF_LAZY_WORKER_LOST', message, { cause: error }) };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return shown(error);
  return error.message === '' ? (error.stack?.split('\n', 1)[0] ?? error.name) : error.message;
}

function isCloneFailure(error: unknown): boolean {
  if (error instanceof Error) {
    // One that was thrown inside a worker loses its name on its way out in Node 24, and everything but its existence in 20.
    return (
      error.name === 'DataCloneError' ||
      error.stack?.startsWith('DataCloneError') === true ||
      ('code' in error && error.code === 'ERR_INVALID_TRANSFER_OBJECT')
    );
  }
  return typeof error === 'object' && error !== null && Object.keys(error).length === 0;
}
