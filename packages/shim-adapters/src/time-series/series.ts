import { formatDuration, parseDuration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import type { StepContext } from '../define-adapter.js';
import { ConversionError, refuseOption } from '../errors.js';
import type { ConversionOptions } from '../request.js';
import { readBit } from '../table/bitmap.js';
import type { Column, FixedColumn } from '../table/column.js';
import type { ColumnTable } from '../table/column-table.js';
import { takeRows } from '../table/take.js';
import type { TimeSeries } from './time-series.js';

const DAY_MS = 86_400_000;
/** Ticks of a millisecond, by unit; below 1 for units that are longer. */
const TICKS_PER_MS = { second: 1 / 1000, millisecond: 1, microsecond: 1000, nanosecond: 1_000_000 } as const;

/**
 * A table as a series: its rows in the order of time. Rows that are in order already are not moved or copied.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_INVALID_REQUEST` when it is not clear which column is the time,
 *   `..._BAD_INPUT` when a time is null or the rows are not at the distance that `frequency` says
 */
export function seriesOf(
  table: ColumnTable,
  { timeColumn, frequency, timeOrder = 'ascending' }: ConversionOptions,
  { losses }: StepContext,
): TimeSeries {
  const column = timeColumnOf(table, timeColumn);
  requireTimes(column);
  losses.total(table.length * table.columns.length);
  const sorted = inOrder(table, column, timeOrder);
  const moments = timeColumnOf(sorted, column.field.name);
  const { step, repeated } = stepsOf(moments);
  if (repeated > 0) losses.noted('time-repeated', column.field.name, 'rows have the same time', repeated);
  const found = step === undefined ? undefined : milliseconds(Math.abs(step), moments);
  if (frequency !== undefined)
    requireFrequency(moments, parseDuration(frequency, 'options.frequency', refuseOption));
  return { table: sorted, time: column.field.name, frequency: found, order: timeOrder };
}

function timeColumnOf(table: ColumnTable, name: string | undefined): FixedColumn {
  const candidates = table.columns.filter(isTime);
  if (name !== undefined) {
    const column = table.column(name);
    if (isTime(column)) return column;
    throw new ConversionError(
      'ERR_PERF_CONVERT_TYPE_MISMATCH',
      `options.timeColumn names ${shown(name)}, which is ${column.field.type}; a timestamp or date is needed`,
    );
  }
  const [only, more] = candidates;
  if (only !== undefined && more === undefined) return only;
  const names = candidates.map(({ field }) => shown(field.name)).join(', ');
  throw new ConversionError(
    'ERR_PERF_CONVERT_INVALID_REQUEST',
    only === undefined
      ? 'a time series needs a column of timestamps or dates, and there is none'
      : `several columns could be the time: ${names}; name one by options.timeColumn`,
  );
}

function isTime(column: Column): column is FixedColumn {
  return column.layout === 'fixed' && (column.field.type === 'timestamp' || column.field.type === 'date');
}

function requireTimes({ field, validity, length }: FixedColumn): void {
  if (validity === undefined) return;
  for (let row = 0; row < length; row++) {
    if (readBit(validity, row)) continue;
    throw new ConversionError(
      'ERR_PERF_CONVERT_BAD_INPUT',
      `row ${String(row + 1)} has no time in column ${shown(field.name)}; drop such rows first`,
    );
  }
}

function inOrder(table: ColumnTable, { values }: FixedColumn, order: TimeSeries['order']): ColumnTable {
  const sign = order === 'ascending' ? 1 : -1;
  const compare = (a: number, b: number): number => {
    const [left = 0, right = 0] = [values[a], values[b]];
    if (left === right) return 0;
    return left < right ? -sign : sign;
  };
  let sorted = true;
  for (let row = 1; row < table.length && sorted; row++) sorted = compare(row - 1, row) <= 0;
  if (sorted) return table;
  return takeRows(table, Array.from({ length: table.length }, (_, row) => row).sort(compare));
}

/** The distance of the rows, where it is the same for all, and how many have the time of the one before. */
function stepsOf({ values, length }: FixedColumn): { step: number | undefined; repeated: number } {
  let step: number | undefined;
  let even = length > 1;
  let repeated = 0;
  for (let row = 1; row < length; row++) {
    // Neighbours are close: their difference is exact as a number where they are not half an age apart.
    const gap = difference(values[row], values[row - 1]);
    step ??= gap;
    if (gap !== step) even = false;
    if (gap === 0) repeated += 1;
  }
  return { step: even && step !== 0 ? step : undefined, repeated };
}

function difference(a: number | bigint = 0, b: number | bigint = 0): number {
  return Number(BigInt(a) - BigInt(b));
}

function milliseconds(ticks: number, { field }: FixedColumn): number {
  if (field.type === 'date') return ticks * DAY_MS;
  return ticks / TICKS_PER_MS[field.unit ?? 'millisecond'];
}

function requireFrequency(moments: FixedColumn, expectedMs: number): void {
  for (let row = 1; row < moments.length; row++) {
    const gap = milliseconds(Math.abs(difference(moments.values[row], moments.values[row - 1])), moments);
    if (gap === expectedMs) continue;
    throw new ConversionError(
      'ERR_PERF_CONVERT_BAD_INPUT',
      `row ${String(row + 1)} in the order of time comes ${formatDuration(gap)} after the one before, not ${formatDuration(expectedMs)} as options.frequency says`,
    );
  }
}
