/** A node of the schema of a Parquet file, as its footer declares it. */
export interface SchemaElement {
  readonly name: string;
  /** Undefined for a group of others. */
  readonly physical?: PhysicalType | undefined;
  /** Bytes of a value of `FIXED_LEN_BYTE_ARRAY`. */
  readonly width?: number | undefined;
  readonly repetition?: Repetition | undefined;
  /** How many elements after it are its children. */
  readonly children?: number | undefined;
  readonly converted?: ConvertedType | undefined;
  readonly logical?: LogicalType | undefined;
  readonly precision?: number | undefined;
  readonly scale?: number | undefined;
}

/** Names by the numbers that stand for them in a file. */
export const PHYSICAL_TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
export type PhysicalType = (typeof PHYSICAL_TYPES)[number];

export const REPETITIONS = ['REQUIRED', 'OPTIONAL', 'REPEATED'] as const;
export type Repetition = (typeof REPETITIONS)[number];

export const CONVERTED_TYPES = [
  'UTF8',
  'MAP',
  'MAP_KEY_VALUE',
  'LIST',
  'ENUM',
  'DECIMAL',
  'DATE',
  'TIME_MILLIS',
  'TIME_MICROS',
  'TIMESTAMP_MILLIS',
  'TIMESTAMP_MICROS',
  'UINT_8',
  'UINT_16',
  'UINT_32',
  'UINT_64',
  'INT_8',
  'INT_16',
  'INT_32',
  'INT_64',
  'JSON',
  'BSON',
  'INTERVAL',
] as const;
export type ConvertedType = (typeof CONVERTED_TYPES)[number];

/** The newer annotations by their field in the union; those not known here are none. */
export const LOGICAL_KINDS = {
  1: 'STRING',
  2: 'MAP',
  3: 'LIST',
  4: 'ENUM',
  5: 'DECIMAL',
  6: 'DATE',
  7: 'TIME',
  8: 'TIMESTAMP',
  10: 'INTEGER',
  11: 'NULL',
  12: 'JSON',
  13: 'BSON',
  14: 'UUID',
  15: 'FLOAT16',
  16: 'VARIANT',
  17: 'GEOMETRY',
  18: 'GEOGRAPHY',
} as const;
type LogicalKind = (typeof LOGICAL_KINDS)[keyof typeof LOGICAL_KINDS];

export const TIME_UNITS = ['MILLIS', 'MICROS', 'NANOS'] as const;
export type ParquetTimeUnit = (typeof TIME_UNITS)[number];

export type LogicalType =
  | { readonly kind: Exclude<LogicalKind, 'DECIMAL' | 'TIME' | 'TIMESTAMP' | 'INTEGER'> }
  | { readonly kind: 'DECIMAL'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'TIME' | 'TIMESTAMP'; readonly isUtc: boolean; readonly unit: ParquetTimeUnit }
  | { readonly kind: 'INTEGER'; readonly bits: number; readonly isSigned: boolean };

export const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;
export type Codec = (typeof CODECS)[number];
