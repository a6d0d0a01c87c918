import { LazyError, refuseOption } from '../errors.js';
import { requireMethod } from '../options.js';
import { abortReason, unlessAborted } from '../signal.js';
import type { Batch } from './batch.js';
import type { Budget } from './budget.js';
import type { Intake } from './intake.js';
import type { Parcel } from './parcel.js';
import type { ProgressMeter } from './progress.js';

/** Batches, rows and bytes. */
export interface StreamCount {
  readonly batches: number;
  readonly rows: number;
  readonly bytes: number;
}

/** A frozen snapshot of a run. */
export interface StreamStatistics {
  /** What the source has given. */
  readonly read: StreamCount;
  /** What has left the last stage. */
  readonly written: StreamCount;
  readonly elapsedMs: number;
  /** Bytes under way now, and the most there ever were at once. */
  readonly heldBytes: number;
  readonly peakBytes: number;
  /** What the source is asked for next, and the bytes of memory that a byte of it came to need at its peak, lately. */
  readonly batchBytes: number;
  readonly growth: number;
  /** Batches of the source that were cut. */
  readonly splits: number;
  /** How often several batches, all larger than expected, came to more than `maxBytes` together. */
  readonly overruns: number;
}

/** What takes the batches of a run: a function, or an object that is told of the end as well. */
export type Sink<T = unknown> = ((batch: Batch<T>) => unknown) | SinkObject<T>;

/** A sink that is told how the run ended. Whatever these return is waited for. */
export interface SinkObject<T = unknown> {
  write(batch: Batch<T>): unknown;
  /** After the last batch. */
  close?(): unknown;
  /**
   * When the run has failed, or was given up, which is not waited for; what it throws is dropped for the run's own error.
   */
  abort?(error: unknown): unknown;
}

/** What a run works with. */
export interface RunParts {
  readonly intake: Intake;
  readonly budget: Budget;
  readonly meter: ProgressMeter;
  readonly parcels: AsyncGenerator<Parcel, void>;
  readonly controller: AbortController;
  readonly signal: AbortSignal | undefined;
  /** Called when somebody begins to read, and once when all is over. */
  readonly begun: () => void;
  readonly ended: () => void;
}

/**
 * One pass over a source. Nothing happens before its first batch is asked for, and then only what that batch needs. A
 * batch that was given is done with when the next one is asked for: it then leaves the books, and its pooled memory goes
 * back.
 *
 * Read it by `for await`, `to(sink)` or `drain()`, once.
 */
export class StreamRun<T = unknown> implements AsyncIterable<Batch<T>>, AsyncDisposable {
  readonly #parts: RunParts;
  readonly #written = { batches: 0, rows: 0, bytes: 0 };
  #current: Parcel | undefined;
  #begun = false;
  #over = false;
  #aborted = false;
  #failure: { readonly error: Error } | undefined;
  #rejectPull: ((error: Error) => void) | undefined;
  #rejectWrite: ((error: Error) => void) | undefined;
  #stopListening: (() => void) | undefined;

  /**
   * Made by `StreamingConverter.run`; not to be constructed by hand.
   * @internal
   */
  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /**
   * Begins to read.
   * @throws `LazyError` `ERR_PERF_LAZY_CLOSED` when somebody reads already or has read
   */
  [Symbol.asyncIterator](): AsyncIterator<Batch<T>, void> {
    if (this.#begun) {
      throw new LazyError('ERR_PERF_LAZY_CLOSED', 'a stream run can be read once: call run() again');
    }
    this.#begun = true;
    this.#parts.begun();
    this.#listen();
    return {
      next: () => this.#next(),
      return: async () => {
        await this.#leave(new LazyError('ERR_PERF_LAZY_CANCELLED', 'the reader of the stream left'));
        return { done: true, value: undefined };
      },
    };
  }

