import { FrequencyChain } from './frequency-chain.js';
import { type EvictionPolicy } from './policy.js';
import { SlotLists } from './slot-lists.js';

/*
 * Least frequently used in constant time (Shah, Mitra, Matani, "An O(1) algorithm for implementing the LFU cache
 * eviction scheme", 2010): a list of slots for each number of uses that occurs, and the lists in a chain by that number.
 */

const NONE = -1;
const FIRST_CAPACITY = 64;

/**
 * The entry that was used the fewest times goes first, among equals the one whose last use is the longest ago. Nothing
 * is forgotten: what was popular once stays. The entry that needs the room stays.
 */
export class LfuPolicy implements EvictionPolicy {
  readonly name = 'lfu';
  readonly #lists = new SlotLists(FIRST_CAPACITY);
  readonly #chain = new FrequencyChain();

  attach(): void {
    // Uses are all it needs to know.
  }

  add(slot: number): void {
    this.#lists.push(this.#chain.above(NONE, 1), slot);
  }

  use(slot: number): void {
    const list = this.#lists.listOf(slot);
    const next = this.#chain.above(list, this.#chain.uses(list) + 1);
    this.remove(slot);
    this.#lists.push(next, slot);
  }

  remove(slot: number): void {
    const list = this.#lists.listOf(slot);
    this.#lists.unlink(slot);
    if (this.#lists.length(list) === 0) this.#chain.remove(list);
  }

  victim(newcomer: number): number {
    const least = this.#chain.least;
    if (least === NONE) return NONE;
    const victim = this.#lists.tail(least);
    if (victim !== newcomer) return victim;
    const next = this.#lists.newer(victim) === NONE ? this.#chain.higher(least) : least;
    if (next === NONE) return victim;
    return next === least ? this.#lists.newer(victim) : this.#lists.tail(next);
  }

  /** The most used first. */
  *slots(): Generator<number> {
    for (let list = this.#chain.most; list !== NONE; list = this.#chain.lower(list))
      yield* this.#lists.slots(list);
  }
}
