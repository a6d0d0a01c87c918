import type { Field } from '../../table/column.js';
import { momentForm, MomentReader, type MomentForm } from '../calendar-cell.js';
import { NULL, type FieldBlock } from '../field-block.js';
import { FixedCellColumn } from './fixed-column.js';

const UNITS = { 0: 'second', 3: 'millisecond', 6: 'microsecond', 9: 'nanosecond' } as const;
/** The form of a column of timestamps that has none. */
const SECONDS: MomentForm = { fraction: 0, utc: false };

/** Moments such as `2024-05-01T10:20:30.123Z`, all in the form of the first. */
export class MomentCellColumn extends FixedCellColumn<BigInt64Array> {
  readonly #name: string;
  #form: MomentForm | undefined;
  #reader: MomentReader | undefined;

  /** @param form when it is known beforehand */
  constructor(name: string, form?: MomentForm) {
    super((length) => new BigInt64Array(length));
    this.#name = name;
    if (form !== undefined) this.#settle(form);
  }

  get form(): MomentForm {
    return this.#form ?? SECONDS;
  }

  protected get field(): Field {
    const { fraction, utc } = this.form;
    return {
      name: this.#name,
      type: 'timestamp',
      unit: UNITS[fraction],
      ...(utc ? { timezone: 'UTC' } : {}),
    };
  }

  add(block: FieldBlock, position: number, from: number, to: number): number {
    this.reserve(to - from);
    const { bytes, starts, ends, kinds, width } = block;
    const { values, validity } = this;
    const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    let reader = this.#reader;
    let row = this.length;
    for (let record = from, i = from * width + position; record < to; record++, i += width, row++) {
      if (kinds[i] === NULL) {
        validity.missing(row);
        continue;
      }
      const start = starts[i] ?? 0;
      const end = ends[i] ?? 0;
      reader ??= this.#firstReader(bytes, start, end);
      if (reader?.read(bytes, start, end, halves, row) !== true) {
        this.length = row;
        return record;
      }
    }
    this.length = row;
    return -1;
  }

  #firstReader(bytes: Uint8Array, start: number, end: number): MomentReader | undefined {
    const form = momentForm(bytes, start, end);
    return form === undefined ? undefined : this.#settle(form);
  }

  #settle(form: MomentForm): MomentReader {
    this.#form = form;
    this.#reader = new MomentReader(form);
    return this.#reader;
  }
}
