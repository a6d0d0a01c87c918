import { type Channel } from '@perf/internal/channel';
import { untilAborted } from './abort.js';
import { CacheError } from './cache-error.js';
import { BackgroundCompression } from './compression.js';
import { Entry, EntryView, type CachedConversion } from './entry.js';
import { type CacheEvent } from './events.js';
import { expiryOf, isExpired } from './expiry.js';
import { type Invalidation } from './invalidation.js';
import { type Address } from './key/cache-key.js';
import { type Limits, type ResolvedOptions, type ResolvedSetOptions } from './options.js';
import { RemovalNotices, RemovalView, type LeaveCause, type RemovalCause } from './removal.js';
import { createReport, type Report } from './report.js';
import { sizeOf } from './size/size-of.js';
import { type CompressionStatistics, type Counters } from './statistics.js';
import { Store } from './store.js';

/**
 * What a cache holds and how values get in and out: measured, cloned, compressed, counted, announced. Whoever calls a
 * method that may remove something calls `deliver` when its operation is complete.
 */
export class Contents<V> {
  readonly #options: ResolvedOptions<V>;
  readonly #counters: Counters;
  readonly #events: Channel<CacheEvent>;
  readonly #report: Report;
  readonly #notices: RemovalNotices<V> | undefined;
  readonly #store: Store<V>;
  readonly #compression: BackgroundCompression<V>;

