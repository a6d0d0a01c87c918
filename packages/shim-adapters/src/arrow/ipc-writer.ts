import { shown } from '@perf/internal/errors';
import type { EncodedPiece, StreamContext } from '../define-adapter.js';
import { ConversionError } from '../errors.js';
import { resolveLimits } from '../limits.js';
import { requireSameColumns } from '../table/alike.js';
import type { Column, DictionaryColumn, TextColumn } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import { concatColumns } from '../table/concat.js';
import { noteRowLoss } from '../table/schema-loss.js';
import type { Flechette } from './arrow-type.js';
import { messagesIn } from './ipc-reader.js';
import { tableToArrow } from './table-to-arrow.js';

/** How an IPC stream ends: a mark and a length of 0. */
const END = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** A table as IPC bytes, one record batch. */
export function writeIpc(f: Flechette, table: ColumnTable, format: 'stream' | 'file'): Uint8Array {
  const bytes = f.tableToIPC(tableToArrow(f, table), { format });
  if (bytes !== null) return bytes;
  throw new ConversionError('ERR_PERF_CONVERT_FAILED', 'the Arrow encoder returned no bytes');
}

/**
 * Tables as an IPC stream: the schema once, then one record batch a table. Dictionaries would have to be replaced with
 * every batch, which few readers expect, so text is written plainly.
 */
export async function* encodeIpc(
  f: Flechette,
  tables: AsyncIterable<ColumnTable>,
  { losses, checkpoint }: StreamContext,
): AsyncGenerator<EncodedPiece, void> {
  let first: ColumnTable | undefined;
  for await (const given of tables) {
    checkpoint();
    noteRowLoss(given, losses);
    losses.total(given.length * given.columns.length);
    const table = fitted(given, first);
    const bytes = writeIpc(f, table, 'stream');
    const whole = bytes.length - END.length;
    if (first === undefined) {
      first = table.slice(0, 0);
      yield { data: bytes.subarray(0, whole), rows: table.length };
    } else if (table.length > 0) {
      yield { data: bytes.subarray(schemaEnd(bytes), whole), rows: table.length };
    }
  }
  if (first === undefined) {
    const bytes = writeIpc(f, new ColumnTable([], 0), 'stream');
    yield { data: bytes, rows: 0 };
    return;
  }
  yield { data: END, rows: 0 };
}

function schemaEnd(bytes: Uint8Array): number {
  for (const message of messagesIn(bytes, resolveLimits())) return message.bytes.length;
  return 0;
}

/** The table as a record batch of the stream that `first` began. */
function fitted(given: ColumnTable, first: ColumnTable | undefined): ColumnTable {
  const table = new ColumnTable(given.columns.map(plain), given.length, given.metadata);
  if (first === undefined) return table;
  requireSameColumns(first, table);
  const columns = table.columns.map((column, i) => {
    const model = first.columns[i];
    if (model?.field.nullable === false && column.nullCount > 0) throw brokenPromise(column);
    // Nulls of no type take the layout that they have in the first batch, within lists and structs as well.
    return model === undefined ? column : concatColumns([model, column], column.length);
  });
  return new ColumnTable(columns, table.length, table.metadata);
}

function brokenPromise({ field }: Column): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    `${shown(field.name)} has nulls, and the first table promised none`,
  );
}

/** The column with its text in full, down to the children. */
function plain(column: Column): Column {
  switch (column.layout) {
    case 'dictionary':
      return plainText(column);
    case 'list':
      return { ...column, child: plain(column.child) };
    case 'struct':
      return { ...column, children: column.children.map(plain) };
    default:
      return column;
  }
}

/** The text of every row in full. */
function plainText({ field, length, nullCount, validity, indices, dictionary }: DictionaryColumn): Column {
  const { offsets: from, bytes: entries } = dictionary;
  const offsets = new Int32Array(length + 1);
  let size = 0;
  for (let i = 0; i < length; i++) {
    const entry = indices[i] ?? 0;
    size += (from[entry + 1] ?? 0) - (from[entry] ?? 0);
    offsets[i + 1] = size;
  }
  const bytes = new Uint8Array(size);
  for (let i = 0; i < length; i++) {
    const entry = indices[i] ?? 0;
    const end = from[entry + 1] ?? 0;
    let at = offsets[i] ?? 0;
    for (let j = from[entry] ?? 0; j < end; j++) bytes[at++] = entries[j] ?? 0;
  }
  const text: TextColumn = { layout: 'text', field, length, nullCount, validity, offsets, bytes };
  return text;
}
