import type { AnyRequest } from './request.js';
import type { ColumnTable } from './table/column-table.js';
import type { Selection } from './table/records.js';

/** The part of the source that a request wants. */
export function selectionOf(request: AnyRequest): Selection {
  return { columns: request.columns, offset: request.options?.offset, limit: request.options?.limit };
}

export function isWhole({ columns, offset = 0, limit = Infinity }: Selection): boolean {
  return columns === undefined && offset === 0 && limit === Infinity;
}

/** The selected part of a table, sharing its memory. */
export function selected(
  table: ColumnTable,
  { columns, offset = 0, limit = Infinity }: Selection,
): ColumnTable {
  const narrow = columns === undefined ? table : table.select(columns);
  return narrow.slice(offset, offset + limit);
}

/** The request without its selection, for the steps after the one that honoured it. */
export function withoutSelection(request: AnyRequest): AnyRequest {
  const { columns, options = {}, ...rest } = request;
  const { offset, limit, ...others } = options;
  return { ...rest, options: others };
}
