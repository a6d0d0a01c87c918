import { shown } from '@perf/internal/errors';
import type { ShimAdapter } from '../adapter.js';
import { defineAdapter } from '../define-adapter.js';
import { ownModule } from '../module-url.js';
import { ConversionError } from '../errors.js';
import type { Losses } from '../losses.js';
import type { Source } from '../request.js';
import { sourceBytes } from '../source.js';
import { selectionOf } from '../selection.js';
import type { ColumnTable } from '../table/column-table.js';
import { isRecord, tableFromArrays, tableFromRecords, type Selection } from '../table/records.js';
import { tableOf } from '../table/table-value.js';
import { parseJson, parseNdjson } from './text-reader.js';
import { writeJson, writeNdjson } from './text-writer.js';

/** JSON and NDJSON to and from columns. */
export function jsonAdapter(): ShimAdapter {
  return defineAdapter({
    id: 'json',
    module: ownModule('.', 'jsonAdapter'),
    version: '1',
    steps: [
      {
        from: 'json',
        to: 'columns',
        mbPerSecond: 60,
        growth: 0.5,
        async convert(request, { losses, signal }) {
          return tableFromJson(await jsonValue(request.source, losses, signal), losses, selectionOf(request));
        },
      },
      {
        from: 'columns',
        to: 'json',
        mbPerSecond: 70,
        growth: 2,
        convert: (request, { losses }) => writeJson(tableOf(request), losses),
      },
      {
        from: 'ndjson',
        to: 'columns',
        mbPerSecond: 45,
        growth: 0.5,
        async convert(request, { losses, signal }) {
          const records = parseNdjson(await sourceBytes(request.source, signal), losses, signal);
          return tableFromRecords(records, losses, selectionOf(request));
        },
      },
      {
        from: 'columns',
        to: 'ndjson',
        mbPerSecond: 70,
        growth: 2,
        convert: (request, { losses }) => writeNdjson(tableOf(request), losses),
      },
    ],
  });
}

/** A parsed value is taken as it is; text, whatever its source, is parsed. */
async function jsonValue(source: Source, losses: Losses, signal: AbortSignal | undefined): Promise<unknown> {
  if ('value' in source && typeof source.value !== 'string' && !(source.value instanceof Uint8Array)) {
    return source.value;
  }
  return parseJson(await sourceBytes(source, signal), losses);
}

function tableFromJson(value: unknown, losses: Losses, selection: Selection): ColumnTable {
  if (Array.isArray(value)) return tableFromRecords(value, losses, selection);
  if (isRecord(value) && isArrays(value)) return tableFromArrays(value, losses, selection);
  throw new ConversionError(
    'ERR_PERF_CONVERT_BAD_INPUT',
    `the JSON is not a table: expected an array of records or an object of arrays of equal length; found ${shown(value)}`,
  );
}

function isArrays(value: Record<string, unknown>): value is Record<string, unknown[]> {
  const arrays = Object.values(value);
  const first = arrays[0];
  return (
    Array.isArray(first) && arrays.every((array) => Array.isArray(array) && array.length === first.length)
  );
}
