import { shown } from '@perf/internal/errors';
import { isTypedArray, type TypedArray } from '../element-type.js';
import { CompressionError } from '../errors.js';

/** Texts as UTF-8 bytes one behind the other: text `i` lies from `offsets[i]` to `offsets[i + 1]`. */
export interface TextColumn {
  readonly offsets: Int32Array | Uint32Array | BigInt64Array;
  readonly bytes: Uint8Array;
}

/** Repeated texts as numbers of entries: text `i` is `values[codes[i]]`. */
export interface DictionaryColumn {
  readonly codes: Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
  readonly values: readonly string[] | TextColumn;
}

/** What a column can be: numbers, texts (`null` where there is none), or texts as Arrow lays them out. */
export type Column = TypedArray | readonly (string | null)[] | TextColumn | DictionaryColumn;

/** Named columns. They need not be of the same length. */
export type Columns = Readonly<Record<string, Column>>;

export type ColumnKind = 'numbers' | 'strings' | 'text' | 'dictionary';

/** The kind of a column. Raises `INPUT` with the name of the column for anything else. */
export function kindOf(column: unknown, name: string): ColumnKind {
  const kind = knownKind(column);
  if (kind !== undefined) return kind;
  throw new CompressionError(
    'ERR_PERF_COMPRESSION_INPUT',
    `column ${shown(name)} must be a typed array, an array of strings and nulls, { offsets, bytes } or { codes, values }; given ${shown(column)}`,
  );
}

/** The kind of a column, or `undefined` for anything else. */
export function knownKind(column: unknown): ColumnKind | undefined {
  if (isTypedArray(column)) return 'numbers';
  if (isStrings(column)) return 'strings';
  if (isTextColumn(column)) return 'text';
  return isDictionaryColumn(column) ? 'dictionary' : undefined;
}

export function isStrings(column: unknown): column is readonly (string | null)[] {
  return Array.isArray(column) && column.every((text) => text === null || typeof text === 'string');
}

export function isTextColumn(column: unknown): column is TextColumn {
  if (!hasFields(column, ['bytes', 'offsets'])) return false;
  const offsets: unknown = Reflect.get(column, 'offsets');
  const isOffsets =
    offsets instanceof Int32Array || offsets instanceof Uint32Array || offsets instanceof BigInt64Array;
  return isOffsets && Reflect.get(column, 'bytes') instanceof Uint8Array;
}

export function isDictionaryColumn(column: unknown): column is DictionaryColumn {
  if (!hasFields(column, ['codes', 'values'])) return false;
  const codes: unknown = Reflect.get(column, 'codes');
  const values: unknown = Reflect.get(column, 'values');
  const isTexts =
    (Array.isArray(values) && values.every((text) => typeof text === 'string')) || isTextColumn(values);
  return CODE_ARRAYS.some((array) => codes instanceof array) && isTexts;
}

const CODE_ARRAYS = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array] as const;

/** A plain object of exactly these fields: another one would be lost. */
function hasFields(value: unknown, fields: readonly string[]): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.keys(value).sort().join() === fields.join();
}
