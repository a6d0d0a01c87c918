import type { Column } from '../../table/column.js';
import { NULL, type FieldBlock } from '../field-block.js';
import { CellColumn } from './cell-column.js';

/** Nothing but nulls, so far. */
export class NullCellColumn extends CellColumn {
  readonly #name: string;

  constructor(name: string) {
    super();
    this.#name = name;
  }

  get heldBytes(): number {
    return 0;
  }

  expect(): void {
    // There is nothing to hold.
  }

  add({ kinds, width }: FieldBlock, position: number, from: number, to: number): number {
    for (let record = from, i = from * width + position; record < to; record++, i += width) {
      if (kinds[i] !== NULL) {
        this.length += record - from;
        return record;
      }
    }
    this.length += to - from;
    return -1;
  }

  finish(): Column {
    const { length } = this;
    const field = { name: this.#name, type: 'null' } as const;
    return { layout: 'null', field, length, nullCount: length, validity: undefined };
  }
}
