import { defineAdapter } from '../define-adapter.js';
import { ownModule } from '../module-url.js';
import type { ShimAdapter } from '../adapter.js';
import { sourceBytes } from '../source.js';
import { tableOf } from '../table/table-value.js';
import { readCsv } from './reader.js';
import { writeCsv } from './writer.js';

/** CSV to and from columns. */
export function csvAdapter(): ShimAdapter {
  return defineAdapter({
    id: 'csv',
    module: ownModule('.', 'csvAdapter'),
    version: '1',
    steps: [
      {
        from: 'csv',
        to: 'columns',
        mbPerSecond: 90,
        growth: 1.1,
        async convert({ source, options, columns }, { losses, signal }) {
          const bytes = await sourceBytes(source, signal);
          return readCsv(bytes, losses, {
            ...options,
            ...(columns === undefined ? {} : { columns }),
            signal,
          });
        },
      },
      {
        from: 'columns',
        to: 'csv',
        mbPerSecond: 90,
        growth: 1.2,
        convert(request, { losses }) {
          return writeCsv(tableOf(request), losses, request.options);
        },
      },
    ],
  });
}
