import { ConversionError } from '../errors.js';
import { dtypeOf, isBig } from '../ndarray/number-kind.js';
import { fixedArray, type FixedValues } from '../table/column.js';
import { requireMatrix } from './check.js';
import type { CooMatrix } from './sparse-matrix.js';

/**
 * A matrix of coordinates in any order. What stands at the same place is added up, as in SciPy.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_INVALID_SCHEMA` when they do not fit the shape
 */
export function cooMatrix(
  shape: readonly [rows: number, columns: number],
  rowIndices: ArrayLike<number>,
  columnIndices: ArrayLike<number>,
  values: FixedValues,
  { columns }: { readonly columns?: readonly string[] } = {},
): CooMatrix {
  const { length } = values;
  if (rowIndices.length !== length || columnIndices.length !== length) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_INVALID_SCHEMA',
      `there are ${String(rowIndices.length)} row and ${String(columnIndices.length)} column indices for ${String(length)} values`,
    );
  }
  const rowOf = (i: number): number => rowIndices[i] ?? 0;
  const columnOf = (i: number): number => columnIndices[i] ?? 0;
  const order = Array.from({ length }, (_, i) => i).sort(
    (a, b) => rowOf(a) - rowOf(b) || columnOf(a) - columnOf(b),
  );
  const rows = new Int32Array(length);
  const across = new Int32Array(length);
  const dtype = dtypeOf(values);
  const sums = fixedArray(dtype, length);
  let used = 0;
  for (const i of order) {
    const same = used > 0 && rows[used - 1] === rowOf(i) && across[used - 1] === columnOf(i);
    if (same) {
      sums[used - 1] = sum(sums[used - 1], values[i], isBig(dtype));
      continue;
    }
    rows[used] = rowOf(i);
    across[used] = columnOf(i);
    sums[used] = values[i] ?? 0;
    used += 1;
  }
  const matrix: CooMatrix = {
    layout: 'coo',
    shape,
    dtype,
    rowIndices: rows.subarray(0, used),
    columnIndices: across.subarray(0, used),
    values: sums.subarray(0, used),
    ...(columns === undefined ? {} : { columns }),
  };
  requireMatrix(matrix);
  return matrix;
}

function sum(a: number | bigint | undefined, b: number | bigint | undefined, big: boolean): number | bigint {
  return big ? BigInt(a ?? 0) + BigInt(b ?? 0) : Number(a ?? 0) + Number(b ?? 0);
}
