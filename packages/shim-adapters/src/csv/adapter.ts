import { defineAdapter } from '../define-adapter.js';
import { ownModule } from '../module-url.js';
import type { ShimAdapter } from '../adapter.js';
import { sourceBytes } from '../source.js';
import { shareOfColumns } from '../expected-loss.js';
import type { ColumnType } from '../table/column.js';
import { tableOf } from '../table/table-value.js';
import { readCsv } from './reader.js';
import { streamCsv } from './stream.js';
import { encodeCsv, writeCsv } from './writer.js';

/** These come back as text or plain numbers. */
const UNTYPED: ReadonlySet<ColumnType> = new Set<ColumnType>(['json', 'list', 'struct', 'binary', 'decimal']);

/** CSV to and from columns. */
export function csvAdapter(): ShimAdapter {
  return defineAdapter({
    id: 'csv',
    module: ownModule('.', 'csvAdapter'),
    version: '2',
    steps: [
      {
        from: 'csv',
        to: 'columns',
        mbPerSecond: 100,
        growth: 0.7,
        async convert({ source, options, columns }, context) {
          const { losses, signal, onProgress, allocate } = context;
          const bytes = await sourceBytes(source, signal, allocate);
          const total = bytes.length;
          return readCsv(bytes, losses, {
            ...options,
            columns,
            checkpoint: (held) => {
              context.checkpoint(held);
            },
            onBytes: (done) => onProgress?.({ done, total, unit: 'bytes' }),
          });
        },
        infersTypes: true,
        stream: streamCsv,
      },
      {
        from: 'columns',
        to: 'csv',
        mbPerSecond: 45,
        growth: 1.5,
        qualityLoss: (request) => shareOfColumns(request, ({ type }) => UNTYPED.has(type)),
        convert(request, { losses, allocate }) {
          return writeCsv(tableOf(request), losses, request.options, allocate);
        },
        encode: encodeCsv,
      },
    ],
  });
}
