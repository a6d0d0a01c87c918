import { readDecimal, readWideInteger } from '../../csv/cell.js';
import { FixedCellColumn } from '../../csv/column/fixed-column.js';
import type { FieldBlock } from '../../csv/field-block.js';
import type { Column, Field } from '../../table/column.js';
import { NULL, NUMBER } from '../cell-kind.js';

/** Every integer of fewer characters is exact as a double. */
const LONG = 16;

/** Numbers as `JSON.parse` gives them: doubles, of 32 bits where all are whole and fit. */
export class NumberColumn extends FixedCellColumn<Float64Array> {
  protected readonly field: Field;
  /** Integers that a double does not hold. */
  rounded = 0;
  #fitsInt32 = true;
  readonly #halves = new Int32Array(2);

  constructor(name: string) {
    super((length) => new Float64Array(length));
    this.field = { name, type: 'float64' };
  }

  add(block: FieldBlock, position: number, from: number, to: number): number {
    this.reserve(to - from);
    const { bytes, starts, ends, kinds, width } = block;
    const { values, validity } = this;
    let row = this.length;
    let fits = this.#fitsInt32;
    for (let record = from, i = from * width + position; record < to; record++, i += width, row++) {
      if (kinds[i] === NULL) {
        validity.missing(row);
        continue;
      }
      if (kinds[i] !== NUMBER) {
        this.length = row;
        this.#fitsInt32 = fits;
        return record;
      }
      const start = starts[i] ?? 0;
      const end = ends[i] ?? 0;
      if (!readInt(bytes, start, end, values, row)) this.#readSlowly(bytes, start, end, row);
      if (fits) {
        const value = values[row] ?? 0;
        fits = (value | 0) === value && !(value === 0 && Object.is(value, -0));
      }
    }
    this.length = row;
    this.#fitsInt32 = fits;
    return -1;
  }

  override finish(): Column {
    const column = super.finish();
    if (!this.#fitsInt32 || column.layout !== 'fixed') return column;
    const values = new Int32Array(column.length);
    values.set(this.values.subarray(0, column.length));
    return { ...column, field: { name: this.field.name, type: 'int32' }, values };
  }

  #readSlowly(bytes: Uint8Array, start: number, end: number, row: number): void {
    const { values } = this;
    const isLong = end - start >= LONG && isWhole(bytes, start, end);
    if (isLong && readWideInteger(bytes, start, end, true, this.#halves, 0)) {
      const high = (this.#halves[1] ?? 0) * 2 ** 32;
      const low = (this.#halves[0] ?? 0) >>> 0;
      // The only rounding is that of the sum.
      const sum = high + low;
      values[row] = sum;
      if (sum - high !== low) this.rounded += 1;
      return;
    }
    if (!isLong && readDecimal(bytes, start, end, values, row)) return;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    const value = Number(text);
    values[row] = value;
    if (isLong && (!Number.isFinite(value) || BigInt(value) !== BigInt(text))) this.rounded += 1;
  }
}

function isWhole(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = bytes[start] === 0x2d ? start + 1 : start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}

/** Whole numbers of at most nine digits. */
function readInt(bytes: Uint8Array, start: number, end: number, values: Float64Array, row: number): boolean {
  let at = start;
  const isNegative = bytes[at] === 0x2d;
  if (isNegative) at += 1;
  if (end - at > 9) return false;
  let value = 0;
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return false;
    value = value * 10 + digit;
  }
  // -0 is no whole number of 32 bits.
  if (isNegative && value === 0) return false;
  values[row] = isNegative ? -value : value;
  return true;
}
