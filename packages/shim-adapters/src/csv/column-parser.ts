import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import { bitmapBytes, setBit } from '../table/bitmap.js';
import {
  fixedArray,
  type Column,
  type ColumnType,
  type Field,
  type FixedValues,
  type TextColumn,
} from '../table/column.js';
import { Presence } from '../table/presence.js';
import { TextBuilder } from '../table/text-builder.js';
import { textReader } from '../table/value.js';
import {
  bigInteger,
  calendarDay,
  decimal,
  moment,
  momentForm,
  smallInteger,
  truth,
  type MomentForm,
} from './cell.js';
import { ESCAPED, PLAIN, type Fields } from './scanner.js';

/** The types that a cell of text can be read as. */
export type CsvType = Exclude<ColumnType, 'decimal' | 'binary' | 'list' | 'struct'>;

/** The cells of one column within the fields of a text: cell `row` is field `first + row * step`. */
export interface Cells {
  readonly name: string;
  readonly fields: Fields;
  readonly first: number;
  readonly step: number;
  readonly rows: number;
  readonly isNull: (field: number) => boolean;
}

const INT32_LIMIT = 2 ** 31;
const QUOTE = 0x22;

/** Narrowest first: the first type that holds every cell exactly is the type of the column. */
const CANDIDATES = ['bool', 'int32', 'int64', 'float64', 'date', 'timestamp'] as const;

/** Parses a column. Without `type` the whole content decides; with it, a cell that does not fit is an error. */
export function parseColumn(cells: Cells, type?: CsvType): Column {
  if (type === undefined) return inferred(cells);
  if (type === 'utf8') return text(cells, type);
  const column = type === 'json' ? jsonTexts(cells) : attempt(cells, type, type);
  if (typeof column !== 'number') return column;
  throw misfit(cells, type, column);
}

function inferred(cells: Cells): Column {
  return inferredType(cells) ?? text(cells, 'utf8');
}

/** The column by its narrowest type, or undefined when only text holds its cells. */
export function inferredType(cells: Cells): Column | undefined {
  const first = firstPresent(cells);
  if (first < 0) return allNull(cells);
  for (const type of CANDIDATES) {
    // One cell rules out most candidates before a column is allocated for them.
    if (typeof attempt({ ...cells, first: fieldOf(cells, first), rows: 1 }, type, type) === 'number')
      continue;
    const column = attempt(cells, type, type);
    if (typeof column !== 'number') return column;
  }
  return undefined;
}

function fieldOf(cells: Cells, row: number): number {
  return cells.first + row * cells.step;
}

function firstPresent(cells: Cells): number {
  for (let row = 0; row < cells.rows; row++) if (!cells.isNull(fieldOf(cells, row))) return row;
  return -1;
}

function allNull({ name, rows }: Cells): Column {
  return {
    layout: 'null',
    field: { name, type: 'null' },
    length: rows,
    nullCount: rows,
    validity: undefined,
  };
}

/** The column, or the first row whose cell does not fit. */
function attempt(cells: Cells, type: CsvType, as: CsvType): Column | number {
  switch (type) {
    case 'null':
      return firstPresent(cells) < 0 ? allNull(cells) : firstPresent(cells);
    case 'bool':
      return bools(cells);
    case 'timestamp':
      return timestamps(cells);
    case 'int64':
    case 'uint64':
      return bigints(cells, type);
    case 'float32':
    case 'float64':
      return fixed(
        cells,
        { name: cells.name, type: as },
        fixedArray(type, cells.rows),
        (bytes, start, end) => {
          const integer = smallInteger(bytes, start, end);
          const value = Number.isNaN(integer) ? decimal(bytes, start, end) : integer;
          return type === 'float32' && overflows(value) ? undefined : value;
        },
      );
    case 'date':
      return fixed(cells, { name: cells.name, type }, fixedArray(type, cells.rows), (bytes, start, end) => {
        const day = calendarDay(bytes, start, end);
        return Number.isNaN(day) ? undefined : day;
      });
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32': {
      const [low, high] = range(type);
      return fixed(cells, { name: cells.name, type }, fixedArray(type, cells.rows), (bytes, start, end) => {
        const value = smallInteger(bytes, start, end);
        return value >= low && value < high ? value : undefined;
      });
    }
    case 'utf8':
    case 'json':
      return text(cells, type);
  }
}

