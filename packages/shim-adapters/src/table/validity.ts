import { bitmapBytes } from './bitmap.js';

/**
 * Collects the nulls of a column that grows: every value is present until it is said to be missing, so that a value
 * that is there costs nothing.
 */
export class Validity {
  #bits: Uint8Array | undefined;
  #nulls = 0;

  get nullCount(): number {
    return this.#nulls;
  }

  missing(index: number): void {
    let bits = this.#bits;
    if (bits === undefined || index >>> 3 >= bits.length) {
      bits = new Uint8Array(Math.max(1024, bitmapBytes(index + 1) * 2)).fill(0xff);
      if (this.#bits !== undefined) bits.set(this.#bits);
      this.#bits = bits;
    }
    bits[index >>> 3] = (bits[index >>> 3] ?? 0) & ~(1 << (index & 7));
    this.#nulls += 1;
  }

  /** The bitmap of `length` values; undefined when none is missing. The spare bits of its last byte are zero. */
  finish(length: number): { nullCount: number; validity: Uint8Array | undefined } {
    const bits = this.#bits;
    if (bits === undefined) return { nullCount: 0, validity: undefined };
    const validity = new Uint8Array(bitmapBytes(length)).fill(0xff);
    validity.set(bits.subarray(0, validity.length));
    const spare = validity.length * 8 - length;
    if (spare > 0) validity[validity.length - 1] = (validity[validity.length - 1] ?? 0) & (0xff >>> spare);
    return { nullCount: this.#nulls, validity };
  }
}
