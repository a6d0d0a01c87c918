import { dtypeOf } from '../ndarray/number-kind.js';
import { fixedArray, type FixedValues } from '../table/column.js';
import { requireMatrix } from './check.js';
import type { CooMatrix, CscMatrix, CsrMatrix, SparseMatrix } from './sparse-matrix.js';

/**
 * The same matrix in another layout, by counting: time and memory grow with its values, rows and columns, not with its
 * area. A matrix that has the layout already is given back as it is.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_INVALID_SCHEMA`
 */
export function toLayout(matrix: SparseMatrix, layout: 'coo'): CooMatrix;
export function toLayout(matrix: SparseMatrix, layout: 'csr'): CsrMatrix;
export function toLayout(matrix: SparseMatrix, layout: 'csc'): CscMatrix;
export function toLayout(matrix: SparseMatrix, layout: SparseMatrix['layout']): SparseMatrix;
export function toLayout(matrix: SparseMatrix, layout: SparseMatrix['layout']): SparseMatrix {
  requireMatrix(matrix);
  if (matrix.layout === layout) return matrix;
  const rows = byRow(matrix);
  if (layout === 'csr') return rows;
  const { shape, dtype, values, columns } = rows;
  const base = { shape, dtype, ...(columns === undefined ? {} : { columns }) };
  if (layout === 'coo') {
    return {
      ...base,
      layout,
      values,
      rowIndices: lineOf(rows.pointers, values.length),
      columnIndices: rows.indices,
    };
  }
  return { ...base, layout, ...turned(rows.pointers, rows.indices, values, shape[1]) };
}

function byRow(matrix: SparseMatrix): CsrMatrix {
  if (matrix.layout === 'csr') return matrix;
  const { shape, dtype, values, columns } = matrix;
  const base = { shape, dtype, ...(columns === undefined ? {} : { columns }), layout: 'csr' } as const;
  if (matrix.layout === 'csc')
    return { ...base, ...turned(matrix.pointers, matrix.indices, values, shape[0]) };
  const pointers = new Int32Array(shape[0] + 1);
  for (const row of matrix.rowIndices) pointers[row + 1] = (pointers[row + 1] ?? 0) + 1;
  accumulate(pointers);
  return { ...base, pointers, indices: matrix.columnIndices, values };
}

/** Lines become what runs across them: each value goes to the next free place of its index. */
function turned(
  pointers: Int32Array,
  indices: Int32Array,
  values: FixedValues,
  across: number,
): { pointers: Int32Array; indices: Int32Array; values: FixedValues } {
  const out = new Int32Array(across + 1);
  for (const index of indices) out[index + 1] = (out[index + 1] ?? 0) + 1;
  accumulate(out);
  const next = out.slice();
  const lines = new Int32Array(indices.length);
  const moved = fixedArray(dtypeOf(values), values.length);
  for (let line = 0; line + 1 < pointers.length; line++) {
    const end = pointers[line + 1] ?? 0;
    for (let i = pointers[line] ?? 0; i < end; i++) {
      const index = indices[i] ?? 0;
      const at = next[index] ?? 0;
      next[index] = at + 1;
      lines[at] = line;
      moved[at] = values[i] ?? 0;
    }
  }
  return { pointers: out, indices: lines, values: moved };
}

/** The line of every value. */
function lineOf(pointers: Int32Array, stored: number): Int32Array {
  const lines = new Int32Array(stored);
  for (let line = 0; line + 1 < pointers.length; line++) lines.fill(line, pointers[line], pointers[line + 1]);
  return lines;
}

function accumulate(counts: Int32Array): void {
  for (let i = 1; i < counts.length; i++) counts[i] = (counts[i] ?? 0) + (counts[i - 1] ?? 0);
}

/** Values stored, as a share of the area; 0 for a matrix without one. */
export function density({ shape, values }: SparseMatrix): number {
  const area = shape[0] * shape[1];
  return area === 0 ? 0 : values.length / area;
}

/** Bytes of the values and all indices. */
export function sparseBytes(matrix: SparseMatrix): number {
  const { values } = matrix;
  return matrix.layout === 'coo'
    ? values.byteLength + matrix.rowIndices.byteLength + matrix.columnIndices.byteLength
    : values.byteLength + matrix.pointers.byteLength + matrix.indices.byteLength;
}

/** Bytes of all elements of a matrix, were they stored. */
export function denseBytes({ shape, dtype }: Pick<SparseMatrix, 'shape' | 'dtype'>): number {
  return shape[0] * shape[1] * fixedArray(dtype, 0).BYTES_PER_ELEMENT;
}
