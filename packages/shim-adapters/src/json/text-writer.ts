import type { Allocate } from '../allocation.js';
import type { EncodedPiece, StreamContext } from '../define-adapter.js';
import type { Losses } from '../losses.js';
import type { AnyRequest } from '../request.js';
import { readBit } from '../table/bitmap.js';
import { ByteSink } from '../table/byte-sink.js';
import { boolWriter, fixedWriter, type CellWriter, type TextStyle } from '../table/cell-text.js';
import type { TextColumn } from '../table/column.js';
import { flatColumn, type FlatColumn } from '../table/flat-column.js';
import type { ColumnTable } from '../table/column-table.js';
import { TextRuns } from '../table/text-runs.js';
import { noteColumnLoss, noteMetadataLoss } from '../table/schema-loss.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const STYLE: TextStyle = { quote: '"', nonFinite: false, wideFloats: true, readsTimes: false };
const HEX = '0123456789abcdef';

/** JSON array of records, as `JSON.stringify` would write it. */
export function writeJson(table: ColumnTable, losses: Losses, allocate?: Allocate): Uint8Array {
  noteLosses(table, losses);
  return writeRecords(table, losses, { open: '[', separator: ',', close: ']' }, allocate);
}

/** One JSON record a line, each line ended by LF. */
export function writeNdjson(table: ColumnTable, losses: Losses, allocate?: Allocate): Uint8Array {
  noteLosses(table, losses);
  return writeRecords(table, losses, linesOf(table), allocate);
}

/** One JSON array of the records of all tables, table by table. */
export async function* encodeJson(
  tables: AsyncIterable<ColumnTable>,
  _request: AnyRequest,
  { losses, checkpoint }: StreamContext,
): AsyncGenerator<EncodedPiece, void> {
  let records = 0;
  for await (const table of tables) {
    checkpoint();
    if (records === 0) noteMetadataLoss(table, losses);
    if (table.length === 0) continue;
    const open = records === 0 ? '[' : ',';
    yield { data: writeRecords(table, losses, { open, separator: ',', close: '' }), rows: table.length };
    records += table.length;
  }
  yield { data: Buffer.from(records === 0 ? '[]' : ']'), rows: 0 };
}

/** The lines of all tables, table by table. */
export async function* encodeNdjson(
  tables: AsyncIterable<ColumnTable>,
  _request: AnyRequest,
  { losses, checkpoint }: StreamContext,
): AsyncGenerator<EncodedPiece, void> {
  let first = true;
  for await (const table of tables) {
    checkpoint();
    if (first) noteMetadataLoss(table, losses);
    first = false;
    if (table.length > 0) yield { data: writeRecords(table, losses, linesOf(table)), rows: table.length };
  }
}

function noteLosses(table: ColumnTable, losses: Losses): void {
  noteMetadataLoss(table, losses);
  noteColumnLoss(table, losses);
}

interface Frame {
  readonly open: string;
  readonly separator: string;
  readonly close: string;
}

function linesOf({ length }: ColumnTable): Frame {
  return { open: '', separator: '\n', close: length > 0 ? '\n' : '' };
}

/**
 * Writes records straight from the columns: no row object and no string is made on the way. 64-bit integers are
 * written in full, dates and timestamps in ISO 8601; NaN and infinities become null and are counted as lost.
 */
function writeRecords(table: ColumnTable, losses: Losses, frame: Frame, allocate?: Allocate): Uint8Array {
  const sink = new ByteSink(table.length * table.columns.length * 16, allocate);
  const cells = table.columns.map((column, i) => {
    const key = Buffer.from(`${i === 0 ? '{' : ','}${JSON.stringify(column.field.name)}:`, 'utf8');
    const write = cellWriter(flatColumn(column, 'json', losses), losses);
    return { key: TextRuns.of(key), keyBytes: key.length, write };
  });
  sink.ascii(frame.open);
  for (let row = 0; row < table.length; row++) {
    if (row > 0) sink.ascii(frame.separator);
    if (cells.length === 0) sink.ascii('{');
    for (const { key, keyBytes, write } of cells) {
      key.write(sink, 0, keyBytes);
      write(sink, row);
    }
    sink.byte(0x7d);
  }
  sink.ascii(frame.close);
  losses.total(table.length * table.columns.length);
  return sink.finish();
}

