import { type EvictionPolicy } from './policy.js';
import { SlotLists } from './slot-lists.js';

const QUEUE = 0;

/** The entry that got in first goes first, however often it was used. A new value keeps the place of the old one. */
export class FifoPolicy implements EvictionPolicy {
  readonly name = 'fifo';
  readonly #lists = new SlotLists(1);

  attach(): void {
    // It needs to know nothing of the entries.
  }

  add(slot: number): void {
    this.#lists.push(QUEUE, slot);
  }

  use(): void {
    // Use does not change the order.
  }

  remove(slot: number): void {
    this.#lists.unlink(slot);
  }

  victim(): number {
    return this.#lists.tail(QUEUE);
  }

  slots(): Iterable<number> {
    return this.#lists.slots(QUEUE);
  }
}
