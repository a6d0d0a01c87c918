import type { Field } from '../../table/column.js';
import type { Validity } from '../../table/validity.js';
import { readWideInteger } from '../cell.js';
import { NULL, type FieldBlock } from '../field-block.js';
import { FixedCellColumn } from './fixed-column.js';

type WideType = 'int64' | 'uint64';

/** Integers of 64 bits. */
export class WideCellColumn extends FixedCellColumn<BigInt64Array | BigUint64Array> {
  protected readonly field: Field;
  readonly #signed: boolean;

  constructor(name: string, type: WideType, validity?: Validity) {
    super((length) => (type === 'int64' ? new BigInt64Array(length) : new BigUint64Array(length)), validity);
    this.field = { name, type };
    this.#signed = type === 'int64';
  }

  /** The first `length` of these integers, with the validity that belongs to them. */
  static of(name: string, values: ArrayLike<number>, length: number, validity: Validity): WideCellColumn {
    const column = new WideCellColumn(name, 'int64', validity);
    column.expect(values.length);
    for (let row = 0; row < length; row++) column.values[row] = BigInt(values[row] ?? 0);
    column.length = length;
    return column;
  }

  add({ bytes, starts, ends, kinds, width }: FieldBlock, position: number, from: number, to: number): number {
    this.reserve(to - from);
    const { values, validity } = this;
    const signed = this.#signed;
    const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    let row = this.length;
    for (let record = from, i = from * width + position; record < to; record++, i += width, row++) {
      if (kinds[i] === NULL) {
        validity.missing(row);
      } else if (!readWideInteger(bytes, starts[i] ?? 0, ends[i] ?? 0, signed, halves, row)) {
        this.length = row;
        return record;
      }
    }
    this.length = row;
    return -1;
  }
}
