import { shown } from '@perf/internal/errors';
import type { Conversion } from './conversion.js';
import { closedError, LazyError, refuseOption } from './errors.js';
import type { LazyConversionState } from './state.js';
import type { Batch } from './stream/batch.js';
import type { StreamRun } from './stream/stream-run.js';
import { parsePriority } from './task-queue.js';

/** How one caller waits for a load. */
export interface LoadOptions {
  /** Stops this caller's wait, with the signal's reason. The conversion itself stops when nobody waits any more. */
  readonly signal?: AbortSignal | undefined;
  /** Waiting conversions with a higher number go first. One that many wait for is as urgent as the most urgent. Default 0. */
  readonly priority?: number | undefined;
}

/** Makes the converter of a mapped value. */
export type Derive<T> = <U>(fn: (value: T) => U | Promise<U>) => LazyConverter<U>;

/**
 * A value that is converted on first use, once, however many ask for it. Made by a `LazyLoadingManager`, which may
 * unload it when it has been idle or memory is short; the next `load` converts again by the same recipe.
 *
 * The value is shared, not copied. A converter has no `then`: awaiting one, or returning it from an async function,
 * never loads it.
 */
export class LazyConverter<T> {
  readonly #conversion: Conversion<T>;
  readonly #derive: Derive<T>;

  /**
   * Made by a `LazyLoadingManager`; not to be constructed by hand.
   * @internal
   */
  constructor(conversion: Conversion<T>, derive: Derive<T>) {
    this.#conversion = conversion;
    this.#derive = derive;
  }

  /** Unique in this manager; named in events. */
  get id(): string {
    return this.#conversion.id;
  }

  /** Where the converter stands: a frozen snapshot, taken anew at each look. */
  get state(): LazyConversionState {
    return this.#conversion.state;
  }

  /** Whether `value` can be read now. */
  get isLoaded(): boolean {
    return this.#conversion.held !== undefined;
  }

  /**
   * The value, if it is held now; counts as an access. For use right after a load: between two awaits the manager may
   * unload it. Where that matters use `load`, or `read`, which holds on to it.
   * @throws `LazyError` `ERR_PERF_LAZY_NOT_LOADED` (the `cause` is the error of a failed load) or `ERR_PERF_LAZY_CLOSED`
   */
  get value(): T {
    const held = this.#conversion.held;
    if (held === undefined) throw this.#absence();
    this.#conversion.touch();
    return held.value;
  }

  /**
   * The value, converted if need be. All who wait share one conversion; each leaves by its own signal. When it fails,
   * all are rejected with its error, and the next `load` tries again.
   * @throws the conversion's own error; the signal's reason; `LazyError` `ERR_PERF_LAZY_CANCELLED`,
   * `ERR_PERF_LAZY_QUEUE_FULL`, `ERR_PERF_LAZY_CLOSED`
   */
  async load(o: LoadOptions = {}): Promise<T> {
    const value = await this.#conversion.load(waiting(o));
    this.#conversion.touch();
    return value;
  }

  /**
   * Loads, calls `use` with the value, and keeps it from being unloaded by the manager until `use` has settled.
   * Resolves to what `use` returns.
   */
  async read<R>(use: (value: T) => R | Promise<R>, o: LoadOptions = {}): Promise<R> {
    requireFunction(use, 'use');
    return await this.#conversion.read(use, waiting(o));
  }

  /**
   * One column. Picked from the value when that is loaded and a `pick` was given; else converted alone by the
   * adapter's `column`, once, and kept until an unload; else, with a `pick`, the whole is loaded.
   * @throws as `load`; `LazyError` `ERR_PERF_LAZY_NO_COLUMN` when there is neither `column` nor `pick`
   */
  async column(name: string, o: LoadOptions = {}): Promise<unknown> {
    const column = await this.#conversion.column(name, waiting(o));
    this.#conversion.touchColumn(name);
    return column;
  }

  /**
   * The value batch by batch, as a `StreamRun`: read it by `for await`, or pass it to a `StreamingConverter` as source.
   * Where the adapter can `stream` and the whole is not held, only the batch in work is in memory, and nothing is kept;
   * that runs while it is read, outside the manager's `concurrency`. Else the whole is loaded and held on to, and given
   * by the option `cut`, or as one batch.
   * @throws while it is read: as `load`, and whatever the adapter's `stream` throws
   */
  batches(o: LoadOptions = {}): StreamRun {
    return this.#conversion.batches(waiting(o));
  }

  /** As `batches()`. */
  [Symbol.asyncIterator](): AsyncIterator<Batch> {
    return this.batches()[Symbol.asyncIterator]();
  }

  /**
   * A converter of `fn(value)`: nothing runs until it is loaded, which loads this one first. Its value is held apart,
   * so that a part of a large value may stay while the whole is unloaded. `fn` runs in this thread, outside the
   * manager's `concurrency`, and counts as an access to this converter.
   */
  map<U>(fn: (value: T) => U | Promise<U>): LazyConverter<U> {
    requireFunction(fn, 'fn');
    if (this.#conversion.closed) throw closedError('lazy converter');
    return this.#derive(fn);
  }

  /** Lets go of the value and of kept columns. A load under way goes on; the next one converts again. */
  unload(): void {
    if (this.#conversion.closed) throw closedError('lazy converter');
    this.#conversion.unload('asked');
  }

  /** Gives up what is under way, lets go of everything, the source as well. Again: does nothing. */
  close(): void {
    this.#conversion.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #absence(): LazyError {
    if (this.#conversion.closed) return closedError('lazy converter');
    const { status, error } = this.#conversion.state;
    const cause = error === undefined ? undefined : { cause: error };
    return new LazyError(
      'ERR_PERF_LAZY_NOT_LOADED',
      `value is not loaded (status ${shown(status)}): await load() first`,
      cause,
    );
  }
}

function waiting({ signal, priority }: LoadOptions): {
  signal: AbortSignal | undefined;
  priority: () => number;
} {
  const urgency = parsePriority(priority, 0);
  return { signal, priority: () => urgency };
}

function requireFunction(given: unknown, field: string): void {
  if (typeof given !== 'function') throw refuseOption(`${field} must be a function; given ${shown(given)}`);
}
