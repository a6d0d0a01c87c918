import { constants } from 'node:buffer';
import { ChunkedText } from '../csv/chunked-text.js';
import type { StreamContext } from '../define-adapter.js';
import { ConversionError } from '../errors.js';
import { beyondLimit, requireColumns, resolveLimits } from '../limits.js';
import type { AnyRequest } from '../request.js';
import { selectedStream, selectionOf } from '../selection.js';
import { sourceChunks } from '../source.js';
import type { ColumnTable } from '../table/column-table.js';
import { fitTable } from '../table/fit.js';
import { tableFromRecords } from '../table/records.js';
import { ExactIntegers } from './exact-integers.js';
import { parseNdjson } from './text-reader.js';

const CHUNK_BYTES = 1024 * 1024;
const LF = 0x0a;

/**
 * Reads NDJSON table by table, in memory that does not grow with it. The first table settles columns and types.
 *
 * @throws ConversionError what reading the whole throws; `..._INVALID_SCHEMA` and `..._TYPE_MISMATCH` when a later record
 *   does not fit the first batch
 */
export async function* streamNdjson(
  request: AnyRequest,
  context: StreamContext,
): AsyncGenerator<ColumnTable, void> {
  const { signal, onProgress } = context;
  const chunks = sourceChunks(request.source, {
    chunkBytes: CHUNK_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
  const text = new ChunkedText(chunks, (done, total) => {
    onProgress?.({ done, total: Math.max(done, total), unit: 'bytes' });
  });
  try {
    yield* selectedStream(fitted(text, request, context), selectionOf(request));
  } finally {
    await chunks.return();
  }
}

async function* fitted(
  text: ChunkedText,
  { options = {}, columns }: AnyRequest,
  { losses, checkpoint, batchRows }: StreamContext,
): AsyncGenerator<ColumnTable, void> {
  const limits = resolveLimits(options.limits);
  const integers = options.exactIntegers === true ? new ExactIntegers() : undefined;
  const build = integers?.build.bind(integers);
  let first: ColumnTable | undefined;
  let pending: unknown[] = [];
  let rows = 0;
  const batchOf = (records: readonly unknown[]): ColumnTable => {
    const whole = tableFromRecords(records, losses, records.length === 0 ? { columns } : {}, build);
    // What is not wanted may come and go. What is, and is not there, the selection refuses by name.
    const table = columns === undefined ? whole : whole.select(columns.filter((name) => whole.has(name)));
    const place = `records ${String(rows + 1)} to ${String(rows + records.length)}`;
    rows += records.length;
    if (rows > limits.rows) throw beyondLimit(`the NDJSON has ${place}`, 'rows', limits.rows);
    requireColumns(whole, limits);
    if (first !== undefined) return fitTable(table, first, losses, place);
    first = table.slice(0, 0);
    return table;
  };
  for await (const { bytes, line, offset } of wholeLines(text)) {
    checkpoint();
    const records = parseNdjson(bytes, losses, { limits, integers }, { line, offset, checkpoint });
    pending = pending.length === 0 ? records : pending.concat(records);
    for (; pending.length >= batchRows; pending = pending.slice(batchRows)) {
      yield batchOf(pending.slice(0, batchRows));
    }
  }
  if (pending.length > 0 || first === undefined) yield batchOf(pending);
}

/** The text in pieces that end with a line. */
async function* wholeLines(
  text: ChunkedText,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly line: number; readonly offset: number }, void> {
  let line = 1;
  let offset = 0;
  for (let wanted = CHUNK_BYTES; ;) {
    await text.atLeast(wanted);
    const { bytes } = text;
    if (bytes.length === 0) return;
    const end = text.isLast ? bytes.length : bytes.lastIndexOf(LF) + 1;
    if (end === 0) {
      if (bytes.length > constants.MAX_STRING_LENGTH) {
        throw new ConversionError(
          'ERR_PERF_CONVERT_TOO_LARGE',
          `NDJSON line ${String(line)} is longer than a string of this Node; is it NDJSON?`,
          { position: { line, offset } },
        );
      }
      // The line is longer than what is there.
      wanted = bytes.length * 2;
      continue;
    }
    const piece = bytes.subarray(0, end);
    yield { bytes: piece, line, offset };
    for (let at = piece.indexOf(LF); at >= 0; at = piece.indexOf(LF, at + 1)) line += 1;
    offset += end;
    text.skip(end);
    wanted = CHUNK_BYTES;
  }
}
