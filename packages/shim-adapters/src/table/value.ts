import { readBit } from './bitmap.js';
import type { Column, Field, FixedColumn, ListColumn, StructColumn, TextColumn } from './column.js';
import { decimalText, decimalUnits } from './decimal.js';
import { setOwn } from './row.js';

/** How cells become JavaScript values. */
export interface ReadOptions {
  /** `true`: 64-bit integers are always `bigint`. Default: `number` where it is exact, `bigint` beyond 2^53. */
  readonly bigint?: boolean;
}

export type ValueReader = (index: number) => unknown;

// A byte order mark inside a column is a character of its text.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const DAY_MS = 86_400_000;

/**
 * A function that gives row `i` of a column: `null`, boolean, number, bigint, string, `Date` (dates, and timestamps
 * in seconds or milliseconds), `bigint` for finer timestamps, the exact text of a decimal (`'12.50'`), the bytes of a
 * `binary` column as a copy, the parsed value of a `json` column, an array for a list, an object for a struct.
 */
export function valueReader(column: Column, options: ReadOptions = {}): ValueReader {
  const read = presentReader(column, options);
  const { validity } = column;
  return validity === undefined ? read : (index) => (readBit(validity, index) ? read(index) : null);
}

function presentReader(column: Column, options: ReadOptions): ValueReader {
  switch (column.layout) {
    case 'null':
      return () => null;
    case 'bits':
      return (index) => readBit(column.values, index);
    case 'fixed':
      return fixedReader(column, options);
    case 'text':
      return entryReader(column.field, column);
    case 'dictionary': {
      const entry = entryReader(column.field, column.dictionary);
      // An object or array of bytes must not be shared by two rows: one caller may change it.
      if (column.field.type !== 'utf8') return (index) => entry(column.indices[index] ?? 0);
      const entries = Array.from({ length: column.dictionary.length }, (_, index) => entry(index));
      return (index) => entries[column.indices[index] ?? 0];
    }
    case 'decimal': {
      const { scale = 0 } = column.field;
      return (index) => decimalText(decimalUnits(column, index), scale);
    }
    case 'list':
      return listReader(column, options);
    case 'struct':
      return structReader(column, options);
  }
}

function listReader({ offsets, child }: ListColumn, options: ReadOptions): ValueReader {
  const read = valueReader(child, options);
  return (index) => {
    const start = offsets[index] ?? 0;
    return Array.from({ length: (offsets[index + 1] ?? start) - start }, (_, i) => read(start + i));
  };
}

function structReader({ children }: StructColumn, options: ReadOptions): ValueReader {
  const readers = children.map((child) => ({ name: child.field.name, read: valueReader(child, options) }));
  return (index) => {
    const value: Record<string, unknown> = {};
    for (const { name, read } of readers) setOwn(value, name, read(index));
    return value;
  };
}

/** The text of row `i`, nulls not looked at. */
export function textReader(column: TextColumn): (index: number) => string {
  const { bytes, offsets } = column;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (index) => {
    const start = offsets[index] ?? 0;
    const end = offsets[index + 1] ?? start;
    if (end - start <= 24) {
      const short = shortAscii(bytes, start, end);
      if (short !== undefined) return short;
    }
    return isShared(bytes) ? decoder.decode(bytes.slice(start, end)) : buffer.toString('utf8', start, end);
  };
}

/** Short ASCII text is decoded here: a call into the runtime costs more than the loop. */
function shortAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

function isShared(bytes: Uint8Array): boolean {
  return bytes.buffer instanceof SharedArrayBuffer;
}

function entryReader({ type }: Field, column: TextColumn): ValueReader {
  if (type === 'binary') {
    const { bytes, offsets } = column;
    return (index) => new Uint8Array(bytes.subarray(offsets[index], offsets[index + 1]));
  }
  const text = textReader(column);
  return type === 'json' ? (index) => JSON.parse(text(index)) as unknown : text;
}

function fixedReader(column: FixedColumn, options: ReadOptions): ValueReader {
  const { values, field } = column;
  if (field.type === 'date') return (index) => new Date(Number(values[index]) * DAY_MS);
  if (field.type === 'timestamp') {
    if (field.unit === 'second') return (index) => new Date(Number(values[index]) * 1000);
    if (field.unit === 'millisecond') return (index) => new Date(Number(values[index]));
    return (index) => values[index];
  }
  if (options.bigint !== true && (values instanceof BigInt64Array || values instanceof BigUint64Array)) {
    return exactReader(values);
  }
  return (index) => values[index];
}

/** 64-bit integers as numbers where a number holds them exactly. */
function exactReader(values: BigInt64Array | BigUint64Array): ValueReader {
  // Reading two 32-bit halves avoids a heap-allocated bigint for every small value.
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const signed = values instanceof BigInt64Array;
  return (index) => {
    const low = halves[index * 2] ?? 0;
    const high = halves[index * 2 + 1] ?? 0;
    if (signed && high === low >> 31) return low;
    const exact = (signed ? high : high >>> 0) * 4_294_967_296 + (low >>> 0);
    return Number.isSafeInteger(exact) ? exact : values[index];
  };
}
