import { type Channel } from '@perf/internal/channel';
import { type Clock } from '@perf/internal/clock';
import { Announcements } from './announcements.js';
import { BackgroundCompression } from './compression.js';
import { describe, EntryView, overheadBytes, type CachedConversion } from './entry.js';
import { type CacheEvent } from './events.js';
import { Expiry } from './expiry.js';
import { type Invalidation } from './invalidation.js';
import { TextScan } from './key/text-scan.js';
import { type ResolvedSetOptions } from './call-options.js';
import { type ResolvedOptions } from './options.js';
import { NONE, type Order } from './order.js';
import { type Limits } from './policy/entry-facts.js';
import { createOrder } from './policy/policy-name.js';
import { Packed, Records, Writing, type EntryRef } from './records.js';
import { RemovalNotices, type LeaveCause } from './removal.js';
import { createReport } from './report.js';
import { sizeOf } from './size/size-of.js';
import { type CompressionStatistics, type Counters } from './statistics.js';
import { Store } from './store.js';
import { Values } from './values.js';

/**
 * What a cache holds and how values get in and out: measured, cloned, compressed, counted, announced. Whoever calls a
 * method that may remove something calls `deliver` when its operation is complete.
 */
export class Contents<V> {
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #records = new Records<V>();
  readonly #expiry: Expiry;
  readonly #order: Order;
  readonly #store: Store<V>;
  readonly #compression: BackgroundCompression<V>;
  readonly #values: Values<V>;
  readonly #announcements: Announcements<V>;
  readonly #scan = new TextScan();
  readonly #writing = new Writing<V>();
  /** Whether what is kept is what is served, unless it is compressed. */
  readonly #shares: boolean;

