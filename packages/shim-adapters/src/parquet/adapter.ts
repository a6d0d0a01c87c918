import type { ShimAdapter } from '../adapter.js';
import { defineAdapter } from '../define-adapter.js';
import { ownModule } from '../module-url.js';
import { loadPeer } from '../peer.js';
import type { AnyRequest } from '../request.js';
import type { ConversionResult } from '../result.js';
import { selectionOf } from '../selection.js';
import { tableOf } from '../table/table-value.js';
import { concatTables } from '../table/concat.js';
import { ColumnTable } from '../table/column-table.js';
import { withParquetFile } from './file.js';
import { readMetadata, readParquet, rowGroups, type ParquetLibrary } from './reader.js';
import { writeParquet } from './writer.js';

/**
 * Parquet to and from columns, by the peers `hyparquet` with `hyparquet-compressors`, and `hyparquet-writer`.
 * Reads only the columns and row groups that a request needs.
 */
export function parquetAdapter(): ShimAdapter {
  return defineAdapter({
    id: 'parquet',
    version: '1',
    module: ownModule('parquet', 'parquetAdapter'),
    steps: [
      {
        from: 'parquet',
        to: 'columns',
        mbPerSecond: 8,
        growth: 5,
        setupMs: 3,
        async convert(request, { losses, signal, onProgress }) {
          const library = await reading();
          return withParquetFile(request, signal, (file) =>
            readParquet(library, file, losses, { ...selectionOf(request), signal, onProgress }),
          );
        },
      },
      {
        from: 'columns',
        to: 'parquet',
        mbPerSecond: 15,
        growth: 0.6,
        setupMs: 1,
        async convert(request, { losses }) {
          const library = await loadPeer(
            'hyparquet-writer',
            () => import('hyparquet-writer'),
            'writing Parquet',
          );
          return writeParquet(library, tableOf(request), losses);
        },
      },
    ],
    split: splitByRows,
    merge: mergeTables,
  });
}

async function reading(): Promise<ParquetLibrary> {
  const [parquet, { compressors }] = await loadPeer(
    'hyparquet hyparquet-compressors',
    () => Promise.all([import('hyparquet'), import('hyparquet-compressors')]),
    'reading Parquet',
  );
  return { parquet, compressors };
}

/** Cuts a file at row-group borders into parts of about equal rows. */
async function splitByRows(request: AnyRequest, parts: number): Promise<readonly AnyRequest[]> {
  if (request.from !== 'parquet' || request.to !== 'columns') return [request];
  const { parquet } = await reading();
  const metadata = await withParquetFile(request, undefined, (file) => readMetadata(parquet, file));
  const { offset: first = 0, limit = Infinity } = request.options ?? {};
  const rows = Number(metadata.num_rows);
  const offset = Math.min(first, rows);
  const last = Math.min(rows, offset + limit);
  const borders = rowGroups(metadata)
    .map(({ start }) => start)
    .filter((start) => start > offset && start < last);
  const ideal = (last - offset) / parts;
  const cuts = new Set<number>();
  for (let part = 1; part < parts; part++) {
    const wanted = offset + part * ideal;
    const nearest = borders.reduce((a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a), offset);
    if (nearest > offset) cuts.add(nearest);
  }
  const edges = [offset, ...[...cuts].sort((a, b) => a - b), last];
  return edges.slice(1).map((end, i): AnyRequest => {
    const start = edges[i] ?? offset;
    return { ...request, options: { ...request.options, offset: start, limit: end - start } };
  });
}

function mergeTables(results: readonly ConversionResult[]): ConversionResult {
  const [first] = results;
  const tables = results.map(({ data }) => data).filter((data) => data instanceof ColumnTable);
  const data = concatTables(tables);
  return {
    data,
    format: 'columns',
    metadata: { ...first?.metadata, rows: data.length, columns: data.names },
    warnings: results.flatMap(({ warnings }) => warnings),
    quality: results.reduce((sum, { quality }) => sum + quality, 0) / Math.max(1, results.length),
    route: first?.route ?? [],
    durationMs: Math.max(0, ...results.map(({ durationMs }) => durationMs)),
    bytes: data.byteLength,
  };
}
