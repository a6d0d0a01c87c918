import type { Column, Field } from '../../table/column.js';
import { fixedArray, isFixedType } from '../../table/column.js';
import type { ColumnPage } from '../pages/column-page.js';
import { BitSink } from './bit-sink.js';
import { DecimalSink } from './decimal-sink.js';
import { FixedSink } from './fixed-sink.js';
import { TextSink } from './text-sink.js';

/** Takes the pages of a flat column in row order; each value goes straight to where the column keeps it. */
export interface ColumnSink {
  add(page: ColumnPage): void;
  finish(): Column;
}

/** @param length rows that the pages will bring */
export function columnSinkOf(field: Field, length: number, maxFieldBytes: number): ColumnSink {
  const { type } = field;
  if (isFixedType(type)) return new FixedSink(field, type, length);
  if (type === 'bool') return new BitSink(field, length);
  return type === 'decimal' ? new DecimalSink(field, length) : new TextSink(field, length, maxFieldBytes);
}

/** Bytes that a flat column of so many rows takes at least. */
export function leastBytes({ type, precision = 38 }: Field, rows: number): number {
  if (isFixedType(type)) return rows * fixedArray(type, 0).BYTES_PER_ELEMENT;
  if (type === 'bool') return rows / 8;
  if (type === 'decimal') return rows * (precision > 38 ? 32 : 16);
  return rows * Int32Array.BYTES_PER_ELEMENT;
}
