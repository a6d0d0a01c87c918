import { shown } from '@perf/internal/errors';
import type { ShimAdapter } from '../adapter.js';
import { requireUtf8, textStart } from '../csv/dialect.js';
import { defineAdapter, type StepContext } from '../define-adapter.js';
import { ConversionError } from '../errors.js';
import { shareOfColumns } from '../expected-loss.js';
import { beyondLimit, requireColumns, resolveLimits, type ResolvedLimits } from '../limits.js';
import type { Losses } from '../losses.js';
import { ownModule } from '../module-url.js';
import type { AnyRequest } from '../request.js';
import { selectionOf } from '../selection.js';
import { sourceBytes } from '../source.js';
import type { ColumnType } from '../table/column.js';
import type { ColumnTable } from '../table/column-table.js';
import {
  isArrays,
  isRecord,
  tableFromArrays,
  tableFromRecords,
  type ColumnBuild,
  type Selection,
} from '../table/records.js';
import { tableOf } from '../table/table-value.js';
import { ExactIntegers } from './exact-integers.js';
import { streamNdjson } from './ndjson-stream.js';
import { readRecords } from './record-table.js';
import { parseJson, parseNdjson } from './text-reader.js';
import { encodeJson, encodeNdjson, writeJson, writeNdjson } from './text-writer.js';

/** These come back as text or plain numbers. */
const UNTYPED: ReadonlySet<ColumnType> = new Set<ColumnType>([
  'date',
  'timestamp',
  'decimal',
  'binary',
  'list',
  'struct',
]);

/** JSON and NDJSON to and from columns. NDJSON is read line by line, both are written table by table. */
export function jsonAdapter(): ShimAdapter {
  const qualityLoss = (request: AnyRequest): number =>
    shareOfColumns(request, ({ type }) => UNTYPED.has(type));
  return defineAdapter({
    id: 'json',
    module: ownModule('.', 'jsonAdapter'),
    version: '3',
    steps: [
      {
        from: 'json',
        to: 'columns',
        mbPerSecond: 140,
        growth: 0.4,
        convert: readJson,
      },
      {
        from: 'columns',
        to: 'json',
        mbPerSecond: 36,
        growth: 2.6,
        qualityLoss,
        convert: (request, { losses, allocate }) => writeJson(tableOf(request), losses, allocate),
        encode: encodeJson,
      },
      {
        from: 'ndjson',
        to: 'columns',
        mbPerSecond: 140,
        growth: 0.4,
        convert: readNdjson,
        infersTypes: true,
        stream: streamNdjson,
      },
      {
        from: 'columns',
        to: 'ndjson',
        mbPerSecond: 36,
        growth: 2.6,
        qualityLoss,
        convert: (request, { losses, allocate }) => writeNdjson(tableOf(request), losses, allocate),
        encode: encodeNdjson,
      },
    ],
  });
}

async function readNdjson(request: AnyRequest, context: StepContext): Promise<ColumnTable> {
  const { losses, signal, allocate, checkpoint } = context;
  const { limits, integers, build } = parsingOf(request);
  const bytes = await sourceBytes(request.source, signal, allocate);
  const read = integers === undefined ? fastTable(bytes, 'NDJSON', request, context, limits) : undefined;
  if (read !== undefined) return read;
  const records = parseNdjson(bytes, losses, { limits, integers }, { checkpoint });
  const table = tableFromRecords(records, losses, selectionOf(request), build);
  requireColumns(table, limits);
  return table;
}

/** A parsed value is taken as it is; text, whatever its source, is parsed. */
async function readJson(request: AnyRequest, context: StepContext): Promise<ColumnTable> {
  const { losses, signal, allocate } = context;
  const { limits, integers, build } = parsingOf(request);
  const { source } = request;
  const isParsed =
    'value' in source && typeof source.value !== 'string' && !(source.value instanceof Uint8Array);
  const bytes = isParsed ? undefined : await sourceBytes(source, signal, allocate);
  if (bytes !== undefined && integers === undefined) {
    const read = fastTable(bytes, 'JSON', request, context, limits);
    if (read !== undefined) return read;
  }
  const value: unknown =
    bytes === undefined && 'value' in source
      ? source.value
      : parseJson(bytes ?? new Uint8Array(0), losses, { limits, integers });
  const table = tableFromJson(value, losses, selectionOf(request), build);
  requireColumns(table, limits);
  if (table.length <= limits.rows) return table;
  throw beyondLimit(`the JSON has ${String(table.length)} records`, 'rows', limits.rows);
}

/** The records of a whole text without an object for each; undefined for what has to be parsed. */
function fastTable(
  bytes: Uint8Array,
  format: 'JSON' | 'NDJSON',
  request: AnyRequest,
  { losses, checkpoint }: StepContext,
  limits: ResolvedLimits,
): ColumnTable | undefined {
  const { columns, offset = 0, limit = Infinity } = selectionOf(request);
  // Records outside of a part decide nothing about its columns.
  if (offset > 0 || limit < Infinity) return undefined;
  requireUtf8(bytes, format);
  const isLines = format === 'NDJSON';
  return readRecords(bytes.subarray(textStart(bytes)), losses, { limits, columns, isLines, checkpoint });
}

function parsingOf({ options = {} }: AnyRequest): {
  limits: ResolvedLimits;
  integers: ExactIntegers | undefined;
  build: ColumnBuild | undefined;
} {
  const integers = options.exactIntegers === true ? new ExactIntegers() : undefined;
  return { limits: resolveLimits(options.limits), integers, build: integers?.build.bind(integers) };
}

function tableFromJson(
  value: unknown,
  losses: Losses,
  selection: Selection,
  build: ColumnBuild | undefined,
): ColumnTable {
  if (Array.isArray(value)) return tableFromRecords(value, losses, selection, build);
  if (isRecord(value) && isArrays(value)) return tableFromArrays(value, losses, selection, build);
  throw new ConversionError(
    'ERR_PERF_CONVERT_BAD_INPUT',
    `the JSON is not a table: expected an array of records or an object of arrays of equal length; found ${shown(value)}`,
  );
}
