import { systemClock } from '@perf/internal/clock';
import type { Batch } from '../../adapter.js';
import { Bounds } from '../../bounds.js';
import { ConversionError } from '../../errors.js';
import { mergedWarnings } from '../../losses.js';
import type { AdapterRegistry } from '../../registry.js';
import type { AnyRequest, Format } from '../../request.js';
import type { ConversionResult } from '../../result.js';
import { concatTables } from '../../table/concat.js';
import { ColumnTable } from '../../table/column-table.js';
import type { Job, StrategyRun } from './strategy.js';

/**
 * What pieces in a row are to the byte what one go gives. Arrow IPC and Parquet are the same table in other batches: who
 * wants those calls `stream`.
 */
const JOINED: ReadonlySet<Format> = new Set<Format>(['columns', 'csv', 'json', 'ndjson']);

/**
 * Batch by batch: of the source and of what is between it and the result no more is held than two batches. Types must
 * be clear from the first batch, otherwise the whole is converted in another way.
 */
export function streamedRun(registry: AdapterRegistry): StrategyRun {
  return {
    name: 'streaming',
    can: (_path, request) =>
      JOINED.has(request.to) && !('stream' in request.source) && registry.streams(request),
    run: (job) => streamed(registry, job),
  };
}

async function streamed(
  registry: AdapterRegistry,
  { path, request, options }: Job,
): Promise<ConversionResult> {
  const clock = options.clock ?? systemClock;
  const started = clock.now();
  const seen = { rows: 0, columns: request.columns ?? [] };
  const onTable = ({ length, names }: ColumnTable): void => {
    seen.rows += length;
    seen.columns = names;
  };
  const batches: Batch[] = [];
  const stream = registry.stream(request, { ...options, strictTypes: true, onTable });
  using bounds = new Bounds({ ...options, clock });
  let held = 0;
  for await (const batch of stream) {
    held += batch.bytes;
    bounds.checkpoint(held);
    batches.push(batch);
  }
  const data = joined(request, batches);
  const warnings = mergedWarnings(batches.flatMap((batch) => batch.warnings));
  const lost = warnings.reduce((sum, { lossy, count }) => sum + (lossy ? count : 0), 0);
  const cells = Math.max(1, seen.rows * seen.columns.length);
  return {
    data,
    format: request.to,
    // Who gave a table knows what is in it; of any other source it is told.
    metadata: { ...(request.from === 'columns' ? {} : seen), ...request.metadata },
    warnings,
    quality: Math.max(0, 1 - lost / cells),
    route: path.hops.map(({ adapter: { id, version }, from, to }) => ({ from, to, adapter: id, version })),
    durationMs: clock.now() - started,
    bytes: data.byteLength,
  };
}

/** All pieces in a row. */
function joined({ to }: AnyRequest, batches: readonly Batch[]): ColumnTable | Uint8Array {
  if (to === 'columns') return concatTables(batches.map(tableIn));
  const pieces = batches.map(bytesIn);
  const [only] = pieces;
  return only !== undefined && pieces.length === 1 ? only : joinedBytes(pieces);
}

function joinedBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function bytesIn({ data }: Batch): Uint8Array {
  if (data instanceof Uint8Array) return data;
  throw new ConversionError('ERR_PERF_CONVERT_FAILED', 'a stream gave something else than bytes');
}

function tableIn({ data }: Batch): ColumnTable {
  if (data instanceof ColumnTable) return data;
  throw new ConversionError('ERR_PERF_CONVERT_FAILED', 'a stream to columns gave something else than tables');
}
