import { requireAllocatable } from '@perf/internal/memory/ceiling';
import type { StepContext } from '../define-adapter.js';
import { beyondLimit, type ResolvedLimits } from '../limits.js';
import { requireShape } from '../ndarray/array-shape.js';
import type { NdArray } from '../ndarray/nd-array.js';
import { ConversionError } from '../errors.js';
import { fixedArray } from '../table/column.js';
import { denseBytes, density, sparseBytes, toLayout } from './layout.js';
import type { CscMatrix, CsrMatrix, SparseMatrix } from './sparse-matrix.js';

/** Below this share of stored values the dense form is called wasteful. */
const SPARSE_BELOW = 0.05;

/**
 * The values other than 0 of a dense matrix. -0 and NaN are values: they are stored.
 * @throws ConversionError `ERR_PERF_CONVERT_INVALID_SCHEMA` for an array that has not two axes
 */
export function sparseOf(
  array: NdArray,
  layout: SparseMatrix['layout'],
  { losses }: StepContext,
): SparseMatrix {
  requireShape(array);
  const [rows, width] = array.shape;
  if (rows === undefined || width === undefined || array.shape.length !== 2) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_INVALID_SCHEMA',
      `a sparse matrix has two axes, the array has ${String(array.shape.length)}; give it another shape first`,
    );
  }
  const { data, dtype, offset, columns } = array;
  const [rowStep = 0, columnStep = 0] = array.strides;
  // Along the lines of the layout, so that the values come in its order.
  const byColumn = layout === 'csc';
  const [lines, across] = byColumn ? [width, rows] : [rows, width];
  const [lineStep, acrossStep] = byColumn ? [columnStep, rowStep] : [rowStep, columnStep];
  const isValue = (at: number): boolean => {
    const value = data[at];
    return value !== 0 && value !== 0n ? true : Object.is(value, -0);
  };
  const pointers = new Int32Array(lines + 1);
  for (let line = 0; line < lines; line++) {
    let stored = pointers[line] ?? 0;
    for (let i = 0, at = offset + line * lineStep; i < across; i++, at += acrossStep)
      if (isValue(at)) stored += 1;
    pointers[line + 1] = stored;
  }
  const stored = pointers[lines] ?? 0;
  const indices = new Int32Array(stored);
  const values = fixedArray(dtype, stored);
  let used = 0;
  for (let line = 0; line < lines; line++) {
    for (let i = 0, at = offset + line * lineStep; i < across; i++, at += acrossStep) {
      if (!isValue(at)) continue;
      indices[used] = i;
      values[used++] = data[at] ?? 0;
    }
  }
  const base = {
    shape: [rows, width] as const,
    dtype,
    values,
    ...(columns === undefined ? {} : { columns }),
  };
  const compressed: CsrMatrix | CscMatrix = { ...base, layout: byColumn ? 'csc' : 'csr', pointers, indices };
  const matrix = toLayout(compressed, layout);
  losses.total(rows * width);
  if (sparseBytes(matrix) > denseBytes(matrix)) {
    const share = (density(matrix) * 100).toFixed(0);
    losses.noted(
      'dense-matrix',
      undefined,
      `${share} % of the values are stored: the dense form takes less memory`,
      stored,
    );
  }
  return matrix;
}

/**
 * All elements of a sparse matrix, row by row or column by column. Memory for them is asked for before it is taken.
 * @throws ConversionError `ERR_PERF_CONVERT_MEMORY_EXCEEDED`, `..._TOO_LARGE`
 */
export function denseOf(
  matrix: SparseMatrix,
  order: 'row-major' | 'column-major',
  limits: ResolvedLimits,
  { losses, checkpoint }: StepContext,
): NdArray {
  const [rows, width] = matrix.shape;
  if (rows > limits.rows) throw beyondLimit(`the matrix has ${String(rows)} rows`, 'rows', limits.rows);
  if (width > limits.columns)
    throw beyondLimit(`the matrix has ${String(width)} columns`, 'columns', limits.columns);
  checkpoint(denseBytes(matrix));
  if (rows * width > 0 && density(matrix) < SPARSE_BELOW) {
    losses.noted(
      'sparse-matrix',
      undefined,
      'almost all values are 0: the dense form takes much more memory',
      rows * width,
    );
  }
  losses.total(rows * width);
  const data = allocated(matrix);
  const strides = order === 'row-major' ? [width, 1] : [1, rows];
  const [rowStep = 0, columnStep = 0] = strides;
  const { pointers, indices, values } = toLayout(matrix, 'csr');
  for (let row = 0; row < rows; row++) {
    const end = pointers[row + 1] ?? 0;
    for (let i = pointers[row] ?? 0; i < end; i++) {
      data[row * rowStep + (indices[i] ?? 0) * columnStep] = values[i] ?? 0;
    }
  }
  const { dtype, columns } = matrix;
  return {
    data,
    dtype,
    shape: [rows, width],
    strides,
    offset: 0,
    ...(columns === undefined ? {} : { columns }),
  };
}

function allocated(matrix: SparseMatrix): NdArray['data'] {
  const { dtype, shape } = matrix;
  try {
    requireAllocatable(denseBytes(matrix));
    return fixedArray(dtype, shape[0] * shape[1]);
  } catch (cause) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_MEMORY_EXCEEDED',
      `there is no memory for all ${String(shape[0])} x ${String(shape[1])} values of the matrix; keep it sparse, or select columns`,
      { cause },
    );
  }
}