/** Whether a finite number becomes infinite as a float32. */
function overflows(value: number | undefined): boolean {
  return value !== undefined && Number.isFinite(value) && !Number.isFinite(Math.fround(value));
}

/** The column as JSON texts, or the first row that is not JSON. */
function jsonTexts(cells: Cells): Column | number {
  const column = text(cells, 'json');
  const read = textReader(column);
  for (let row = 0; row < cells.rows; row++) {
    if (!cells.isNull(fieldOf(cells, row)) && !isJson(read(row))) return row;
  }
  return column;
}

function isJson(cell: string): boolean {
  try {
    JSON.parse(cell);
    return true;
  } catch {
    return false;
  }
}

function range(type: 'int8' | 'int16' | 'int32' | 'uint8' | 'uint16' | 'uint32'): readonly [number, number] {
  switch (type) {
    case 'int8':
      return [-128, 128];
    case 'int16':
      return [-32_768, 32_768];
    case 'int32':
      return [-INT32_LIMIT, INT32_LIMIT];
    case 'uint8':
      return [0, 256];
    case 'uint16':
      return [0, 65_536];
    case 'uint32':
      return [0, INT32_LIMIT * 2];
  }
}

function fixed(
  cells: Cells,
  field: Field,
  values: FixedValues,
  read: (bytes: Uint8Array, start: number, end: number) => number | undefined,
): Column | number {
  const { fields, rows, isNull } = cells;
  const presence = new Presence(rows);
  for (let row = 0, index = cells.first; row < rows; row++, index += cells.step) {
    if (isNull(index)) {
      presence.missing(row);
      continue;
    }
    const value = read(fields.bytes, fields.starts[index] ?? 0, fields.ends[index] ?? 0);
    if (value === undefined) return row;
    presence.present(row);
    values[row] = value;
  }
  return { layout: 'fixed', field, length: rows, ...presence.done(), values };
}

function bigints(cells: Cells, type: 'int64' | 'uint64'): Column | number {
  const { fields, rows, isNull } = cells;
  const values = type === 'int64' ? new BigInt64Array(rows) : new BigUint64Array(rows);
  const wrap = (value: bigint): bigint =>
    type === 'int64' ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
  const presence = new Presence(rows);
  for (let row = 0, index = cells.first; row < rows; row++, index += cells.step) {
    if (isNull(index)) {
      presence.missing(row);
      continue;
    }
    const value = bigInteger(fields.bytes, fields.starts[index] ?? 0, fields.ends[index] ?? 0);
    if (value === undefined || value !== wrap(value)) return row;
    presence.present(row);
    values[row] = value;
  }
  return { layout: 'fixed', field: { name: cells.name, type }, length: rows, ...presence.done(), values };
}

function bools(cells: Cells): Column | number {
  const { fields, rows, isNull } = cells;
  const values = new Uint8Array(bitmapBytes(rows));
  const presence = new Presence(rows);
  for (let row = 0, index = cells.first; row < rows; row++, index += cells.step) {
    if (isNull(index)) {
      presence.missing(row);
      continue;
    }
    const value = truth(fields.bytes, fields.starts[index] ?? 0, fields.ends[index] ?? 0);
    if (value === undefined) return row;
    presence.present(row);
    if (value) setBit(values, row);
  }
  const field: Field = { name: cells.name, type: 'bool' };
  return { layout: 'bits', field, length: rows, ...presence.done(), values };
}

