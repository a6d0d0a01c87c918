import type { StepContext } from '../define-adapter.js';
import { ConversionError } from '../errors.js';
import { beyondLimit, type ResolvedLimits } from '../limits.js';
import { fixedArray, type Column, type FixedValues } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import { requireShape } from './array-shape.js';
import type { NdArray } from './nd-array.js';

/**
 * An array as a table: the last axis becomes the columns (`columns`, or `column_1`, ...), all before it the rows. A single
 * number and an array of one axis have the one column `value`. A column whose elements lie one after the other is a
 * view on the array.
 */
export function tableOfArray(
  array: NdArray,
  limits: ResolvedLimits,
  { losses, checkpoint }: StepContext,
): ColumnTable {
  requireShape(array);
  const { data, dtype, shape, strides, offset } = array;
  const flat = shape.length < 2;
  const width = flat ? 1 : (shape.at(-1) ?? 1);
  const rowAxes = flat ? shape : shape.slice(0, -1);
  const rows = rowAxes.reduce((product, length) => product * length, 1);
  if (rows > limits.rows) throw beyondLimit(`the array has ${String(rows)} rows`, 'rows', limits.rows);
  if (width > limits.columns)
    throw beyondLimit(`the array has ${String(width)} columns`, 'columns', limits.columns);
  if (rowAxes.length > 1) {
    losses.noted(
      'axes-flattened',
      undefined,
      'all axes but the last became the rows of a table',
      rowAxes.length,
    );
  }
  losses.total(rows * width);
  const columnStep = flat ? 0 : (strides.at(-1) ?? 0);
  const names = array.columns ?? defaultNames(width, flat);
  const positions = rowPositions(rowAxes, strides, rows);
  const columns = names.map((name, i): Column => {
    checkpoint();
    const start = offset + i * columnStep;
    const values = isContiguous(positions)
      ? data.subarray(start, start + rows)
      : gathered(data, fixedArray(dtype, rows), start, positions);
    return {
      layout: 'fixed',
      field: { name, type: dtype },
      length: rows,
      nullCount: 0,
      validity: undefined,
      values,
    };
  });
  return new ColumnTable(columns, rows);
}

/** Where each row lies from the first one; only its step where there is one axis. */
type Positions = { readonly step: number; readonly rows: number } | Float64Array;

function rowPositions(axes: readonly number[], strides: readonly number[], rows: number): Positions {
  if (axes.length <= 1) return { step: strides[0] ?? 1, rows };
  const positions = new Float64Array(rows);
  const index = new Array<number>(axes.length).fill(0);
  for (let row = 0; row < rows; row++) {
    positions[row] = index.reduce((sum, at, axis) => sum + at * (strides[axis] ?? 0), 0);
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next === axes[axis] ? 0 : next;
      if (next !== axes[axis]) break;
    }
  }
  return positions;
}

function isContiguous(positions: Positions): boolean {
  if (!(positions instanceof Float64Array)) return positions.step === 1 || positions.rows <= 1;
  return positions.every((position, row) => position === row);
}

function gathered(data: FixedValues, out: FixedValues, start: number, positions: Positions): FixedValues {
  for (let row = 0; row < out.length; row++) {
    const position = positions instanceof Float64Array ? (positions[row] ?? 0) : row * positions.step;
    out[row] = data[start + position] ?? 0;
  }
  return out;
}

function defaultNames(width: number, flat: boolean): string[] {
  return flat ? ['value'] : Array.from({ length: width }, (_, i) => `column_${String(i + 1)}`);
}

/** The array that a source brings. */
export function requireArray(value: unknown): NdArray {
  if (isNdArray(value)) return value;
  throw new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    "format 'ndarray' takes an NdArray as source value; ndArray(data, shape) makes one of a typed array",
  );
}

function isNdArray(value: unknown): value is NdArray {
  if (typeof value !== 'object' || value === null || !('data' in value) || !('shape' in value)) return false;
  return (
    ArrayBuffer.isView(value.data) &&
    !(value.data instanceof DataView) &&
    Array.isArray(value.shape) &&
    'strides' in value &&
    Array.isArray(value.strides) &&
    'offset' in value
  );
}
