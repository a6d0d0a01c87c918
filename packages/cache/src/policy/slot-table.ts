import { type EntryFacts } from './entry-facts.js';

const FIRST_CAPACITY = 64;

/**
 * Slots, small whole numbers that name entries, and the facts about each in typed columns. Slots are used again once
 * they are free; the columns grow by doubling, when the next slot needs it and not before.
 */
export class SlotTable implements EntryFacts {
  hash: Int32Array = new Int32Array(FIRST_CAPACITY);
  bytes: Float64Array = new Float64Array(FIRST_CAPACITY);
  cost: Float64Array = new Float64Array(FIRST_CAPACITY);
  createdAt: Float64Array = new Float64Array(FIRST_CAPACITY);
  expiresAt: Float64Array = new Float64Array(FIRST_CAPACITY);
  /** Slots in use. */
  count = 0;
  /** Slots that were ever in use: all others are above. */
  used = 0;
  /** The free slots that were in use before, as a chain through this column; 0 ends it. */
  #nextFree: Int32Array = new Int32Array(FIRST_CAPACITY);
  #firstFree = 0;

  get capacity(): number {
    return this.hash.length;
  }

  /** A free slot, now in use. Its facts are those of whoever had it before. */
  take(): number {
    this.count += 1;
    if (this.#firstFree !== 0) {
      const slot = this.#firstFree - 1;
      this.#firstFree = this.#nextFree[slot] ?? 0;
      return slot;
    }
    if (this.used === this.capacity) this.grow(2 * this.capacity);
    return this.used++;
  }

  release(slot: number): void {
    this.count -= 1;
    this.#nextFree[slot] = this.#firstFree;
    this.#firstFree = slot + 1;
  }

  protected grow(capacity: number): void {
    this.hash = grown(this.hash, new Int32Array(capacity));
    this.bytes = grown(this.bytes, new Float64Array(capacity));
    this.cost = grown(this.cost, new Float64Array(capacity));
    this.createdAt = grown(this.createdAt, new Float64Array(capacity));
    this.expiresAt = grown(this.expiresAt, new Float64Array(capacity));
    this.#nextFree = grown(this.#nextFree, new Int32Array(capacity));
  }
}

/** Copies a column into a larger one. */
export function grown<C extends { set(from: C): void }>(from: C, into: C): C {
  into.set(from);
  return into;
}
