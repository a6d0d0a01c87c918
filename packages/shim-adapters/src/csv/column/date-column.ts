import type { Field } from '../../table/column.js';
import { calendarDay } from '../calendar-cell.js';
import { NULL, type FieldBlock } from '../field-block.js';
import { FixedCellColumn } from './fixed-column.js';

/** Days such as `2024-05-01`. */
export class DateCellColumn extends FixedCellColumn<Int32Array> {
  protected readonly field: Field;

  constructor(name: string) {
    super((length) => new Int32Array(length));
    this.field = { name, type: 'date' };
  }

  add({ bytes, starts, ends, kinds, width }: FieldBlock, position: number, from: number, to: number): number {
    this.reserve(to - from);
    const { values, validity } = this;
    let row = this.length;
    for (let record = from, i = from * width + position; record < to; record++, i += width, row++) {
      if (kinds[i] === NULL) {
        validity.missing(row);
        continue;
      }
      const day = calendarDay(bytes, starts[i] ?? 0, ends[i] ?? 0);
      if (Number.isNaN(day)) {
        this.length = row;
        return record;
      }
      values[row] = day;
    }
    this.length = row;
    return -1;
  }
}
