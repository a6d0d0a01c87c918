import type * as flechette from '@uwdata/flechette';
import type { ColumnType, Field, TimeUnit } from '../table/column.js';
import { TypeId, type BatchType } from './arrow-batch.js';

/** The module `@uwdata/flechette`, passed in so that the rest of the package needs no Arrow library. */
export type Flechette = typeof flechette;
export type ArrowType = flechette.DataType;

/** What a type in Arrow is here. */
export type KnownType = Pick<Field, 'type' | 'unit' | 'timezone' | 'precision' | 'scale'>;

/** In the order of `TimeUnit` in the format. */
export const TIME_UNITS: readonly TimeUnit[] = ['second', 'millisecond', 'microsecond', 'nanosecond'];
/** `DateUnit` in the format. */
export const DATE_DAY = 0;
/** `Precision` in the format. */
const SINGLE = 1;
const DOUBLE = 2;

/** The column type of an Arrow type, where both lay out their values alike. */
export function knownType(type: BatchType): KnownType | undefined {
  switch (type.typeId) {
    case TypeId.Null:
      return { type: 'null' };
    case TypeId.Bool:
      return { type: 'bool' };
    case TypeId.Int:
      return { type: integerType(type.bitWidth, type.signed) };
    case TypeId.Float:
      if (type.precision === SINGLE) return { type: 'float32' };
      return type.precision === DOUBLE ? { type: 'float64' } : undefined;
    case TypeId.Date:
      return type.unit === DATE_DAY ? { type: 'date' } : undefined;
    case TypeId.Timestamp: {
      const unit = TIME_UNITS[type.unit];
      if (unit === undefined) return undefined;
      return { type: 'timestamp', unit, ...(type.timezone === undefined ? {} : { timezone: type.timezone }) };
    }
    case TypeId.Decimal:
      return { type: 'decimal', precision: type.precision, scale: type.scale };
    case TypeId.Utf8:
    case TypeId.LargeUtf8:
      return { type: 'utf8' };
    case TypeId.Binary:
    case TypeId.LargeBinary:
    case TypeId.FixedSizeBinary:
      return { type: 'binary' };
    case TypeId.List:
    case TypeId.LargeList:
    case TypeId.FixedSizeList:
    case TypeId.Map:
      return { type: 'list' };
    case TypeId.Struct:
      return { type: 'struct' };
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
