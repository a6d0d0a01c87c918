import { SlotLists } from './slot-lists.js';

/*
 * Slots in lists by rounded value. A value is rounded down to some bits of mantissa by cutting the end of its 32-bit
 * float, whose remaining bits number its list: lists are in the order of their values, and a bitmap tells which of
 * them are in use.
 */

const FLOAT_BITS = 23;
const EXPONENTS = 256;
const WORD = 32;
const NONE = -1;
/** Whatever is larger counts as this: a list of infinite values would have no order. */
const LARGEST = (2 - 2 ** -FLOAT_BITS) * 2 ** 127;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Lists of slots of about the same value, which is 0 or more. */
export class ValueLists {
  readonly #shift: number;
  readonly #lists: SlotLists;
  readonly #occupied: Int32Array;
  readonly #values: Float64Array;
  size = 0;

  /** @param mantissa bits behind the leading one that are kept, 0 to 7: 2 round by a quarter at most */
  constructor(mantissa: number) {
    const lists = EXPONENTS << mantissa;
    this.#shift = FLOAT_BITS - mantissa;
    this.#values = roundedValues(mantissa);
    this.#lists = new SlotLists(lists);
    this.#occupied = new Int32Array(lists / WORD);
  }

  /** Adds a slot that is not there. */
  add(slot: number, value: number): void {
    const list = this.#rounded(value);
    if (this.#lists.length(list) === 0) {
      this.#occupied[list >>> 5] = (this.#occupied[list >>> 5] ?? 0) | (1 << (list & 31));
    }
    this.#lists.push(list, slot);
    this.size += 1;
  }

  remove(slot: number): void {
    const list = this.listOf(slot);
    this.#lists.unlink(slot);
    if (this.#lists.length(list) === 0) {
      this.#occupied[list >>> 5] = (this.#occupied[list >>> 5] ?? 0) & ~(1 << (list & 31));
    }
    this.size -= 1;
  }

  /** Gives a slot its present value and makes it the newest of those that share it. */
  renew(slot: number, value: number): void {
    if (this.#rounded(value) === this.listOf(slot)) {
      this.#lists.renew(slot);
    } else {
      this.remove(slot);
      this.add(slot, value);
    }
  }

  /** The list that a slot is in, or -1. */
  listOf(slot: number): number {
    return this.#lists.listOf(slot);
  }

  /** The value that all slots of a list are taken to have. */
  valueOf(list: number): number {
    return this.#values[list] ?? 0;
  }

  /** The oldest slot of a list, or -1. */
  oldest(list: number): number {
    return this.#lists.tail(list);
  }

  /** The next newer slot of the same list, or -1. */
  newer(slot: number): number {
    return this.#lists.newer(slot);
  }

  /** The first list in use from this one on, or -1. */
  listFrom(list: number): number {
    for (let word = list >>> 5, mask = -1 << (list & 31); word < this.#occupied.length; word++, mask = -1) {
      const rest = (this.#occupied[word] ?? 0) & mask;
      if (rest !== 0) return word * WORD + (WORD - 1 - Math.clz32(rest & -rest));
    }
    return NONE;
  }

  /** The last list in use below this one, or -1; without one, the last of all. */
  listBelow(list: number = this.#occupied.length * WORD): number {
    for (let word = (list - 1) >> 5, mask = -1 >>> (31 - ((list - 1) & 31)); word >= 0; word--, mask = -1) {
      const rest = (this.#occupied[word] ?? 0) & mask;
      if (rest !== 0) return word * WORD + (WORD - 1 - Math.clz32(rest));
    }
    return NONE;
  }

  /** The slots of a list, the newest first. */
  slotsOf(list: number): Generator<number> {
    return this.#lists.slots(list);
  }

  /** All slots, those of the highest value first. */
  *slots(): Generator<number> {
    for (let list = this.listBelow(); list !== NONE; list = this.listBelow(list))
      yield* this.#lists.slots(list);
  }

  #rounded(value: number): number {
    float[0] = Math.min(value, LARGEST);
    return (bits[0] ?? 0) >>> this.#shift;
  }
}

const tables = new Map<number, Float64Array>();

/** The value of each list; one table serves all that round alike. */
function roundedValues(mantissa: number): Float64Array {
  const known = tables.get(mantissa);
  if (known !== undefined) return known;
  const values = new Float64Array(EXPONENTS << mantissa);
  for (let list = 0; list < values.length; list++) {
    bits[0] = list << (FLOAT_BITS - mantissa);
    values[list] = float[0] ?? 0;
  }
  tables.set(mantissa, values);
  return values;
}
