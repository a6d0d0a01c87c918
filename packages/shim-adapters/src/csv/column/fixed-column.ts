import type { Column, Field, FixedValues } from '../../table/column.js';
import type { Validity } from '../../table/validity.js';
import { CellColumn, isLoose, roomFor } from './cell-column.js';

/** A column of one array element a row. */
export abstract class FixedCellColumn<Values extends FixedValues> extends CellColumn {
  readonly #make: (length: number) => Values;
  protected values: Values;

  /** @param make an array of `length` zeros */
  constructor(make: (length: number) => Values, validity?: Validity) {
    super(validity);
    this.#make = make;
    this.values = make(0);
  }

  protected abstract get field(): Field;

  get heldBytes(): number {
    return this.values.byteLength;
  }

  expect(rows: number): void {
    if (rows > this.values.length) this.#resize(rows);
  }

  finish(): Column {
    const { field, length, values } = this;
    const whole: FixedValues = values;
    const used = isLoose(length, whole.length) ? whole.slice(0, length) : whole.subarray(0, length);
    return { layout: 'fixed', field, length, ...this.validity.finish(length), values: used };
  }

  protected reserve(rows: number): void {
    const needed = this.length + rows;
    if (needed > this.values.length) this.#resize(roomFor(needed, this.values.length));
  }

  #resize(capacity: number): void {
    const { buffer, byteOffset, byteLength } = this.values;
    this.values = this.#make(capacity);
    new Uint8Array(this.values.buffer).set(new Uint8Array(buffer, byteOffset, byteLength));
  }
}
