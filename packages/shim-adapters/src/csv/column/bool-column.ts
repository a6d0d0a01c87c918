import { setBit } from '../../table/bitmap.js';
import type { Column } from '../../table/column.js';
import { truth } from '../cell.js';
import { NULL, type FieldBlock } from '../field-block.js';
import { CellColumn, isLoose, roomFor } from './cell-column.js';

/** `true` and `false`, a bit each. */
export class BoolCellColumn extends CellColumn {
  readonly #name: string;
  #bits = new Uint8Array(0);

  constructor(name: string) {
    super();
    this.#name = name;
  }

  get heldBytes(): number {
    return this.#bits.length;
  }

  expect(rows: number): void {
    const needed = (rows + 7) >>> 3;
    if (needed > this.#bits.length) this.#resize(needed);
  }

  add({ bytes, starts, ends, kinds, width }: FieldBlock, position: number, from: number, to: number): number {
    const needed = (this.length + to - from + 7) >>> 3;
    if (needed > this.#bits.length) this.#resize(roomFor(needed, this.#bits.length));
    const { validity } = this;
    const bits = this.#bits;
    let row = this.length;
    for (let record = from, i = from * width + position; record < to; record++, i += width, row++) {
      if (kinds[i] === NULL) {
        validity.missing(row);
        continue;
      }
      const value = truth(bytes, starts[i] ?? 0, ends[i] ?? 0);
      if (value < 0) {
        this.length = row;
        return record;
      }
      if (value === 1) setBit(bits, row);
    }
    this.length = row;
    return -1;
  }

  finish(): Column {
    const { length } = this;
    const used = (length + 7) >>> 3;
    const bits = this.#bits;
    const values = isLoose(used, bits.length) ? bits.slice(0, used) : bits.subarray(0, used);
    const field = { name: this.#name, type: 'bool' } as const;
    return { layout: 'bits', field, length, ...this.validity.finish(length), values };
  }

  #resize(capacity: number): void {
    const bits = new Uint8Array(capacity);
    bits.set(this.#bits);
    this.#bits = bits;
  }
}
