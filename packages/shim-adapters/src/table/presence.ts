import { bitmapBytes, readBit, setBit } from './bitmap.js';

/** Collects which rows are present while a column is filled; makes a bitmap only when a null turns up. */
export class Presence {
  readonly #length: number;
  #validity: Uint8Array | undefined;
  #nulls = 0;

  constructor(length: number) {
    this.#length = length;
  }

  /** Notes row `index`; `true` when the value is there. Rows come in order. */
  see(index: number, value: unknown): boolean {
    if (value === null || value === undefined) {
      this.missing(index);
      return false;
    }
    if (this.#validity !== undefined) setBit(this.#validity, index);
    return true;
  }

  present(index: number): void {
    if (this.#validity !== undefined) setBit(this.#validity, index);
  }

  /** Notes `count` rows from `index` on. @param flags a byte a row, 0 = missing; undefined when all are there */
  addRows(index: number, count: number, flags: Uint8Array | undefined): void {
    if (flags === undefined && this.#validity === undefined) return;
    const validity = (this.#validity ??= this.#allBefore(index));
    let byte = 0;
    let there = 0;
    for (let i = 0, at = index; i < count; i++, at++) {
      const flag = flags === undefined ? 1 : (flags[i] ?? 0);
      there += flag;
      byte |= flag << (at & 7);
      if ((at & 7) !== 7 && i + 1 < count) continue;
      validity[at >>> 3] = (validity[at >>> 3] ?? 0) | byte;
      byte = 0;
    }
    this.#nulls += count - there;
  }

  missing(index: number): void {
    this.#validity ??= this.#allBefore(index);
    this.#nulls += 1;
  }

  /** A bitmap in which the rows before `index` are there. */
  #allBefore(index: number): Uint8Array {
    const validity = new Uint8Array(bitmapBytes(this.#length)).fill(0xff, 0, index >>> 3);
    for (let i = index & ~7; i < index; i++) setBit(validity, i);
    return validity;
  }

  /** Whether a row that was noted is there. */
  has(index: number): boolean {
    return this.#validity === undefined || readBit(this.#validity, index);
  }

  done(): { nullCount: number; validity: Uint8Array | undefined } {
    return { nullCount: this.#nulls, validity: this.#validity };
  }
}
