import type { ColumnType, Field, TimeUnit } from '../table/column.js';
import type { ParquetTimeUnit, SchemaElement } from './schema-element.js';

const UNITS = { MILLIS: 'millisecond', MICROS: 'microsecond', NANOS: 'nanosecond' } as const;

/** What the values of a Parquet column are here; undefined for those that go through JavaScript values. */
export function fieldOfParquet(element: SchemaElement): Field | undefined {
  if ((element.children ?? 0) > 0 || element.repetition === 'REPEATED') return undefined;
  const known = knownType(element);
  if (known === undefined) return undefined;
  return {
    name: element.name,
    ...known,
    ...(element.repetition === 'REQUIRED' ? { nullable: false } : {}),
  };
}

function knownType(element: SchemaElement): Omit<Field, 'name'> | undefined {
  const { physical, converted, logical } = element;
  switch (logical?.kind) {
    case 'TIMESTAMP':
      return timestamp(UNITS[logical.unit], logical.isUtc);
    case 'DATE':
      return { type: 'date' };
    case 'STRING':
    case 'ENUM':
    case 'UUID':
      return { type: 'utf8' };
    case 'JSON':
      return { type: 'json' };
    case 'FLOAT16':
      return { type: 'float32' };
    case 'DECIMAL':
      return { type: 'decimal', precision: logical.precision, scale: logical.scale };
    case 'GEOMETRY':
    case 'GEOGRAPHY':
    case 'VARIANT':
      return undefined;
    default:
  }
  switch (converted) {
    case 'TIMESTAMP_MILLIS':
      return timestamp('millisecond', true);
    case 'TIMESTAMP_MICROS':
      return timestamp('microsecond', true);
    case 'DATE':
      return { type: 'date' };
    case 'UTF8':
    case 'ENUM':
      return { type: 'utf8' };
    case 'JSON':
      return { type: 'json' };
    case 'DECIMAL':
      return { type: 'decimal', precision: element.precision ?? 38, scale: element.scale ?? 0 };
    default:
  }
  const integer = integerType(element);
  if (integer !== undefined) return { type: integer };
  switch (physical) {
    case 'BOOLEAN':
      return { type: 'bool' };
    case 'INT32':
      return { type: 'int32' };
    case 'INT64':
      return { type: 'int64' };
    case 'INT96':
      return timestamp('nanosecond', false);
    case 'FLOAT':
      return { type: 'float32' };
    case 'DOUBLE':
      return { type: 'float64' };
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return { type: 'binary' };
    default:
      return undefined;
  }
}

function integerType({ converted, logical }: SchemaElement): ColumnType | undefined {
  const short =
    logical?.kind === 'INTEGER' ? `${logical.isSigned ? 'INT' : 'UINT'}_${String(logical.bits)}` : converted;
  switch (short) {
    case 'INT_8':
      return 'int8';
    case 'INT_16':
      return 'int16';
    case 'INT_32':
      return 'int32';
    case 'INT_64':
      return 'int64';
    case 'UINT_8':
      return 'uint8';
    case 'UINT_16':
      return 'uint16';
    case 'UINT_32':
      return 'uint32';
    case 'UINT_64':
      return 'uint64';
    default:
      return undefined;
  }
}

function timestamp(unit: TimeUnit, utc: boolean): Omit<Field, 'name'> {
  return { type: 'timestamp', unit, ...(utc ? { timezone: 'UTC' } : {}) };
}

/**
 * How a column is declared in a Parquet file: by the newer annotations, and by the older ones where they say the same.
 * @param hasNulls a column that promises none is declared so only if it keeps the promise
 */
export function elementOf(field: Field, hasNulls: boolean): SchemaElement {
  const repetition = field.nullable === false && !hasNulls ? 'REQUIRED' : 'OPTIONAL';
  return { name: field.name, repetition, ...annotationOf(field) };
}

function annotationOf({
  type,
  unit,
  timezone,
  precision = 38,
  scale = 0,
}: Field): Omit<SchemaElement, 'name' | 'repetition'> {
  switch (type) {
    case 'bool':
      return { physical: 'BOOLEAN' };
    case 'int8':
      return { physical: 'INT32', converted: 'INT_8', logical: { kind: 'INTEGER', bits: 8, isSigned: true } };
    case 'int16':
      return {
        physical: 'INT32',
        converted: 'INT_16',
        logical: { kind: 'INTEGER', bits: 16, isSigned: true },
      };
    case 'int32':
      return { physical: 'INT32' };
    case 'int64':
      return { physical: 'INT64' };
    case 'uint8':
      return {
        physical: 'INT32',
        converted: 'UINT_8',
        logical: { kind: 'INTEGER', bits: 8, isSigned: false },
      };
    case 'uint16':
      return {
        physical: 'INT32',
        converted: 'UINT_16',
        logical: { kind: 'INTEGER', bits: 16, isSigned: false },
      };
    case 'uint32':
      return {
        physical: 'INT32',
        converted: 'UINT_32',
        logical: { kind: 'INTEGER', bits: 32, isSigned: false },
      };
    case 'uint64':
      return {
        physical: 'INT64',
        converted: 'UINT_64',
        logical: { kind: 'INTEGER', bits: 64, isSigned: false },
      };
    case 'float32':
      return { physical: 'FLOAT' };
    case 'float64':
      return { physical: 'DOUBLE' };
    case 'date':
      return { physical: 'INT32', converted: 'DATE', logical: { kind: 'DATE' } };
    case 'timestamp':
      return timestampElement(parquetUnit(unit), timezone !== undefined);
    case 'decimal': {
      const digits = decimalDigits(precision, scale);
      return {
        physical: 'FIXED_LEN_BYTE_ARRAY',
        width: digits.precision > MAX_PRECISION_OF_16_BYTES ? 32 : 16,
        converted: 'DECIMAL',
        ...digits,
        logical: { kind: 'DECIMAL', ...digits },
      };
    }
    case 'json':
    case 'list':
    case 'struct':
      return { physical: 'BYTE_ARRAY', converted: 'JSON', logical: { kind: 'JSON' } };
    case 'binary':
      return { physical: 'BYTE_ARRAY' };
    case 'utf8':
    case 'null':
      return { physical: 'BYTE_ARRAY', converted: 'UTF8', logical: { kind: 'STRING' } };
  }
}

const MAX_PRECISION = 76;
const MAX_PRECISION_OF_16_BYTES = 38;

/** Zeros before the point are digits like others in Parquet, which has no negative scale. */
function decimalDigits(precision: number, scale: number): { precision: number; scale: number } {
  const zeros = Math.max(0, -scale);
  return { precision: Math.min(MAX_PRECISION, precision + zeros), scale: Math.max(0, scale) };
}

/** The older annotations know no local times and no nanoseconds. */
function timestampElement(unit: ParquetTimeUnit, isUtc: boolean): Omit<SchemaElement, 'name' | 'repetition'> {
  const converted = isUtc && unit !== 'NANOS' ? (`TIMESTAMP_${unit}` as const) : undefined;
  return { physical: 'INT64', converted, logical: { kind: 'TIMESTAMP', isUtc, unit } };
}

/** Parquet has no seconds; they are written as milliseconds. */
function parquetUnit(unit: TimeUnit | undefined): ParquetTimeUnit {
  if (unit === 'microsecond') return 'MICROS';
  return unit === 'nanosecond' ? 'NANOS' : 'MILLIS';
}
