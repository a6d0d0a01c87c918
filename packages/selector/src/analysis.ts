import { shown } from '@perf/internal/errors';
import {
  SAMPLE_ROWS,
  sampleColumn,
  sampleRows,
  summarize,
  type ColumnSample,
  type DataCharacteristics,
} from './characteristics.js';
import { SelectorError } from './errors.js';

/** A table with columns that can be read by position: Arrow tables have this shape. */
interface IndexedTable {
  readonly numRows: number;
  readonly numCols: number;
  getChildAt(index: number): { at(row: number): unknown } | undefined;
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
 * values counts as one column. Looks at no more than 1000 rows, one of each of 1000 equal stretches, so the time does
 * not grow with their number; `sampledRows` says how many there were. The bytes of rows, of Arrow tables and of long
 * text are estimates.
 * @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` for anything else
 */
export function analyze(data: unknown): DataCharacteristics {
  if (typeof data === 'string') return unread(utf8Length(data));
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return unread(data.byteLength);
  if (ArrayBuffer.isView(data)) return isNumbers(data) ? numbers(data) : unread(data.byteLength);
  if (Array.isArray(data)) return records(data);
  if (isIndexedTable(data)) return indexed(data);
  if (isColumnarTable(data)) return columnar(data);
  throw new SelectorError(
    'ERR_PERF_SELECTOR_INVALID_INPUT',
    `analyze() takes rows, a table, a typed array, bytes or text; given ${shown(data)}`,
  );
}

/** Bytes and text are not parsed here: all that is known is how many there are. */
function unread(bytes: number): DataCharacteristics {
  return summarize([], { bytes, rows: 0, sampledRows: 0 });
}

function numbers(data: ArrayLike<number | bigint> & { readonly byteLength: number }): DataCharacteristics {
  const rows = sampleRows(data.length);
  const column = sampleColumn(rows.map((row) => data[row]));
  return summarize([column], { bytes: data.byteLength, rows: data.length, sampledRows: rows.length });
}

function records(data: readonly unknown[]): DataCharacteristics {
  const rows = sampleRows(data.length).map((row) => data[row]);
  const columns = rows.some(isPlain) ? [sampleColumn(rows)] : columnsOf(rows);
  let bytes = 0;
  for (const { seen, missing, characters } of columns) bytes += (seen - missing) * CELL_BYTES + characters;
  return summarize(columns, {
    bytes: scaled(bytes, data.length, rows.length),
    rows: data.length,
    sampledRows: rows.length,
  });
}

/** One sample for each name that any of the rows has. Touches every cell once, however few rows have that name. */
function columnsOf(rows: readonly unknown[]): ColumnSample[] {
  const cells = new Map<string, unknown[]>();
  for (const row of rows) {
    if (!isObject(row)) continue;
    for (const [name, value] of Object.entries(row)) {
      const column = cells.get(name);
      if (column === undefined) cells.set(name, [value]);
      else column.push(value);
    }
  }
  return [...cells.values()].map((column) => sampleColumn(column, rows.length));
}

function indexed(table: IndexedTable): DataCharacteristics {
  const rows = sampleRows(table.numRows);
  const columns: ColumnSample[] = [];
  let characters = 0;
  for (let i = 0; i < table.numCols; i++) {
    const column = table.getChildAt(i);
    const sample = sampleColumn(rows.map((row) => column?.at(row)));
    characters += sample.characters;
    columns.push(sample);
  }
  const bytes = table.numRows * table.numCols * NUMBER_BYTES + scaled(characters, table.numRows, rows.length);
  return summarize(columns, { bytes, rows: table.numRows, sampledRows: rows.length });
}

function columnar(table: ColumnarTable): DataCharacteristics {
  const wanted = sampleRows(table.length);
  const sampled = wanted.flatMap((row) => table.slice(row, row + 1).rows());
  const { columns, numericColumns, textColumns, temporalColumns, nullRatio, sparsity } = records(sampled);
  return {
    bytes: table.byteLength,
    rows: table.length,
    sampledRows: wanted.length,
    columns,
    numericColumns,
    textColumns,
    temporalColumns,
    nullRatio,
    sparsity,
  };
}

/** What a sample of `seen` rows comes to over all of them. */
function scaled(sampled: number, length: number, seen: number): number {
  return seen === 0 ? 0 : Math.round((sampled * length) / seen);
}

/** Bytes of text in UTF-8: exact up to 1000 code units, from as many evenly spread ones beyond. */
function utf8Length(text: string): number {
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
