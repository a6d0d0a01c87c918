import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import type { Column, Field } from './column.js';
import type { ColumnTable } from './column-table.js';

/** A type in words, with all that tells it from another. */
export function typeText({ type, unit, timezone, precision, scale }: Field): string {
  return [type, unit, timezone, precision, scale].filter((word) => word !== undefined).join(' ');
}

/**
 * Checks that a table can follow another in one stream or file: the same columns, whose values mean the same, down to
 * the children of lists and structs. Nothing but nulls fits any column.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_TYPE_MISMATCH`
 */
export function requireSameColumns(model: ColumnTable, table: ColumnTable): void {
  if (model.columns.length !== table.columns.length) {
    throw mismatch(`${String(table.columns.length)} columns follow ${String(model.columns.length)}`);
  }
  model.columns.forEach((expected, i) => {
    const column = table.columns[i];
    if (column === undefined || column.field.name !== expected.field.name) {
      throw mismatch(`column ${shown(column?.field.name)} follows ${shown(expected.field.name)}`);
    }
    requireSameType(expected, column);
  });
}

function requireSameType(model: Column, column: Column): void {
  if (column.layout === 'null') return;
  const [expected, found] = [shapeText(model), shapeText(column)];
  if (expected !== found) throw mismatch(`${shown(column.field.name)} is ${found} and was ${expected}`);
  if (model.layout === 'list' && column.layout === 'list') requireSameType(model.child, column.child);
  if (model.layout !== 'struct' || column.layout !== 'struct') return;
  model.children.forEach((child, i) => {
    const other = column.children[i];
    if (other !== undefined) requireSameType(child, other);
  });
}

function shapeText(column: Column): string {
  const type = typeText(column.field);
  if (column.layout === 'decimal') return `${type} of ${String(column.words * 64)} bits`;
  if (column.layout !== 'struct') return type;
  return `${type} of ${column.children.map(({ field }) => shown(field.name)).join(', ')}`;
}

function mismatch(what: string): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    `${what}: all tables of one stream or file need the same columns, of the same types`,
  );
}
