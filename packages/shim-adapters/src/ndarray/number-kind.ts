import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import { isFixedType, type Column, type FixedValues } from '../table/column.js';
import type { DType } from './nd-array.js';

const SMALLEST_FIRST: readonly DType[] = [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'float32',
  'int64',
  'uint64',
  'float64',
];
/** Bits of the whole numbers that a type holds without gaps, and whether they may be below zero. */
const WHOLE: Readonly<Record<DType, { readonly bits: number; readonly signed: boolean }>> = {
  int8: { bits: 7, signed: true },
  uint8: { bits: 8, signed: false },
  int16: { bits: 15, signed: true },
  uint16: { bits: 16, signed: false },
  int32: { bits: 31, signed: true },
  uint32: { bits: 32, signed: false },
  int64: { bits: 63, signed: true },
  uint64: { bits: 64, signed: false },
  float32: { bits: 24, signed: true },
  float64: { bits: 53, signed: true },
};

/** An array of elements as it is in memory, found by its class. */
export function dtypeOf(values: FixedValues): DType {
  if (values instanceof Int8Array) return 'int8';
  if (values instanceof Int16Array) return 'int16';
  if (values instanceof Int32Array) return 'int32';
  if (values instanceof BigInt64Array) return 'int64';
  if (values instanceof Uint8Array) return 'uint8';
  if (values instanceof Uint16Array) return 'uint16';
  if (values instanceof Uint32Array) return 'uint32';
  if (values instanceof BigUint64Array) return 'uint64';
  return values instanceof Float32Array ? 'float32' : 'float64';
}

/** Whether a type holds fractions, NaN and infinities. */
export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64';
}

export function isBig(dtype: DType): boolean {
  return dtype === 'int64' || dtype === 'uint64';
}

/**
 * The kind of number that a column holds: booleans are 0 and 1, days and ticks their numbers.
 * @throws ConversionError `ERR_PERF_CONVERT_TYPE_MISMATCH` for anything else
 */
export function numberKind({ field, layout }: Column): DType {
  if (layout === 'bits') return 'uint8';
  if (layout === 'null') return 'int8';
  if (field.type === 'date') return 'int32';
  if (field.type === 'timestamp') return 'int64';
  if (layout === 'fixed' && isFixedType(field.type)) return field.type;
  throw new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    `column ${shown(field.name)} is ${field.type}; an array of numbers needs numbers: select other columns, or convert it first`,
  );
}

/** The smallest type that holds every value of these types exactly; `float64` where none does. */
export function widest(kinds: readonly DType[]): DType {
  const holds = (type: DType, kind: DType): boolean => {
    const [whole, needed] = [WHOLE[type], WHOLE[kind]];
    if (isFloat(kind)) return isFloat(type) && whole.bits >= needed.bits;
    return whole.bits >= needed.bits && (whole.signed || !needed.signed);
  };
  return SMALLEST_FIRST.find((type) => kinds.every((kind) => holds(type, kind))) ?? 'float64';
}

/** A number or bigint as an element of a type: what it becomes there. */
export function asElement(value: number | bigint, dtype: DType): number | bigint {
  if (!isBig(dtype)) return Number(value);
  if (typeof value === 'bigint') return value;
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

/** Whether an element says the same number. */
export function isSame(value: number | bigint, element: number | bigint | undefined): boolean {
  if (typeof value === 'number' && typeof element === 'number') return Object.is(value, element);
  if (typeof value === 'number' && !Number.isInteger(value)) return false;
  if (typeof element === 'number' && !Number.isInteger(element)) return false;
  if (Object.is(value, -0) && typeof element === 'bigint') return false;
  return BigInt(value) === BigInt(element ?? 0);
}
