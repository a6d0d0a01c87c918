import type { ShimAdapter } from '../adapter.js';
import { defineAdapter } from '../define-adapter.js';
import { resolveLimits } from '../limits.js';
import { ownModule } from '../module-url.js';
import { selected, selectionOf } from '../selection.js';
import { sourceValue } from '../source.js';
import { noteMetadataLoss } from '../table/schema-loss.js';
import { tableOf } from '../table/table-value.js';
import { requireArray, tableOfArray } from './array-to-columns.js';
import { arrayOf } from './columns-to-array.js';

/** Dense arrays of numbers to and from columns. */
export function ndarrayAdapter(): ShimAdapter {
  return defineAdapter({
    id: 'ndarray',
    version: '1',
    module: ownModule('ndarray', 'ndarrayAdapter'),
    steps: [
      {
        from: 'columns',
        to: 'ndarray',
        mbPerSecond: 500,
        growth: 1.2,
        convert(request, context) {
          const table = tableOf(request);
          noteMetadataLoss(table, context.losses);
          return arrayOf(table, request.options ?? {}, context);
        },
        bytesOf: (data) => requireArray(data).data.byteLength,
      },
      {
        from: 'ndarray',
        to: 'columns',
        mbPerSecond: 3000,
        growth: 0.3,
        convert(request, context) {
          const array = requireArray(sourceValue(request.source, 'ndarray'));
          const table = tableOfArray(array, resolveLimits(request.options?.limits), context);
          return selected(table, selectionOf(request));
        },
      },
    ],
  });
}
