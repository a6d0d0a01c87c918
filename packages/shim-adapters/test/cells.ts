import type { Column } from '../src/table/column.js';
import type { ColumnTable } from '../src/table/column-table.js';
import { valueReader } from '../src/table/value.js';

/**
 * The values of a column as texts that are equal exactly when the values are: -0 apart from 0, NaN equal to itself,
 * an integer the same whether number or bigint, text apart from numbers that look like it.
 */
export function cells(column: Column): string[] {
  const read = valueReader(column);
  return Array.from({ length: column.length }, (_, i) => cell(read(i)));
}

export function cell(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'bigint') return `number ${String(value)}`;
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return 'number -0';
    return `number ${Number.isInteger(value) ? String(BigInt(value)) : String(value)}`;
  }
  if (value instanceof Date) return `date ${String(value.getTime())}`;
  if (typeof value === 'object') return `json ${JSON.stringify(value)}`;
  if (typeof value === 'string') return `string ${value}`;
  return typeof value === 'boolean' ? `boolean ${String(value)}` : typeof value;
}

/** Every column of a table by name, as cells. */
export function content(table: ColumnTable): [name: string, cells: string[]][] {
  return table.columns.map((column) => [column.field.name, cells(column)]);
}
