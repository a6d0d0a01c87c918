import { Losses } from '../losses.js';
import type { Column } from '../table/column.js';
import { buildColumn } from '../table/column-builder.js';
import { valueReader } from '../table/value.js';
import { textType } from './text-type.js';

const MAX_INT64 = 2n ** 63n - 1n;

/**
 * Counts the values of a column whose type a CSV text cannot tell: text that reads as numbers, dates or booleans,
 * and unsigned integers beyond the signed ones. `options.types` brings them back.
 */
export function noteTypeLoss(column: Column, losses: Losses): void {
  const { field, length, nullCount } = column;
  const present = length - nullCount;
  if ((field.type === 'utf8' || field.type === 'json') && present > 0) {
    const type = readsAs(field.type === 'json' ? jsonStrings(column) : column);
    if (type !== 'utf8') {
      losses.lost('text-as-type', field.name, `all of this text reads back as ${type}`, present);
    }
  }
  if (field.timezone !== undefined && field.timezone !== 'UTC') {
    losses.noted('timezone-as-utc', field.name, 'timestamps are written in UTC, their zone is not', present);
  }
  if (column.layout !== 'fixed' || !(column.values instanceof BigUint64Array)) return;
  const { values } = column;
  if (values.some((value) => value > MAX_INT64)) {
    losses.lost('integer-as-text', field.name, 'integers beyond 2^63 read back as text', present);
  }
}

/** JSON strings as the text that is written for them; a column with any other JSON is counted cell by cell. */
function jsonStrings(column: Column): Column {
  const read = valueReader(column);
  const values: unknown[] = [];
  for (let i = 0; i < column.length; i++) {
    const value = read(i);
    if (value !== null && typeof value !== 'string') return column;
    values.push(value);
  }
  return buildColumn(column.field.name, values, new Losses());
}

/** The type that the reader would find in this text; most columns are settled by their first value. */
function readsAs(column: Column): string {
  const text = column.layout === 'dictionary' ? column.dictionary : column;
  if (column.field.type !== 'utf8' || text.layout !== 'text') return 'utf8';
  return textType(text);
}
