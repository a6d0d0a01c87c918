import { isUtf8 } from 'node:buffer';
import { beyondLimit } from '../../limits.js';
import type { Column, Field, TextColumn } from '../../table/column.js';
import { GrowingDictionary } from '../../table/growing-dictionary.js';
import { Presence } from '../../table/presence.js';
import { TextBuilder } from '../../table/text-builder.js';
import type { ByteRuns } from '../../table/byte-runs.js';
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
  /** Of one page after the other. */
  #order = new Int32Array(0);

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
    if (this.#order.length < rows) this.#order = new Int32Array(rows);
    const order = orderOf({ rows, present, indices, first }, this.#order);
    let taken = 0;
    if (this.#dictionary !== undefined) {
      taken = this.#dictionary.add(runs, order, row, indices !== undefined);
      if (taken === rows) return;
      this.#plain = this.#dictionary.writtenOut(row + taken, this.#presence);
      this.#dictionary = undefined;
    }
    this.#plain?.addRuns(runs, order.subarray(taken));
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

/** Which run each row is; -1 for a null. */
function orderOf(
  { rows, present, indices, first }: Pick<ColumnPage, 'rows' | 'present' | 'indices' | 'first'>,
  room: Int32Array,
): Int32Array {
  if (present === undefined && indices !== undefined) return indices.subarray(first, first + rows);
  const order = room.subarray(0, rows);
  for (let i = 0, next = first; i < rows; i++) {
    if (present !== undefined && present[i] === 0) order[i] = -1;
    else order[i] = indices === undefined ? next++ : (indices[next++] ?? 0);
  }
  return order;
}

/** @throws RangeError unless every value is UTF-8 of its own */
function requireUtf8({ offsets, bytes, length }: TextColumn): void {
  let isText = isUtf8(bytes);
  for (let i = 0; isText && i <= length; i++) isText = ((bytes[offsets[i] ?? 0] ?? 0) & 0xc0) !== 0x80;
  if (!isText) throw new RangeError('holds text that is not UTF-8');
}
