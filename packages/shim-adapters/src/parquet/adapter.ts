import { refuseUnknown } from '@perf/internal/options';
import type { ShimAdapter } from '../adapter.js';
import { defineAdapter } from '../define-adapter.js';
import { refuseOption } from '../errors.js';
import { resolveLimits } from '../limits.js';
import { ownModule } from '../module-url.js';
import type { AnyRequest } from '../request.js';
import { selectionOf } from '../selection.js';
import { tableOf } from '../table/table-value.js';
import { compressorOf, type ParquetCompression } from './compression/compressor.js';
import { openParquetFile } from './file.js';
import { mergeTables, splitAtGroups } from './parts.js';
import { ParquetReader } from './reader.js';
import { encodeParquet, writeParquet } from './writer.js';

export interface ParquetOptions {
  /**
   * How the pages of written files are compressed: `'snappy'` (default), `'gzip'`, `'zstd'` (Node 22.15 or newer) or
   * `'none'`. A column that it makes hardly smaller is stored as it is.
   */
  readonly compression?: ParquetCompression;
}

/**
 * Parquet to and from columns. Reads only the columns and row groups that a request needs, page by page: of a path by
 * ranges, of a value without a copy of the rest; a url or stream is collected first. Streams row group by row group,
 * both ways. Nested columns are read by the peer `hyparquet`, columns compressed by LZ4 (or, before Node 22.15, by
 * Zstandard) with `hyparquet-compressors`; all others need neither.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_INVALID_OPTION`
 */
export function parquetAdapter(options: ParquetOptions = {}): ShimAdapter {
  refuseUnknown(options, ['compression'], refuseOption);
  const { compression = 'snappy' } = options;
  const compressor = compressorOf(compression);
  const isDefault = compression === 'snappy';
  return defineAdapter({
    id: 'parquet',
    version: isDefault ? '3' : `3-${compression}`,
    // A worker makes the adapter without options.
    ...(isDefault ? { module: ownModule('parquet', 'parquetAdapter') } : {}),
    steps: [
      {
        from: 'parquet',
        to: 'columns',
        mbPerSecond: 110,
        growth: 1.5,
        setupMs: 2,
        async convert(request, context) {
          await using file = await openParquetFile(request, context.signal);
          const reader = await ParquetReader.open(file, resolveLimits(request.options?.limits));
          return await reader.table(selectionOf(request), context);
        },
        async *stream(request, context) {
          await using file = await openParquetFile(request, context.signal);
          const reader = await ParquetReader.open(file, resolveLimits(request.options?.limits));
          yield* reader.tables(selectionOf(request), context);
        },
      },
      {
        from: 'columns',
        to: 'parquet',
        mbPerSecond: 100,
        growth: 0.6,
        setupMs: 1,
        convert(request, context) {
          return Promise.resolve(writeParquet(tableOf(request), compressor, context));
        },
        encode(tables, _request, context) {
          return encodeParquet(tables, compressor, context);
        },
      },
    ],
    async split(request: AnyRequest, parts: number) {
      if (request.from !== 'parquet' || request.to !== 'columns') return [request];
      await using file = await openParquetFile(request, undefined);
      const reader = await ParquetReader.open(file, resolveLimits(request.options?.limits));
      return splitAtGroups(request, reader.groups, parts);
    },
    merge: mergeTables,
  });
}
