import { allocated, type Allocate } from '../allocation.js';
import { ConversionError } from '../errors.js';

const MAX_BYTES = 2 ** 32 - 2;
const WORD = 4;
const MINUS = 0x2d;
const ZERO = 0x30;
/** `00` to `99`. */
const PAIRS = Uint8Array.from({ length: 200 }, (_, i) =>
  i % 2 === 0 ? ZERO + Math.floor(i / 20) : ZERO + (Math.floor(i / 2) % 10),
);

/** A growing run of bytes that writers append to. */
export class ByteSink {
  readonly #allocate: Allocate | undefined;
  #bytes: Buffer;
  /** The same memory, for writing four bytes at once. */
  #view: DataView;
  #used = 0;

  /** @param allocate where memory comes from, if not from the system */
  constructor(expected: number, allocate?: Allocate) {
    this.#allocate = allocate;
    this.#bytes = this.#room(Math.max(256, Math.min(expected, MAX_BYTES)));
    this.#view = viewOf(this.#bytes);
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
    const start = this.#used;
    let rest = value | 0;
    let at = start + count - 2;
    for (; at >= start; at -= 2) {
      const hundreds = (rest / 100) | 0;
      const pair = (rest - hundreds * 100) << 1;
      bytes[at] = PAIRS[pair] ?? 0;
      bytes[at + 1] = PAIRS[pair + 1] ?? 0;
      rest = hundreds;
    }
    if (at === start - 1) bytes[start] = ZERO + (rest % 10);
    this.#used = start + count;
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

  /** Appends a few bytes word by word. Up to three bytes behind them are read, which must be there. */
  words(source: DataView, start: number, end: number): void {
    this.#reserve(end - start + WORD);
    const view = this.#view;
    for (let from = start, to = this.#used; from < end; from += WORD, to += WORD) {
      view.setInt32(to, source.getInt32(from, true), true);
    }
    this.#used += end - start;
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
    let rest = value | 0;
    if (rest < 0) {
      this.byte(MINUS);
      rest = -rest;
    }
    this.digits(rest, digitsOf(rest));
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
    this.#view = viewOf(grown);
  }

  #room(bytes: number): Buffer {
    return this.#allocate === undefined ? Buffer.allocUnsafeSlow(bytes) : allocated(this.#allocate, bytes);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Digits of a whole number from 0 to 10^9 - 1. */
function digitsOf(value: number): number {
  if (value < 100_000) {
    if (value < 100) return value < 10 ? 1 : 2;
    if (value < 1000) return 3;
    return value < 10_000 ? 4 : 5;
  }
  if (value < 10_000_000) return value < 1_000_000 ? 6 : 7;
  return value < 100_000_000 ? 8 : 9;
}
