import { isUtf8 } from 'node:buffer';
import { beyondLimit } from '../../limits.js';
import type { Column, Field, TextColumn } from '../../table/column.js';
import { outgrowsDictionary } from '../../table/dictionary-rule.js';
import { Presence } from '../../table/presence.js';
import { TextBuilder } from '../../table/text-builder.js';
import type { ByteRuns } from '../pages/byte-runs.js';
import type { ColumnPage } from '../pages/column-page.js';
import type { ColumnSink } from './column-sink.js';

/**
 * Text and bytes. While values repeat the column is a dictionary, otherwise its bytes lie one after the other: the
 * choice changes the memory that it takes, never its values.
 */
export class TextSink implements ColumnSink {
  readonly #field: Field;
  readonly #length: number;
  readonly #maxFieldBytes: number;
  readonly #presence: Presence;
  #dictionary: GrowingDictionary | undefined;
  #plain: TextBuilder | undefined;

  constructor(field: Field, length: number, maxFieldBytes: number) {
    this.#field = field;
    this.#length = length;
    this.#maxFieldBytes = maxFieldBytes;
    this.#presence = new Presence(length);
    // A dictionary is text: whoever reads bytes expects no indices.
    if (field.type === 'binary') this.#plain = new TextBuilder(length);
    else this.#dictionary = new GrowingDictionary(length);
  }

  add({ row, rows, present, values, indices, first }: ColumnPage): void {
    if (values.kind !== 'runs') return;
    const { runs } = values;
    this.#requireLengths(runs);
    this.#presence.addRows(row, rows, present);
    const order = new Int32Array(rows).fill(-1);
    for (let i = 0, next = first; i < rows; i++) {
      if (present !== undefined && present[i] === 0) continue;
      order[i] = indices === undefined ? next : (indices[next] ?? 0);
      next += 1;
    }
    let taken = 0;
    if (this.#dictionary !== undefined) {
      taken = this.#dictionary.add(runs, order, row, indices !== undefined);
      if (taken === rows) return;
      this.#plain = this.#dictionary.writtenOut(row + taken, this.#presence);
      this.#dictionary = undefined;
    }
    this.#plain?.addRuns(runs.bytes, runs.starts, runs.ends, order.subarray(taken));
  }

  finish(): Column {
    const { nullCount, validity } = this.#presence.done();
    const field = this.#field;
    if (this.#dictionary === undefined) {
      const text = (this.#plain ?? new TextBuilder(0)).finish(field, nullCount, validity);
      if (field.type !== 'binary') requireUtf8(text);
      return text;
    }
    const { indices, entries } = this.#dictionary;
    const dictionary = entries.finish({ name: field.name, type: 'utf8' }, 0, undefined);
    requireUtf8(dictionary);
    return { layout: 'dictionary', field, length: this.#length, nullCount, validity, indices, dictionary };
  }

  #requireLengths({ starts, ends }: ByteRuns): void {
    for (let i = 0; i < starts.length; i++) {
      const length = (ends[i] ?? 0) - (starts[i] ?? 0);
      if (length <= this.#maxFieldBytes) continue;
      const what = `a value of the Parquet file has ${String(length)} bytes`;
      throw beyondLimit(what, 'fieldBytes', this.#maxFieldBytes);
    }
  }
}

/** Entries in the order in which they first came, and for each row which one it is. */
class GrowingDictionary {
  readonly indices: Int32Array;
  readonly entries = new TextBuilder(64);
  readonly #length: number;
  readonly #known = new Map<string, number>();
  /** For entries of the dictionary of a chunk: which one it is here, or -1. */
  #chunk: ByteRuns | undefined;
  #entryOf = new Int32Array(0);

  constructor(length: number) {
    this.#length = length;
    this.indices = new Int32Array(length);
  }

  /**
   * Takes values for rows from `row` on.
   * @param order which run of bytes each row is; -1 for a null
   * @param repeats whether the runs are a dictionary themselves
   * @returns how many rows were taken before there were too many different values for a dictionary
   */
  add(runs: ByteRuns, order: Int32Array, row: number, repeats: boolean): number {
    if (repeats && this.#chunk !== runs) {
      this.#chunk = runs;
      this.#entryOf = new Int32Array(runs.starts.length).fill(-1);
    }
    const entryOf = this.#entryOf;
    const indices = this.indices;
    for (let i = 0; i < order.length; i++) {
      const run = order[i] ?? -1;
      if (run < 0) continue;
      let entry = repeats ? (entryOf[run] ?? -1) : -1;
      if (entry < 0) {
        entry = this.#entry(runs, run, row + i);
        if (entry < 0) return i;
        if (repeats) entryOf[run] = entry;
      }
      indices[row + i] = entry;
    }
    return order.length;
  }

  /** The rows so far, one value after the other. */
  writtenOut(rows: number, presence: Presence): TextBuilder {
    const { offsets, bytes } = this.entries.finish({ name: '', type: 'utf8' }, 0, undefined);
    const plain = new TextBuilder(this.#length);
    for (let row = 0; row < rows; row++) {
      const entry = this.indices[row] ?? 0;
      if (presence.has(row)) plain.addBytes(bytes, offsets[entry] ?? 0, offsets[entry + 1] ?? 0);
      else plain.addEmpty();
    }
    return plain;
  }

  #entry({ bytes, starts, ends }: ByteRuns, run: number, row: number): number {
    const start = starts[run] ?? 0;
    const end = ends[run] ?? 0;
    // Latin-1 gives every run of bytes a text of its own.
    const content = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    const known = this.#known.get(content);
    if (known !== undefined) return known;
    const entry = this.#known.size;
    if (outgrowsDictionary(entry, row, this.#length)) return -1;
    this.#known.set(content, entry);
    this.entries.addBytes(bytes, start, end);
    return entry;
  }
}

/** @throws RangeError unless every value is UTF-8 of its own */
function requireUtf8({ offsets, bytes, length }: TextColumn): void {
  let isText = isUtf8(bytes);
  for (let i = 0; isText && i <= length; i++) isText = ((bytes[offsets[i] ?? 0] ?? 0) & 0xc0) !== 0x80;
  if (!isText) throw new RangeError('holds text that is not UTF-8');
}
