import type { ShimAdapter } from '../adapter.js';
import { defineAdapter, type StepContext } from '../define-adapter.js';
import { ConversionError } from '../errors.js';
import { ownModule } from '../module-url.js';
import { loadPeer } from '../peer.js';
import type { AnyRequest } from '../request.js';
import { selected, selectionOf } from '../selection.js';
import { sourceValue } from '../source.js';
import type { ColumnTable } from '../table/column-table.js';
import { noteRowLoss } from '../table/schema-loss.js';
import { tableOf } from '../table/table-value.js';
import { batchTable } from './arrow-batch.js';
import type { Flechette } from './arrow-type.js';
import { readIpc, streamIpc } from './ipc-table.js';
import { encodeIpc, writeIpc } from './ipc-writer.js';
import { tableFromArrow } from './table-from-arrow.js';
import { tableToArrow } from './table-to-arrow.js';

/**
 * Arrow tables and Arrow IPC bytes (stream and file format) to and from columns. Tables of `@uwdata/flechette` and of
 * `apache-arrow` are read; those that are made, and bytes, need the peer `@uwdata/flechette`. 64-bit integers are
 * `bigint` in the tables it makes. `toApacheArrow` makes a table of `apache-arrow`.
 */
export function arrowAdapter(): ShimAdapter {
  return defineAdapter({
    id: 'arrow',
    version: '2',
    module: ownModule('arrow', 'arrowAdapter'),
    steps: [
      {
        from: 'columns',
        to: 'arrow',
        mbPerSecond: 25_000,
        growth: 1,
        async convert(request, context) {
          const f = await flechette();
          return tableToArrow(f, wholeOf(request, context));
        },
        bytesOf: (_data, request) => tableOf(request).byteLength,
      },
      {
        from: 'arrow',
        to: 'columns',
        mbPerSecond: 5000,
        growth: 1,
        convert: fromArrowTable,
      },
      {
        from: 'arrow-ipc',
        to: 'columns',
        mbPerSecond: 5000,
        growth: 1,
        convert: async (request, context) => readIpc(await flechette(), request, context),
        async *stream(request, context) {
          yield* streamIpc(await flechette(), request, context);
        },
      },
      {
        from: 'columns',
        to: 'arrow-ipc',
        mbPerSecond: 3000,
        growth: 1,
        async convert(request, context) {
          const f = await flechette();
          return writeIpc(f, wholeOf(request, context), request.options?.ipc ?? 'stream');
        },
        async *encode(tables, _request, context) {
          yield* encodeIpc(await flechette(), tables, context);
        },
        // The footer of a file lists all batches; it is written when they are known.
        streams: (request) => request.options?.ipc !== 'file',
      },
    ],
  });
}

function flechette(): Promise<Flechette> {
  return loadPeer('@uwdata/flechette', () => import('@uwdata/flechette'), 'reading and writing Arrow');
}

function wholeOf(request: AnyRequest, { losses }: StepContext): ColumnTable {
  const table = tableOf(request);
  noteRowLoss(table, losses);
  losses.total(table.length * table.columns.length);
  return table;
}

function fromArrowTable(request: AnyRequest, { losses }: StepContext): ColumnTable {
  const table = batchTable(sourceValue(request.source, 'arrow'));
  if (table === undefined) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_TYPE_MISMATCH',
      "format 'arrow' takes a table of @uwdata/flechette or apache-arrow as source value",
    );
  }
  return selected(tableFromArrow(table, losses, request.columns), selectionOf(request));
}
