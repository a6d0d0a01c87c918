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
  #row = 0;

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
    let next = first;
    for (let i = 0; i < rows; i++) {
      const at = present?.[i] === 0 ? undefined : indices === undefined ? next : (indices[next] ?? 0);
      if (at !== undefined) next += 1;
      this.#addValue(runs, at, indices !== undefined);
    }
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

  /** @param at undefined for a null */
  #addValue(runs: ByteRuns, at: number | undefined, repeats: boolean): void {
    const row = this.#row++;
    if (this.#dictionary !== undefined) {
      if (at === undefined || this.#dictionary.add(runs, at, row, repeats)) return;
      this.#plain = this.#dictionary.writtenOut(row, this.#presence);
      this.#dictionary = undefined;
    }
    if (at === undefined) this.#plain?.addEmpty();
    else this.#plain?.addBytes(runs.bytes, runs.starts[at] ?? 0, runs.ends[at] ?? 0);
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

  /** @returns false when there are too many different values for a dictionary */
  add(runs: ByteRuns, at: number, row: number, repeats: boolean): boolean {
    if (!repeats) return this.#addContent(runs, at, row);
    if (this.#chunk !== runs) {
      this.#chunk = runs;
      this.#entryOf = new Int32Array(runs.starts.length).fill(-1);
    }
    const entry = this.#entryOf[at] ?? -1;
    if (entry >= 0) {
      this.indices[row] = entry;
      return true;
    }
    if (!this.#addContent(runs, at, row)) return false;
    this.#entryOf[at] = this.indices[row] ?? 0;
    return true;
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

  #addContent({ bytes, starts, ends }: ByteRuns, at: number, row: number): boolean {
    const start = starts[at] ?? 0;
    const end = ends[at] ?? 0;
    // Latin-1 gives every run of bytes a text of its own.
    const content = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    let entry = this.#known.get(content);
    if (entry === undefined) {
      entry = this.#known.size;
      if (outgrowsDictionary(entry, row, this.#length)) return false;
      this.#known.set(content, entry);
      this.entries.addBytes(bytes, start, end);
    }
    this.indices[row] = entry;
    return true;
  }
}

/** @throws RangeError unless every value is UTF-8 of its own */
function requireUtf8({ offsets, bytes, length }: TextColumn): void {
  let isText = isUtf8(bytes);
  for (let i = 0; isText && i <= length; i++) isText = ((bytes[offsets[i] ?? 0] ?? 0) & 0xc0) !== 0x80;
  if (!isText) throw new RangeError('holds text that is not UTF-8');
}
