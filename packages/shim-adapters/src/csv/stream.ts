import { isUtf8 } from 'node:buffer';
import type { StreamContext } from '../define-adapter.js';
import { resolveLimits } from '../limits.js';
import type { AnyRequest } from '../request.js';
import { sourceChunks } from '../source.js';
import type { ColumnTable } from '../table/column-table.js';
import { TableStream } from './table-stream.js';
import { checkTypes } from './layout.js';
import {
  DEFAULT_DIALECT,
  detectDelimiter,
  notUtf8,
  resolveDialect,
  SAMPLE_BYTES,
  textStart,
} from './dialect.js';
import { ChunkedText } from './chunked-text.js';
import { FieldBlock } from './field-block.js';
import { RecordWindow } from './record-window.js';

const CHUNK_BYTES = 1024 * 1024;
const BLOCK_BYTES = 256 * 1024;

/**
 * Reads CSV table by table, as it comes, in memory that does not grow with it: a piece of text, the table that is
 * being filled, and the text of the first one. Types are settled by the first table.
 *
 * @throws ConversionError what `readCsv` throws; `..._TYPE_MISMATCH` when a later cell does not fit
 */
export async function* streamCsv(
  { source, options = {}, columns }: AnyRequest,
  context: StreamContext,
): AsyncGenerator<ColumnTable, void> {
  checkTypes(options);
  resolveDialect(options);
  const limits = resolveLimits(options.limits);
  const { signal, onProgress } = context;
  const chunks = sourceChunks(source, {
    chunkBytes: CHUNK_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
  const text = new ChunkedText(chunks, (done, total) => {
    onProgress?.({ done, total: Math.max(done, total), unit: 'bytes' });
  });
  try {
    await text.atLeast(SAMPLE_BYTES);
    const from = textStart(text.bytes);
    const delimiter = detectDelimiter(text.bytes, from, text.isLast);
    const dialect = resolveDialect(options, { ...DEFAULT_DIALECT, delimiter });
    const window = new RecordWindow(dialect, limits, options);
    const scanner = window.scanner(from);
    const block = new FieldBlock();
    const tables = new TableStream(dialect, limits, { ...options, columns }, context);
    text.skip(from);
    for (let size = BLOCK_BYTES; !window.isPast(scanner);) {
      const piece = text.bytes.subarray(0, size);
      const final = text.isLast && piece.length === text.bytes.length;
      if (final && piece.length === 0) break;
      const used = piece.length === 0 ? 0 : window.scan(scanner, block, piece, final);
      if (!isUtf8(piece.subarray(0, used))) throw notUtf8('CSV', scanner.offset - used);
      if (used === 0) {
        // The record is longer than what is there.
        size *= 2;
        if (text.bytes.length < size) await text.atLeast(size);
        continue;
      }
      if (block.records > 0) yield* tables.add(block, ...window.range(block));
      context.checkpoint();
      size = BLOCK_BYTES;
      text.skip(used);
      if (text.bytes.length < size) await text.atLeast(size);
    }
    yield* tables.finish();
  } finally {
    await chunks.return();
  }
}
