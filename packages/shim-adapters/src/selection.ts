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

/** The selected part of a stream of tables. Asks for no more once it has its rows. */
export async function* selectedStream(
  tables: AsyncIterable<ColumnTable>,
  { columns, offset = 0, limit = Infinity }: Selection,
): AsyncGenerator<ColumnTable, void> {
  let skip = offset;
  let left = limit;
  let empty: ColumnTable | undefined;
  for await (const table of tables) {
    const narrow = columns === undefined ? table : table.select(columns);
    const part = narrow.slice(skip, skip + left);
    skip -= Math.min(skip, narrow.length);
    left -= part.length;
    empty ??= narrow.slice(0, 0);
    if (part.length > 0) {
      empty = part;
      yield part;
    }
    if (left <= 0) break;
  }
  // A stream of no rows still tells its columns.
  if (empty?.length === 0) yield empty;
}

/** The request without its selection, for the steps after the one that honoured it. */
export function withoutSelection(request: AnyRequest): AnyRequest {
  const { columns, options = {}, ...rest } = request;
  const { offset, limit, ...others } = options;
  return { ...rest, options: others };
}
