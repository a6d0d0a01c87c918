import { constants } from 'node:buffer';
import { ChunkedText } from '../csv/chunked-text.js';
import { requireUtf8, textStart } from '../csv/dialect.js';
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
import { readRecords } from './record-table.js';
import { parseNdjson } from './text-reader.js';

const CHUNK_BYTES = 1024 * 1024;
/** Lines are long where so many of them are a batch. */
const BATCH_BYTES = 2 ** 24;
const LF = 0x0a;
const SPACE = 0x20;

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
  const read = (piece: Piece): ColumnTable => {
    const place = { line: piece.line, offset: piece.offset, checkpoint };
    // What is not wanted may come and go. What is, and is not there, the selection refuses by name.
    const wanted = (whole: ColumnTable): ColumnTable =>
      columns === undefined ? whole : whole.select(columns.filter((name) => whole.has(name)));
    if (integers === undefined) {
      requireUtf8(piece.bytes, 'NDJSON');
      const bytes = piece.bytes.subarray(piece.offset === 0 ? textStart(piece.bytes) : 0);
      const options = { limits, columns: undefined, isLines: true, checkpoint: () => undefined };
      const table = readRecords(bytes, losses, options);
      if (table !== undefined) return wanted(table);
    }
    const records = parseNdjson(piece.bytes, losses, { limits, integers }, place);
    const table = tableFromRecords(records, losses, records.length === 0 ? { columns } : {}, build);
    requireColumns(table, limits);
    return wanted(table);
  };
  let first: ColumnTable | undefined;
  let rows = 0;
  for await (const piece of lineBatches(text, batchRows)) {
    checkpoint();
    const table = read(piece);
    if (table.length === 0 && first !== undefined) continue;
    const place = `records ${String(rows + 1)} to ${String(rows + table.length)}`;
    rows += table.length;
    if (rows > limits.rows) throw beyondLimit(`the NDJSON has ${place}`, 'rows', limits.rows);
    if (first === undefined) {
      first = table.slice(0, 0);
      yield table;
    } else yield fitTable(table, first, losses, place);
  }
}

interface Piece {
  readonly bytes: Uint8Array;
  /** Its first line, and where it stands in the source. */
  readonly line: number;
  readonly offset: number;
}

/** The text in pieces of so many lines that are not blank, or fewer where they are long; the last has the rest. */
async function* lineBatches(text: ChunkedText, maxRecords: number): AsyncGenerator<Piece, void> {
  let line = 1;
  let offset = 0;
  for (let isLast = false; !isLast;) {
    let end = 0;
    let lines = 0;
    let records = 0;
    for (let wanted = CHUNK_BYTES; ; wanted = text.length + CHUNK_BYTES) {
      await text.atLeast(wanted);
      const { bytes } = text;
      for (; records < maxRecords && end < BATCH_BYTES; lines++) {
        const found = bytes.indexOf(LF, end);
        if (found < 0) break;
        if (!isBlank(bytes, end, found)) records += 1;
        end = found + 1;
      }
      if (records === maxRecords || end >= BATCH_BYTES) break;
      if (text.isLast) {
        isLast = true;
        end = bytes.length;
        break;
      }
      if (end === 0 && bytes.length > constants.MAX_STRING_LENGTH) {
        throw new ConversionError(
          'ERR_PERF_CONVERT_TOO_LARGE',
          `NDJSON line ${String(line)} is longer than a string of this Node; is it NDJSON?`,
          { position: { line, offset } },
        );
      }
    }
    yield { bytes: text.bytes.subarray(0, end), line, offset };
    line += lines;
    offset += end;
    text.skip(end);
  }
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] ?? 0) > SPACE) return false;
  return true;
}
