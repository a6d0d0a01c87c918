import type { ByteSize } from '@perf/internal/bytes';
import type { Channel } from '@perf/internal/channel';
import { shown } from '@perf/internal/errors';
import { refuseUnknown } from '@perf/internal/options';
import { Conversion } from './conversion.js';
import type { Happening, Keeper } from './keeper.js';
import type { Recipe } from './recipe.js';
import { closedError, LazyError, refuseOption } from './errors.js';
import { openLazyChannel, type LazyEvent } from './events.js';
import { Holdings } from './holdings.js';
import { LazyConverter, type LoadOptions } from './lazy-converter.js';
import { parseThreshold, resolveOptions, type LazyLoadingOptions, type ResolvedOptions } from './options.js';
import type { Convertible } from './ports.js';
import type { LedgerAccount } from './memory/ledger.js';
import { pressureOf } from './memory/scarcity.js';
import { Recipes, type Handling, type Source } from './recipes.js';
import { Relief } from './relief.js';
import { RetryPolicy, type RetryOptions } from './retry.js';
import type { Batch } from './stream/batch.js';
import { StreamingConverter } from './stream/streaming-converter.js';
import { Upkeep } from './upkeep.js';
import { snapshot, zero, type LazyStatistics } from './statistics.js';
import { parsePriority, TaskQueue } from './task-queue.js';

/** How one converter is made. */
export interface ConverterOptions<T> {
  /**
   * For this converter instead of the manager's `threshold`. Given to `createLazyConverter`, which otherwise always
   * waits, it begins to load in the background at once what is expected to weigh at most this much.
   */
  readonly threshold?: ByteSize | undefined;
  /** Takes one column out of the loaded value, for `column(name)`. */
  readonly pick?: ((value: T, name: string) => unknown) | undefined;
  /** Cuts the loaded value into batches of about `batchBytes`, for `batches()`; they may share its memory. */
  readonly cut?: ((value: T, batchBytes: number) => Iterable<Batch>) | undefined;
  /** For this converter instead of the manager's `retry`. */
  readonly retry?: RetryOptions | undefined;
}

/** How `convert` makes a converter and waits for it. */
export interface ConvertOptions<T> extends ConverterOptions<T> {
  /** Stops waiting for a value that is loaded at once. */
  readonly signal?: AbortSignal | undefined;
}

const KNOWN = ['threshold', 'pick', 'cut', 'retry'];

// What somebody waits for in the foreground (priority 0) goes before what is only prepared.
const PRELOAD_PRIORITY = -1;

/**
 * Decides when conversions run and how long their values are kept: at most `concurrency` at a time, the most urgent
 * first, on the executor where the adapter offers a task, within `maxBytes`.
 */
