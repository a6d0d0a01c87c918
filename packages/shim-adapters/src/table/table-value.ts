import { ConversionError } from '../errors.js';
import type { AnyRequest } from '../request.js';
import { selected, selectionOf } from '../selection.js';
import { sourceValue } from '../source.js';
import { ColumnTable } from './column-table.js';

/** The table that a request brings as its value, cut to what the request selects. */
export function tableOf(request: AnyRequest): ColumnTable {
  const value = sourceValue(request.source, 'columns');
  if (value instanceof ColumnTable) return selected(value, selectionOf(request));
  throw new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    "format 'columns' takes a ColumnTable as source value",
  );
}
