import type { InputPosition } from '../errors.js';

/** How a field was written: as it is; in quotes; in quotes with doubled quotes inside, to be undone; as a null. */
export const PLAIN = 0;
export const QUOTED = 1;
export const ESCAPED = 2;
export const NULL = 3;

interface Origin {
  readonly record: number;
  readonly line: number;
  readonly offset: number;
}

const FIRST_CAPACITY = 1024;
const NO_BYTES = new Uint8Array(0);

/**
 * Where the fields of some whole records lie in a piece of text. Field `i` is `bytes[starts[i] .. ends[i]]`, quotes
 * left out; record `r` has the fields from `r * width` on. Filled again and again: a block is a few hundred
 * kilobytes, so that its fields are still in the processor's cache when they are parsed column by column.
 */
export class FieldBlock {
  bytes: Uint8Array = NO_BYTES;
  /** The same bytes, for reading four at once. */
  view: DataView = new DataView(NO_BYTES.buffer);
  starts: Int32Array = new Int32Array(FIRST_CAPACITY);
  ends: Int32Array = new Int32Array(FIRST_CAPACITY);
  kinds: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  /** Fields of each record. */
  width = 0;
  records = 0;
  /** Where the block begins in the source: the number of its first record, from 0, its line, from 1, and its byte. */
  origin: Origin = { record: 0, line: 1, offset: 0 };

  /** Begins anew on other bytes. */
  reset(bytes: Uint8Array, origin: Origin): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.records = 0;
    this.origin = origin;
  }

  /** Makes room for twice as many fields. */
  grow(): void {
    const capacity = this.starts.length * 2;
    this.starts = grown(this.starts, new Int32Array(capacity));
    this.ends = grown(this.ends, new Int32Array(capacity));
    this.kinds = grown(this.kinds, new Uint8Array(capacity));
  }

  /** A copy of the text of records `first..last`, each with its line end. */
  textOf(first: number, last: number): Uint8Array {
    const { bytes, starts, ends, kinds, width } = this;
    if (first >= last || width === 0) return NO_BYTES;
    const outer = (field: number): number => (kinds[field] === QUOTED || kinds[field] === ESCAPED ? 1 : 0);
    const opening = first * width;
    const closing = last * width - 1;
    const start = (starts[opening] ?? 0) - outer(opening);
    const end = (ends[closing] ?? 0) + outer(closing);
    const text = new Uint8Array(end - start + 1);
    text.set(bytes.subarray(start, end));
    text[text.length - 1] = LF;
    return text;
  }

  /** Where a field begins in the source. */
  position(field: number): InputPosition {
    const start = this.starts[field] ?? 0;
    const before = this.bytes.subarray(0, start);
    const breaks =
      Buffer.from(before)
        .toString('latin1')
        .match(/\r\n|\r|\n/g)?.length ?? 0;
    return { line: this.origin.line + breaks, offset: this.origin.offset + start };
  }

  /** The text of a field, doubled quotes undone. */
  text(field: number): string {
    const { bytes, starts, ends, kinds } = this;
    const cell = bytes.slice(starts[field], ends[field]);
    const plain = kinds[field] === ESCAPED ? cell.subarray(0, unescape(cell)) : cell;
    return Buffer.from(plain.buffer, 0, plain.length).toString('utf8');
  }
}

const QUOTE = 0x22;
const LF = 0x0a;

/** Undoes doubled quotes in place; gives the length of what is left. */
function unescape(cell: Uint8Array): number {
  let used = 0;
  for (let at = 0; at < cell.length; at++) {
    const byte = cell[at] ?? 0;
    cell[used++] = byte;
    if (byte === QUOTE) at += 1;
  }
  return used;
}

function grown<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
