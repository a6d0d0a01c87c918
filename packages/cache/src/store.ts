import { CacheError } from './cache-error.js';
import { type Expiry } from './expiry.js';
import { TagIndex } from './invalidation.js';
import { NONE, type Order } from './order.js';
import { type Limits } from './policy/entry-facts.js';
import { type Packed, type Records, type Writing } from './records.js';
import { type LeaveCause } from './removal.js';

/** Told of every entry that leaves, while its record still stands; it must change nothing. */
export type OnLeave = (slot: number, cause: LeaveCause) => void;

/** So many slots are looked at for expired entries with each entry that is added. */
const SWEEP = 2;
/** So many entries at most go at once when the limits have become lower; the rest goes with the next operations. */
const BATCH = 256;

/**
 * The entries that are kept, found by id or by tag: never more of them than the limits allow. Nothing in it takes time
 * in proportion to the number of entries, but for the growth of its columns, `list`, and what is asked to remove many.
 */
export class Store<V> {
  readonly #records: Records<V>;
  readonly #order: Order;
  readonly #expiry: Expiry;
  readonly #tags = new TagIndex<number>();
  readonly #onLeave: OnLeave;
  readonly #onWritten: (slot: number) => void;
  readonly #onCold: ((slot: number) => void) | undefined;
  readonly #onError: (error: CacheError) => void;
  #limits: Limits;
  #bytes = 0;
  /** The next slot to look at for an entry that has expired. */
  #hand = 0;
  /** When the sweep began its round, and the round before. */
  #roundAt = 0;
  #lastRoundAt = -Infinity;

  constructor(o: {
    records: Records<V>;
    order: Order;
    expiry: Expiry;
    limits: Limits;
    onLeave: OnLeave;
    /** Told of every entry that got in, before anything has to go for it. */
    onWritten: (slot: number) => void;
    /** Told of entries that were not served since the sweep came by the last time. */
    onCold: ((slot: number) => void) | undefined;
    onError: (error: CacheError) => void;
  }) {
    this.#records = o.records;
    this.#order = o.order;
    this.#expiry = o.expiry;
    this.#limits = o.limits;
    this.#onLeave = o.onLeave;
    this.#onWritten = o.onWritten;
    this.#onCold = o.onCold;
    this.#onError = o.onError;
  }

  get size(): number {
    return this.#records.count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get limits(): Limits {
    return this.#limits;
  }

  get isOver(): boolean {
    return this.size > this.#limits.maxEntries || this.#bytes > this.#limits.maxBytes;
  }

