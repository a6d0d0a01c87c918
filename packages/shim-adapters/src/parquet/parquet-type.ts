import type { SchemaElement } from 'hyparquet';
import type { ColumnType, Field, TimeUnit } from '../table/column.js';

const UNITS = { MILLIS: 'millisecond', MICROS: 'microsecond', NANOS: 'nanosecond' } as const;

/** What the values of a Parquet column are here; undefined for those that go through JavaScript values. */
export function fieldOfParquet(element: SchemaElement): Field | undefined {
  if ((element.num_children ?? 0) > 0 || element.repetition_type === 'REPEATED') return undefined;
  const known = knownType(element);
  if (known === undefined) return undefined;
  return {
    name: element.name,
    ...known,
    ...(element.repetition_type === 'REQUIRED' ? { nullable: false } : {}),
  };
}

function knownType(element: SchemaElement): Omit<Field, 'name'> | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  switch (logical?.type) {
    case 'TIMESTAMP':
      return timestamp(UNITS[logical.unit], logical.isAdjustedToUTC);
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
  switch (type) {
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

function integerType({
  converted_type: converted,
  logical_type: logical,
}: SchemaElement): ColumnType | undefined {
  const short =
    logical?.type === 'INTEGER'
      ? `${logical.isSigned ? 'INT' : 'UINT'}_${String(logical.bitWidth)}`
      : converted;
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
 * How a column is declared in a Parquet file.
 * @param hasNulls a column that promises none is declared so only if it keeps the promise
 */
export function elementOf(field: Field, hasNulls: boolean): SchemaElement {
  const { name, type } = field;
  const required = field.nullable === false && !hasNulls;
  const base = { name, repetition_type: required ? 'REQUIRED' : 'OPTIONAL' } as const;
  switch (type) {
    case 'bool':
      return { ...base, type: 'BOOLEAN' };
    case 'int8':
      return { ...base, type: 'INT32', converted_type: 'INT_8' };
    case 'int16':
      return { ...base, type: 'INT32', converted_type: 'INT_16' };
    case 'int32':
      return { ...base, type: 'INT32' };
    case 'int64':
      return { ...base, type: 'INT64' };
    case 'uint8':
      return { ...base, type: 'INT32', converted_type: 'UINT_8' };
    case 'uint16':
      return { ...base, type: 'INT32', converted_type: 'UINT_16' };
    case 'uint32':
      return { ...base, type: 'INT32', converted_type: 'UINT_32' };
    case 'uint64':
      return { ...base, type: 'INT64', converted_type: 'UINT_64' };
    case 'float32':
      return { ...base, type: 'FLOAT' };
    case 'float64':
      return { ...base, type: 'DOUBLE' };
    case 'date':
      return { ...base, type: 'INT32', converted_type: 'DATE' };
    case 'timestamp':
      return {
        ...base,
        type: 'INT64',
        logical_type: {
          type: 'TIMESTAMP',
          isAdjustedToUTC: field.timezone !== undefined,
          unit: parquetUnit(field.unit),
        },
      };
    case 'decimal': {
      const { precision = 38, scale = 0 } = field;
      return {
        ...base,
        type: 'FIXED_LEN_BYTE_ARRAY',
        type_length: precision > 38 ? 32 : 16,
        converted_type: 'DECIMAL',
        precision,
        scale,
      };
    }
    case 'json':
    case 'list':
    case 'struct':
      // With the older `converted_type` the writer would parse and write each text again, and round its integers.
      return { ...base, type: 'BYTE_ARRAY', logical_type: { type: 'JSON' } };
    case 'binary':
      return { ...base, type: 'BYTE_ARRAY' };
    case 'utf8':
    case 'null':
      return { ...base, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
  }
}

/** Parquet has no seconds; they are written as milliseconds. */
function parquetUnit(unit: TimeUnit | undefined): 'MILLIS' | 'MICROS' | 'NANOS' {
  if (unit === 'microsecond') return 'MICROS';
  return unit === 'nanosecond' ? 'NANOS' : 'MILLIS';
}
