import type { Field } from '../../table/column.js';
import type { Validity } from '../../table/validity.js';
import { readDecimal } from '../cell.js';
import { NULL, type FieldBlock } from '../field-block.js';
import { FixedCellColumn } from './fixed-column.js';

type DecimalType = 'float32' | 'float64';

/** Decimal numbers, as floating point. */
export class DecimalCellColumn extends FixedCellColumn<Float64Array | Float32Array> {
  protected readonly field: Field;
  readonly #single: boolean;

  constructor(name: string, type: DecimalType, validity?: Validity) {
    super((length) => (type === 'float64' ? new Float64Array(length) : new Float32Array(length)), validity);
    this.field = { name, type };
    this.#single = type === 'float32';
  }

  /** The first `length` of these numbers, with the validity that belongs to them. */
  static of(name: string, values: ArrayLike<number>, length: number, validity: Validity): DecimalCellColumn {
    const column = new DecimalCellColumn(name, 'float64', validity);
    column.expect(values.length);
    column.values.set(values);
    column.length = length;
    return column;
  }

  add({ bytes, starts, ends, kinds, width }: FieldBlock, position: number, from: number, to: number): number {
    this.reserve(to - from);
    const { values, validity } = this;
    let row = this.length;
    for (let record = from, i = from * width + position; record < to; record++, i += width, row++) {
      if (kinds[i] === NULL) {
        validity.missing(row);
      } else {
        const start = starts[i] ?? 0;
        const end = ends[i] ?? 0;
        if (
          !readDecimal(bytes, start, end, values, row) ||
          (this.#single && this.#overflows(bytes, start, row))
        ) {
          this.length = row;
          return record;
        }
      }
    }
    this.length = row;
    return -1;
  }

  /** Whether a finite number became infinite. */
  #overflows(bytes: Uint8Array, start: number, row: number): boolean {
    const first = bytes[start] ?? 0;
    const word = bytes[first === MINUS ? start + 1 : start] === CAPITAL_I;
    return !Number.isFinite(this.values[row]) && !Number.isNaN(this.values[row]) && !word;
  }
}

const MINUS = 0x2d;
const CAPITAL_I = 0x49;