/** The form of a column of timestamps that has none. */
const SECONDS: MomentForm = { fraction: 0, utc: false };
const UNITS = { 0: 'second', 3: 'millisecond', 6: 'microsecond', 9: 'nanosecond' } as const;

function timestamps(cells: Cells): Column | number {
  const { fields, rows, isNull } = cells;
  const { bytes, starts, ends } = fields;
  const first = firstPresent(cells);
  const example = fieldOf(cells, Math.max(0, first));
  const form = first < 0 ? SECONDS : momentForm(bytes, starts[example] ?? 0, ends[example] ?? 0);
  if (form === undefined) return first;
  const values = new BigInt64Array(rows);
  const presence = new Presence(rows);
  for (let row = 0, index = cells.first; row < rows; row++, index += cells.step) {
    if (isNull(index)) {
      presence.missing(row);
      continue;
    }
    const value = moment(bytes, starts[index] ?? 0, ends[index] ?? 0, form);
    if (value === undefined) return row;
    presence.present(row);
    values[row] = value;
  }
  const field: Field = {
    name: cells.name,
    type: 'timestamp',
    unit: UNITS[form.fraction],
    ...(form.utc ? { timezone: 'UTC' } : {}),
  };
  return { layout: 'fixed', field, length: rows, ...presence.done(), values };
}

function text(cells: Cells, type: 'utf8' | 'json'): TextColumn {
  const { fields, rows, isNull } = cells;
  const { bytes, starts, ends, kinds } = fields;
  let total = 0;
  for (let row = 0, index = cells.first; row < rows; row++, index += cells.step) {
    total += (ends[index] ?? 0) - (starts[index] ?? 0);
  }
  const builder = new TextBuilder(rows, total);
  const presence = new Presence(rows);
  for (let row = 0, index = cells.first; row < rows; row++, index += cells.step) {
    if (isNull(index)) {
      presence.missing(row);
      builder.addEmpty();
      continue;
    }
    presence.present(row);
    const start = starts[index] ?? 0;
    const end = ends[index] ?? 0;
    if (kinds[index] === ESCAPED) {
      const plain = unescaped(bytes, start, end);
      builder.addBytes(plain, 0, plain.length);
    } else {
      builder.addBytes(bytes, start, end);
    }
  }
  const { nullCount, validity } = presence.done();
  return builder.finish({ name: cells.name, type }, nullCount, validity);
}

/** The bytes of a quoted field with its doubled quotes undone. */
export function unescaped(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const out = new Uint8Array(end - start);
  let used = 0;
  for (let at = start; at < end; at++) {
    out[used++] = bytes[at] ?? 0;
    if (bytes[at] === QUOTE) at += 1;
  }
  return out.subarray(0, used);
}

/** Tells which fields are null: unquoted, and one of the null tokens. */
export function nullTest(fields: Fields, tokens: readonly string[]): (field: number) => boolean {
  const { bytes, starts, ends, kinds } = fields;
  const encoded = tokens.map((token) => Buffer.from(token, 'utf8'));
  if (encoded.length === 1 && encoded[0]?.length === 0) {
    return (index) => starts[index] === ends[index] && kinds[index] === PLAIN;
  }
  return (index) => {
    if (kinds[index] !== PLAIN) return false;
    const start = starts[index] ?? 0;
    const length = (ends[index] ?? 0) - start;
    return encoded.some(
      (token) => token.length === length && token.every((byte, i) => byte === bytes[start + i]),
    );
  };
}

function misfit(cells: Cells, type: ColumnType, row: number): ConversionError {
  const { fields, name } = cells;
  const index = fieldOf(cells, row);
  const cell = Buffer.from(fields.bytes.subarray(fields.starts[index], fields.ends[index])).toString('utf8');
  return new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    `column ${shown(name)}, row ${String(row + 1)}: ${shown(cell)} is not of the type '${type}' that options.types asks for`,
  );
}
