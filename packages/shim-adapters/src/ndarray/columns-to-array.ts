import type { StepContext } from '../define-adapter.js';
import { readBit } from '../table/bitmap.js';
import { fixedArray, type Column, type FixedValues } from '../table/column.js';
import type { ColumnTable } from '../table/column-table.js';
import { asElement, isFloat, isSame, numberKind, widest } from './number-kind.js';
import type { DType, NdArray } from './nd-array.js';

interface ArrayOptions {
  readonly dtype?: DType | undefined;
  readonly order?: NdArrayOrder | undefined;
}

export type NdArrayOrder = 'row-major' | 'column-major';

/**
 * A table of numbers as a matrix of its rows and columns. One column, or one that is asked for in column-major order and
 * stands alone, is a view on the table; everything else is written once.
 *
 * Nulls are lost: they become NaN, and choose `float64` for it; where `dtype` asks for whole numbers they become 0.
 */
export function arrayOf(
  table: ColumnTable,
  { dtype, order = 'row-major' }: ArrayOptions,
  context: StepContext,
): NdArray {
  const kinds = table.columns.map(numberKind);
  const chosen = dtype ?? chosenType(table.columns, kinds);
  const { length: rows } = table;
  const width = table.columns.length;
  context.losses.total(rows * width);
  for (const column of table.columns) noteMeaning(column, context);
  const shape = [rows, width];
  const columns = table.names;
  const [only, more] = table.columns;
  if (only?.layout === 'fixed' && more === undefined && kinds[0] === chosen && only.nullCount === 0) {
    return { data: only.values, dtype: chosen, shape, strides: [1, rows], offset: 0, columns };
  }
  context.checkpoint(rows * width * fixedArray(chosen, 0).BYTES_PER_ELEMENT);
  const data = fixedArray(chosen, rows * width);
  const [rowStep, columnStep] = order === 'row-major' ? [width, 1] : [1, rows];
  table.columns.forEach((column, i) => {
    writeColumn(column, chosen, data, i * columnStep, rowStep, context);
    context.checkpoint();
  });
  return { data, dtype: chosen, shape, strides: [rowStep, columnStep], offset: 0, columns };
}

function chosenType(columns: readonly Column[], kinds: readonly DType[]): DType {
  const type = widest(kinds);
  return columns.some(({ nullCount }) => nullCount > 0) && !isFloat(type) ? 'float64' : type;
}

function noteMeaning({ field, length }: Column, { losses }: StepContext): void {
  if (field.type === 'bool')
    losses.noted('bool-as-number', field.name, 'true and false became 1 and 0', length);
  if (field.type === 'date' || field.type === 'timestamp') {
    losses.lost('time-as-number', field.name, 'times became their number of days or ticks', length);
  }
}

function writeColumn(
  column: Column,
  dtype: DType,
  data: FixedValues,
  start: number,
  step: number,
  { losses }: StepContext,
): void {
  const { length, validity, field } = column;
  const missing = isFloat(dtype) ? NaN : asElement(0, dtype);
  const read = numberReader(column);
  let nulls = 0;
  let rounded = 0;
  for (let row = 0, at = start; row < length; row++, at += step) {
    if (column.layout === 'null' || (validity !== undefined && !readBit(validity, row))) {
      data[at] = missing;
      nulls += 1;
      continue;
    }
    const value = read(row);
    data[at] = asElement(value, dtype);
    if (!isSame(value, data[at])) rounded += 1;
  }
  if (nulls > 0) {
    const stand = isFloat(dtype) ? 'NaN' : '0';
    losses.lost('null-as-number', field.name, `null became ${stand}: arrays of numbers have no null`, nulls);
  }
  if (rounded > 0) {
    losses.lost(
      'number-rounded',
      field.name,
      `values that ${dtype} cannot hold were rounded or wrapped`,
      rounded,
    );
  }
}

function numberReader(column: Column): (row: number) => number | bigint {
  if (column.layout === 'bits') return (row) => Number(readBit(column.values, row));
  if (column.layout !== 'fixed') return () => 0;
  const { values } = column;
  return (row) => values[row] ?? 0;
}
