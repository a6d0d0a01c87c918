import type { PageValues } from './page-values.js';

/** The selected rows of a page of a flat column. */
export interface ColumnPage {
  /** Where its first row goes. */
  readonly row: number;
  readonly rows: number;
  /** A byte a row, 1 = present; undefined when all are. */
  readonly present: Uint8Array | undefined;
  /** The values of the page, or of the dictionary that `indices` point into. */
  readonly values: PageValues;
  readonly indices: Int32Array | undefined;
  /** Which value, or index, belongs to the first row that is present. */
  readonly first: number;
}
