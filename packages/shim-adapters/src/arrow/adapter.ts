import type { Table } from '@uwdata/flechette';
import type { ShimAdapter } from '../adapter.js';
import { defineAdapter } from '../define-adapter.js';
import { ConversionError } from '../errors.js';
import { ownModule } from '../module-url.js';
import { loadPeer } from '../peer.js';
import type { AnyRequest } from '../request.js';
import { selected, selectionOf } from '../selection.js';
import { sourceBytes, sourceValue } from '../source.js';
import type { ColumnTable } from '../table/column-table.js';
import { noteRowLoss } from '../table/schema-loss.js';
import { tableOf } from '../table/table-value.js';
import type { Losses } from '../losses.js';
import type { Flechette } from './arrow-type.js';
import { tableFromArrow } from './table-from-arrow.js';
import { tableToArrow } from './table-to-arrow.js';

/**
 * Arrow tables and Arrow IPC bytes (stream or file format in, stream format out) to and from columns, by the peer
 * `@uwdata/flechette`. 64-bit integers are `bigint` in the tables it makes.
 */
export function arrowAdapter(): ShimAdapter {
  return defineAdapter({
    id: 'arrow',
    version: '1',
    module: ownModule('arrow', 'arrowAdapter'),
    steps: [
      {
        from: 'columns',
        to: 'arrow',
        mbPerSecond: 100_000,
        growth: 1,
        convert: async (request, { losses }) => toArrow(await flechette(), request, losses),
        bytesOf: (_data, request) => tableOf(request).byteLength,
      },
      {
        from: 'arrow',
        to: 'columns',
        mbPerSecond: 20_000,
        growth: 1,
        async convert(request, { losses }) {
          const f = await flechette();
          return narrowed(f, arrowValue(f, request), request, losses);
        },
      },
      {
        from: 'arrow-ipc',
        to: 'columns',
        mbPerSecond: 5000,
        growth: 1,
        async convert(request, { losses, signal }) {
          const f = await flechette();
          return narrowed(f, decoded(f, await sourceBytes(request.source, signal)), request, losses);
        },
      },
      {
        from: 'columns',
        to: 'arrow-ipc',
        mbPerSecond: 1500,
        growth: 1,
        async convert(request, { losses }) {
          const f = await flechette();
          return encoded(f, toArrow(f, request, losses));
        },
      },
    ],
  });
}

function flechette(): Promise<Flechette> {
  return loadPeer('@uwdata/flechette', () => import('@uwdata/flechette'), 'reading and writing Arrow');
}

function toArrow(f: Flechette, request: AnyRequest, losses: Losses): Table {
  const table = tableOf(request);
  noteRowLoss(table, losses);
  return tableToArrow(f, table);
}

function narrowed(f: Flechette, table: Table, request: AnyRequest, losses: Losses): ColumnTable {
  const { columns } = request;
  const names = table.schema.fields.map(({ name }) => name);
  const missing = columns?.find((name) => !names.includes(name));
  // Only the wanted columns are joined; a name that is missing is reported by the table itself.
  const whole = tableFromArrow(f, table, losses, missing === undefined ? columns : undefined);
  return selected(whole, selectionOf(request));
}

function arrowValue(f: Flechette, { source }: AnyRequest): Table {
  const value = sourceValue(source, 'arrow');
  if (isTable(f, value)) return value;
  throw new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    "format 'arrow' takes a table of @uwdata/flechette as source value",
  );
}

function isTable(f: Flechette, value: unknown): value is Table {
  return value instanceof f.Table;
}

function decoded(f: Flechette, bytes: Uint8Array): Table {
  if (bytes.length === 0) {
    throw new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', 'the bytes are not Arrow IPC: there are none');
  }
  try {
    // Arrow buffers are read in place and need 8-byte alignment.
    return f.tableFromIPC(bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes), { useBigInt: true });
  } catch (cause) {
    throw new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', `the bytes are not Arrow IPC: ${reason(cause)}`, {
      cause,
    });
  }
}

function encoded(f: Flechette, table: Table): Uint8Array {
  const bytes = f.tableToIPC(table, { format: 'stream' });
  if (bytes !== null) return bytes;
  throw new ConversionError('ERR_PERF_CONVERT_FAILED', 'the Arrow encoder returned no bytes');
}

function reason(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
}
