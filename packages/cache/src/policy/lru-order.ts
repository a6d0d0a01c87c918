import { LRUCache } from 'lru-cache';
import { NONE, type Order } from '../order.js';

/*
 * lru-cache keeps the ids and their order; the limits are kept by the store, because only that one can shrink an entry
 * in place (when it was compressed) without counting it as used, refuse a value and leave the old one, and change a
 * limit later. lru-cache insists on some limit, and a limit on entries would preallocate room for all of them: so each
 * entry weighs one of more than there will ever be.
 */
const UNREACHED = Number.MAX_SAFE_INTEGER;
const ONE = { size: 1 } as const;

/** The least recently used entry goes first. */
export class LruOrder implements Order {
  readonly policy = 'lru';
  readonly inCharge = 'lru';
  readonly #lru = new LRUCache<string, number>({ maxSize: UNREACHED });

  get size(): number {
    return this.#lru.size;
  }

  /** It counts as used at once, even if the entry turns out to be stale or expired. */
  lookup(id: string): number {
    return this.#lru.get(id) ?? NONE;
  }

  peek(id: string): number {
    return this.#lru.peek(id) ?? NONE;
  }

  use(): void {
    // `lookup` has done it.
  }

  settle(): void {
    // Nothing waits.
  }

  add(id: string, slot: number): void {
    this.#lru.set(id, slot, ONE);
  }

  update(): void {
    // The order does not depend on what an entry is like.
  }

  remove(id: string, _slot: number, evicted: boolean): void {
    if (!evicted) this.#lru.delete(id);
  }

  victim(): number {
    return this.#lru.pop() ?? NONE;
  }

  resize(): void {
    // The store keeps the limits.
  }

  slots(): Iterable<number> {
    return this.#lru.values();
  }
}
