import type * as flechette from '@uwdata/flechette';
import { ConversionError } from '../errors.js';
import type { ColumnType, TimeUnit } from '../table/column.js';

/** The module `@uwdata/flechette`, passed in so that the rest of the package needs no Arrow library. */
export type Flechette = typeof flechette;
export type ArrowType = flechette.DataType;

/** What a field's type in Arrow is here; `undefined` for types that have no layout here. */
export interface KnownType {
  readonly type: ColumnType;
  readonly unit?: TimeUnit;
  readonly timezone?: string;
}

const UNITS: readonly TimeUnit[] = ['second', 'millisecond', 'microsecond', 'nanosecond'];

/** The Arrow type of a column type. */
export function toArrowType(f: Flechette, { type, unit = 'millisecond', timezone }: KnownType): ArrowType {
  switch (type) {
    case 'null':
      return f.nullType();
    case 'bool':
      return f.bool();
    case 'int8':
      return f.int8();
    case 'int16':
      return f.int16();
    case 'int32':
      return f.int32();
    case 'int64':
      return f.int64();
    case 'uint8':
      return f.uint8();
    case 'uint16':
      return f.uint16();
    case 'uint32':
      return f.uint32();
    case 'uint64':
      return f.uint64();
    case 'float32':
      return f.float32();
    case 'float64':
      return f.float64();
    case 'date':
      return f.dateDay();
    case 'timestamp':
      return f.timestamp(timeUnit(f, unit), timezone ?? null);
    case 'binary':
      return f.binary();
    case 'utf8':
    case 'json':
      return f.utf8();
    case 'decimal':
    case 'list':
    case 'struct':
      throw new ConversionError('ERR_PERF_CONVERT_FAILED', `a column of type ${type} needs its parts`);
  }
}

function timeUnit(f: Flechette, unit: TimeUnit): flechette.TimeUnit_ {
  switch (unit) {
    case 'second':
      return f.TimeUnit.SECOND;
    case 'millisecond':
      return f.TimeUnit.MILLISECOND;
    case 'microsecond':
      return f.TimeUnit.MICROSECOND;
    case 'nanosecond':
      return f.TimeUnit.NANOSECOND;
  }
}

/** The column type of an Arrow type, where both lay out their values alike. */
export function fromArrowType(f: Flechette, type: ArrowType): KnownType | undefined {
  const { Type } = f;
  switch (type.typeId) {
    case Type.Null:
      return { type: 'null' };
    case Type.Bool:
      return { type: 'bool' };
    case Type.Int:
      return { type: integerType(type.bitWidth, type.signed) };
    case Type.Float:
      if (type.precision === f.Precision.SINGLE) return { type: 'float32' };
      return type.precision === f.Precision.DOUBLE ? { type: 'float64' } : undefined;
    case Type.Date:
      return type.unit === f.DateUnit.DAY ? { type: 'date' } : undefined;
    case Type.Timestamp: {
      const unit = UNITS[type.unit];
      if (unit === undefined) return undefined;
      return { type: 'timestamp', unit, ...(type.timezone ? { timezone: type.timezone } : {}) };
    }
    case Type.Utf8:
      return { type: 'utf8' };
    default:
      return undefined;
  }
}

function integerType(bitWidth: number, signed: boolean): ColumnType {
  switch (bitWidth) {
    case 8:
      return signed ? 'int8' : 'uint8';
    case 16:
      return signed ? 'int16' : 'uint16';
    case 32:
      return signed ? 'int32' : 'uint32';
    default:
      return signed ? 'int64' : 'uint64';
  }
}
