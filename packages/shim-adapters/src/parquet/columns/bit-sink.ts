import { bitmapBytes, setBit } from '../../table/bitmap.js';
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
    for (let i = 0, next = first; i < rows; i++) {
      if (present !== undefined && present[i] === 0) continue;
      const at = indices === undefined ? next : (indices[next] ?? 0);
      if (values.bits[at] === 1) setBit(this.#bits, row + i);
      next += 1;
    }
  }

  finish(): Column {
    const base = { field: this.#field, length: this.#length, ...this.#presence.done() };
    return { ...base, layout: 'bits', values: this.#bits };
  }
}
