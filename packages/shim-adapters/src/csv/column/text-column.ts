import { ConversionError } from '../../errors.js';
import type { Column, ColumnType } from '../../table/column.js';
import { ESCAPED, NULL, type FieldBlock } from '../field-block.js';
import { CellColumn, isLoose, roomFor } from './cell-column.js';

const MAX_BYTES = 2 ** 31 - 1;
const QUOTE = 0x22;
/** Up to here four bytes at a time are copied in a loop; a call of the runtime's copy costs as much as 100 bytes. */
const LOOP_BYTES = 128;
/** A copy in steps of four may write so many bytes too many. */
const SLACK = 3;

/** Text, as the UTF-8 bytes of its cells with their quotes undone. */
export class TextCellColumn extends CellColumn {
  readonly #name: string;
  readonly #type: ColumnType;
  #bytes = new Uint8Array(SLACK);
  #used = 0;
  #offsets = new Int32Array(1);
  #expected = 0;

  constructor(name: string, type: 'utf8' | 'json' = 'utf8') {
    super();
    this.#name = name;
    this.#type = type;
  }

  get heldBytes(): number {
    return this.#bytes.length + this.#offsets.byteLength;
  }

  expect(rows: number): void {
    this.#expected = rows;
    if (rows + 1 > this.#offsets.length) this.#resizeOffsets(rows + 1);
    // The rows so far tell how long those to come will be.
    if (this.length > 0) this.#resizeBytes(Math.min(MAX_BYTES, Math.ceil((this.#used / this.length) * rows)));
  }

  add(block: FieldBlock, position: number, from: number, to: number): number {
    const { bytes, view, starts, ends, kinds, width } = block;
    const first = from * width + position;
    const needed = this.length + to - from + 1;
    if (needed > this.#offsets.length) this.#resizeOffsets(roomFor(needed, this.#offsets.length));
    let longest = 0;
    for (let record = from, i = first; record < to; record++, i += width) {
      longest += (ends[i] ?? 0) - (starts[i] ?? 0);
    }
    this.#reserve(longest);
    const { validity } = this;
    const offsets = this.#offsets;
    const target = this.#bytes;
    const targetView = new DataView(target.buffer, target.byteOffset, target.byteLength);
    const readable = bytes.length - SLACK;
    let used = this.#used;
    let row = this.length;
    for (let record = from, i = first; record < to; record++, i += width, row++) {
      const start = starts[i] ?? 0;
      const end = ends[i] ?? 0;
      const kind = kinds[i];
      if (kind === NULL) {
        validity.missing(row);
      } else if (kind === ESCAPED) {
        for (let at = start; at < end; at++) {
          const byte = bytes[at] ?? 0;
          target[used++] = byte;
          if (byte === QUOTE) at += 1;
        }
      } else if (end - start > LOOP_BYTES || end > readable) {
        target.set(bytes.subarray(start, end), used);
        used += end - start;
      } else {
        for (let at = start, out = used; at < end; at += 4, out += 4) {
          targetView.setInt32(out, view.getInt32(at, true), true);
        }
        used += end - start;
      }
      offsets[row + 1] = used;
    }
    this.#used = used;
    this.length = row;
    return -1;
  }

  /** Adds one value that stands in no block. */
  append(value: Uint8Array): void {
    if (this.length + 2 > this.#offsets.length) {
      this.#resizeOffsets(roomFor(this.length + 2, this.#offsets.length));
    }
    this.#reserve(value.length);
    this.#bytes.set(value, this.#used);
    this.#used += value.length;
    this.length += 1;
    this.#offsets[this.length] = this.#used;
  }

  finish(): Column {
    const { length } = this;
    const used = this.#used;
    const offsets = this.#offsets;
    const bytes = this.#bytes;
    return {
      layout: 'text',
      field: { name: this.#name, type: this.#type },
      length,
      ...this.validity.finish(length),
      offsets: isLoose(length + 1, offsets.length)
        ? offsets.slice(0, length + 1)
        : offsets.subarray(0, length + 1),
      bytes: isLoose(used, bytes.length) ? bytes.slice(0, used) : bytes.subarray(0, used),
    };
  }

  #reserve(extra: number): void {
    const needed = this.#used + extra;
    if (needed > MAX_BYTES) {
      throw new ConversionError(
        'ERR_PERF_CONVERT_TOO_LARGE',
        'a text column holds at most 2 GB; select fewer columns, convert fewer rows with options.limit, or stream',
      );
    }
    if (needed + SLACK <= this.#bytes.length) return;
    const perRow = this.#used / Math.max(1, this.length);
    const expected = perRow * this.#expected > needed ? perRow * this.#expected * 1.02 : 0;
    this.#resizeBytes(
      Math.min(MAX_BYTES, Math.max(roomFor(needed, this.#bytes.length), Math.ceil(expected))),
    );
  }

  #resizeBytes(capacity: number): void {
    if (capacity + SLACK <= this.#bytes.length) return;
    const bytes = new Uint8Array(capacity + SLACK);
    bytes.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = bytes;
  }

  #resizeOffsets(capacity: number): void {
    const offsets = new Int32Array(capacity);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
  }
}
