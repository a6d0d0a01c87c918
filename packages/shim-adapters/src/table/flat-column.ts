import type { Losses } from '../losses.js';
import { jsonTexts } from './column-builder.js';
import type { Column, Field, TextColumn } from './column.js';
import { TextBuilder } from './text-builder.js';
import { valueReader } from './value.js';

/** A column that text formats can write cell by cell. */
export type FlatColumn = Exclude<Column, { layout: 'decimal' | 'list' | 'struct' }>;

/**
 * A column as formats without nesting hold it: lists and structs as JSON text, decimals as their digits, bytes in
 * Base64. What such a format does not bring back is counted as lost.
 *
 * @param as the type of the text that stands in: `json` where it is written as it is, `utf8` where it is quoted
 */
export function flatColumn(column: Column, as: 'json' | 'utf8', losses: Losses): FlatColumn {
  const { field, length, nullCount } = column;
  const present = length - nullCount;
  switch (column.layout) {
    case 'list':
    case 'struct': {
      losses.lost('nested-as-text', field.name, 'lists and structs are written as JSON', present);
      return textColumn(column, as, jsonTexts(field.name, values(column), losses));
    }
    case 'decimal':
      losses.lost('decimal-as-number', field.name, 'decimals are written as plain numbers', present);
      return textColumn(column, as, values(column));
    case 'text':
    case 'dictionary': {
      if (field.type !== 'binary') return column;
      losses.lost('binary-as-text', field.name, 'bytes are written as Base64 text', present);
      return textColumn(column, 'utf8', values(column).map(base64));
    }
    default:
      return column;
  }
}

function values(column: Column): unknown[] {
  const read = valueReader(column);
  return Array.from({ length: column.length }, (_, index) => read(index));
}

function base64(value: unknown): string | null {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : null;
}

function textColumn(column: Column, type: 'json' | 'utf8', texts: readonly unknown[]): TextColumn {
  const builder = new TextBuilder(texts.length);
  for (const text of texts) {
    if (typeof text === 'string') builder.addText(text);
    else builder.addEmpty();
  }
  const field: Field = { name: column.field.name, type };
  return builder.finish(field, column.nullCount, column.validity);
}
