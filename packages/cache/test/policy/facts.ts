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
    this.setFacts(slot, slot, 1, 1, 0, Infinity);
    this.change(slot, fact);
    return slot;
  }

  change(slot: number, fact: Fact): void {
    const { hash, bytes, cost, createdAt, expiresAt } = {
      hash: this.hash(slot),
      bytes: this.bytes(slot),
      cost: this.cost(slot),
      createdAt: this.createdAt(slot),
      expiresAt: this.expiresAt(slot),
      ...fact,
    };
    this.setFacts(slot, hash, bytes, cost, createdAt, expiresAt);
  }
}

/** The same facts, where it is counted how often they are looked at: a measure of work that is no time. */
export class WatchedFacts implements EntryFacts {
  looks = 0;
  readonly #facts: EntryFacts;

  constructor(facts: EntryFacts) {
    this.#facts = facts;
  }

  hash(slot: number): number {
    this.looks += 1;
    return this.#facts.hash(slot);
  }
  bytes(slot: number): number {
    this.looks += 1;
    return this.#facts.bytes(slot);
  }
  cost(slot: number): number {
    this.looks += 1;
    return this.#facts.cost(slot);
  }
  createdAt(slot: number): number {
    this.looks += 1;
    return this.#facts.createdAt(slot);
  }
  expiresAt(slot: number): number {
    this.looks += 1;
    return this.#facts.expiresAt(slot);
  }
}
