/**
 * One column of a table, laid out in memory as Apache Arrow lays it out (https://arrow.apache.org/docs/format/Columnar.html):
 * fixed-width values in one typed array, booleans as bits, text as UTF-8 bytes with offsets, repeated text as
 * indices into a dictionary, nulls in a bitmap beside the values. Columns are plain data: they cross to another
 * thread by moving their buffers and become Arrow columns without a copy.
 */

/**
 * The type of a column's values. `json` is text that holds one JSON value a cell (nested or mixed values); `list` and
 * `struct` are nested as Arrow nests them.
 */
export type ColumnType =
  | 'null'
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float32'
  | 'float64'
  | 'date'
  | 'timestamp'
  | 'decimal'
  | 'utf8'
  | 'binary'
  | 'json'
  | 'list'
  | 'struct';

export type TimeUnit = 'second' | 'millisecond' | 'microsecond' | 'nanosecond';

/** What a column holds. `date` counts days since 1970-01-01, `timestamp` counts `unit`s since then. */
export interface Field {
  readonly name: string;
  readonly type: ColumnType;
  /** For `timestamp`: the unit of its values. */
  readonly unit?: TimeUnit;
  /** For `timestamp`: the zone the values belong to, `'UTC'` when the source said so. */
  readonly timezone?: string;
  /** For `decimal`: significant digits, at most 76. */
  readonly precision?: number;
  /** For `decimal`: digits after the point; the integer that is stored is the value times 10 to this power. */
  readonly scale?: number;
  /** `false` when the source promises that no value is null. Default `true`. */
  readonly nullable?: boolean;
  /** Key/value pairs that came with the column (the field metadata of Arrow). */
  readonly metadata?: readonly (readonly [string, string])[];
}

export type FixedType = Exclude<
  ColumnType,
  'null' | 'bool' | 'decimal' | 'utf8' | 'binary' | 'json' | 'list' | 'struct'
>;

export type FixedValues =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

interface AnyColumn {
  readonly field: Field;
  readonly length: number;
  readonly nullCount: number;
  /** One bit a value, 1 = present. Undefined when there are no nulls. */
  readonly validity: Uint8Array | undefined;
}

/** A column in which every value is null. */
export interface NullColumn extends AnyColumn {
  readonly layout: 'null';
}

/** Numbers, dates and timestamps: one element a row. */
export interface FixedColumn extends AnyColumn {
  readonly layout: 'fixed';
  readonly values: FixedValues;
}

/** Booleans: one bit a row. */
export interface BitColumn extends AnyColumn {
  readonly layout: 'bits';
  readonly values: Uint8Array;
}

/** Text in UTF-8, or bytes of any kind (`binary`): row `i` is `bytes[offsets[i] .. offsets[i + 1]]`. */
export interface TextColumn extends AnyColumn {
  readonly layout: 'text';
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
}

/** Text in which values repeat: row `i` is entry `indices[i]` of the dictionary. */
export interface DictionaryColumn extends AnyColumn {
  readonly layout: 'dictionary';
  readonly indices: Int32Array;
  readonly dictionary: TextColumn;
}

/** Decimals: row `i` is a two's complement integer of `words` 64-bit words from `values[i * words]` on, lowest first. */
export interface DecimalColumn extends AnyColumn {
  readonly layout: 'decimal';
  readonly values: BigUint64Array;
  readonly words: 2 | 4;
}

/** Lists: row `i` is rows `offsets[i] .. offsets[i + 1]` of the child. */
export interface ListColumn extends AnyColumn {
  readonly layout: 'list';
  readonly offsets: Int32Array;
  readonly child: Column;
}

/** Structs: row `i` is row `i` of every child. */
export interface StructColumn extends AnyColumn {
  readonly layout: 'struct';
  readonly children: readonly Column[];
}

export type Column =
  | NullColumn
  | FixedColumn
  | BitColumn
  | TextColumn
  | DictionaryColumn
  | DecimalColumn
  | ListColumn
  | StructColumn;

const NOT_FIXED: ReadonlySet<ColumnType> = new Set<ColumnType>([
  'null',
  'bool',
  'decimal',
  'utf8',
  'binary',
  'json',
  'list',
  'struct',
]);

export function isFixedType(type: ColumnType): type is FixedType {
  return !NOT_FIXED.has(type);
}

/** An array of `length` zeros of the kind that holds `type`. */
export function fixedArray(type: FixedType, length: number): FixedValues {
  switch (type) {
    case 'int8':
      return new Int8Array(length);
    case 'int16':
      return new Int16Array(length);
    case 'int32':
    case 'date':
      return new Int32Array(length);
    case 'int64':
    case 'timestamp':
      return new BigInt64Array(length);
    case 'uint8':
      return new Uint8Array(length);
    case 'uint16':
      return new Uint16Array(length);
    case 'uint32':
      return new Uint32Array(length);
    case 'uint64':
      return new BigUint64Array(length);
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
  }
}

/** The buffers of a column, values first. */
export function columnBuffers(column: Column): (FixedValues | Uint8Array)[] {
  const buffers: (FixedValues | Uint8Array)[] = [];
  switch (column.layout) {
    case 'null':
      break;
    case 'fixed':
    case 'bits':
    case 'decimal':
      buffers.push(column.values);
      break;
    case 'list':
      buffers.push(column.offsets, ...columnBuffers(column.child));
      break;
    case 'struct':
      buffers.push(...column.children.flatMap(columnBuffers));
      break;
    case 'text':
      buffers.push(column.bytes, column.offsets);
      break;
    case 'dictionary':
      buffers.push(column.indices, ...columnBuffers(column.dictionary));
      break;
  }
  if (column.validity !== undefined) buffers.push(column.validity);
  return buffers;
}
