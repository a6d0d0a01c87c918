import { type EntryFacts } from './entry-facts.js';

const FIRST_CAPACITY = 64;
/** Numbers in a record: eight are 64 bytes, a line of the processor's cache. */
const STRIDE = 8;
/*
 * In this order, because a large buffer begins 16 bytes into a line: the last two numbers, which a hit does not need, are
 * in another line than the rest.
 */
const EXPIRES_AT = 0;
const LAST_ACCESS_AT = 1;
const HITS = 2;
const COST = 3;
const HASH = 4;
const BYTES = 5;
const VALUE_BYTES = 6;
const CREATED_AT = 7;

/**
 * Slots, small whole numbers that name entries, and a record of numbers for each, all records in one array. Slots are
 * used again once they are free; the array grows by doubling, when the next slot needs it and not before.
 */
export class SlotTable implements EntryFacts {
  /** Slots in use. */
  count = 0;
  /** Slots that were ever in use: all others are above. */
  used = 0;
  #records: Float64Array = new Float64Array(STRIDE * FIRST_CAPACITY);
  /** The free slots that were in use before, as a chain through the sizes of their values; 0 ends it. */
  #firstFree = 0;

  get capacity(): number {
    return this.#records.length / STRIDE;
  }

  /** A free slot, now in use. Its facts are those of whoever had it before. */
  take(): number {
    this.count += 1;
    if (this.#firstFree !== 0) {
      const slot = this.#firstFree - 1;
      this.#firstFree = this.#get(slot, VALUE_BYTES);
      return slot;
    }
    if (this.used === this.capacity) this.grow(2 * this.capacity);
    return this.used++;
  }

  release(slot: number): void {
    this.count -= 1;
    this.#set(slot, VALUE_BYTES, this.#firstFree);
    this.#firstFree = slot + 1;
  }

  hash(slot: number): number {
    return this.#get(slot, HASH) | 0;
  }

  bytes(slot: number): number {
    return this.#get(slot, BYTES);
  }

  cost(slot: number): number {
    return this.#get(slot, COST);
  }

  createdAt(slot: number): number {
    return this.#get(slot, CREATED_AT);
  }

  expiresAt(slot: number): number {
    return this.#get(slot, EXPIRES_AT);
  }

  setBytes(slot: number, bytes: number): void {
    this.#set(slot, BYTES, bytes);
  }

  /** Writes all facts of an entry. */
  setFacts(
    slot: number,
    hash: number,
    bytes: number,
    cost: number,
    createdAt: number,
    expiresAt: number,
  ): void {
    const record = slot * STRIDE;
    this.#records[record + HASH] = hash;
    this.#records[record + BYTES] = bytes;
    this.#records[record + COST] = cost;
    this.#records[record + CREATED_AT] = createdAt;
    this.#records[record + EXPIRES_AT] = expiresAt;
  }

  /** Takes over all facts of an entry of another table. */
  copyFacts(slot: number, from: EntryFacts, other: number): void {
    this.setFacts(
      slot,
      from.hash(other),
      from.bytes(other),
      from.cost(other),
      from.createdAt(other),
      from.expiresAt(other),
    );
  }

  /** When the entry was last served. */
  lastAccessAt(slot: number): number {
    return this.#get(slot, LAST_ACCESS_AT);
  }

  /** How often it was served. */
  hits(slot: number): number {
    return this.#get(slot, HITS);
  }

  /** Bytes of the value as it was given. */
  valueBytes(slot: number): number {
    return this.#get(slot, VALUE_BYTES);
  }

  /** Begins to count how an entry is used. */
  setValue(slot: number, valueBytes: number, now: number): void {
    const record = slot * STRIDE;
    this.#records[record + VALUE_BYTES] = valueBytes;
    this.#records[record + LAST_ACCESS_AT] = now;
    this.#records[record + HITS] = 0;
  }

  served(slot: number, now: number): void {
    const record = slot * STRIDE;
    this.#records[record + HITS] = (this.#records[record + HITS] ?? 0) + 1;
    this.#records[record + LAST_ACCESS_AT] = now;
  }

  protected grow(capacity: number): void {
    this.#records = grown(this.#records, new Float64Array(STRIDE * capacity));
  }

  #get(slot: number, field: number): number {
    return this.#records[slot * STRIDE + field] ?? 0;
  }

  #set(slot: number, field: number, value: number): void {
    this.#records[slot * STRIDE + field] = value;
  }
}

/** Copies a column into a larger one. */
export function grown<C extends { set(from: C): void }>(from: C, into: C): C {
  into.set(from);
  return into;
}