export class LazyLoadingManager {
  readonly #options: ResolvedOptions;
  readonly #queue: TaskQueue;
  readonly #recipes: Recipes;
  readonly #holdings = new Holdings<Conversion<unknown>>();
  readonly #counters = zero();
  readonly #channel: Channel<LazyEvent> = openLazyChannel();
  // Weak: a converter that was dropped before it held anything leaves no trace.
  readonly #conversions = new WeakMap<LazyConverter<unknown>, Conversion<unknown>>();
  readonly #keeper: Keeper;
  readonly #streaming: StreamingConverter;
  readonly #account: LedgerAccount;
  readonly #relief = new Relief();
  readonly #upkeep: Upkeep;
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(o: LazyLoadingOptions = {}) {
    this.#options = resolveOptions(o);
    const { concurrency, maxQueue, whenFull, clock, ledger } = this.#options;
    this.#queue = new TaskQueue({ what: 'lazy loading manager', concurrency, maxQueue, whenFull });
    // Without a ledger: what is held is on the books already, and a run that takes from this one has books of its own.
    this.#streaming = new StreamingConverter({ maxBytes: Infinity, memory: false, clock });
    this.#account = ledger.open('lazy values');
    this.#upkeep = new Upkeep({
      ...this.#options,
      clean: () => {
        this.cleanup();
      },
    });
    this.#recipes = new Recipes({
      ...this.#options,
      queue: this.#queue,
      executed: () => {
        this.#counters.executed += 1;
      },
    });
    const closed = (): boolean => this.#closed;
    this.#keeper = {
      get closed() {
        return closed();
      },
      now: () => clock.now(),
      happened: (conversion, what) => {
        this.#happened(conversion, what);
      },
      stream: (source, signal) => this.#streaming.run(source, [], { signal }),
    };
  }

  /**
   * A converter that waits for its first use. The adapter is asked nothing yet, unless a `threshold` is given.
   * @throws `LazyError` `ERR_PERF_LAZY_CLOSED`, `ERR_PERF_LAZY_OPTION`
   */
  createLazyConverter<T, Q = unknown>(
    adapter: Convertible<T, Q>,
    request: Q,
    o: ConverterOptions<T> = {},
  ): LazyConverter<T> {
    refuseUnknown(o, KNOWN, refuseOption);
    const threshold = o.threshold === undefined ? undefined : parseThreshold(o.threshold);
    const source = this.#source(adapter, request);
    const lazy = this.#adopt(this.#recipes.whole(source, this.#handling(o)));
    // A failure is for whoever loads next, and in `state` until then.
    if (threshold !== undefined && this.#fits(source.expectedBytes(), threshold))
      this.preload(lazy).catch(ignore);
    return lazy;
  }

  /**
   * Always a converter: already loaded when it is expected to weigh at most the threshold, waiting when it is heavier
   * or nobody can tell. The estimate is the adapter's, corrected by what its earlier conversions really weighed.
   * @throws when loading at once fails: the same as `LazyConverter.load`
   */
  async convert<T, Q = unknown>(
    adapter: Convertible<T, Q>,
    request: Q,
    o: ConvertOptions<T> = {},
  ): Promise<LazyConverter<T>> {
    refuseUnknown(o, [...KNOWN, 'signal'], refuseOption);
    const threshold = o.threshold === undefined ? this.#options.threshold : parseThreshold(o.threshold);
    const source = this.#source(adapter, request);
    const lazy = this.#adopt(this.#recipes.whole(source, this.#handling(o)));
    if (this.#fits(source.expectedBytes(), threshold)) {
      await this.#own(lazy).load({ signal: o.signal, priority: () => 0 });
    }
    return lazy;
  }

  /**
   * Loads before anybody asks. Resolves when it is loaded; does not count as an access.
   * @param o `priority` is -1 by default, so that whatever is being waited for goes first.
   * @throws as `LazyConverter.load`; `LazyError` `ERR_PERF_LAZY_FOREIGN` for a converter of another manager
   */
  async preload(lazy: LazyConverter<unknown>, o: LoadOptions = {}): Promise<void> {
    const conversion = this.#own(lazy);
    const urgency = parsePriority(o.priority, PRELOAD_PRIORITY);
    await conversion.load({ signal: o.signal, priority: () => urgency });
  }

  /**
   * Gives up the waiting or running conversions of this converter, columns too; whoever waits is rejected with
   * `ERR_PERF_LAZY_CANCELLED`. On a worker the thread is stopped; a conversion in this thread ends when it heeds its
   * signal, and until then keeps its place. Whether there was anything to give up.
   * @throws `LazyError` `ERR_PERF_LAZY_FOREIGN` for a converter of another manager
   */
  cancel(lazy: LazyConverter<unknown>): boolean {
    return this.#own(lazy).cancel(
      new LazyError('ERR_PERF_LAZY_CANCELLED', `loading of ${lazy.id} was cancelled`),
    );
  }

  /**
   * Unloads what has been idle for `idleTimeout`, then, while more than `maxBytes` are held, or more than the scarcity of
   * memory allows, the least valuable: the time it took to make, over its bytes, over the time since its last use. Never what is being loaded or read.
   * Runs by itself every `cleanupInterval` while anything is held. Returns how many converters were unloaded.
   */
  cleanup(): number {
    if (this.#closed) throw closedError('lazy loading manager');
    const idle = this.#holdings.idleFor(this.#options.idleTimeout, this.#options.clock.now());
    for (const conversion of idle) conversion.unload('idle');
    return idle.length + this.#makeRoom();
  }

  /** The counters; the counting rules stand at `LazyStatistics`. */
  stats(): LazyStatistics {
    return snapshot(this.#counters, {
      queued: this.#queue.waiting,
      loading: this.#queue.running,
      held: this.#holdings.count,
      heldBytes: this.#holdings.bytes,
      maxBytes: this.#options.maxBytes,
    });
  }

  /**
   * Refuses what waits, waits for what runs (its callers still get their values), then lets go of everything. All of
   * its converters are closed from the first moment on. The executor is left open. Again: the same promise.
   */
  close(): Promise<void> {
    this.#closed = true;
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shut(): Promise<void> {
    this.#settle();
    this.#streaming.close();
    await Promise.all([this.#queue.close(), this.#recipes.close()]);
    for (const conversion of this.#holdings.all()) conversion.close();
    this.#account.close();
  }

  #source<T, Q>(adapter: Convertible<T, Q>, request: Q): Source<T, Q> {
    if (this.#closed) throw closedError('lazy loading manager');
    return this.#recipes.source(adapter, request);
  }

  #handling<T>({ pick, cut, retry }: ConverterOptions<T>): Handling<T> {
    return { pick, cut, retry: retry === undefined ? this.#options.retry : new RetryPolicy(retry) };
  }

  #fits(bytes: number | undefined, threshold: number): boolean {
    if (bytes === undefined) this.#counters.unestimated += 1;
    return (bytes ?? Infinity) <= threshold;
  }

  #own(lazy: LazyConverter<unknown>): Conversion<unknown> {
    const conversion = typeof lazy === 'object' ? this.#conversions.get(lazy) : undefined;
    if (conversion !== undefined) return conversion;
    throw new LazyError(
      'ERR_PERF_LAZY_FOREIGN',
      `lazy must be a converter of this manager; given ${shown(lazy)}`,
    );
  }

  #adopt<T>(recipe: Recipe<T>): LazyConverter<T> {
    this.#counters.created += 1;
    const conversion = new Conversion(`lazy-${String(this.#counters.created)}`, recipe, this.#keeper);
    const lazy = new LazyConverter(conversion, (fn) => this.#adopt(this.#recipes.derived(conversion, fn)));
    this.#conversions.set(lazy, conversion);
    return lazy;
  }

  #happened(conversion: Conversion<unknown>, { error, ...what }: Happening): void {
    const counters = this.#counters;
    switch (what.type) {
      case 'queued':
        break;
      case 'loaded':
        counters[what.column === undefined ? 'loads' : 'columnLoads'] += 1;
        break;
      case 'retrying':
        counters.retries += 1;
        break;
      case 'failed':
        this.#countFailure(error);
        break;
      case 'cancelled':
        counters.cancelled += 1;
        break;
      case 'unloaded':
        counters.unloaded[what.cause ?? 'asked'] += 1;
        break;
    }
    this.#channel.publish(() => ({ ...what, id: conversion.id }));
    if (what.type === 'loaded') this.#keep(conversion);
    if (what.type === 'unloaded') this.#release(conversion);
  }

  #countFailure(error: unknown): void {
    const code = error instanceof LazyError ? error.code : undefined;
    if (code === 'ERR_PERF_LAZY_QUEUE_FULL') this.#counters.refused += 1;
    else if (!(this.#closed && code === 'ERR_PERF_LAZY_CLOSED')) this.#counters.failed += 1;
  }

  #keep(conversion: Conversion<unknown>): void {
    this.#holdings.hold(conversion);
    if (this.#closed) {
      conversion.unload('closed');
      return;
    }
    // Not at the cost of the newest: those who waited for it still have it in use.
    this.#makeRoom();
    this.#settle();
  }

  #release(conversion: Conversion<unknown>): void {
    this.#holdings.release(conversion);
    this.#settle();
  }

  #makeRoom(): number {
    const { maxBytes, clock, memory } = this.#options;
    const scarce = this.#relief.limit(pressureOf(memory), this.#holdings.bytes, clock.now());
    const limit = Math.min(maxBytes, scarce);
    let unloaded = 0;
    if (this.#holdings.bytes <= limit) return unloaded;
    for (const conversion of this.#holdings.leastValuableFirst(clock.now())) {
      if (this.#holdings.bytes <= limit) break;
      conversion.unload('memory');
      unloaded += 1;
    }
    return unloaded;
  }

  /** Brings the books and the upkeep in line with what is held. */
  #settle(): void {
    if (!this.#closed) this.#account.set(this.#holdings.bytes);
    if (this.#holdings.count > 0 && !this.#closed) this.#upkeep.goOn();
    else this.#upkeep.rest();
  }
}

function ignore(): void {
  // Already on record.
}
