import { bitmapBytes } from '../../table/bitmap.js';
import type { Column, Field } from '../../table/column.js';
import { Presence } from '../../table/presence.js';
import type { ColumnPage } from '../pages/column-page.js';
import type { ColumnSink } from './column-sink.js';

export class BitSink implements ColumnSink {
  readonly #field: Field;
  readonly #length: number;
  readonly #bits: Uint8Array;
  readonly #presence: Presence;

  constructor(field: Field, length: number) {
    this.#field = field;
    this.#length = length;
    this.#bits = new Uint8Array(bitmapBytes(length));
    this.#presence = new Presence(length);
  }

  add({ row, rows, present, values, indices, first }: ColumnPage): void {
    if (values.kind !== 'bits') return;
    this.#presence.addRows(row, rows, present);
    const target = this.#bits;
    const { bits } = values;
    let byte = 0;
    for (let i = 0, at = row, next = first; i < rows; i++, at++) {
      if (present === undefined || present[i] === 1) {
        byte |= (bits[indices === undefined ? next : (indices[next] ?? 0)] ?? 0) << (at & 7);
        next += 1;
      }
      if ((at & 7) !== 7 && i + 1 < rows) continue;
      target[at >>> 3] = (target[at >>> 3] ?? 0) | byte;
      byte = 0;
    }
  }

  finish(): Column {
    const base = { field: this.#field, length: this.#length, ...this.#presence.done() };
    return { ...base, layout: 'bits', values: this.#bits };
  }
}
