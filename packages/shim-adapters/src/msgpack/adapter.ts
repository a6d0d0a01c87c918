import type * as msgpack from '@msgpack/msgpack';
import { shown } from '@perf/internal/errors';
import type { ShimAdapter } from '../adapter.js';
import { defineAdapter, type StepContext } from '../define-adapter.js';
import { ConversionError } from '../errors.js';
import { shareOfColumns } from '../expected-loss.js';
import { beyondLimit, requireColumns, resolveLimits } from '../limits.js';
import { ownModule } from '../module-url.js';
import { loadPeer } from '../peer.js';
import type { AnyRequest } from '../request.js';
import { selectionOf } from '../selection.js';
import { sourceBytes } from '../source.js';
import type { ColumnTable } from '../table/column-table.js';
import { isArrays, isRecord, tableFromArrays, tableFromRecords } from '../table/records.js';
import { tableOf } from '../table/table-value.js';
import { buildWithMoments } from './moment.js';
import { readMsgpack } from './reader.js';
import { writeMsgpack } from './writer.js';

/**
 * MessagePack to and from columns: an array of maps, or a map of arrays; an array of maps is written. Reading needs the
 * peer `@msgpack/msgpack`.
 */
export function msgpackAdapter(): ShimAdapter {
  return defineAdapter({
    id: 'msgpack',
    version: '1',
    module: ownModule('msgpack', 'msgpackAdapter'),
    steps: [
      { from: 'msgpack', to: 'columns', mbPerSecond: 16, growth: 0.6, convert: read },
      {
        from: 'columns',
        to: 'msgpack',
        mbPerSecond: 80,
        growth: 1.5,
        qualityLoss: (request) => shareOfColumns(request, ({ type }) => type === 'decimal'),
        convert: (request, { losses, allocate }) => writeMsgpack(tableOf(request), losses, allocate),
      },
    ],
  });
}

async function read(request: AnyRequest, { losses, signal, allocate }: StepContext): Promise<ColumnTable> {
  const limits = resolveLimits(request.options?.limits);
  const bytes = await sourceBytes(request.source, signal, allocate);
  const value = readMsgpack(await library(), bytes, limits);
  const selection = selectionOf(request);
  let table: ColumnTable;
  if (Array.isArray(value)) table = tableFromRecords(value, losses, selection, buildWithMoments);
  else if (isRecord(value) && isArrays(value))
    table = tableFromArrays(value, losses, selection, buildWithMoments);
  else {
    throw new ConversionError(
      'ERR_PERF_CONVERT_BAD_INPUT',
      `the MessagePack is not a table: expected an array of maps or a map of arrays of equal length; found ${shown(value)}`,
    );
  }
  requireColumns(table, limits);
  if (table.length <= limits.rows) return table;
  throw beyondLimit(`the MessagePack has ${String(table.length)} records`, 'rows', limits.rows);
}

function library(): Promise<typeof msgpack> {
  return loadPeer('@msgpack/msgpack', () => import('@msgpack/msgpack'), 'reading MessagePack');
}
