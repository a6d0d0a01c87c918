import type { Field } from '../../table/column.js';
import { smallInteger } from '../cell.js';
import { NULL, type FieldBlock } from '../field-block.js';
import { DecimalCellColumn } from './decimal-column.js';
import { FixedCellColumn } from './fixed-column.js';
import { WideCellColumn } from './wide-column.js';

type IntegerValues = Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;

export type IntegerType = 'int8' | 'int16' | 'int32' | 'uint8' | 'uint16' | 'uint32';

interface IntegerKind {
  /** The least value, and the one after the greatest. */
  readonly range: readonly [low: number, high: number];
  readonly make: (length: number) => IntegerValues;
}

const KINDS: Readonly<Record<IntegerType, IntegerKind>> = {
  int8: { range: [-128, 128], make: (length) => new Int8Array(length) },
  int16: { range: [-32_768, 32_768], make: (length) => new Int16Array(length) },
  int32: { range: [-(2 ** 31), 2 ** 31], make: (length) => new Int32Array(length) },
  uint8: { range: [0, 256], make: (length) => new Uint8Array(length) },
  uint16: { range: [0, 65_536], make: (length) => new Uint16Array(length) },
  uint32: { range: [0, 2 ** 32], make: (length) => new Uint32Array(length) },
};

/** Integers of up to 32 bits. */
export class IntegerCellColumn extends FixedCellColumn<IntegerValues> {
  protected readonly field: Field;
  readonly #low: number;
  readonly #high: number;

  constructor(name: string, type: IntegerType) {
    super(KINDS[type].make);
    this.field = { name, type };
    [this.#low, this.#high] = KINDS[type].range;
  }

  add({ bytes, starts, ends, kinds, width }: FieldBlock, position: number, from: number, to: number): number {
    this.reserve(to - from);
    const { values, validity } = this;
    const low = this.#low;
    const high = this.#high;
    let row = this.length;
    for (let record = from, i = from * width + position; record < to; record++, i += width, row++) {
      if (kinds[i] === NULL) {
        validity.missing(row);
        continue;
      }
      const value = smallInteger(bytes, starts[i] ?? 0, ends[i] ?? 0);
      if (!(value >= low && value < high)) {
        this.length = row;
        return record;
      }
      values[row] = value;
    }
    this.length = row;
    return -1;
  }

  /** The same rows as 64-bit integers. */
  asWide(): WideCellColumn {
    return WideCellColumn.of(this.field.name, this.values, this.length, this.validity);
  }

  /** The same rows as decimals. */
  asDecimals(): DecimalCellColumn {
    return DecimalCellColumn.of(this.field.name, this.values, this.length, this.validity);
  }
}
