import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import { dtypeOf } from '../ndarray/number-kind.js';
import type { SparseMatrix } from './sparse-matrix.js';

/** Rows or columns that 32-bit indices reach. */
const MAX_AXIS = 2 ** 31 - 1;

/**
 * Checks a matrix before anything is read through its indices: they lie within the shape, come in order, each once.
 * @throws ConversionError `ERR_PERF_CONVERT_INVALID_SCHEMA`
 */
export function requireMatrix(matrix: SparseMatrix): void {
  const { shape, dtype, values, columns } = matrix;
  const [rows, width] = shape;
  for (const length of [rows, width]) {
    if (!Number.isSafeInteger(length) || length < 0 || length > MAX_AXIS) {
      throw invalid(`its shape has ${shown(length)}; whole numbers up to 2^31 - 1 are allowed`);
    }
  }
  if (dtypeOf(values) !== dtype) throw invalid(`dtype is ${shown(dtype)}, the values are ${dtypeOf(values)}`);
  if (columns !== undefined && columns.length !== width) {
    throw invalid(`there are ${String(columns.length)} column names for ${String(width)} columns`);
  }
  switch (matrix.layout) {
    case 'coo':
      requireCoordinates(matrix.rowIndices, matrix.columnIndices, values.length, shape);
      return;
    case 'csr':
      requireCompressed(matrix.pointers, matrix.indices, values.length, rows, width);
      return;
    case 'csc':
      requireCompressed(matrix.pointers, matrix.indices, values.length, width, rows);
  }
}

function requireCoordinates(
  rowIndices: Int32Array,
  columnIndices: Int32Array,
  stored: number,
  [rows, width]: SparseMatrix['shape'],
): void {
  if (rowIndices.length !== stored || columnIndices.length !== stored) {
    throw invalid(
      `it has ${String(rowIndices.length)} row and ${String(columnIndices.length)} column indices for ${String(stored)} values`,
    );
  }
  for (let i = 0; i < stored; i++) {
    const row = rowIndices[i] ?? -1;
    const column = columnIndices[i] ?? -1;
    if (row < 0 || row >= rows || column < 0 || column >= width) {
      throw invalid(`value ${String(i)} stands at (${String(row)}, ${String(column)}), outside of its shape`);
    }
    const before = rowIndices[i - 1] ?? -1;
    if (row < before || (row === before && column <= (columnIndices[i - 1] ?? -1))) {
      throw invalid(
        `value ${String(i)} at (${String(row)}, ${String(column)}) is out of order or there twice; cooMatrix(...) sorts and adds up`,
      );
    }
  }
}

function requireCompressed(
  pointers: Int32Array,
  indices: Int32Array,
  stored: number,
  lines: number,
  across: number,
): void {
  if (pointers.length !== lines + 1 || indices.length !== stored) {
    throw invalid(
      `it has ${String(pointers.length)} pointers for ${String(lines)} lines, ${String(indices.length)} indices for ${String(stored)} values`,
    );
  }
  if (pointers[0] !== 0 || pointers[lines] !== stored) {
    throw invalid(
      `its pointers go from ${shown(pointers[0])} to ${shown(pointers[lines])}, not from 0 to ${String(stored)}`,
    );
  }
  for (let line = 0; line < lines; line++) {
    const start = pointers[line] ?? 0;
    const end = pointers[line + 1] ?? 0;
    if (end < start || end > stored) throw invalid(`its pointers go back at line ${String(line)}`);
    for (let i = start; i < end; i++) {
      const index = indices[i] ?? -1;
      if (index < 0 || index >= across)
        throw invalid(`index ${String(index)} in line ${String(line)} is outside of its shape`);
      if (i > start && index <= (indices[i - 1] ?? -1)) {
        throw invalid(`index ${String(index)} in line ${String(line)} is out of order or there twice`);
      }
    }
  }
}

function invalid(message: string): ConversionError {
  return new ConversionError('ERR_PERF_CONVERT_INVALID_SCHEMA', `the sparse matrix is not sound: ${message}`);
}

/** The matrix that a source brings, checked. */
export function requireSparse(value: unknown): SparseMatrix {
  if (isSparse(value)) {
    requireMatrix(value);
    return value;
  }
  throw new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    "format 'sparse' takes a SparseMatrix as source value; cooMatrix(...) makes one of coordinates",
  );
}

function isSparse(value: unknown): value is SparseMatrix {
  if (typeof value !== 'object' || value === null || !('layout' in value) || !('values' in value))
    return false;
  if (!('shape' in value) || !Array.isArray(value.shape) || value.shape.length !== 2) return false;
  if (!ArrayBuffer.isView(value.values) || value.values instanceof DataView) return false;
  const parts = value.layout === 'coo' ? ['rowIndices', 'columnIndices'] : ['pointers', 'indices'];
  const known = value.layout === 'coo' || value.layout === 'csr' || value.layout === 'csc';
  return known && parts.every((part) => Reflect.get(value, part) instanceof Int32Array);
}
