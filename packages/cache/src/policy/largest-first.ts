import { type EntryFacts } from './entry-facts.js';
import { type EvictionPolicy } from './policy.js';
import { ValueLists } from './value-lists.js';

/** Sizes are rounded to four bits behind the leading one, by a sixteenth at most. */
const MANTISSA = 4;
const NONE = -1;

/**
 * The largest entry goes first, among those of about the same size the one that was not used for the longest time. The
 * entry that needs the room stays, however large it is.
 */
export class LargestFirstPolicy implements EvictionPolicy {
  readonly name = 'memory-pressure';
  readonly #lists = new ValueLists(MANTISSA);
  #facts: EntryFacts | undefined;

  attach(entries: EntryFacts): void {
    this.#facts = entries;
  }

  add(slot: number): void {
    this.#lists.add(slot, this.#size(slot));
  }

  use(slot: number): void {
    this.#lists.renew(slot, this.#size(slot));
  }

  update(slot: number): void {
    this.#lists.renew(slot, this.#size(slot));
  }

  remove(slot: number): void {
    this.#lists.remove(slot);
  }

  victim(newcomer: number): number {
    const largest = this.#lists.listBelow();
    if (largest === NONE) return NONE;
    const victim = this.#lists.oldest(largest);
    if (victim !== newcomer) return victim;
    const next = this.#lists.newer(victim);
    if (next !== NONE) return next;
    const smaller = this.#lists.listBelow(largest);
    return smaller === NONE ? victim : this.#lists.oldest(smaller);
  }

  /** The smallest first. */
  *slots(): Generator<number> {
    const lists = this.#lists;
    for (let list = lists.listFrom(0); list !== NONE; list = lists.listFrom(list + 1))
      yield* lists.slotsOf(list);
  }

  #size(slot: number): number {
    return this.#facts?.bytes(slot) ?? 0;
  }
}
