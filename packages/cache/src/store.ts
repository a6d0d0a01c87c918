import { type Entry } from './entry.js';
import { isExpired } from './expiry.js';
import { TagIndex } from './invalidation.js';
import { type Limits } from './options.js';
import { createPolicyStore, type PolicyName, type PolicyStore } from './policy/policy.js';
import { type LeaveCause } from './removal.js';

/** Told of every entry that leaves, once the store no longer knows it. */
export type OnLeave<V> = (entry: Entry<V>, cause: LeaveCause) => void;

/**
 * The entries that are kept: never more of them than the limits allow, found by id or by tag. Sizes are those that the
 * entries state.
 */
export class Store<V> {
  readonly #entries: PolicyStore<Entry<V>>;
  readonly #tags = new TagIndex<Entry<V>>();
  readonly #onLeave: OnLeave<V>;
  #limits: Limits;
  #bytes = 0;

  constructor(policy: PolicyName, limits: Limits, onLeave: OnLeave<V>) {
    this.#entries = createPolicyStore<Entry<V>>(policy);
    this.#limits = limits;
    this.#onLeave = onLeave;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get limits(): Limits {
    return this.#limits;
  }

  /** The entry if it may be served, which counts as used for the order; one that has expired leaves. */
  use(id: string, now: number): Entry<V> | undefined {
    return this.#unexpired(this.#entries.use(id), now);
  }

  /** The same without counting as used. */
  find(id: string, now: number): Entry<V> | undefined {
    return this.#unexpired(this.#entries.peek(id), now);
  }

  /** The entry if it may be served, and nothing changes. */
  peek(id: string, now: number): Entry<V> | undefined {
    const entry = this.#entries.peek(id);
    return entry === undefined || isExpired(entry, now) ? undefined : entry;
  }

  holds(entry: Entry<V>): boolean {
    return !entry.gone;
  }

  /** Whether an entry of this size could ever be kept. */
  fits(bytes: number): boolean {
    return bytes <= this.#limits.maxBytes;
  }

  /** Adds an entry that fits, in place of that with the same id, and makes room for it. */
  add(entry: Entry<V>, now: number): void {
    const old = this.#entries.peek(entry.id);
    if (old !== undefined) this.remove(old, isExpired(old, now) ? 'expired' : 'replaced');
    this.#makeRoom(this.#limits.maxEntries - 1, this.#limits.maxBytes - entry.bytes);
    this.#entries.add(entry.id, entry);
    this.#tags.add(entry);
    this.#bytes += entry.bytes;
  }

  /** Takes the compressed form of an entry in place of its value. */
  pack(entry: Entry<V>, parts: Uint8Array[], bytes: number): void {
    const before = entry.bytes;
    entry.pack(parts, bytes);
    this.#bytes += entry.bytes - before;
  }

  remove(entry: Entry<V>, cause: LeaveCause): boolean {
    if (!this.holds(entry)) return false;
    this.#entries.remove(entry.id);
    this.#left(entry, cause);
    return true;
  }

  removeAll(entries: Iterable<Entry<V>>, cause: LeaveCause): number {
    let removed = 0;
    for (const entry of entries) removed += this.remove(entry, cause) ? 1 : 0;
    return removed;
  }

  /** All entries, the most valued first; a copy, so that the store may change meanwhile. */
  list(): Entry<V>[] {
    return [...this.#entries.values()];
  }

  tagged(tags: readonly string[]): Set<Entry<V>> {
    return this.#tags.find(tags);
  }

  resize(limits: Limits): void {
    this.#limits = limits;
    this.#makeRoom(limits.maxEntries, limits.maxBytes);
  }

  #unexpired(entry: Entry<V> | undefined, now: number): Entry<V> | undefined {
    if (entry === undefined || !isExpired(entry, now)) return entry;
    this.remove(entry, 'expired');
    return undefined;
  }

  #makeRoom(maxEntries: number, maxBytes: number): void {
    while (this.size > maxEntries || this.#bytes > maxBytes) {
      const entry = this.#entries.evict();
      if (entry === undefined) return;
      this.#left(entry, 'evicted');
    }
  }

  #left(entry: Entry<V>, cause: LeaveCause): void {
    entry.gone = true;
    this.#tags.remove(entry);
    this.#bytes -= entry.bytes;
    this.#onLeave(entry, cause);
  }
}
