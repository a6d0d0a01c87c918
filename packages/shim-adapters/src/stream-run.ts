import type { Batch, ShimAdapter, StreamOptions } from './adapter.js';
import { ConversionError } from './errors.js';
import type { ConversionWarning } from './losses.js';
import type { AnyRequest, Format } from './request.js';
import type { ConversionResult } from './result.js';
import type { Hop } from './route.js';
import { runRoute } from './route-run.js';
import { withoutSelection } from './selection.js';
import { batchRowsOf } from './step-stream.js';
import { concatTables } from './table/concat.js';
import { ColumnTable } from './table/column-table.js';
import { tableOf } from './table/table-value.js';

const HUB: Format = 'columns';

/** How a stream is made: read, then written; either in one go where no adapter streams it. */
export interface StreamRoute {
  /** Reads the source table by table. */
  readonly reader?: ShimAdapter | undefined;
  /** The way to the hub where nothing streams it. */
  readonly toHub: readonly Hop[];
  readonly writer?: ShimAdapter | undefined;
  readonly fromHub: readonly Hop[];
}

/** Takes a request along a route batch by batch. */
export async function* streamRoute(
  route: StreamRoute,
  request: AnyRequest,
  options: StreamOptions,
): AsyncGenerator<Batch> {
  const read = watched(readBatches(route, request, options), options);
  if (request.to === HUB) {
    yield* read;
    return;
  }
  const pending: ConversionWarning[] = [];
  const tables = tablesOf(read, pending);
  const encoding: AnyRequest = { ...withoutSelection(request), from: HUB };
  if (route.writer?.encodeStream !== undefined) {
    const placed = { ...encoding, source: { value: new ColumnTable([]) } };
    for await (const piece of route.writer.encodeStream(tables, placed, options)) {
      yield { ...piece, warnings: [...pending.splice(0), ...piece.warnings] };
    }
    return;
  }
  const parts: ColumnTable[] = [];
  for await (const table of tables) parts.push(table);
  const whole = { ...encoding, source: { value: concatTables(parts) } };
  const result = await runRoute(route.fromHub, whole, options);
  yield asBatch(result, whole.source.value.length, [...pending, notStreamed('written')]);
}

async function* watched(
  batches: AsyncIterable<Batch<ColumnTable>>,
  { onTable }: StreamOptions,
): AsyncGenerator<Batch<ColumnTable>> {
  for await (const batch of batches) {
    onTable?.(batch.data);
    yield batch;
  }
}

async function* readBatches(
  { reader, toHub }: StreamRoute,
  request: AnyRequest,
  options: StreamOptions,
): AsyncGenerator<Batch<ColumnTable>> {
  if (reader?.convertStream !== undefined) {
    yield* reader.convertStream({ ...request, to: HUB }, options);
    return;
  }
  const { data, warnings } =
    toHub.length === 0
      ? { data: tableOf(request), warnings: [] }
      : await runRoute(toHub, { ...request, to: HUB }, options);
  if (!(data instanceof ColumnTable)) {
    throw new ConversionError('ERR_PERF_CONVERT_FAILED', `${request.from} did not become columns`);
  }
  const rows = batchRowsOf(options);
  const first = toHub.length === 0 ? warnings : [...warnings, notStreamed('read')];
  for (let offset = 0; offset === 0 || offset < data.length; offset += rows) {
    const part = data.slice(offset, offset + rows);
    yield {
      data: part,
      rows: part.length,
      bytes: part.byteLength,
      offset,
      warnings: offset === 0 ? first : [],
    };
  }
}

async function* tablesOf(
  batches: AsyncIterable<Batch<ColumnTable>>,
  pending: ConversionWarning[],
): AsyncGenerator<ColumnTable> {
  for await (const { data, warnings } of batches) {
    pending.push(...warnings);
    yield data;
  }
}

function asBatch(
  { data, bytes, warnings }: ConversionResult,
  rows: number,
  before: readonly ConversionWarning[],
): Batch {
  return { data, rows, bytes, offset: 0, warnings: [...before, ...warnings] };
}

function notStreamed(how: 'read' | 'written'): ConversionWarning {
  return {
    code: 'not-streamed',
    count: 1,
    message: `no adapter streams this: it was ${how} as a whole, in memory that grows with it`,
    lossy: false,
  };
}
