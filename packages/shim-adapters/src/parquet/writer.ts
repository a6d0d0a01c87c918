import type * as writer from 'hyparquet-writer';
import type { Losses } from '../losses.js';
import { readBit } from '../table/bitmap.js';
import type { Column, FixedColumn } from '../table/column.js';
import type { ColumnTable } from '../table/column-table.js';
import { noteRowLoss } from '../table/schema-loss.js';
import { valueReader } from '../table/value.js';
import { elementOf } from './parquet-type.js';

const ROW_GROUP = 300_000;

/** Writes a table as a Parquet file (Snappy, row groups of 300,000 rows, every column optional). */
export function writeParquet(library: typeof writer, table: ColumnTable, losses: Losses): Uint8Array {
  losses.total(table.length * table.columns.length);
  noteRowLoss(table, losses);
  const bytes = library.parquetWriteBuffer({
    schema: [{ name: 'root', num_children: table.columns.length }, ...table.fields.map(elementOf)],
    columnData: table.columns.map((column) => ({
      name: column.field.name,
      data: parquetValues(column, losses),
      ...(hasNegativeZero(column) ? { encoding: 'PLAIN' as const } : {}),
    })),
    rowGroupSize: ROW_GROUP,
    kvMetadata: [...table.metadata].map(([key, value]) => ({ key, value })),
  });
  return new Uint8Array(bytes);
}

/** The writer's dictionary takes 0 and -0 for one value. */
function hasNegativeZero(column: Column): boolean {
  if (column.layout !== 'fixed') return false;
  const { values } = column;
  const floats = values instanceof Float64Array || values instanceof Float32Array;
  return floats && values.some((value) => Object.is(value, -0));
}

function parquetValues(column: Column, losses: Losses): unknown[] {
  const { field, length } = column;
  if (field.timezone !== undefined && field.timezone !== 'UTC') {
    losses.noted('timezone-as-utc', field.name, 'Parquet tells only UTC from local time', length);
  }
  if (column.layout === 'fixed') {
    if (field.type !== 'timestamp' || field.unit !== 'second') return rawValues(column, (value) => value);
    losses.noted(
      'unit-widened',
      field.name,
      'Parquet has no seconds; they are written as milliseconds',
      length,
    );
    return rawValues(column, (value) => milliseconds(BigInt(value), field.name, losses));
  }
  if (column.layout === 'null') {
    losses.noted('null-as-text', field.name, 'a column of nulls is written as optional text', length);
  }
  const read = field.type === 'json' ? jsonReader(column) : valueReader(column);
  return Array.from({ length }, (_, index) => read(index));
}

/** JSON goes into the file byte by byte, as it is. */
function jsonReader(column: Column): (index: number) => unknown {
  const read = valueReader({ ...column, field: { name: column.field.name, type: 'utf8' } });
  return (index) => {
    const text = read(index);
    return typeof text === 'string' ? Buffer.from(text, 'utf8') : null;
  };
}

function milliseconds(seconds: bigint, column: string, losses: Losses): bigint | null {
  const value = seconds * 1000n;
  if (BigInt.asIntN(64, value) === value) return value;
  losses.lost('time-out-of-range', column, 'a time that 64 bits of milliseconds do not reach became null');
  return null;
}

function rawValues(
  { values, validity, length }: FixedColumn,
  convert: (value: number | bigint) => number | bigint | null,
): unknown[] {
  return Array.from({ length }, (_, index) => {
    if (validity !== undefined && !readBit(validity, index)) return null;
    return convert(values[index] ?? 0);
  });
}
