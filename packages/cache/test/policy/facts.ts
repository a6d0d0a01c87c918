import { type EntryFacts } from '../../src/policy/entry-facts.js';
import { SlotTable } from '../../src/policy/slot-table.js';

export interface Fact {
  readonly hash?: number;
  readonly bytes?: number;
  readonly cost?: number;
  readonly createdAt?: number;
  readonly expiresAt?: number;
}

/** A table of facts to be told of by hand. */
export class Facts extends SlotTable {
  /** An entry with these facts: of a size and a cost of 1, and without an end, if nothing else is said. */
  put(fact: Fact = {}): number {
    const slot = this.take();
    this.hash[slot] = slot;
    this.bytes[slot] = 1;
    this.cost[slot] = 1;
    this.createdAt[slot] = 0;
    this.expiresAt[slot] = Infinity;
    this.change(slot, fact);
    return slot;
  }

  change(slot: number, fact: Fact): void {
    for (const [column, value] of Object.entries(fact) as [keyof Fact, number][]) this[column][slot] = value;
  }
}

/** The same facts, where it is counted how often they are looked at: a measure of work that is no time. */
export class WatchedFacts implements EntryFacts {
  looks = 0;
  readonly #facts: EntryFacts;

  constructor(facts: EntryFacts) {
    this.#facts = facts;
  }

  get hash(): Int32Array {
    this.looks += 1;
    return this.#facts.hash;
  }
  get bytes(): Float64Array {
    this.looks += 1;
    return this.#facts.bytes;
  }
  get cost(): Float64Array {
    this.looks += 1;
    return this.#facts.cost;
  }
  get createdAt(): Float64Array {
    this.looks += 1;
    return this.#facts.createdAt;
  }
  get expiresAt(): Float64Array {
    this.looks += 1;
    return this.#facts.expiresAt;
  }
}
