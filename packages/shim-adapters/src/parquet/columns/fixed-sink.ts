import { fixedArray, type Column, type Field, type FixedType, type FixedValues } from '../../table/column.js';
import { Presence } from '../../table/presence.js';
import type { ColumnPage } from '../pages/column-page.js';
import type { ColumnSink } from './column-sink.js';

type Wide = Exclude<FixedValues, Int8Array | Int16Array | Uint8Array | Uint16Array>;

/** Numbers, dates and times. Those of four and eight bytes are moved as words of four, so no bit of them changes. */
export class FixedSink implements ColumnSink {
  readonly #field: Field;
  readonly #values: FixedValues;
  readonly #presence: Presence;

  constructor(field: Field, type: FixedType, length: number) {
    this.#field = field;
    this.#values = fixedArray(type, length);
    this.#presence = new Presence(length);
  }

  add(page: ColumnPage): void {
    const { row, rows, present, values } = page;
    if (values.kind !== 'numbers') return;
    this.#presence.addRows(row, rows, present);
    const target = this.#values;
    const source = wordsOf(values.numbers);
    if (!isWide(target)) place(page, source, target);
    else if (target.BYTES_PER_ELEMENT === 4) place(page, source, wordsOf(target));
    else placePairs(page, source, wordsOf(target));
  }

  finish(): Column {
    const values = this.#values;
    return { field: this.#field, length: values.length, ...this.#presence.done(), layout: 'fixed', values };
  }
}

function isWide(values: FixedValues): values is Wide {
  return values.BYTES_PER_ELEMENT >= 4;
}

function wordsOf({ buffer, byteOffset, byteLength }: Wide): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}

function place(
  { row, rows, present, indices, first }: ColumnPage,
  source: Int32Array,
  target: Int32Array | Int8Array | Int16Array | Uint8Array | Uint16Array,
): void {
  if (present === undefined && indices === undefined) {
    target.set(source.subarray(first, first + rows), row);
    return;
  }
  for (let i = 0, next = first; i < rows; i++) {
    if (present !== undefined && present[i] === 0) continue;
    target[row + i] = source[indices === undefined ? next : (indices[next] ?? 0)] ?? 0;
    next += 1;
  }
}

function placePairs(
  { row, rows, present, indices, first }: ColumnPage,
  source: Int32Array,
  target: Int32Array,
): void {
  if (present === undefined && indices === undefined) {
    target.set(source.subarray(2 * first, 2 * (first + rows)), 2 * row);
    return;
  }
  for (let i = 0, next = first; i < rows; i++) {
    if (present !== undefined && present[i] === 0) continue;
    const from = 2 * (indices === undefined ? next : (indices[next] ?? 0));
    const to = 2 * (row + i);
    target[to] = source[from] ?? 0;
    target[to + 1] = source[from + 1] ?? 0;
    next += 1;
  }
}
