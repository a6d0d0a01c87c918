import { refuseOption, throwIfAborted, ConversionError } from '../errors.js';
import type { Losses } from '../losses.js';
import type { ConversionOptions } from '../request.js';
import type { Column } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import { shown } from '@perf/internal/errors';
import { nullTest, parseColumn, unescaped, type CsvType } from './column-parser.js';
import { DEFAULT_DIALECT, detectDelimiter, requireUtf8, resolveDialect, textStart } from './dialect.js';
import { ESCAPED, scanFields, type Fields } from './scanner.js';

export interface ReadCsvOptions extends ConversionOptions {
  readonly columns?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads CSV (RFC 4180) straight into typed columns. Types come from the whole content of a column, never from a
 * sample: booleans, integers (exact to 64 bits), decimals, dates, timestamps, otherwise text. Anything that would
 * not come back as it was written (`007`, `2024-02-30`, 18 digits) stays text. Only the columns asked for are parsed.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` with line and byte offset, `..._NO_COLUMN`,
 * `..._TYPE_MISMATCH`, `..._INVALID_OPTION`.
 */
export function readCsv(bytes: Uint8Array, losses: Losses, options: ReadCsvOptions = {}): ColumnTable {
  requireUtf8(bytes, 'CSV');
  const from = textStart(bytes);
  const dialect = resolveDialect(options, { ...DEFAULT_DIALECT, delimiter: detectDelimiter(bytes, from) });
  const offset = options.offset ?? 0;
  const headerLines = dialect.header ? 1 : 0;
  const maxLines = offset + (options.limit ?? Infinity) + headerLines;
  const fields = scanFields(bytes, {
    delimiter: dialect.delimiter.charCodeAt(0),
    from,
    maxLines,
    skipLeadingBlank: dialect.header,
  });
  throwIfAborted(options.signal);

  const names = columnNames(fields, dialect.header, losses);
  const skipped = Math.min(offset, Math.max(0, fields.lines - headerLines));
  const rows = Math.max(0, fields.lines - headerLines - skipped);
  const isNull = nullTest(fields, dialect.nullTokens);
  refuseUnknownTypes(options, names);

  const columns = (options.columns ?? names).map((name): Column => {
    const position = names.indexOf(name);
    if (position < 0) throw noColumn(name, names);
    throwIfAborted(options.signal);
    const first = (headerLines + skipped) * fields.width + position;
    const type = options.types && Object.hasOwn(options.types, name) ? options.types[name] : undefined;
    if (type !== undefined && !isCsvType(type)) throw refuseOption(`options.types: ${type}`);
    return parseColumn({ name, fields, first, step: fields.width, rows, isNull }, type);
  });
  losses.total(rows * columns.length);
  return new ColumnTable(columns, rows);
}

function columnNames(fields: Fields, header: boolean, losses: Losses): string[] {
  const names: string[] = [];
  const taken = new Set<string>();
  for (let i = 0; i < fields.width; i++) {
    const given = header ? cellText(fields, i) : '';
    let name = given === '' ? `column_${String(i + 1)}` : given;
    for (let n = 2; taken.has(name); n++)
      name = `${given === '' ? `column_${String(i + 1)}` : given}_${String(n)}`;
    if (header && name !== given) {
      const why =
        given === '' ? 'a column without a name was named by its position' : 'a repeated name got a number';
      losses.noted('column-renamed', name, why);
    }
    taken.add(name);
    names.push(name);
  }
  return names;
}

function cellText({ bytes, starts, ends, kinds }: Fields, index: number): string {
  const start = starts[index] ?? 0;
  const end = ends[index] ?? 0;
  const cell = kinds[index] === ESCAPED ? unescaped(bytes, start, end) : bytes.subarray(start, end);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(isShared(cell) ? cell.slice() : cell);
}

function isShared(bytes: Uint8Array): boolean {
  return bytes.buffer instanceof SharedArrayBuffer;
}

const TYPES: Readonly<Record<CsvType, true>> = {
  null: true,
  bool: true,
  int8: true,
  int16: true,
  int32: true,
  int64: true,
  uint8: true,
  uint16: true,
  uint32: true,
  uint64: true,
  float32: true,
  float64: true,
  date: true,
  timestamp: true,
  utf8: true,
  json: true,
};

function isCsvType(type: string): type is CsvType {
  return Object.hasOwn(TYPES, type);
}

function refuseUnknownTypes({ types }: ConversionOptions, names: readonly string[]): void {
  const unknown = Object.keys(types ?? {}).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw refuseOption(
      `options.types names ${shown(unknown)}, which is no column; the columns are ${names.join(', ')}`,
    );
  }
  const odd = Object.entries(types ?? {}).find(([, type]) => !Object.hasOwn(TYPES, type));
  if (odd !== undefined) {
    throw refuseOption(
      `options.types gives ${shown(odd[0])} the type ${shown(odd[1])}; types are ${Object.keys(TYPES).join(', ')}`,
    );
  }
}

function noColumn(name: string, names: readonly string[]): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_NO_COLUMN',
    `there is no column ${shown(name)}; the columns are ${names.slice(0, 20).join(', ')}`,
  );
}