  /** The slot of an entry that may be served, perhaps only as a stale one, or -1. One that has expired leaves. */
  lookup(id: string, now: number): number {
    const slot = this.#order.lookup(id);
    if (slot === NONE || !this.#expiry.isExpired(slot, now)) return slot;
    this.remove(slot, 'expired');
    return NONE;
  }

  /** The entry is served: it counts as used. */
  use(slot: number, now: number): void {
    this.#records.served(slot, now);
    this.#order.use(slot);
  }

  /** The slot of a fresh entry, or -1, and nothing changes. */
  peek(id: string, now: number): number {
    const slot = this.#order.peek(id);
    return slot === NONE || this.#expiry.isFresh(slot, now) ? slot : NONE;
  }

  /** The slot of any entry with this id, or -1. */
  find(id: string): number {
    return this.#order.peek(id);
  }

  /** Whether an entry of this size could ever be kept. */
  fits(bytes: number): boolean {
    return bytes <= this.#limits.maxBytes;
  }

  /** Whether there is room for so many bytes more without removing anything. */
  hasRoomFor(bytes: number): boolean {
    return this.#bytes + bytes <= this.#limits.maxBytes;
  }

  /** Adds an entry that fits, in place of that with the same id, and makes room for it. Returns its slot. */
  put(writing: Writing<V>): number {
    const now = writing.createdAt;
    const { size, bytes, isOver } = this;
    let slot = this.#order.peek(writing.id);
    if (slot !== NONE && this.#expiry.isExpired(slot, now)) {
      this.remove(slot, 'expired');
      slot = NONE;
    }
    if (slot === NONE) {
      slot = this.#records.take();
      this.#records.write(slot, writing);
      this.#bytes += writing.bytes;
      this.#order.add(writing.id, slot);
    } else {
      this.#replace(slot, writing);
    }
    if (writing.tags.length > 0) this.#tags.add(slot, writing.tags);
    // From here on others may have the word, and write themselves.
    this.#onWritten(slot);
    this.#sweep(now, slot);
    if (!isOver) this.#makeRoom(slot, Infinity);
    // `shrink` is at it; until it is done there must at least not be more than before.
    else while (this.isOver && (this.size > size || this.#bytes > bytes)) this.#evict(slot);
    return slot;
  }

  /** Keeps something else for an entry: its value, or a compressed form of it. */
  swap(slot: number, kept: V | Packed, bytes: number): void {
    this.#order.settle();
    const before = this.#records.bytes(slot);
    this.#records.kept[slot] = kept;
    this.#records.setBytes(slot, bytes);
    this.#bytes += bytes - before;
    this.#order.update(slot, before);
  }

  remove(slot: number, cause: LeaveCause): void {
    const records = this.#records;
    this.#onLeave(slot, cause);
    this.#bytes -= records.bytes(slot);
    this.#order.remove(records.id(slot), slot, cause === 'evicted');
    if (records.hasTags) this.#tags.remove(slot, records.tags(slot));
    records.release(slot);
  }

  /** The slots of all entries, the most valued first. What a policy names wrongly, or forgets, is put right. */
  list(): number[] {
    const slots = new Set<number>();
    for (const slot of this.#order.slots()) if (this.#records.isTaken(slot)) slots.add(slot);
    if (slots.size < this.size) for (const slot of this.#records.taken()) slots.add(slot);
    return [...slots];
  }

  tagged(tags: readonly string[]): number[] {
    return [...this.#tags.find(tags)];
  }

  /** Sets other limits; `shrink` makes them hold. */
  limit(limits: Limits): void {
    this.#limits = limits;
    this.#order.resize(limits);
  }

  /** Removes what is too much, or as much of it as can be done without a pause. */
  shrink(atOnce: boolean): void {
    this.#makeRoom(NONE, atOnce ? Infinity : BATCH);
  }

  #replace(slot: number, writing: Writing<V>): void {
    const records = this.#records;
    this.#onLeave(slot, 'replaced');
    this.#order.settle();
    this.#order.lookup(writing.id);
    if (records.hasTags) this.#tags.remove(slot, records.tags(slot));
    const before = records.bytes(slot);
    records.write(slot, writing);
    this.#bytes += writing.bytes - before;
    this.#order.update(slot, before);
    this.#order.use(slot);
  }

  /** Looks at a few slots; all have been looked at after half as many additions as there are slots. */
  #sweep(now: number, newcomer: number): void {
    const records = this.#records;
    for (let looked = 0; looked < SWEEP; looked++) {
      if (this.#hand >= records.used) this.#startRound(now);
      const slot = this.#hand++;
      // What stands in a free slot is out of date, so whether one is taken is asked last.
      if (this.#expiry.isExpired(slot, now)) {
        if (slot !== newcomer && records.isTaken(slot)) this.remove(slot, 'expired');
      } else if (this.#onCold !== undefined && records.lastAccessAt(slot) < this.#lastRoundAt) {
        if (records.isTaken(slot)) this.#onCold(slot);
      }
    }
  }

  #startRound(now: number): void {
    this.#hand = 0;
    this.#lastRoundAt = this.#roundAt;
    this.#roundAt = now;
  }

  #makeRoom(newcomer: number, most: number): void {
    for (let evicted = 0; this.isOver && evicted < most && this.size > 0; evicted++) this.#evict(newcomer);
  }

  #evict(newcomer: number): void {
    let victim: number = NONE;
    let cause: unknown;
    try {
      victim = this.#order.victim(newcomer);
    } catch (thrown) {
      cause = thrown;
    }
    if (this.#records.isTaken(victim)) {
      this.remove(victim, 'evicted');
      return;
    }
    const message = `the policy '${this.#order.policy}' named no entry as its victim (${String(victim)}); another was taken`;
    this.remove(this.#records.anyTaken(), 'evicted');
    this.#onError(new CacheError('ERR_PERF_CACHE_POLICY_FAILED', message, { cause }));
  }
}
