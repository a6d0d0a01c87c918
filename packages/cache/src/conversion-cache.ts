import { openCacheChannel } from './events.js';
import { CacheError } from './cache-error.js';
import { Contents } from './contents.js';
import { type CachedConversion } from './entry.js';
import { type Conversion } from './flight.js';
import { readInvalidation, type InvalidationTarget } from './invalidation.js';
import { addressOf, callAddress, idOf, labelOf, type Address, type CacheKey } from './key/cache-key.js';
import { Loads } from './loads.js';
import { MemoryWatch } from './memory-watch.js';
import {
  readSignal,
  resolveEntriesOptions,
  resolveSetOptions,
  type ResolvedSetOptions,
  type SetOptions,
} from './call-options.js';
import { requireFunction, resolveOptions, resolveResize, type CacheOptions } from './options.js';
import { SteadyClock } from './steady-clock.js';
import { Counters, type CacheStatistics } from './statistics.js';

/** One `get` in so many is timed. */
const TIMED = 256;

/** Options of {@link ConversionCache.wrap}. */
export interface WrapOptions<A extends readonly unknown[]> extends SetOptions {
  /**
   * The key of a call. Default: the content of all arguments, apart from every other wrapped function. A key given
   * here is one of the cache's own: other code that uses it shares the entry.
   */
  readonly key?: (...args: A) => CacheKey;
}

/**
 * A cache for values that are expensive to make: bounded by entries and by real bytes, with text or content as keys,
 * and with one conversion under way for each key.
 *
 * Values are shared, not copied: do not change what you put in or get out, or set `clone: true`. A compressed value is
 * restored anew for each read. Methods throw, or reject, `ERR_PERF_CACHE_CLOSED` after `close`, except `size`,
 * `bytes`, `stats`, `settled` and `close` itself. All times are those of the injected clock.
 *
 * @example
 * const cache = new ConversionCache<Table>({ maxBytes: '200MB' });
 * const table = await cache.getOrConvert({ file, columns }, () => readTable(file, columns));
 */
export class ConversionCache<V = unknown> {
  readonly #clock: SteadyClock;
  readonly #counters = new Counters();
  readonly #contents: Contents<V>;
  readonly #loads: Loads<V>;
  readonly #memory: MemoryWatch;
  #gets = 0;
  #wrapped = 0;
  #closed = false;

