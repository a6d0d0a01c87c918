import { shown } from '@perf/internal/errors';
import { ConversionError } from '../../errors.js';
import type { Losses } from '../../losses.js';
import { readBit } from '../../table/bitmap.js';
import { jsonTexts } from '../../table/column-builder.js';
import type { Column, DecimalColumn, Field, FixedColumn, TextColumn } from '../../table/column.js';
import { decimalUnits } from '../../table/decimal.js';
import { TextBuilder } from '../../table/text-builder.js';
import { valueReader } from '../../table/value.js';
import type { ByteRuns } from '../../table/byte-runs.js';
import type { Numbers, PageValues } from '../pages/page-values.js';
import type { SchemaElement } from '../schema-element.js';

/** Some rows of a column as a chunk stores them: the values without the nulls. */
export interface StoredRows {
  readonly rows: number;
  /** A byte a row, 1 = present; undefined when all are. */
  readonly flags: Uint8Array | undefined;
  /** One for each row that is present; with `indices`, the dictionary that those point into. */
  readonly values: PageValues;
  readonly indices: Int32Array | undefined;
}

/** Rows `start..end` of a column, ready to be encoded. What is lost on the way is told. */
export function storedRows(
  column: Column,
  { width = 0 }: SchemaElement,
  start: number,
  end: number,
  losses: Losses,
): StoredRows {
  const rows = end - start;
  const flags = flagsOf(column, start, end);
  const plain = (values: PageValues): StoredRows => ({ rows, flags, values, indices: undefined });
  switch (column.layout) {
    case 'fixed': {
      const { type, unit } = column.field;
      if (type === 'timestamp' && unit === 'second') return milliseconds(column, start, end, flags, losses);
      return plain({ kind: 'numbers', numbers: present(numbersOf(column, start, end), flags) });
    }
    case 'bits': {
      const bits = new Uint8Array(rows);
      for (let i = 0; i < rows; i++) bits[i] = Number(readBit(column.values, start + i));
      return plain({ kind: 'bits', bits: present(bits, flags) });
    }
    case 'text':
      return plain({ kind: 'runs', runs: textRuns(column, start, end, flags) });
    case 'dictionary': {
      const { dictionary, indices } = column;
      const runs = textRuns(dictionary, 0, dictionary.length, undefined);
      const values: PageValues = { kind: 'runs', runs };
      return { rows, flags, values, indices: present(indices.subarray(start, end), flags) };
    }
    case 'decimal':
      return plain({ kind: 'runs', runs: decimalRuns(column, width, start, end, flags) });
    case 'null':
      return { rows, flags: new Uint8Array(rows), values: { kind: 'runs', runs: NONE }, indices: undefined };
    case 'list':
    case 'struct': {
      const read = valueReader(column);
      const values = Array.from({ length: rows }, (_, i) => read(start + i));
      return textRows(jsonTexts(column.field.name, values, losses));
    }
  }
}

const NONE: ByteRuns = { bytes: new Uint8Array(0), starts: new Int32Array(0), ends: new Int32Array(0) };

function flagsOf({ validity, nullCount }: Column, start: number, end: number): Uint8Array | undefined {
  if (validity === undefined || nullCount === 0) return undefined;
  const flags = new Uint8Array(end - start);
  let count = 0;
  for (let i = start; i < end; i++) {
    const flag = Number(readBit(validity, i));
    flags[i - start] = flag;
    count += flag;
  }
  return count === flags.length ? undefined : flags;
}

/** Fixed values as one of the four kinds of numbers that Parquet stores; unsigned ones as the same bits. */
function numbersOf({ values }: FixedColumn, start: number, end: number): Numbers {
  const { buffer, byteOffset, BYTES_PER_ELEMENT: width } = values;
  const length = end - start;
  if (values instanceof BigUint64Array) return new BigInt64Array(buffer, byteOffset + start * width, length);
  if (values instanceof Uint32Array) return new Int32Array(buffer, byteOffset + start * width, length);
  if (
    values instanceof Int32Array ||
    values instanceof BigInt64Array ||
    values instanceof Float32Array ||
    values instanceof Float64Array
  ) {
    return values.subarray(start, end);
  }
  const wide = new Int32Array(length);
  wide.set(values.subarray(start, end));
  return wide;
}

type Compacted = Numbers | Uint8Array;

