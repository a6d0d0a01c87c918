import type { ShimAdapter } from '../adapter.js';
import { defineAdapter } from '../define-adapter.js';
import { ConversionError } from '../errors.js';
import { ownModule } from '../module-url.js';
import { selected, selectionOf } from '../selection.js';
import { sourceValue } from '../source.js';
import { ColumnTable } from '../table/column-table.js';
import { tableOf } from '../table/table-value.js';
import { seriesOf } from './series.js';
import type { TimeSeries } from './time-series.js';

/** Tables in the order of time, and back. */
export function timeSeriesAdapter(): ShimAdapter {
  return defineAdapter({
    id: 'time-series',
    version: '1',
    module: ownModule('time-series', 'timeSeriesAdapter'),
    steps: [
      {
        from: 'columns',
        to: 'time-series',
        mbPerSecond: 2000,
        growth: 1,
        convert: (request, context) => seriesOf(tableOf(request), request.options ?? {}, context),
        bytesOf: (data) => requireSeries(data).table.byteLength,
      },
      {
        from: 'time-series',
        to: 'columns',
        mbPerSecond: 100_000,
        growth: 1,
        convert(request) {
          const { table } = requireSeries(sourceValue(request.source, 'time-series'));
          return selected(table, selectionOf(request));
        },
      },
    ],
  });
}

function requireSeries(value: unknown): TimeSeries {
  if (isSeries(value)) return value;
  throw new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    "format 'time-series' takes a TimeSeries as source value: { table, time, frequency, order }",
  );
}

function isSeries(value: unknown): value is TimeSeries {
  return (
    typeof value === 'object' &&
    value !== null &&
    'table' in value &&
    value.table instanceof ColumnTable &&
    'time' in value &&
    typeof value.time === 'string'
  );
}
