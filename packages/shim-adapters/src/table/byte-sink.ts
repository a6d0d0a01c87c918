import { allocated, type Allocate } from '../allocation.js';
import { ConversionError } from '../errors.js';

const MAX_BYTES = 2 ** 32 - 2;

/** A growing run of bytes that writers append to. */
export class ByteSink {
  readonly #allocate: Allocate | undefined;
  #bytes: Buffer;
  #used = 0;

  /** @param allocate where memory comes from, if not from the system */
  constructor(expected: number, allocate?: Allocate) {
    this.#allocate = allocate;
    this.#bytes = this.#room(Math.max(256, Math.min(expected, MAX_BYTES)));
  }

  get length(): number {
    return this.#used;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#used++] = value;
  }

  /** Appends an unsigned integer of four bytes, lowest first. */
  uint32(value: number): void {
    this.#reserve(4);
    this.#used = this.#bytes.writeUInt32LE(value, this.#used);
  }

  /** Appends text known to be ASCII. */
  ascii(text: string): void {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    let at = this.#used;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.#used = at;
  }

  /** Appends a whole number in decimal, as JavaScript would write it. */
  integer(value: number): void {
    if (value > -1e9 && value < 1e9) this.#smallInteger(value);
    else if (!Number.isSafeInteger(value)) this.ascii(String(value));
    else {
      const magnitude = Math.abs(value);
      const billions = Math.floor(magnitude / 1e9);
      this.#smallInteger(value < 0 ? -billions : billions);
      this.digits(magnitude - billions * 1e9, 9);
    }
  }

  /** Appends a number from 0 on with so many digits, at most 9. */
  digits(value: number, count: number): void {
    this.#reserve(count);
    const bytes = this.#bytes;
    let rest = value;
    for (let i = this.#used + count - 1; i >= this.#used; i--) {
      const tens = (rest / 10) | 0;
      bytes[i] = 0x30 + rest - tens * 10;
      rest = tens;
    }
    this.#used += count;
  }

  bytes(source: Uint8Array, start: number = 0, end: number = source.length): void {
    this.#reserve(end - start);
    const target = this.#bytes;
    let at = this.#used;
    if (end - start > 48) {
      target.set(source.subarray(start, end), at);
      at += end - start;
    } else {
      for (let i = start; i < end; i++) target[at++] = source[i] ?? 0;
    }
    this.#used = at;
  }

  text(text: string): void {
    this.#reserve(text.length * 3);
    this.#used += this.#bytes.write(text, this.#used);
  }

  /** What was written from `start` on; valid until more is written. */
  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.#used);
  }

  /** Puts `byte` before and after what was written from `start` on. */
  enclose(start: number, byte: number): void {
    this.#reserve(2);
    this.#bytes.copyWithin(start + 1, start, this.#used);
    this.#bytes[start] = byte;
    this.#bytes[this.#used + 1] = byte;
    this.#used += 2;
  }

  /** What was written; spare room above an eighth is given back, unless it is the caller's. */
  finish(): Uint8Array {
    const tight = this.#bytes.length - this.#used <= this.#bytes.length >>> 3;
    return tight || this.#allocate !== undefined
      ? new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset, this.#used)
      : new Uint8Array(this.#bytes.subarray(0, this.#used));
  }

  #smallInteger(value: number): void {
    this.#reserve(10);
    const bytes = this.#bytes;
    let at = this.#used;
    let rest = value;
    if (rest < 0) {
      bytes[at++] = 0x2d;
      rest = -rest;
    }
    let digits = 1;
    for (let bound = 10; rest >= bound; bound *= 10) digits += 1;
    this.#used = at + digits;
    for (let i = at + digits - 1; i >= at; i--) {
      const tens = (rest / 10) | 0;
      bytes[i] = 0x30 + rest - tens * 10;
      rest = tens;
    }
  }

  #reserve(extra: number): void {
    const needed = this.#used + extra;
    if (needed <= this.#bytes.length) return;
    if (needed > MAX_BYTES) {
      throw new ConversionError(
        'ERR_PERF_CONVERT_TOO_LARGE',
        'the result would exceed 4 GB; convert it in parts with options.offset and options.limit',
      );
    }
    const grown = this.#room(Math.min(MAX_BYTES, Math.max(needed, this.#bytes.length * 2)));
    this.#bytes.copy(grown, 0, 0, this.#used);
    this.#bytes = grown;
  }

  #room(bytes: number): Buffer {
    return this.#allocate === undefined ? Buffer.allocUnsafeSlow(bytes) : allocated(this.#allocate, bytes);
  }
}
