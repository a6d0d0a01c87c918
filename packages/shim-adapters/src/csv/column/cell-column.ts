import type { Column } from '../../table/column.js';
import { Validity } from '../../table/validity.js';
import type { FieldBlock } from '../field-block.js';

/**
 * A column that is filled from the cells of one column of text, block by block. Each kind has a loop of its own over
 * its cells: one loop for all, with a call to the reader of the kind, takes twice as long.
 */
export abstract class CellColumn {
  protected readonly validity: Validity;
  /** Rows so far. */
  length = 0;

  constructor(validity: Validity = new Validity()) {
    this.validity = validity;
  }

  /** Bytes that the column holds, room for further rows included. */
  abstract get heldBytes(): number;

  /** Says how many rows there will be, about: memory is taken for them at once. */
  abstract expect(rows: number): void;

  /**
   * Adds the cells `position` of the records `from..to`. Gives the first record whose cell does not fit, which is not
   * added, or -1.
   */
  abstract add(block: FieldBlock, position: number, from: number, to: number): number;

  /** Begins with so many nulls; for a column that has no rows yet. */
  startWithNulls(rows: number): void {
    this.expect(rows);
    for (let row = 0; row < rows; row++) this.validity.missing(row);
    this.length = rows;
  }

  /** The column; its memory is no larger than its rows need, an eighth apart. */
  abstract finish(): Column;
}

/** Room for `needed` values: half as much again as now, at least. */
export function roomFor(needed: number, capacity: number): number {
  return Math.max(needed, capacity + (capacity >>> 1), 64);
}

/** Whether so much of a buffer is spare that giving it back is worth a copy. */
export function isLoose(used: number, capacity: number): boolean {
  return capacity - used > capacity >>> 3;
}
