import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ShimAdapter } from '../adapter.js';
import { defineAdapter } from '../define-adapter.js';
import { resolveLimits } from '../limits.js';
import { openParquetFile } from '../parquet/file.js';
import { compressorOf } from '../parquet/compression/compressor.js';
import { ParquetReader } from '../parquet/reader.js';
import { writeParquet } from '../parquet/writer.js';
import type { AnyRequest } from '../request.js';
import { selectionOf } from '../selection.js';
import { sourceBytes } from '../source.js';
import { tableOf } from '../table/table-value.js';
import { openEngine, resolveOptions, type DuckDbOptions, type Engine } from './engine.js';
import { DuckDbColumns } from './parquet-columns.js';
import { takesTable, writeParquetFile } from './parquet-file.js';

/**
 * Parquet to and from columns by DuckDB (peers `@duckdb/node-api` and `@duckdb/node-bindings`), in bounded memory and
 * on threads of its own. It gives the same values, types and warnings as `parquetAdapter`: what DuckDB means otherwise
 * goes the way of that one, whose peers it needs too.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_INVALID_OPTION`
 */
export function duckdbAdapter(options: DuckDbOptions = {}): ShimAdapter {
  const resolved = resolveOptions(options);
  return defineAdapter({
    id: 'duckdb',
    version: '1',
    steps: [
      {
        from: 'parquet',
        to: 'columns',
        mbPerSecond: 48,
        growth: 1.5,
        setupMs: 100,
        async convert(request, context) {
          await using engine = await openEngine(resolved, context.signal);
          const path = await localPath(request, engine, context.signal);
          await using file = await openParquetFile({ ...request, source: { path } }, context.signal);
          const reader = await ParquetReader.open(file, resolveLimits(request.options?.limits));
          const native = isPlain(path) ? new DuckDbColumns(engine, path) : undefined;
          return await reader.table(selectionOf(request), context, native);
        },
      },
      {
        from: 'columns',
        to: 'parquet',
        mbPerSecond: 60,
        growth: 0.6,
        setupMs: 30,
        async convert(request, context) {
          const table = tableOf(request);
          if (takesTable(table)) {
            await using engine = await openEngine(resolved, context.signal);
            const bytes = await writeParquetFile(engine, table, context);
            if (bytes !== undefined) return bytes;
          }
          return writeParquet(table, compressorOf('snappy'), context);
        },
      },
    ],
  });
}

/** DuckDB takes these for patterns and addresses. */
function isPlain(path: string): boolean {
  return !/[*?[\0]|:\/\//.test(path);
}

/** Where DuckDB finds the source: bytes go into a private file first. */
async function localPath(
  { source }: AnyRequest,
  engine: Engine,
  signal: AbortSignal | undefined,
): Promise<string> {
  if ('path' in source) return resolve(source.path);
  const path = engine.file('in.parquet');
  await writeFile(path, await sourceBytes(source, signal), { mode: 0o600, signal });
  return path;
}
