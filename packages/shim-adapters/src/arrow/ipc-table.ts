import type { Table } from '@uwdata/flechette';
import type { StepContext, StreamContext } from '../define-adapter.js';
import { resolveLimits } from '../limits.js';
import type { AnyRequest } from '../request.js';
import { selected, selectedStream, selectionOf } from '../selection.js';
import { sourceBytes, sourceChunks } from '../source.js';
import { type ColumnTable } from '../table/column-table.js';
import { batchTable } from './arrow-batch.js';
import type { Flechette } from './arrow-type.js';
import { brokenMessage } from './flat-buffer.js';
import { ipcMessages, tableOfBytes, tableOfMessages } from './ipc-reader.js';
import { tableFromArrow } from './table-from-arrow.js';

/** Arrow IPC bytes as one table. */
export async function readIpc(f: Flechette, request: AnyRequest, context: StepContext): Promise<ColumnTable> {
  const { signal, allocate } = context;
  const limits = resolveLimits(request.options?.limits);
  const bytes = await sourceBytes(request.source, signal, allocate);
  const table = converted(tableOfBytes(f, bytes, limits), request, context);
  return selected(table, selectionOf(request));
}

/** Arrow IPC bytes table by table: one a record batch, cut where it is large. Columns not wanted are not converted. */
export async function* streamIpc(
  f: Flechette,
  request: AnyRequest,
  context: StreamContext,
): AsyncGenerator<ColumnTable, void> {
  const { signal, onProgress, batchRows } = context;
  const chunks = sourceChunks(request.source, signal === undefined ? {} : { signal });
  const tables = async function* (): AsyncGenerator<ColumnTable, void> {
    let schema: Uint8Array | undefined;
    let dictionaries: { readonly id: number; readonly bytes: Uint8Array }[] = [];
    let seen = false;
    const limits = resolveLimits(request.options?.limits);
    const onBytes = (done: number, total: number): void => onProgress?.({ done, total, unit: 'bytes' });
    for await (const { head, bytes } of ipcMessages(chunks, limits, onBytes)) {
      context.checkpoint();
      if (head.kind === 'schema') schema ??= bytes;
      if (head.kind === 'dictionary') {
        // What is no delta replaces all that came before under its id.
        const id = head.dictionaryId;
        dictionaries = [...dictionaries.filter((known) => head.isDelta || known.id !== id), { id, bytes }];
      }
      if (head.kind !== 'records') continue;
      if (schema === undefined) {
        yield* cutUp(await fromFooter(f, request, context), batchRows);
        return;
      }
      seen = true;
      const messages = [schema, ...dictionaries.map((known) => known.bytes), bytes];
      yield* cutUp(converted(tableOfMessages(f, messages), request, context), batchRows);
    }
    if (schema === undefined) throw brokenMessage('there is no schema');
    if (!seen) yield converted(tableOfMessages(f, [schema]), request, context);
  };
  try {
    yield* selectedStream(tables(), { ...selectionOf(request), columns: undefined });
  } finally {
    await chunks.return();
  }
}

function* cutUp(table: ColumnTable, rows: number): Generator<ColumnTable, void> {
  for (let at = 0; at === 0 || at < table.length; at += rows) yield table.slice(at, at + rows);
}

/** Some writers leave the schema to the footer of a file, which comes last: such a file is read as a whole. */
function fromFooter(f: Flechette, request: AnyRequest, context: StepContext): Promise<ColumnTable> {
  if ('stream' in request.source || 'url' in request.source) {
    throw brokenMessage(
      'its schema stands at its end only; give it as a path or value, or write an IPC stream',
    );
  }
  // Rows are selected on the stream.
  const { options: { limits } = {}, ...rest } = request;
  return readIpc(f, { ...rest, options: limits === undefined ? {} : { limits } }, context);
}

function converted(table: Table, { columns }: AnyRequest, { losses }: StepContext): ColumnTable {
  const parts = batchTable(table);
  if (parts === undefined) throw brokenMessage('the Arrow library gave no table');
  return tableFromArrow(parts, losses, columns);
}
