import { grown } from './slot-table.js';
import { ValueLists } from './value-lists.js';

/*
 * Greedy-dual order in constant time, after CAMP (Ghandeharizadeh, Irani, Lam, Yap, "CAMP: A Cost Adaptive Multi-Queue
 * Eviction Policy for Key-Value Stores", Middleware 2014). An entry's priority is its value (frequency x cost / size)
 * plus the clock of the moment when it was last used; the clock is the priority of the last victim, which ages whatever
 * is not used. Values are rounded, and within a list of one rounded value the oldest has the least priority, so the
 * victim is the least among the oldest of the lists in use: no heap, and as many comparisons as there are lists.
 */

/** Values are rounded to two bits behind the leading one, by a quarter at most. */
const MANTISSA = 2;
const NONE = -1;

/** Slots ordered by value and age. */
export class CostQueues {
  readonly #lists = new ValueLists(MANTISSA);
  /** The clock when a slot was last used. */
  #stamp: Float64Array = new Float64Array(64);
  /** The priority of the last victim. */
  #clock = 0;

  get size(): number {
    return this.#lists.size;
  }

  /** Adds a slot that is not there. */
  add(slot: number, value: number): void {
    if (slot >= this.#stamp.length) {
      this.#stamp = grown(this.#stamp, new Float64Array(Math.max(2 * this.#stamp.length, slot + 1)));
    }
    this.#stamp[slot] = this.#clock;
    this.#lists.add(slot, value);
  }

  remove(slot: number): void {
    this.#lists.remove(slot);
  }

  /** Gives a slot its present value and makes it as young as can be. */
  renew(slot: number, value: number): void {
    this.#stamp[slot] = this.#clock;
    this.#lists.renew(slot, value);
  }

  /** The slot with the least priority, or -1. */
  least(): number {
    let least = NONE;
    let priority = Infinity;
    const lists = this.#lists;
    for (let list = lists.listFrom(0); list !== NONE; list = lists.listFrom(list + 1)) {
      const value = lists.valueOf(list);
      const slot = lists.oldest(list);
      const found = (this.#stamp[slot] ?? 0) + value;
      if (found < priority) {
        priority = found;
        least = slot;
      }
    }
    return least;
  }

  /** Lets the clock go on to the priority of a slot that is given up for its low value. */
  age(slot: number): void {
    this.#clock = Math.max(this.#clock, this.#priority(slot));
  }

  /** All slots, those of the highest value first. */
  slots(): Generator<number> {
    return this.#lists.slots();
  }

  #priority(slot: number): number {
    return (this.#stamp[slot] ?? 0) + this.#lists.valueOf(this.#lists.listOf(slot));
  }
}