  /** @throws CacheError `ERR_PERF_CACHE_INVALID_OPTION` for an unknown or impossible option */
  constructor(options: CacheOptions<V> = {}) {
    const resolved = resolveOptions(options);
    const { maxEntries, maxBytes, negativeTtl, pressure } = resolved;
    const [events, counters, clock] = [openCacheChannel(), this.#counters, new SteadyClock(resolved.clock)];
    this.#clock = clock;
    this.#contents = new Contents(resolved, clock, counters, events);
    this.#loads = new Loads({ clock, negativeTtl, destination: this.#contents, counters, events });
    this.#memory = new MemoryWatch({
      clock,
      limited: this.#contents,
      limits: { maxEntries, maxBytes },
      pressure,
    });
  }

  /** Entries that are kept. One that has expired counts until it is met, evicted or purged. */
  get size(): number {
    return this.#contents.size;
  }

  /** Bytes that are kept: values, keys, labels, tags, and the records of the cache. */
  get bytes(): number {
    return this.#contents.bytes;
  }

  /**
   * The value, or `undefined`. A compressed one is restored on the spot, which blocks the event loop for as long as
   * that takes: use `getAsync` where values are large. An entry that cannot be restored is removed and counts as
   * missing.
   */
  get(key: CacheKey): V | undefined {
    this.#gets += 1;
    return this.#gets % TIMED === 0 ? this.#timedGet(key) : this.#get(key);
  }

  /** The value, or `undefined`. A compressed one is restored off the event loop, once for all who ask meanwhile. */
  async getAsync(key: CacheKey): Promise<V | undefined> {
    this.#requireOpen();
    this.#memory.operation();
    const id = idOf(key);
    const value = await this.#contents.serveAsync(id, undefined);
    if (value === undefined) this.#contents.missed(() => labelOf(key, id));
    this.#contents.deliver();
    return value;
  }

  /**
   * Keeps a value. One that is larger than `maxBytes` is refused: it is counted, and an older value stays. A
   * conversion of the same key that is under way goes on for its callers, its result is not kept. Policies that weigh
   * newcomers, the default among them, may turn a value away when the cache is full of better ones.
   *
   * @throws CacheError `ERR_PERF_CACHE_INVALID_VALUE` for `undefined`, which could not be told from a miss
   */
  set(key: CacheKey, value: V, options?: SetOptions): this {
    this.#requireOpen();
    const resolved = resolveSetOptions(options);
    const id = idOf(key);
    const label = resolved.label ?? labelOf(key, id);
    if (value === undefined) {
      throw new CacheError(
        'ERR_PERF_CACHE_INVALID_VALUE',
        `the value for '${label}' is undefined; use null for nothing`,
      );
    }
    this.#memory.operation();
    this.#requireOpen();
    this.#contents.keep(id, label, value, resolved, 0);
    this.#loads.overtake(id);
    this.#contents.deliver();
    return this;
  }

  /** Whether `get` would find a value; counts as no use. */
  has(key: CacheKey): boolean {
    this.#requireOpen();
    return this.#contents.has(idOf(key));
  }

  /** What `get` would return, but it counts as no use: order and statistics stay. */
  peek(key: CacheKey): V | undefined {
    this.#requireOpen();
    const value = this.#contents.peek(idOf(key));
    this.#contents.deliver();
    return value;
  }

  /** What is known of an entry; counts as no use. */
  getEntry(key: CacheKey): CachedConversion<V> | undefined {
    this.#requireOpen();
    return this.#contents.view(idOf(key));
  }

  /** Removes an entry; returns whether there was one. The result of a conversion under way will not be kept. */
  delete(key: CacheKey): boolean {
    this.#requireOpen();
    const id = idOf(key);
    this.#loads.overtake(id);
    const deleted = this.#contents.delete(id);
    this.#contents.deliver();
    return deleted;
  }

  /** Removes every entry. No result of a conversion under way will be kept. */
  clear(): void {
    this.#requireOpen();
    this.#loads.overtakeAll();
    this.#contents.removeAll('cleared');
    this.#contents.deliver();
  }

  /**
   * The value from the cache, or else from `convert`, which runs once however many ask for the key meanwhile. Its
   * duration becomes the `cost` of the entry; the other options are those of the caller who started it.
   *
   * `signal` ends only this caller's wait. When nobody waits any more, the signal that `convert` got aborts. Whatever
   * `convert` throws or rejects with goes to everybody who waits, and is not kept. A result of `undefined`, or one
   * larger than `maxBytes`, is handed over and not kept; nor is one whose key was set, deleted or invalidated
   * meanwhile.
   *
   * A `convert` that asks, directly or through other conversions, for its own key would wait for ever: that call
   * rejects with `ERR_PERF_CACHE_REENTRANT`.
   */
  async getOrConvert(
    key: CacheKey,
    convert: Conversion<V>,
    options?: SetOptions & { readonly signal?: AbortSignal },
  ): Promise<V> {
    this.#requireOpen();
    const resolved = resolveSetOptions(options, ['signal']);
    const signal = readSignal(options?.signal);
    requireFunction(convert, 'convert');
    return this.#load(addressOf(key), convert, resolved, signal);
  }

  /**
   * An async function with a memory: `getOrConvert` with the arguments as key. The arguments must be data (give `key`
   * otherwise); `this` is not passed on. The default label is the function's name and the start of the key's digest.
   */
  wrap<A extends readonly unknown[], R extends V>(
    fn: (...args: A) => Promise<R>,
    options: WrapOptions<A> = {},
  ): (...args: A) => Promise<R> {
    this.#requireOpen();
    requireFunction(fn, 'fn');
    requireFunction(options.key, 'key');
    const resolved = resolveSetOptions(options, ['key']);
    const ordinal = this.#wrapped++;
    const name = fn.name === '' ? 'anonymous' : fn.name;
    return async (...args) => {
      this.#requireOpen();
      const address =
        options.key === undefined ? callAddress(ordinal, name, args) : addressOf(options.key(...args));
      const value = await this.#load(address, () => fn(...args), resolved, undefined);
      // Only this function's own results are kept under its keys, as long as `key` does not say otherwise.
      return value as R;
    };
  }

  /**
   * Removes what matches and returns how many entries that were. Results of matching conversions under way will not
   * be kept; a function cannot judge those, so it keeps out all of them. Cost: one step per entry, by tag one step per
   * match.
   */
  invalidate(target: InvalidationTarget<V>): number {
    this.#requireOpen();
    const invalidation = readInvalidation(target);
    const removed = this.#contents.invalidate(invalidation);
    this.#loads.overtakeMatching(invalidation);
    this.#contents.deliver();
    return removed;
  }

  /**
   * The entries, the most valued by the policy first, or those with a tag. They are listed now and looked at
   * as they are asked for: one that has left or expired by then is passed over. Counts as no use.
   */
  entries(options: { readonly tag?: string } = {}): Iterable<CachedConversion<V>> {
    this.#requireOpen();
    return this.#contents.views(resolveEntriesOptions(options).tag);
  }

  /** Removes what has expired and returns how many entries that were. Expired entries otherwise leave when met. */
  purgeExpired(): number {
    this.#requireOpen();
    const removed = this.#contents.purgeExpired();
    this.#contents.deliver();
    return removed;
  }

  /** Changes the limits; what is over the new ones is evicted at once. */
  resize(limits: Pick<CacheOptions<V>, 'maxEntries' | 'maxBytes'>): void {
    this.#requireOpen();
    this.#memory.resize(resolveResize(limits, this.#memory.given));
    this.#contents.deliver();
  }

  /** What happened so far; frozen. */
  stats(): CacheStatistics {
    const { size: entries, bytes, compression, order } = this.#contents;
    const { policy, inCharge } = order;
    const inFlight = this.#loads.size;
    return this.#counters.snapshot({
      policy,
      inCharge,
      entries,
      bytes,
      ...this.#memory.limits,
      inFlight,
      compression,
    });
  }

  /** Resolves when no value waits for compression and none is being compressed; at once after `close`. */
  settled(): Promise<void> {
    return this.#contents.settled();
  }

  /**
   * Lets go of everything. Conversions under way are told to stop, and whoever waits for one is rejected with
   * `ERR_PERF_CACHE_CLOSED`. Calling it again does nothing.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#memory.close();
    this.#loads.cancelAll(closedError());
    this.#contents.close();
    this.#contents.deliver();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #load(
    address: Address,
    convert: Conversion<V>,
    options: ResolvedSetOptions,
    signal: AbortSignal | undefined,
  ): Promise<V> {
    signal?.throwIfAborted();
    const { id } = address;
    const label = options.label ?? address.label;
    this.#memory.operation();
    this.#requireOpen();
    // A miss goes on without a pause, so that nothing comes between it and the start of the conversion.
    if (this.#contents.holds(id)) {
      const value = await this.#contents.serveAsync(id, signal, () => {
        if (!this.#closed) this.#loads.refresh({ id, label }, convert, options);
      });
      if (value !== undefined) return value;
      this.#requireOpen();
    }
    this.#contents.missed(() => label);
    this.#contents.deliver();
    this.#requireOpen();
    return this.#contents.copy(await this.#loads.load({ id, label }, convert, options, signal));
  }

  #get(key: CacheKey): V | undefined {
    this.#requireOpen();
    const id = idOf(key);
    const value = this.#contents.serve(id);
    if (value === undefined) this.#contents.missed(() => labelOf(key, id));
    this.#contents.deliver();
    return value;
  }

  #timedGet(key: CacheKey): V | undefined {
    const started = this.#clock.now();
    const value = this.#get(key);
    this.#counters.lookups.add(this.#clock.now() - started);
    this.#memory.operation();
    return value;
  }

  #requireOpen(): void {
    if (this.#closed) throw closedError();
  }
}

function closedError(): CacheError {
  return new CacheError('ERR_PERF_CACHE_CLOSED', 'this cache is closed');
}
