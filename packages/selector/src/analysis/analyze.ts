import { shown } from '@perf/internal/errors';
import type { DataCharacteristics } from '../characteristics.js';
import { SelectorError } from '../errors.js';
import { sampleColumn, summarize, type ColumnSample } from './column-sample.js';
import { byteBlocks, cellBlocks, compressibilityOf, textBlocks } from './compressibility.js';
import { SAMPLE_ROWS, sampledRowsText, sampleRows, scaled } from './sample.js';

/** A table with columns that can be read by position: Arrow tables have this shape. */
interface IndexedTable {
  readonly numRows: number;
  readonly numCols: number;
  getChildAt(index: number): { at(row: number): unknown } | undefined | null;
}

/** A table that gives its rows, such as the `ColumnTable` of `@perf/shim-adapters`. */
interface ColumnarTable {
  readonly length: number;
  readonly byteLength: number;
  slice(start: number, end: number): { rows(): readonly Record<string, unknown>[] };
}

const NUMBER_BYTES = 8;
const CELL_BYTES = 16;

/**
 * What the data is like: rows, tables with columns, Arrow tables, typed arrays, bytes or text; an array of plain
 * values counts as one column. Looks at no more than 1000 rows, one of each of 1000 equal stretches, and at 32 KB for
 * the compressibility, so the time does not grow with the data; `sampled` says what was looked at. Bytes and text are
 * not parsed: `analyzeSource` knows formats.
 * @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` for anything else
 */
export function analyze(data: unknown): DataCharacteristics {
  if (typeof data === 'string') return unread(utf8Length(data), textBlocks(data));
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) {
    return unread(data.byteLength, bufferBlocks(data, 0, data.byteLength));
  }
  if (ArrayBuffer.isView(data))
    return isNumbers(data) ? numbers(data) : unread(data.byteLength, viewBlocks(data));
  if (Array.isArray(data)) return records(data);
  if (isIndexedTable(data)) return indexed(data);
  if (isColumnarTable(data)) return columnar(data);
  throw new SelectorError(
    'ERR_PERF_SELECTOR_INVALID_INPUT',
    `analyze() takes rows, a table, a typed array, bytes or text; given ${shown(data)}`,
  );
}

/** What a sample of cells, and their number, come to. */
interface Size {
  readonly bytes: number;
  readonly rows: number;
  readonly sampledRows: number;
  readonly blocks: Uint8Array;
}

function described(
  columns: readonly ColumnSample[],
  { bytes, rows, sampledRows, blocks }: Size,
): DataCharacteristics {
  return {
    bytes,
    rows,
    ...summarize(columns, rows),
    compressibility: compressibilityOf(blocks),
    splittable: rows > 1,
    sampledRows,
    sampled: sampledRowsText(sampledRows, rows),
  };
}

/** Bytes and text: all that is known is how many there are, and how far they can be compressed. */
function unread(bytes: number, blocks: Uint8Array): DataCharacteristics {
  return {
    ...described([], { bytes, rows: 0, sampledRows: 0, blocks }),
    sampled:
      blocks.length >= bytes
        ? `all ${String(bytes)} bytes, as bytes`
        : `${String(blocks.length)} of ${String(bytes)} bytes, as bytes`,
  };
}

function viewBlocks({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return bufferBlocks(buffer, byteOffset, byteLength);
}

function bufferBlocks(buffer: ArrayBufferLike, byteOffset: number, byteLength: number): Uint8Array {
  // Nothing can be read of memory that was transferred away.
  if (byteLength === 0) return new Uint8Array();
  return byteBlocks(new Uint8Array(buffer, byteOffset, byteLength));
}

function numbers(data: ArrayBufferView & ArrayLike<number | bigint>): DataCharacteristics {
  const rows = sampleRows(data.length);
  const column = sampleColumn(rows.map((row) => data[row]));
  const { byteLength: bytes, length } = data;
  return described([column], { bytes, rows: length, sampledRows: rows.length, blocks: viewBlocks(data) });
}

function records(data: readonly unknown[]): DataCharacteristics {
  const rows = sampleRows(data.length).map((row) => data[row]);
  return recordsOf(rows, data.length);
}

/** What sampled records tell of all of them. */
export function recordsOf(rows: readonly unknown[], length: number): DataCharacteristics {
  const cells = rows.some(isPlain) ? [[...rows]] : [...cellsOf(rows).values()];
  const columns = cells.map((column) => sampleColumn(column, rows.length));
  let bytes = 0;
  for (const { seen, missing, characters } of columns) bytes += (seen - missing) * CELL_BYTES + characters;
  return described(columns, {
    bytes: scaled(bytes, length, rows.length),
    rows: length,
    sampledRows: rows.length,
    blocks: cellBlocks(cells),
  });
}

/** The cells of each name that any of the rows has. Touches every cell once, however few rows have that name. */
function cellsOf(rows: readonly unknown[]): Map<string, unknown[]> {
  const cells = new Map<string, unknown[]>();
  for (const row of rows) {
    if (!isObject(row)) continue;
    for (const [name, value] of Object.entries(row)) {
      const column = cells.get(name);
      if (column === undefined) cells.set(name, [value]);
      else column.push(value);
    }
  }
  return cells;
}

function indexed(table: IndexedTable): DataCharacteristics {
  const rows = sampleRows(table.numRows);
  const cells = Array.from({ length: table.numCols }, (_, i) => {
    const column = table.getChildAt(i);
    return rows.map((row) => column?.at(row));
  });
  const columns = cells.map((column) => sampleColumn(column));
  const characters = columns.reduce((sum, column) => sum + column.characters, 0);
  const bytes = table.numRows * table.numCols * NUMBER_BYTES + scaled(characters, table.numRows, rows.length);
  return described(columns, {
    bytes,
    rows: table.numRows,
    sampledRows: rows.length,
    blocks: cellBlocks(cells),
  });
}

function columnar(table: ColumnarTable): DataCharacteristics {
  const sampled = sampleRows(table.length).flatMap((row) => table.slice(row, row + 1).rows());
  return { ...recordsOf(sampled, table.length), bytes: table.byteLength };
}

/** Bytes of text in UTF-8: exact up to 1000 code units, from as many evenly spread ones beyond. */
export function utf8Length(text: string): number {
  if (text.length <= SAMPLE_ROWS) return Buffer.byteLength(text);
  let bytes = 0;
  const places = sampleRows(text.length);
  for (const place of places) bytes += utf8Bytes(text.charCodeAt(place));
  return scaled(bytes, text.length, places.length);
}

function utf8Bytes(codeUnit: number): number {
  if (codeUnit < 0x80) return 1;
  // Half of a surrogate pair is half of four bytes.
  return codeUnit < 0x800 || (codeUnit >= 0xd800 && codeUnit <= 0xdfff) ? 2 : 3;
}

function isPlain(value: unknown): boolean {
  return value instanceof Date || !(value === null || value === undefined || typeof value === 'object');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isNumbers(view: ArrayBufferView): view is ArrayBufferView & ArrayLike<number | bigint> {
  return 'length' in view && !(view instanceof Uint8Array);
}

function isIndexedTable(value: unknown): value is IndexedTable {
  if (!isObject(value)) return false;
  const { numRows, numCols, getChildAt } = value;
  return typeof numRows === 'number' && typeof numCols === 'number' && typeof getChildAt === 'function';
}

function isColumnarTable(value: unknown): value is ColumnarTable {
  if (!isObject(value)) return false;
  const { length, byteLength, slice } = value;
  return typeof length === 'number' && typeof byteLength === 'number' && typeof slice === 'function';
}
