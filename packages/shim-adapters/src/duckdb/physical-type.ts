import type { Field } from '../table/column.js';

/** How values of a column lie in a vector of DuckDB, and what SQL and DuckDB itself call them. */
export interface PhysicalType {
  readonly sql: string;
  readonly kind: 'fixed' | 'bool' | 'bytes' | 'decimal';
  /** Whether milliseconds are kept as microseconds. */
  readonly widened?: true;
}

const FIXED: ReadonlyMap<string, string> = new Map([
  ['int8', 'TINYINT'],
  ['int16', 'SMALLINT'],
  ['int32', 'INTEGER'],
  ['int64', 'BIGINT'],
  ['uint8', 'UTINYINT'],
  ['uint16', 'USMALLINT'],
  ['uint32', 'UINTEGER'],
  ['uint64', 'UBIGINT'],
  ['float32', 'FLOAT'],
  ['float64', 'DOUBLE'],
  ['date', 'DATE'],
]);

/**
 * The type that means the same in DuckDB, value for value; undefined where there is none: it has no zones beside
 * microseconds (milliseconds widen to them, nanoseconds do not), no seconds in Parquet, no decimals beyond 38 digits, and
 * it checks and changes texts of JSON.
 */
export function physicalType(field: Field): PhysicalType | undefined {
  const { type, unit, timezone, precision = 38, scale = 0 } = field;
  switch (type) {
    case 'bool':
      return { sql: 'BOOLEAN', kind: 'bool' };
    case 'utf8':
    case 'null':
      return { sql: 'VARCHAR', kind: 'bytes' };
    case 'binary':
      return { sql: 'BLOB', kind: 'bytes' };
    case 'decimal':
      if (precision > 38 || scale < 0 || scale > precision) return undefined;
      return { sql: `DECIMAL(38,${String(scale)})`, kind: 'decimal' };
    case 'timestamp':
      if (unit === 'microsecond') {
        return { sql: timezone === undefined ? 'TIMESTAMP' : 'TIMESTAMP WITH TIME ZONE', kind: 'fixed' };
      }
      if (unit === 'millisecond' && timezone !== undefined) {
        return { sql: 'TIMESTAMP WITH TIME ZONE', kind: 'fixed', widened: true };
      }
      if (timezone !== undefined || unit === 'second' || unit === undefined) return undefined;
      return { sql: unit === 'nanosecond' ? 'TIMESTAMP_NS' : 'TIMESTAMP_MS', kind: 'fixed' };
    default: {
      const sql = FIXED.get(type);
      return sql === undefined ? undefined : { sql, kind: 'fixed' };
    }
  }
}
