/**
 * The shape of an Arrow table that this package needs and `@uwdata/flechette` tables have. Declared here, so that
 * the types of this package need no Arrow library.
 */
export interface ArrowTable {
  readonly numRows: number;
  readonly numCols: number;
  getChild(name: string): ArrowColumn | undefined;
  getChildAt(index: number): ArrowColumn | undefined;
  toArray(): unknown[];
}

export interface ArrowColumn {
  readonly length: number;
  readonly nullCount: number;
  at(index: number): unknown;
  toArray(): ArrayLike<unknown>;
}