  constructor(options: ResolvedOptions<V>, clock: Clock, counters: Counters, events: Channel<CacheEvent>) {
    const {
      onRemove,
      onError,
      compression: codec,
      compressAbove: above,
      maxEntries,
      maxBytes,
      clone,
    } = options;
    const records = this.#records;
    const limits = { maxEntries, maxBytes };
    const report = createReport(onError);
    const notices = onRemove === undefined ? undefined : new RemovalNotices(onRemove, report);
    this.#clock = clock;
    this.#counters = counters;
    this.#shares = !clone;
    this.#expiry = new Expiry(records, options);
    this.#order = createOrder(options.policy, records, limits);
    this.#store = new Store<V>({
      ...{ records, order: this.#order, expiry: this.#expiry, limits, onError: report },
      onLeave: (slot, cause) => {
        this.#left(slot, cause);
      },
      onWritten: (slot) => {
        this.#counters.sets += 1;
        this.#announcements.tell('set', slot);
      },
      onCold:
        codec === undefined
          ? undefined
          : (slot) => {
              this.#compression.consider(slot);
            },
    });
    this.#compression = new BackgroundCompression({ codec, above, records, store: this.#store, report });
    const drop = (ref: EntryRef): void => {
      if (records.holds(ref)) this.#store.remove(ref.slot, 'corrupt');
    };
    this.#values = new Values({ clone, records, compression: this.#compression, report, drop });
    this.#announcements = new Announcements({ records, values: this.#values, events, notices });
  }

  get size(): number {
    return this.#store.size;
  }

  get bytes(): number {
    return this.#store.bytes;
  }

  get compression(): CompressionStatistics {
    return this.#compression.statistics();
  }

  /** The policy, and what is in charge of it just now. */
  get order(): Pick<Order, 'policy' | 'inCharge'> {
    return this.#order;
  }

  has(id: string): boolean {
    return this.#store.peek(id, this.#clock.now()) !== NONE;
  }

  /** The value on the spot, and nothing is counted. */
  peek(id: string): V | undefined {
    const slot = this.#store.peek(id, this.#clock.now());
    return slot === NONE ? undefined : this.#values.now(slot, false);
  }

  view(id: string): CachedConversion<V> | undefined {
    const slot = this.#store.peek(id, this.#clock.now());
    return slot === NONE ? undefined : this.#viewOf(slot);
  }

  views(tag: string | undefined): Iterable<CachedConversion<V>> {
    const slots = tag === undefined ? this.#store.list() : this.#store.tagged([tag]);
    return this.#viewsOf(slots.map((slot) => this.#records.ref(slot)));
  }

  /** Serves a fresh value on the spot; `undefined` if there is none, which is not counted yet. */
  serve(id: string): V | undefined {
    const now = this.#clock.now();
    const slot = this.#store.lookup(id, now);
    if (slot === NONE || !this.#expiry.isFresh(slot, now)) return undefined;
    const kept = this.#records.kept[slot];
    if (this.#shares && !(kept instanceof Packed)) {
      this.#served(slot, now);
      return kept;
    }
    const value = this.#values.now(slot, true);
    if (value !== undefined) this.#served(slot, now);
    return value;
  }

  /** Whether there is an entry, fresh or stale, that `serveAsync` could serve; one that has expired leaves. */
  holds(id: string): boolean {
    const slot = this.#store.find(id);
    if (slot === NONE || !this.#expiry.isExpired(slot, this.#clock.now())) return slot !== NONE;
    this.#store.remove(slot, 'expired');
    return false;
  }

  /**
   * Serves a value, restored off the event loop if need be; `undefined` if there is none, which is not counted yet. A
   * value whose time is over may be served too if `stale` is given, which is told of it.
   */
  async serveAsync(id: string, signal: AbortSignal | undefined, stale?: () => void): Promise<V | undefined> {
    for (;;) {
      const now = this.#clock.now();
      const slot = this.#store.lookup(id, now);
      if (slot === NONE) return undefined;
      const isFresh = this.#expiry.isFresh(slot, now);
      if (!isFresh && stale === undefined) return undefined;
      const kept = this.#records.kept[slot];
      const ref = this.#records.ref(slot);
      const value =
        kept instanceof Packed ? await this.#values.later(ref, kept, signal) : this.#values.now(slot, true);
      if (value !== undefined) {
        this.#servedRef(ref, isFresh);
        // One that has left while it was restored was replaced, or is not wanted any more.
        if (!isFresh && this.#records.holds(ref)) stale?.();
        return value;
      }
      // It was corrupt and is gone. Meanwhile there may be another.
    }
  }

  missed(label: () => string): void {
    this.#counters.misses += 1;
    this.#announcements.missed(label);
  }

  /** Keeps a value that can be kept; returns whether it was. */
  keep(id: string, label: string, value: V, options: ResolvedSetOptions, elapsed: number): boolean {
    if (value === undefined) {
      this.#counters.refusals.undefined += 1;
      return false;
    }
    const writing = this.#written(id, label, value, options, elapsed);
    if (!this.#store.fits(writing.bytes)) {
      this.#counters.refusals['too-large'] += 1;
      this.#announcements.refused(writing);
      writing.value = undefined;
      return false;
    }
    const slot = this.#store.put(writing);
    writing.value = undefined;
    // The policy may have turned it away, so that it has left already.
    if (!this.#records.isTaken(slot)) return false;
    this.#compression.consider(slot);
    return true;
  }

  delete(id: string): boolean {
    const slot = this.#store.find(id);
    if (slot === NONE) return false;
    const isExpired = this.#expiry.isExpired(slot, this.#clock.now());
    this.#store.remove(slot, isExpired ? 'expired' : 'deleted');
    return !isExpired;
  }

  removeAll(cause: LeaveCause): void {
    for (const slot of this.#store.list()) this.#store.remove(slot, cause);
  }

  /** Removes what matches; nothing if the function that decides throws. */
  invalidate(invalidation: Invalidation<V>): number {
    const slots = this.#matching(invalidation);
    for (const slot of slots) this.#store.remove(slot, 'invalidated');
    return slots.length;
  }

  purgeExpired(): number {
    const now = this.#clock.now();
    const slots = this.#store.list().filter((slot) => this.#expiry.isExpired(slot, now));
    for (const slot of slots) this.#store.remove(slot, 'expired');
    return slots.length;
  }

  /** Sets other limits, which hold at once, or step by step. */
  limit(limits: Limits, atOnce: boolean): void {
    this.#store.limit(limits);
    this.#store.shrink(atOnce);
  }

  /** Goes on with what `limit` has begun. */
  shrink(): void {
    if (this.#store.isOver) this.#store.shrink(false);
  }

  /** The value as one side may have it while the other has its own. */
  copy(value: V): V {
    return this.#values.copy(value);
  }

  deliver(): void {
    this.#announcements.deliver();
  }

  settled(): Promise<void> {
    return this.#compression.settled();
  }

  close(): void {
    this.#compression.close();
    this.removeAll('closed');
  }

  #written(id: string, label: string, value: V, options: ResolvedSetOptions, elapsed: number): Writing<V> {
    // Getters of the value may write, too: from here on they have been called.
    const valueBytes = options.size ?? sizeOf(value);
    const kept = this.#values.copy(value);
    // Whoever is told of what happens may write in the middle of it.
    const writing = this.#announcements.active ? new Writing<V>() : this.#writing;
    const scan = this.#scan;
    scan.read(id);
    const { tags } = options;
    const now = this.#clock.now();
    writing.id = id;
    writing.hash = scan.hash;
    writing.label = label;
    writing.value = kept;
    writing.valueBytes = valueBytes;
    writing.bytes = valueBytes + overheadBytes(id, scan.bytes, label, tags);
    writing.cost = options.cost ?? elapsed;
    writing.tags = tags;
    writing.createdAt = now;
    writing.expiresAt = this.#expiry.endOf(now, options.ttl);
    return writing;
  }

  #viewOf(slot: number): CachedConversion<V> | undefined {
    const kept = this.#records.kept[slot];
    if (kept === undefined) return undefined;
    const read = this.#values.reader(slot, kept);
    return new EntryView(describe(this.#records, slot), () => {
      try {
        return read();
      } finally {
        this.deliver();
      }
    });
  }

  *#viewsOf(refs: readonly EntryRef[]): Generator<CachedConversion<V>> {
    for (const ref of refs) {
      if (!this.#records.holds(ref) || !this.#expiry.isFresh(ref.slot, this.#clock.now())) continue;
      const view = this.#viewOf(ref.slot);
      if (view !== undefined) yield view;
    }
  }

  #matching(invalidation: Invalidation<V>): number[] {
    const now = this.#clock.now();
    const candidates =
      invalidation.by === 'tags' ? this.#store.tagged(invalidation.tags) : this.#store.list();
    return candidates.filter((slot) => {
      if (this.#expiry.isExpired(slot, now)) return false;
      if (invalidation.by === 'tags') return true;
      const records = this.#records;
      if (invalidation.by === 'name')
        return invalidation.matches({ id: records.id(slot), label: records.label(slot) });
      const view = this.#viewOf(slot);
      return view !== undefined && invalidation.matches(view);
    });
  }

  #served(slot: number, now: number): void {
    this.#counters.hits += 1;
    this.#counters.savedMs += this.#records.givenCost(slot);
    this.#store.use(slot, now);
    this.#announcements.tell('hit', slot);
  }

  /** Counts a value that took a while to restore: its entry may have left meanwhile. */
  #servedRef(ref: EntryRef, isFresh: boolean): void {
    const held = this.#records.holds(ref);
    if (held && isFresh) {
      this.#served(ref.slot, this.#clock.now());
      return;
    }
    this.#counters.hits += 1;
    if (!isFresh) this.#counters.staleHits += 1;
    if (!held) return;
    this.#store.use(ref.slot, this.#clock.now());
    this.#announcements.tell('stale', ref.slot);
  }

  #left(slot: number, cause: LeaveCause): void {
    this.#counters.removals[cause] += 1;
    this.#compression.removed(slot);
    this.#announcements.left(slot, cause);
  }
}
