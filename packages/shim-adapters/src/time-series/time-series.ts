import type { ColumnTable } from '../table/column-table.js';

/** A table whose rows are moments in order. */
export interface TimeSeries {
  readonly table: ColumnTable;
  /** The name of the column of moments: a `timestamp` or `date`. */
  readonly time: string;
  /** Milliseconds from each row to the next, when that is the same for all. */
  readonly frequency: number | undefined;
  readonly order: 'ascending' | 'descending';
}
