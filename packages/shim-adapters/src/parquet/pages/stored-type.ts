import type { Field } from '../../table/column.js';
import type { PhysicalType, SchemaElement } from '../schema-element.js';

/** What is done to stored values that are not yet what their column holds. */
export type Conversion = 'half-float' | 'uuid' | 'nanoseconds';

/** How the values of a flat column lie in its pages. */
export interface StoredType {
  readonly physical: PhysicalType;
  /** Bytes of a value; 0 for those of any length and for bits. */
  readonly width: number;
  readonly conversion: Conversion | undefined;
  readonly isOptional: boolean;
}

const WIDTHS: Readonly<Record<PhysicalType, number>> = {
  BOOLEAN: 0,
  INT32: 4,
  INT64: 8,
  INT96: 12,
  FLOAT: 4,
  DOUBLE: 8,
  BYTE_ARRAY: 0,
  FIXED_LEN_BYTE_ARRAY: 0,
};
const WHOLE_32: readonly PhysicalType[] = ['INT32'];
const WHOLE_64: readonly PhysicalType[] = ['INT64'];
const BYTES: readonly PhysicalType[] = ['BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'];
const PHYSICAL: Readonly<Partial<Record<Field['type'], readonly PhysicalType[]>>> = {
  bool: ['BOOLEAN'],
  int8: WHOLE_32,
  int16: WHOLE_32,
  int32: WHOLE_32,
  uint8: WHOLE_32,
  uint16: WHOLE_32,
  uint32: WHOLE_32,
  date: WHOLE_32,
  int64: WHOLE_64,
  uint64: WHOLE_64,
  timestamp: ['INT64', 'INT96'],
  float32: ['FLOAT', 'FIXED_LEN_BYTE_ARRAY'],
  float64: ['DOUBLE'],
  decimal: ['INT32', 'INT64', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'],
  utf8: BYTES,
  json: BYTES,
  binary: BYTES,
};

/**
 * How a flat column is stored.
 * @throws RangeError when what the file declares of it contradicts itself
 */
export function storedTypeOf(element: SchemaElement, field: Field): StoredType {
  const { physical, logical } = element;
  if (physical === undefined || PHYSICAL[field.type]?.includes(physical) !== true) {
    throw new RangeError(`is declared as ${field.type} and stored as ${String(physical)}`);
  }
  const isFixed = physical === 'FIXED_LEN_BYTE_ARRAY';
  const width = isFixed ? (element.width ?? 0) : WIDTHS[physical];
  if (isFixed && !(width > 0)) throw new RangeError('has values of no length');
  const conversion = conversionOf(physical, logical?.kind);
  const expected = conversion === 'half-float' ? 2 : 16;
  if ((conversion === 'half-float' || conversion === 'uuid') && width !== expected) {
    throw new RangeError(`has values of ${String(width)} bytes, where its type has ${String(expected)}`);
  }
  if (field.type === 'float32' && isFixed && conversion !== 'half-float') {
    throw new RangeError(`is declared as float32 and stored as ${physical}`);
  }
  return { physical, width, conversion, isOptional: element.repetition !== 'REQUIRED' };
}

function conversionOf(physical: PhysicalType, logical: string | undefined): Conversion | undefined {
  if (physical === 'INT96') return 'nanoseconds';
  if (logical === 'FLOAT16') return 'half-float';
  return logical === 'UUID' ? 'uuid' : undefined;
}
