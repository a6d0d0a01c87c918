import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import type { Losses } from '../losses.js';
import { buildColumn } from './column-builder.js';
import type { Column } from './column.js';
import { ColumnTable } from './column-table.js';

/** How a column is made of its values. */
export type ColumnBuild = (name: string, values: ArrayLike<unknown>, losses: Losses) => Column;

/** Which part of a source is wanted. */
export interface Selection {
  readonly columns?: readonly string[] | undefined;
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

/**
 * A table from records. Columns appear in the order in which their names first occur; a record that lacks one has
 * null there, which is noted by name.
 */
export function tableFromRecords(
  records: readonly unknown[],
  losses: Losses,
  { columns, offset = 0, limit = Infinity }: Selection = {},
  build: ColumnBuild = buildColumn,
): ColumnTable {
  const end = Math.min(records.length, offset + limit);
  const start = Math.min(offset, end);
  const length = end - start;
  const found = new Map<string, unknown[]>();
  const counts = new Map<string, number>();
  for (let i = start; i < end; i++) {
    const record = asRecord(records[i], i);
    for (const name of Object.keys(record)) {
      let values = found.get(name);
      if (values === undefined) {
        values = new Array<unknown>(length).fill(null);
        found.set(name, values);
      }
      values[i - start] = record[name];
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  for (const [name, count] of counts) {
    if (count < length)
      losses.noted('missing-as-null', name, 'records without this property have null', length - count);
  }
  return tableFromValues(found, length, losses, columns, build);
}

/** A table from an object of arrays. */
export function tableFromArrays(
  arrays: Readonly<Record<string, ArrayLike<unknown>>>,
  losses: Losses,
  { columns, offset = 0, limit = Infinity }: Selection = {},
  build: ColumnBuild = buildColumn,
): ColumnTable {
  const found = new Map<string, ArrayLike<unknown>>();
  let length = 0;
  for (const [name, values] of Object.entries(arrays)) {
    const part = Array.prototype.slice.call(values, offset, offset + limit);
    length = part.length;
    found.set(name, part);
  }
  return tableFromValues(found, length, losses, columns, build);
}

function tableFromValues(
  found: ReadonlyMap<string, ArrayLike<unknown>>,
  length: number,
  losses: Losses,
  columns: readonly string[] | undefined,
  build: ColumnBuild,
): ColumnTable {
  // Without a single row nothing tells which columns exist: a selection then names them.
  const missing = length === 0 ? undefined : columns?.find((name) => !found.has(name));
  if (missing !== undefined) {
    const known = [...found.keys()].slice(0, 20).join(', ');
    throw new ConversionError(
      'ERR_PERF_CONVERT_NO_COLUMN',
      `there is no column ${shown(missing)}; the columns are ${known}`,
    );
  }
  const names = columns ?? [...found.keys()];
  return new ColumnTable(
    names.map((name) => build(name, found.get(name) ?? [], losses)),
    length,
  );
}

function asRecord(value: unknown, index: number): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new ConversionError(
    'ERR_PERF_CONVERT_BAD_INPUT',
    `record ${String(index + 1)} must be an object with one property a column; it is ${shown(value)}`,
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** Whether an object holds columns: arrays of equal length. */
export function isArrays(value: Record<string, unknown>): value is Record<string, unknown[]> {
  const arrays = Object.values(value);
  const first = arrays[0];
  return (
    Array.isArray(first) && arrays.every((array) => Array.isArray(array) && array.length === first.length)
  );
}
