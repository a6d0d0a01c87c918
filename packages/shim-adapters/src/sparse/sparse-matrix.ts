import type { DType } from '../ndarray/nd-array.js';
import type { FixedValues } from '../table/column.js';

interface AnySparse {
  /** Rows and columns of the matrix. */
  readonly shape: readonly [rows: number, columns: number];
  readonly dtype: DType;
  /** The stored values; what is not stored is 0. */
  readonly values: FixedValues;
  /** Names of the columns, when they have any. */
  readonly columns?: readonly string[];
}

/** Coordinates: value `i` stands at (`rowIndices[i]`, `columnIndices[i]`), sorted by row, then column, each once. */
export interface CooMatrix extends AnySparse {
  readonly layout: 'coo';
  readonly rowIndices: Int32Array;
  readonly columnIndices: Int32Array;
}

/** Compressed rows: row `r` has values `pointers[r] .. pointers[r + 1]`, in the columns `indices`. */
export interface CsrMatrix extends AnySparse {
  readonly layout: 'csr';
  readonly pointers: Int32Array;
  readonly indices: Int32Array;
}

/** Compressed columns: column `c` has values `pointers[c] .. pointers[c + 1]`, in the rows `indices`. */
export interface CscMatrix extends AnySparse {
  readonly layout: 'csc';
  readonly pointers: Int32Array;
  readonly indices: Int32Array;
}

/** A matrix of which only the values other than 0 are stored. */
export type SparseMatrix = CooMatrix | CsrMatrix | CscMatrix;
