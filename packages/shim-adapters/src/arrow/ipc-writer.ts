import type { EncodedPiece, StreamContext } from '../define-adapter.js';
import { ConversionError } from '../errors.js';
import { resolveLimits } from '../limits.js';
import type { Column, DictionaryColumn, Field, TextColumn } from '../table/column.js';
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
    const table = plain(given, first);
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

/** The table with plain text, and with the types of the first one where it has nothing but nulls. */
function plain(table: ColumnTable, first: ColumnTable | undefined): ColumnTable {
  const columns = table.columns.map((column, i) => {
    const model = first?.columns[i];
    const flat = column.layout === 'dictionary' ? plainText(column) : column;
    if (model === undefined) return flat;
    requireAlike(model.field, flat.field);
    return flat.layout === 'null' && model.layout !== 'null'
      ? concatColumns([model, flat], flat.length)
      : flat;
  });
  return new ColumnTable(columns, table.length, table.metadata);
}

function requireAlike(model: Field, field: Field): void {
  if (model.name === field.name && (model.type === field.type || field.type === 'null')) return;
  throw new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    `column '${field.name}' (${field.type}) follows '${model.name}' (${model.type}): all tables of a stream have the same columns`,
  );
}

/** The text of every row in full. */
export function plainText({
  field,
  length,
  nullCount,
  validity,
  indices,
  dictionary,
}: DictionaryColumn): Column {
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
