import { ConversionError } from '../errors.js';
import type { ByteRuns } from './byte-runs.js';
import type { Field, TextColumn } from './column.js';

const MAX_BYTES = 2 ** 31 - 1;
/** Bytes from which on copying them at once is faster than one by one. */
const MANY = 64;
const WORD = 4;
/** Values from which on their rate tells what the rest will take. */
const TELLING = 1000;
/** More room than is needed now is made only while less than this part of what there is has been used. */
const EARLY = 8;
const MOST_GROWTH = 16;

/** Grows a text column value by value. Its offsets are 32-bit, so a column holds at most 2 GB of text. */
export class TextBuilder {
  #bytes: Buffer;
  #used = 0;
  #offsets: Int32Array;
  #length = 0;
  readonly #expectedValues: number;

  constructor(expectedValues: number, expectedBytes: number = expectedValues * 8) {
    this.#expectedValues = expectedValues;
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(64, expectedBytes));
    this.#offsets = new Int32Array(expectedValues + 1);
  }

  get length(): number {
    return this.#length;
  }

  addText(text: string): void {
    this.#reserve(text.length * 3);
    this.#used += this.#bytes.write(text, this.#used);
    this.#end();
  }

  addBytes(source: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    const target = this.#bytes;
    let at = this.#used;
    if (end - start > MANY) {
      target.set(source.subarray(start, end), at);
      at += end - start;
    } else {
      for (let i = start; i < end; i++) target[at++] = source[i] ?? 0;
    }
    this.#used = at;
    this.#end();
  }

  /**
   * Adds many values that lie within others.
   * @param order which runs, one a row; -1 for an empty value
   */
  addRuns({ bytes: source, starts, ends }: ByteRuns, order: Int32Array): void {
    let extra = 0;
    for (let i = 0; i < order.length; i++) {
      const run = order[i] ?? -1;
      if (run >= 0) extra += (ends[run] ?? 0) - (starts[run] ?? 0);
    }
    this.#reserve(extra + WORD, order.length);
    this.#makeRoom(order.length);
    const target = this.#bytes;
    const from = new DataView(source.buffer, source.byteOffset, source.byteLength);
    const to = new DataView(target.buffer, target.byteOffset, target.byteLength);
    // Whole words may reach beyond a value, within the source; what they bring too much the next value overwrites.
    const lastWord = source.length - WORD;
    const offsets = this.#offsets;
    let at = this.#used;
    let length = this.#length;
    for (let row = 0; row < order.length; row++) {
      const run = order[row] ?? -1;
      if (run >= 0) {
        const start = starts[run] ?? 0;
        const end = ends[run] ?? 0;
        if (end - start > MANY || end > lastWord) target.set(source.subarray(start, end), at);
        else
          for (let i = start, j = at; i < end; i += WORD, j += WORD)
            to.setInt32(j, from.getInt32(i, true), true);
        at += end - start;
      }
      offsets[++length] = at;
    }
    this.#used = at;
    this.#length = length;
  }

  addEmpty(): void {
    this.#end();
  }

  finish(field: Field, nullCount: number, validity: Uint8Array | undefined): TextColumn {
    const offsets =
      this.#offsets.length === this.#length + 1 ? this.#offsets : this.#offsets.slice(0, this.#length + 1);
    // Spare room above an eighth is given back: the cache counts what a value keeps alive.
    const loose = this.#bytes.length - this.#used > this.#bytes.length >>> 3;
    const bytes = loose ? new Uint8Array(this.#bytes.subarray(0, this.#used)) : this.#view();
    return { layout: 'text', field, length: this.#length, nullCount, validity, offsets, bytes };
  }

  #view(): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset, this.#used);
  }

  #end(): void {
    this.#makeRoom(1);
    this.#length += 1;
    this.#offsets[this.#length] = this.#used;
  }

  #makeRoom(values: number): void {
    const needed = this.#length + values + 1;
    if (needed <= this.#offsets.length) return;
    const grown = new Int32Array(Math.max(needed, this.#offsets.length * 2 + 1));
    grown.set(this.#offsets);
    this.#offsets = grown;
  }

  /** @param values how many values the bytes are of */
  #reserve(extra: number, values = 1): void {
    const needed = this.#used + extra;
    const room = this.#bytes.length;
    // One value at a time is too often to look ahead.
    if (needed <= room && (values === 1 || this.#used > room / EARLY)) return;
    // While little is written growing costs little, and memory that was never touched costs nothing.
    const projected = this.#projected(needed, this.#length + values);
    if (needed <= room && projected <= room) return;
    if (this.#used > MAX_BYTES - extra) {
      throw new ConversionError(
        'ERR_PERF_CONVERT_TOO_LARGE',
        'a text column holds at most 2 GB; select fewer columns, or convert fewer rows with options.limit',
      );
    }
    const grown = Buffer.allocUnsafeSlow(
      Math.min(
        MAX_BYTES,
        Math.max(needed, projected === 0 ? room * 2 : Math.min(projected, room * MOST_GROWTH)),
      ),
    );
    this.#bytes.copy(grown, 0, 0, this.#used);
    this.#bytes = grown;
  }

  /** What all values will take, at the rate of those so far and a bit; 0 when these are too few to tell. */
  #projected(bytes: number, values: number): number {
    if (values < TELLING || values > this.#expectedValues) return 0;
    return Math.ceil(((bytes * this.#expectedValues) / values) * (1 + 1 / 16));
  }
}
