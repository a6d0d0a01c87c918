import type { Losses } from '../losses.js';
import { resolveLimits } from '../limits.js';
import type { ConversionOptions } from '../request.js';
import { ColumnTable } from '../table/column-table.js';
import { GivenCellColumn } from './column/given-column.js';
import { InferredCellColumn } from './column/inferred-column.js';
import { DEFAULT_DIALECT, detectDelimiter, requireUtf8, resolveDialect, textStart } from './dialect.js';
import { checkTypes, columnNames, wantedColumns, type WantedColumn } from './layout.js';
import { RecordWindow } from './record-window.js';

export interface ReadCsvOptions extends ConversionOptions {
  readonly columns?: readonly string[] | undefined;
  /** Called between blocks with the bytes that the columns hold so far. */
  readonly checkpoint?: (heldBytes: number) => void;
  readonly onBytes?: (done: number) => void;
}

/** A column on its way, and where its cells stand in a record. */
interface Filling {
  readonly position: number;
  readonly column: GivenCellColumn | InferredCellColumn;
}

/**
 * Reads CSV (RFC 4180) straight into typed columns. Types come from the whole content of a column, never from a
 * sample: booleans, integers (exact to 64 bits), decimals, dates, timestamps, otherwise text. Anything that would
 * not come back as it was written (`007`, `2024-02-30`, 18 digits) stays text. Only the columns asked for are parsed.
 *
 * The text is taken in blocks that fit the processor's cache: the fields of a block are found, then parsed column by
 * column. Beside the columns it needs a few hundred kilobytes.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` with line and byte offset, `..._NO_COLUMN`,
 * `..._TYPE_MISMATCH`, `..._TOO_LARGE`, `..._INVALID_OPTION`.
 */
export function readCsv(bytes: Uint8Array, losses: Losses, options: ReadCsvOptions = {}): ColumnTable {
  checkTypes(options);
  const limits = resolveLimits(options.limits);
  resolveDialect(options);
  requireUtf8(bytes, 'CSV');
  const from = textStart(bytes);
  const dialect = resolveDialect(options, { ...DEFAULT_DIALECT, delimiter: detectDelimiter(bytes, from) });
  const window = new RecordWindow(dialect, limits, options);
  // A view of the plain class: the parsing loops must not see two kinds of byte arrays.
  const text = new Uint8Array(bytes.buffer, bytes.byteOffset + from, bytes.byteLength - from);

  let fillings: readonly Filling[] | undefined;
  let rows = 0;
  window.each(text, from, (block, first, last, done) => {
    fillings ??= wantedColumns(columnNames(block, dialect.header, losses), options).map(filling);
    for (const { column, position } of fillings) column.add(block, position, first, last);
    if (rows === 0 && last > first) {
      const expected = Math.min(window.limit, estimatedRows(last - first, done, text.length));
      for (const { column } of fillings) column.expect(expected);
    }
    rows += last - first;
    options.checkpoint?.(heldBytes(fillings));
    options.onBytes?.(from + done);
  });
  fillings ??= wantedColumns([], options).map(filling);

  for (let again = outdated(fillings); again.length > 0; again = outdated(again)) {
    for (const { column } of again) column.restart();
    window.each(text, from, (block, first, last) => {
      for (const { column, position } of again) column.add(block, position, first, last);
      options.checkpoint?.(heldBytes(again));
    });
  }
  losses.total(rows * fillings.length);
  return new ColumnTable(
    fillings.map(({ column }) => column.finish()),
    rows,
  );
}

function filling({ name, position, type }: WantedColumn): Filling {
  const column =
    type === undefined
      ? new InferredCellColumn(name)
      : new GivenCellColumn(name, type, { why: 'that options.types asks for' });
  return { position, column };
}

function outdated(fillings: readonly Filling[]): readonly Filling[] {
  return fillings.filter(({ column }) => column.outdated);
}

/** How many rows a text has, told by its beginning; a little more, so that memory is taken only once. */
function estimatedRows(rows: number, bytes: number, allBytes: number): number {
  return bytes >= allBytes ? rows : Math.ceil((rows / bytes) * allBytes * 1.02);
}

function heldBytes(fillings: readonly Filling[]): number {
  return fillings.reduce((sum, { column }) => sum + column.heldBytes, 0);
}
