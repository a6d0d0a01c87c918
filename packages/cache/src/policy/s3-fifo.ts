import { type EntryFacts, type Limits } from './entry-facts.js';
import { Ghost } from './ghost.js';
import { type EvictionPolicy } from './policy.js';
import { SlotLists } from './slot-lists.js';

/*
 * S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi, "FIFO Queues are All You Need for Cache Eviction", SOSP 2023): newcomers wait
 * in a small queue, which they leave for the main queue if they were used twice meanwhile, and otherwise for a list of ghosts,
 * from which they come back straight into the main queue.
 */

const SMALL = 0;
const MAIN = 1;
const NONE = -1;
const SMALL_SHARE = 0.1;
const MAX_USES = 3;
/** Entries that were used again get another round in the main queue; so many may do so before one has to go. */
const ROUNDS = 64;

export class S3FifoPolicy implements EvictionPolicy {
  readonly name = 's3-fifo';
  /** The number noted for a slot is how often it was used. */
  readonly #lists = new SlotLists(2);
  readonly #ghost = new Ghost();
  readonly #bytes = new Float64Array(2);
  #facts: EntryFacts | undefined;
  #limits: Limits = { maxEntries: Infinity, maxBytes: Infinity };

  attach(entries: EntryFacts, limits: Limits): void {
    this.#facts = entries;
    this.#limits = limits;
  }

  resize(limits: Limits): void {
    this.#limits = limits;
  }

  add(slot: number): void {
    this.#push(this.#ghost.take(this.#hash(slot), this.#ghosts()) ? MAIN : SMALL, slot);
  }

  use(slot: number): void {
    this.#lists.setNote(slot, Math.min(MAX_USES, this.#lists.note(slot) + 1));
  }

  update(slot: number, bytesBefore: number): void {
    const home = this.#lists.listOf(slot);
    this.#bytes[home] = (this.#bytes[home] ?? 0) + this.#size(slot) - bytesBefore;
  }

  remove(slot: number, evicted: boolean): void {
    if (evicted && this.#lists.listOf(slot) === SMALL) this.#ghost.add(this.#hash(slot), this.#ghosts());
    this.#unlink(slot);
  }

  victim(newcomer: number): number {
    for (
      let slot = this.#lists.tail(SMALL);
      slot !== NONE && slot !== newcomer;
      slot = this.#lists.tail(SMALL)
    ) {
      if (!this.#smallIsFull()) break;
      if (this.#lists.note(slot) <= 1) return slot;
      this.#unlink(slot);
      this.#push(MAIN, slot);
    }
    for (let round = 0; round < ROUNDS; round++) {
      const slot = this.#lists.tail(MAIN);
      const uses = slot === NONE ? 0 : this.#lists.note(slot);
      if (uses === 0) break;
      this.#lists.setNote(slot, uses - 1);
      this.#lists.renew(slot);
    }
    const [main, small] = [this.#lists.tail(MAIN), this.#lists.tail(SMALL)];
    return main === NONE || (main === newcomer && small !== NONE) ? small : main;
  }

  *slots(): Generator<number> {
    yield* this.#lists.slots(MAIN);
    yield* this.#lists.slots(SMALL);
  }

  #smallIsFull(): boolean {
    const { maxEntries, maxBytes } = this.#limits;
    return (
      this.#lists.length(SMALL) > SMALL_SHARE * maxEntries ||
      (this.#bytes[SMALL] ?? 0) > SMALL_SHARE * maxBytes
    );
  }

  /** As many ghosts as there are entries. */
  #ghosts(): number {
    return this.#lists.length(SMALL) + this.#lists.length(MAIN);
  }

  #push(list: number, slot: number): void {
    this.#lists.push(list, slot);
    this.#lists.setNote(slot, 0);
    this.#bytes[list] = (this.#bytes[list] ?? 0) + this.#size(slot);
  }

  #unlink(slot: number): void {
    const home = this.#lists.listOf(slot);
    this.#lists.unlink(slot);
    this.#bytes[home] = (this.#bytes[home] ?? 0) - this.#size(slot);
  }

  #size(slot: number): number {
    return this.#facts?.bytes(slot) ?? 0;
  }

  #hash(slot: number): number {
    return this.#facts?.hash(slot) ?? 0;
  }
}
