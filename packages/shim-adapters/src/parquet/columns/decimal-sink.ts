import type { Column, DecimalColumn, Field } from '../../table/column.js';
import { setDecimalUnits } from '../../table/decimal.js';
import { Presence } from '../../table/presence.js';
import type { ByteRuns } from '../../table/byte-runs.js';
import type { ColumnPage } from '../pages/column-page.js';
import type { ColumnSink } from './column-sink.js';

const MAX_PRECISION_OF_TWO_WORDS = 38;

/** Decimals: integers of 32 or 64 bits, or of any number of bytes, highest first. */
export class DecimalSink implements ColumnSink {
  readonly #column: DecimalColumn;
  readonly #bytes: Uint8Array;
  readonly #presence: Presence;

  constructor(field: Field, length: number) {
    const words = (field.precision ?? 38) > MAX_PRECISION_OF_TWO_WORDS ? 4 : 2;
    const values = new BigUint64Array(length * words);
    this.#presence = new Presence(length);
    this.#bytes = new Uint8Array(values.buffer);
    const base = { field, length, nullCount: 0, validity: undefined };
    this.#column = { ...base, layout: 'decimal', words, values };
  }

  add({ row, rows, present, values, indices, first }: ColumnPage): void {
    this.#presence.addRows(row, rows, present);
    for (let i = 0, next = first; i < rows; i++) {
      if (present !== undefined && present[i] === 0) continue;
      const at = indices === undefined ? next : (indices[next] ?? 0);
      if (values.kind === 'runs') this.#setBytes(row + i, values.runs, at);
      else if (values.kind === 'numbers')
        setDecimalUnits(this.#column, row + i, BigInt(values.numbers[at] ?? 0));
      next += 1;
    }
  }

  finish(): Column {
    return { ...this.#column, ...this.#presence.done() };
  }

  #setBytes(row: number, { bytes, starts, ends }: ByteRuns, index: number): void {
    const target = this.#bytes;
    const width = this.#column.words * 8;
    const start = starts[index] ?? 0;
    const end = ends[index] ?? 0;
    const sign = start < end && (bytes[start] ?? 0) >= 0x80 ? 0xff : 0;
    const to = row * width;
    for (let k = 0; k < width; k++) {
      const from = end - 1 - k;
      target[to + k] = from >= start ? (bytes[from] ?? 0) : sign;
    }
    // A value of more bytes than fit is one only if the rest repeats its sign.
    const high = (target[to + width - 1] ?? 0) >= 0x80 ? 0xff : 0;
    for (let from = end - 1 - width; from >= start; from--) {
      if (bytes[from] !== high) throw new RangeError('holds a decimal of more digits than it declares');
    }
  }
}