  /**
   * Reads to the end, each batch into the sink, which is waited for.
   * @throws whatever the source, a stage or the sink throws; the signal's reason; `LazyError` `ERR_PERF_LAZY_BUDGET`
   */
  async to(sink: Sink<T>): Promise<StreamStatistics> {
    checkSink(sink);
    const { write, close, abort } = sinkParts(sink);
    try {
      for await (const batch of this) await this.#interruptible(write(batch));
      await unlessAborted(close(), this.#parts.signal);
    } catch (error) {
      const told = abort(error);
      // Whoever gave the run up does not wait for a sink that may never answer.
      if (!this.#aborted && this.#parts.signal?.aborted !== true) await told;
      throw error;
    }
    return this.stats();
  }

  /** Reads to the end and drops what comes. */
  async drain(): Promise<StreamStatistics> {
    return await this.to(() => undefined);
  }

  /** Gives the run up unless it has ended, and waits until its source has been let go of. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave(new LazyError('ERR_PERF_LAZY_CANCELLED', 'the stream was disposed of'));
  }

  /** The counters; what they mean stands at `StreamStatistics`. */
  stats(): StreamStatistics {
    const { intake, budget, meter } = this.#parts;
    return Object.freeze({
      read: Object.freeze({ batches: meter.batches, rows: meter.rows, bytes: meter.bytes }),
      written: Object.freeze({ ...this.#written }),
      elapsedMs: meter.elapsedMs,
      heldBytes: budget.bytes,
      peakBytes: budget.peakBytes,
      batchBytes: budget.batchBytes,
      growth: budget.growth,
      splits: intake.splits,
      overruns: budget.overruns,
    });
  }

  /** Gives the run up: its reader is rejected with `reason`, at once. Does nothing once it is over. */
  abort(reason: Error): void {
    if (this.#over) return;
    this.#aborted = true;
    const reject = this.#rejectPull ?? this.#rejectWrite;
    if (reject === undefined) this.#failure = { error: reason };
    // First, so that whatever the reader does next finds this run over.
    this.#leave(reason).catch(ignore);
    reject?.(reason);
  }

  async #next(): Promise<IteratorResult<Batch<T>, void>> {
    if (this.#rejectPull !== undefined)
      throw refuseOption('the next batch was asked for before the last one came');
    this.#release();
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
    if (this.#over) return { done: true, value: undefined };
    let next: IteratorResult<Parcel, void>;
    try {
      next = await this.#pull();
    } catch (error) {
      await this.#leave(error).catch(ignore);
      throw error;
    }
    if (next.done === true) {
      this.#parts.meter.ended();
      await this.#leave(undefined);
      return { done: true, value: undefined };
    }
    const { batch } = next.value;
    this.#current = next.value;
    this.#written.batches += 1;
    this.#written.rows += batch.rows;
    this.#written.bytes += batch.bytes;
    // The type is the caller's word for what its last stage gives; nothing at run time could check it.
    return { done: false, value: batch as Batch<T> };
  }

  /** The next parcel, or the reason of an abort, even if the pipeline never answers. */
  async #pull(): Promise<IteratorResult<Parcel, void>> {
    try {
      return await new Promise((resolve, reject) => {
        this.#rejectPull = reject;
        this.#parts.parcels.next().then((next) => {
          // Nobody is there to take it any more.
          if (this.#over && next.done !== true) next.value.release();
          resolve(next);
        }, reject);
      });
    } finally {
      this.#rejectPull = undefined;
    }
  }

  /** What a sink answers, or the reason of an abort, even if it never does. */
  async #interruptible(answer: unknown): Promise<void> {
    try {
      await new Promise((resolve, reject) => {
        this.#rejectWrite = reject;
        Promise.resolve(answer).then(resolve, reject);
      });
    } finally {
      this.#rejectWrite = undefined;
    }
  }

  #listen(): void {
    const { signal } = this.#parts;
    if (signal === undefined) return;
    const stop = (): void => {
      this.abort(abortReason(signal));
    };
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    this.#stopListening = () => {
      signal.removeEventListener('abort', stop);
    };
  }

  /** Ends the run, for a reason or because the source has ended, and releases everything. */
  async #leave(reason: unknown): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    const { controller, intake, budget, parcels, ended } = this.#parts;
    this.#stopListening?.();
    const answering = this.#rejectPull !== undefined;
    if (reason !== undefined) controller.abort(reason);
    intake.cancel();
    this.#release();
    budget.close();
    const returned = parcels.return().finally(ended);
    // A stage that is at work would have to end first, which it may never do.
    if (answering) returned.catch(ignore);
    else await returned;
  }

  #release(): void {
    this.#current?.release();
    this.#current = undefined;
  }
}

function checkSink(sink: unknown): void {
  if (typeof sink === 'function') return;
  requireMethod(sink, 'write', 'sink');
}

function sinkParts<T>(sink: Sink<T>): {
  write: (batch: Batch<T>) => unknown;
  close: () => unknown;
  abort: (error: unknown) => Promise<void>;
} {
  if (typeof sink === 'function') {
    return { write: sink, close: () => undefined, abort: () => Promise.resolve() };
  }
  return {
    write: (batch) => sink.write(batch),
    close: () => sink.close?.(),
    abort: async (error) => {
      try {
        await sink.abort?.(error);
      } catch {
        // The first error is the one to tell of.
      }
    },
  };
}

function ignore(): void {
  // The run is over for another reason, which its reader is told.
}
