export { sparseAdapter } from './adapter.js';
export { cooMatrix } from './coordinates.js';
export { density, toLayout } from './layout.js';
export type { CooMatrix, CscMatrix, CsrMatrix, SparseMatrix } from './sparse-matrix.js';
