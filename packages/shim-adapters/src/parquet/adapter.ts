import type { ShimAdapter } from '../adapter.js';
import { defineAdapter } from '../define-adapter.js';
import { resolveLimits } from '../limits.js';
import { ownModule } from '../module-url.js';
import type { AnyRequest } from '../request.js';
import { selectionOf } from '../selection.js';
import { tableOf } from '../table/table-value.js';
import { openParquetFile } from './file.js';
import { loadParquetReader, loadParquetWriter } from './library.js';
import { mergeTables, splitAtGroups } from './parts.js';
import { ParquetReader } from './reader.js';
import { encodeParquet, writeParquet } from './writer.js';

/**
 * Parquet to and from columns, by the peers `hyparquet` with `hyparquet-compressors`, and `hyparquet-writer`. Reads only
 * the columns and row groups that a request needs: of a path by ranges, of a value without a copy of the rest; a url or
 * stream is collected first. Streams row group by row group, both ways.
 */
export function parquetAdapter(): ShimAdapter {
  return defineAdapter({
    id: 'parquet',
    version: '3',
    module: ownModule('parquet', 'parquetAdapter'),
    steps: [
      {
        from: 'parquet',
        to: 'columns',
        mbPerSecond: 40,
        growth: 1.5,
        setupMs: 3,
        async convert(request, context) {
          const library = await loadParquetReader();
          await using file = await openParquetFile(request, context.signal);
          const reader = await ParquetReader.open(library, file, resolveLimits(request.options?.limits));
          return await reader.table(selectionOf(request), context);
        },
        async *stream(request, context) {
          const library = await loadParquetReader();
          await using file = await openParquetFile(request, context.signal);
          const reader = await ParquetReader.open(library, file, resolveLimits(request.options?.limits));
          yield* reader.tables(selectionOf(request), context);
        },
      },
      {
        from: 'columns',
        to: 'parquet',
        mbPerSecond: 18,
        growth: 0.6,
        setupMs: 1,
        async convert(request, { losses }) {
          return writeParquet(await loadParquetWriter(), tableOf(request), losses);
        },
        async *encode(tables, _request, context) {
          yield* encodeParquet(await loadParquetWriter(), tables, context);
        },
      },
    ],
    async split(request: AnyRequest, parts: number) {
      if (request.from !== 'parquet' || request.to !== 'columns') return [request];
      const library = await loadParquetReader();
      await using file = await openParquetFile(request, undefined);
      const reader = await ParquetReader.open(library, file, resolveLimits(request.options?.limits));
      return splitAtGroups(request, reader.groups, parts);
    },
    merge: mergeTables,
  });
}
