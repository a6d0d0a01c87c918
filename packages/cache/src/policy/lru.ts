import { LRUCache } from 'lru-cache';
import { type PolicyStore } from './policy.js';

/*
 * lru-cache keeps the order; the limits are kept by the store that owns this one, because only that one can shrink an
 * entry in place (when it was compressed) without counting it as used, and change a limit later. lru-cache insists on
 * some limit, and a limit on entries would preallocate room for all of them: so each entry weighs one of more than
 * there will ever be.
 */
const UNREACHED = Number.MAX_SAFE_INTEGER;
const ONE = { size: 1 } as const;

/** The least recently used entry goes first. */
export class LruStore<E extends object> implements PolicyStore<E> {
  readonly #lru = new LRUCache<string, E>({ maxSize: UNREACHED });

  get size(): number {
    return this.#lru.size;
  }

  use(id: string): E | undefined {
    return this.#lru.get(id);
  }

  peek(id: string): E | undefined {
    return this.#lru.peek(id);
  }

  add(id: string, entry: E): void {
    this.#lru.set(id, entry, ONE);
  }

  remove(id: string): void {
    this.#lru.delete(id);
  }

  evict(): E | undefined {
    return this.#lru.pop();
  }

  values(): Iterable<E> {
    return this.#lru.values();
  }
}
