import type { PackedReader, PackedWriter } from '../workspace.js';
import { unreadable } from '../workspace.js';

/** Writes small numbers as a stream of bits, from the lowest bit of each byte up. */
export class BitWriter {
  readonly #writer: PackedWriter;
  #bits = 0;
  #filled = 0;

  constructor(writer: PackedWriter) {
    this.#writer = writer;
  }

  /** Up to 16 bits. */
  write(value: number, width: number): void {
    this.#bits |= value << this.#filled;
    this.#filled += width;
    for (; this.#filled >= 8; this.#filled -= 8) {
      this.#writer.byte(this.#bits & 0xff);
      this.#bits >>>= 8;
    }
  }

  /** A number from 1 to 2^16 - 1 in Elias's gamma code: as many zeros as it has bits below the highest, and its bits. */
  gamma(value: number): void {
    const length = 31 - Math.clz32(value);
    this.write(2 ** length, length + 1);
    this.write(value - 2 ** length, length);
  }

  finish(): void {
    if (this.#filled > 0) this.#writer.byte(this.#bits);
  }
}

/** Reads what `BitWriter` wrote. */
export class BitReader {
  readonly #reader: PackedReader;
  #bits = 0;
  #filled = 0;

  constructor(reader: PackedReader) {
    this.#reader = reader;
  }

  read(width: number): number {
    for (; this.#filled < width; this.#filled += 8) this.#bits |= this.#reader.byte() << this.#filled;
    const value = this.#bits & (2 ** width - 1);
    this.#bits >>>= width;
    this.#filled -= width;
    return value;
  }

  gamma(): number {
    let length = 0;
    while (this.read(1) === 0) {
      length += 1;
      if (length > 15) throw unreadable();
    }
    return 2 ** length + this.read(length);
  }

  /** The rest of the last byte must be empty: no two streams mean the same. */
  finish(): void {
    if (this.#bits !== 0) throw unreadable();
  }
}
