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
    for (let i = 0; i < count; i++) {
      if (flags !== undefined && flags[i] === 0) this.missing(index + i);
      else if (this.#validity !== undefined) setBit(this.#validity, index + i);
    }
  }

  missing(index: number): void {
    if (this.#validity === undefined) {
      this.#validity = new Uint8Array(bitmapBytes(this.#length));
      for (let i = 0; i < index; i++) setBit(this.#validity, i);
    }
    this.#nulls += 1;
  }

  /** Whether a row that was noted is there. */
  has(index: number): boolean {
    return this.#validity === undefined || readBit(this.#validity, index);
  }

  done(): { nullCount: number; validity: Uint8Array | undefined } {
    return { nullCount: this.#nulls, validity: this.#validity };
  }
}
