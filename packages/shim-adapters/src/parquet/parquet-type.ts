import type { SchemaElement } from 'hyparquet';
import type { ColumnType, Field, TimeUnit } from '../table/column.js';

const UNITS = { MILLIS: 'millisecond', MICROS: 'microsecond', NANOS: 'nanosecond' } as const;

/** What the values of a Parquet column are here; undefined for those that go through JavaScript values. */
export function fieldOfParquet(element: SchemaElement): Field | undefined {
  const { name, type, converted_type: converted, logical_type: logical } = element;
  if ((element.num_children ?? 0) > 0 || element.repetition_type === 'REPEATED') return undefined;
  if (logical?.type === 'TIMESTAMP') {
    return timestamp(name, UNITS[logical.unit], logical.isAdjustedToUTC);
  }
  if (converted === 'TIMESTAMP_MILLIS') return timestamp(name, 'millisecond', true);
  if (converted === 'TIMESTAMP_MICROS') return timestamp(name, 'microsecond', true);
  if (type === 'INT96') return timestamp(name, 'nanosecond', false);
  if (converted === 'DATE' || logical?.type === 'DATE') return { name, type: 'date' };
  if (converted === 'UTF8' || logical?.type === 'STRING' || converted === 'ENUM')
    return { name, type: 'utf8' };
  if (converted === 'JSON' || logical?.type === 'JSON') return { name, type: 'json' };
  const integer = integerType(element);
  if (integer !== undefined) return { name, type: integer };
  if (converted !== undefined || logical !== undefined) return undefined;
  switch (type) {
    case 'BOOLEAN':
      return { name, type: 'bool' };
    case 'INT32':
      return { name, type: 'int32' };
    case 'INT64':
      return { name, type: 'int64' };
    case 'FLOAT':
      return { name, type: 'float32' };
    case 'DOUBLE':
      return { name, type: 'float64' };
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

function timestamp(name: string, unit: TimeUnit, utc: boolean): Field {
  return { name, type: 'timestamp', unit, ...(utc ? { timezone: 'UTC' } : {}) };
}

/** How a column is declared in a Parquet file. */
export function elementOf(field: Field): SchemaElement {
  const { name, type } = field;
  const base = { name, repetition_type: 'OPTIONAL' } as const;
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
    case 'json':
      // With the older `converted_type` the writer would parse and write each text again, and round its integers.
      return { ...base, type: 'BYTE_ARRAY', logical_type: { type: 'JSON' } };
    case 'binary':
      return { ...base, type: 'BYTE_ARRAY' };
    case 'utf8':
    case 'null':
    case 'decimal':
    case 'list':
    case 'struct':
      return { ...base, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
  }
}

/** Parquet has no seconds; they are written as milliseconds. */
function parquetUnit(unit: TimeUnit | undefined): 'MILLIS' | 'MICROS' | 'NANOS' {
  if (unit === 'microsecond') return 'MICROS';
  return unit === 'nanosecond' ? 'NANOS' : 'MILLIS';
}