function cellWriter(column: FlatColumn, losses: Losses): CellWriter {
  const present = presentWriter(column, losses);
  const { validity } = column;
  if (validity === undefined) return present;
  return (sink, index) => {
    if (readBit(validity, index)) present(sink, index);
    else sink.ascii('null');
  };
}

function presentWriter(column: FlatColumn, losses: Losses): CellWriter {
  switch (column.layout) {
    case 'null':
      return (sink) => {
        sink.ascii('null');
      };
    case 'bits':
      return boolWriter(column);
    case 'fixed':
      return fixedWriter(column, STYLE, losses);
    case 'text': {
      const { offsets } = column;
      const runs = new TextRuns(column);
      const write = column.field.type === 'json' ? writeRaw : writeString;
      return (sink, index) => {
        write(sink, runs, offsets[index] ?? 0, offsets[index + 1] ?? 0);
      };
    }
    case 'dictionary': {
      const { dictionary, indices } = column;
      const write = column.field.type === 'json' ? writeRaw : writeString;
      const { cells, ends } = encodedEntries(dictionary, write);
      return (sink, index) => {
        const entry = indices[index] ?? 0;
        cells.write(sink, ends[entry] ?? 0, ends[entry + 1] ?? 0);
      };
    }
  }
}

type TextWriter = (sink: ByteSink, runs: TextRuns, start: number, end: number) => void;

/** Every entry in its final form, one after the other. */
function encodedEntries(
  dictionary: TextColumn,
  write: TextWriter,
): { readonly cells: TextRuns; readonly ends: Int32Array } {
  const { length, offsets } = dictionary;
  const runs = new TextRuns(dictionary);
  const sink = new ByteSink(dictionary.bytes.length + 2 * length);
  const ends = new Int32Array(length + 1);
  for (let i = 0; i < length; i++) {
    write(sink, runs, offsets[i] ?? 0, offsets[i + 1] ?? 0);
    ends[i + 1] = sink.length;
  }
  return { cells: TextRuns.of(sink.finish()), ends };
}

/** JSON as it is, on one line: a raw line break can only stand between its tokens, where a space does as well. */
function writeRaw(sink: ByteSink, runs: TextRuns, start: number, end: number): void {
  const { bytes } = runs;
  let from = start;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== LF && bytes[at] !== CR) continue;
    runs.write(sink, from, at);
    sink.byte(SPACE);
    from = at + 1;
  }
  runs.write(sink, from, end);
}

/** UTF-8 is copied as it is; only quotes, backslashes and control characters need an escape (RFC 8259, section 7). */
function writeString(sink: ByteSink, runs: TextRuns, start: number, end: number): void {
  const { bytes } = runs;
  sink.byte(QUOTE);
  let from = start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) continue;
    runs.write(sink, from, at);
    sink.ascii(escapeOf(byte));
    from = at + 1;
  }
  runs.write(sink, from, end);
  sink.byte(QUOTE);
}

function escapeOf(byte: number): string {
  switch (byte) {
    case QUOTE:
      return '\\"';
    case BACKSLASH:
      return '\\\\';
    case 0x08:
      return '\\b';
    case 0x09:
      return '\\t';
    case 0x0a:
      return '\\n';
    case 0x0c:
      return '\\f';
    case 0x0d:
      return '\\r';
    default:
      return `\\u00${HEX[byte >> 4] ?? '0'}${HEX[byte & 15] ?? '0'}`;
  }
}