  constructor(options: ResolvedOptions<V>, counters: Counters, events: Channel<CacheEvent>) {
    const { policy, onRemove, onError, compression: codec, compressAbove: above } = options;
    this.#options = options;
    this.#counters = counters;
    this.#events = events;
    this.#report = createReport(onError);
    this.#notices = onRemove === undefined ? undefined : new RemovalNotices(onRemove, this.#report);
    this.#store = new Store<V>(policy, options, (entry, cause) => {
      this.#left(entry, cause);
    });
    this.#compression = new BackgroundCompression({ codec, above, store: this.#store, report: this.#report });
  }

  get size(): number {
    return this.#store.size;
  }

  get bytes(): number {
    return this.#store.bytes;
  }

  get limits(): Limits {
    return this.#store.limits;
  }

  get compression(): CompressionStatistics {
    return this.#compression.statistics();
  }

  has(id: string): boolean {
    return this.#store.peek(id, this.#now()) !== undefined;
  }

  /** The value on the spot, and nothing is counted. */
  peek(id: string): V | undefined {
    const entry = this.#store.peek(id, this.#now());
    return entry === undefined ? undefined : this.#valueNow(entry);
  }

  view(id: string): CachedConversion<V> | undefined {
    const entry = this.#store.peek(id, this.#now());
    return entry === undefined ? undefined : new EntryView(entry, this.#valueOrThrow);
  }

  views(tag: string | undefined): Iterable<CachedConversion<V>> {
    return this.#viewsOf(tag === undefined ? this.#store.list() : this.#store.tagged([tag]));
  }

  /** Serves a value on the spot; `undefined` if there is none, which is not counted yet. */
  serve(id: string): V | undefined {
    const now = this.#now();
    const entry = this.#store.use(id, now);
    if (entry === undefined) return undefined;
    const value = this.#valueNow(entry);
    if (value !== undefined) this.#served(entry, now);
    return value;
  }

  /** Serves a value, restored off the event loop if need be; `undefined` if there is none, which is not counted yet. */
  async serveAsync(id: string, signal: AbortSignal | undefined): Promise<V | undefined> {
    let entry = this.#store.use(id, this.#now());
    while (entry !== undefined) {
      const value = await this.#valueLater(entry, signal);
      if (value !== undefined) {
        this.#served(entry, this.#now());
        return value;
      }
      // It was corrupt and is gone. Meanwhile there may be another.
      entry = this.#store.use(id, this.#now());
    }
    return undefined;
  }

  missed(label: () => string): void {
    this.#counters.misses += 1;
    this.#events.publish(() => ({ type: 'miss', label: label() }));
  }

  /** Keeps a value that can be kept; returns whether it was. */
  keep(address: Address, value: V, options: ResolvedSetOptions, elapsed: number): boolean {
    if (value === undefined) {
      this.#counters.refusals.undefined += 1;
      return false;
    }
    const now = this.#now();
    const entry = new Entry<V>({
      id: address.id,
      label: address.label,
      value: this.copy(value),
      valueBytes: options.size ?? sizeOf(value),
      cost: options.cost ?? elapsed,
      tags: options.tags,
      createdAt: now,
      expiresAt: expiryOf(now, options.ttl ?? this.#options.ttl),
    });
    if (!this.#store.fits(entry.bytes)) {
      this.#counters.refusals['too-large'] += 1;
      this.#announce(entry, 'refused');
      return false;
    }
    this.#store.add(entry, now);
    this.#counters.sets += 1;
    this.#compression.added(entry);
    this.#events.publish(() => ({ type: 'set', label: entry.label, bytes: entry.bytes, cost: entry.cost }));
    return true;
  }

  delete(id: string): boolean {
    const entry = this.#store.find(id, this.#now());
    return entry !== undefined && this.#store.remove(entry, 'deleted');
  }

  removeAll(cause: LeaveCause): void {
    this.#store.removeAll(this.#store.list(), cause);
  }

  /** Removes what matches; nothing if the function that decides throws. */
  invalidate(invalidation: Invalidation<V>): number {
    return this.#store.removeAll(this.#matching(invalidation), 'invalidated');
  }

  purgeExpired(): number {
    const now = this.#now();
    return this.#store.removeAll(
      this.#store.list().filter((entry) => isExpired(entry, now)),
      'expired',
    );
  }

  resize(limits: Limits): void {
    this.#store.resize(limits);
  }

  /** The value as one side may have it while the other has its own. */
  copy(value: V): V {
    if (!this.#options.clone) return value;
    try {
      return structuredClone(value);
    } catch (cause) {
      const message = 'clone: true needs values that structuredClone can copy; it refused this one';
      throw new CacheError('ERR_PERF_CACHE_INVALID_VALUE', message, { cause });
    }
  }

  deliver(): void {
    this.#notices?.deliver();
  }

  settled(): Promise<void> {
    return this.#compression.settled();
  }

  close(): void {
    this.#compression.close();
    this.removeAll('closed');
  }

  /** The value on the spot; throws, and drops the entry, if it cannot be restored. A field: views call it later. */
  readonly #valueOrThrow = (entry: Entry<V>): V => {
    if (!entry.kept.packed) return this.copy(entry.kept.value);
    try {
      return this.#compression.restoreSync(entry, entry.kept.parts);
    } catch (error) {
      this.#store.remove(entry, 'corrupt');
      this.deliver();
      throw error;
    }
  };

  #valueNow(entry: Entry<V>): V | undefined {
    if (!entry.kept.packed) return this.copy(entry.kept.value);
    try {
      return this.#compression.restoreSync(entry, entry.kept.parts);
    } catch (error) {
      this.#store.remove(entry, 'corrupt');
      if (error instanceof CacheError) this.#report(error);
      return undefined;
    }
  }

  async #valueLater(entry: Entry<V>, signal: AbortSignal | undefined): Promise<V | undefined> {
    if (!entry.kept.packed) return this.copy(entry.kept.value);
    const value = await untilAborted(this.#compression.restore(entry, entry.kept.parts), signal);
    if (value !== undefined) return this.copy(value);
    this.#store.remove(entry, 'corrupt');
    return undefined;
  }

  *#viewsOf(entries: Iterable<Entry<V>>): Generator<CachedConversion<V>> {
    for (const entry of entries) {
      if (this.#store.holds(entry) && !isExpired(entry, this.#now()))
        yield new EntryView(entry, this.#valueOrThrow);
    }
  }

  #matching(invalidation: Invalidation<V>): Entry<V>[] {
    const now = this.#now();
    const candidates =
      invalidation.by === 'tags' ? this.#store.tagged(invalidation.tags) : this.#store.list();
    return [...candidates].filter((entry) => {
      if (isExpired(entry, now)) return false;
      if (invalidation.by === 'entry') return invalidation.matches(new EntryView(entry, this.#valueOrThrow));
      return invalidation.by === 'tags' || invalidation.matches(entry);
    });
  }

  #served(entry: Entry<V>, now: number): void {
    entry.hits += 1;
    entry.lastAccessAt = now;
    this.#counters.hits += 1;
    this.#counters.savedMs += entry.cost;
    this.#events.publish(() => ({ type: 'hit', label: entry.label, bytes: entry.bytes, cost: entry.cost }));
  }

  #left(entry: Entry<V>, cause: LeaveCause): void {
    this.#counters.removals[cause] += 1;
    this.#compression.removed(entry);
    this.#announce(entry, cause);
  }

  #announce(entry: Entry<V>, cause: RemovalCause): void {
    const { label, bytes, cost } = entry;
    this.#notices?.add(new RemovalView(entry, cause, this.#valueOrThrow));
    this.#events.publish(() => ({ type: 'remove', label, bytes, cost, cause }));
  }

  #now(): number {
    return this.#options.clock.now();
  }
}
