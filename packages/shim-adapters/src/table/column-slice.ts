import { countUnset, sliceBitmap } from './bitmap.js';
import type { Column } from './column.js';

/** Rows `start..end` of a column. Values are views on the same memory; only bitmaps are copied. */
export function sliceColumn(column: Column, start: number, end: number): Column {
  const length = end - start;
  const validity = column.validity && sliceBitmap(column.validity, start, end);
  const nullCount = validity === undefined ? 0 : countUnset(validity, length);
  const base = { field: column.field, length, nullCount, validity: nullCount === 0 ? undefined : validity };
  switch (column.layout) {
    case 'null':
      return { ...base, layout: 'null', nullCount: length, validity: undefined };
    case 'fixed':
      return { ...base, layout: 'fixed', values: column.values.subarray(start, end) };
    case 'bits':
      return { ...base, layout: 'bits', values: sliceBitmap(column.values, start, end) };
    case 'text':
      return {
        ...base,
        layout: 'text',
        offsets: column.offsets.subarray(start, end + 1),
        bytes: column.bytes,
      };
    case 'dictionary':
      return {
        ...base,
        layout: 'dictionary',
        indices: column.indices.subarray(start, end),
        dictionary: column.dictionary,
      };
    case 'decimal': {
      const { words } = column;
      return {
        ...base,
        layout: 'decimal',
        words,
        values: column.values.subarray(start * words, end * words),
      };
    }
    case 'list':
      return {
        ...base,
        layout: 'list',
        offsets: column.offsets.subarray(start, end + 1),
        child: column.child,
      };
    case 'struct':
      return {
        ...base,
        layout: 'struct',
        children: column.children.map((child) => sliceColumn(child, start, end)),
      };
  }
}