/** The values that are there. */
function present<A extends Compacted>(all: A, flags: Uint8Array | undefined): A;
function present(all: Compacted, flags: Uint8Array | undefined): Compacted {
  if (flags === undefined) return all;
  // A copy of the same kind; the values move to its beginning lane by lane, whatever they are.
  const copy = all.slice();
  const width = copy.BYTES_PER_ELEMENT;
  const lanes = width === 1 ? new Uint8Array(copy.buffer) : new Int32Array(copy.buffer);
  const each = Math.max(1, width / Int32Array.BYTES_PER_ELEMENT);
  let count = 0;
  for (let i = 0; i < flags.length; i++) {
    if (flags[i] === 0) continue;
    for (let lane = 0; lane < each; lane++) lanes[count * each + lane] = lanes[i * each + lane] ?? 0;
    count += 1;
  }
  return copy.subarray(0, count);
}

function milliseconds(
  { field, values }: FixedColumn,
  start: number,
  end: number,
  given: Uint8Array | undefined,
  losses: Losses,
): StoredRows {
  const rows = end - start;
  const flags = given ?? new Uint8Array(rows).fill(1);
  const out = new BigInt64Array(rows);
  losses.noted('unit-widened', field.name, 'Parquet has no seconds; they are written as milliseconds', rows);
  for (let i = 0; i < rows; i++) {
    if (flags[i] === 0) continue;
    const value = BigInt(values[start + i] ?? 0) * 1000n;
    out[i] = value;
    if (out[i] === value) continue;
    losses.lost(
      'time-out-of-range',
      field.name,
      'a time that 64 bits of milliseconds do not reach became null',
    );
    flags[i] = 0;
  }
  const values64: PageValues = { kind: 'numbers', numbers: present(out, flags) };
  return { rows, flags: flags.includes(0) ? flags : undefined, values: values64, indices: undefined };
}

function textRuns(
  { bytes, offsets }: TextColumn,
  start: number,
  end: number,
  flags: Uint8Array | undefined,
): ByteRuns {
  const starts = present(offsets.subarray(start, end), flags);
  return { bytes, starts, ends: present(offsets.subarray(start + 1, end + 1), flags) };
}

/**
 * Integers of `width` bytes, highest first. Zeros before the point are written out.
 * @throws ConversionError `ERR_PERF_CONVERT_TYPE_MISMATCH` for one that does not fit
 */
function decimalRuns(
  column: DecimalColumn,
  width: number,
  start: number,
  end: number,
  flags: Uint8Array | undefined,
): ByteRuns {
  const isPlain = width === column.words * 8;
  const zeros = 10n ** BigInt(Math.max(0, -(column.field.scale ?? 0)));
  const { buffer, byteOffset, byteLength } = column.values;
  const source = new Uint8Array(buffer, byteOffset, byteLength);
  const rows = present(
    Int32Array.from({ length: end - start }, (_, i) => start + i),
    flags,
  );
  const bytes = new Uint8Array(rows.length * width);
  rows.forEach((row, i) => {
    if (isPlain && zeros === 1n) {
      for (let k = 0; k < width; k++) bytes[i * width + k] = source[(row + 1) * width - 1 - k] ?? 0;
      return;
    }
    let units = decimalUnits(column, row) * zeros;
    if (BigInt.asIntN(width * 8, units) !== units) throw tooWide(column.field);
    for (let k = width - 1; k >= 0; k--, units >>= 8n) bytes[i * width + k] = Number(units & 0xffn);
  });
  return {
    bytes,
    starts: Int32Array.from(rows, (_, i) => i * width),
    ends: Int32Array.from(rows, (_, i) => (i + 1) * width),
  };
}

function textRows(texts: readonly (string | null)[]): StoredRows {
  const builder = new TextBuilder(texts.length);
  const flags = new Uint8Array(texts.length);
  texts.forEach((text, i) => {
    if (text === null) return;
    builder.addText(text);
    flags[i] = 1;
  });
  const { bytes, offsets, length } = builder.finish({ name: '', type: 'utf8' }, 0, undefined);
  const runs = { bytes, starts: offsets.subarray(0, length), ends: offsets.subarray(1, length + 1) };
  const rest = { values: { kind: 'runs', runs } as const, indices: undefined };
  return { rows: texts.length, flags: flags.includes(0) ? flags : undefined, ...rest };
}

function tooWide({ name, precision = 38 }: Field): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    `column ${shown(name)} has a decimal of more than its ${String(precision)} digits, or than Parquet holds; convert it to utf8`,
  );
}
