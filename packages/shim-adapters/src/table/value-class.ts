/** The narrowest class that holds a set of JavaScript values exactly. */
export type ValueClass =
  'null' | 'bool' | 'int32' | 'int64' | 'uint64' | 'float64' | 'date' | 'utf8' | 'binary' | 'json';

const BOOL = 1;
const INT32 = 2;
const INTEGER = 4;
const FLOAT = 8;
const INT64 = 16;
const UINT64 = 32;
const DATE = 64;
const TEXT = 128;
const OTHER = 256;
/** Set beside the kind of an integer below zero, which no unsigned type holds. */
const NEGATIVE = 512;
const BYTES = 1024;

/** Looks at every value, never at a sample. `null` and `undefined` fit any class. */
export function classify(values: ArrayLike<unknown>): ValueClass {
  let seen = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== null && value !== undefined) seen |= kind(value);
  }
  return narrowest(seen);
}

function kind(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return TEXT;
    case 'number':
      if ((value | 0) === value && !Object.is(value, -0)) return INT32 | sign(value);
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? INTEGER | sign(value) : FLOAT;
    case 'boolean':
      return BOOL;
    case 'bigint':
      if (BigInt.asIntN(64, value) === value) return INT64 | sign(value);
      return BigInt.asUintN(64, value) === value ? UINT64 : OTHER;
    default:
      if (value instanceof Date) return DATE;
      return value instanceof Uint8Array ? BYTES : OTHER;
  }
}

function sign(value: number | bigint): number {
  return value < 0 ? NEGATIVE : 0;
}

function narrowest(seen: number): ValueClass {
  const only = (kinds: number): boolean => (seen & ~kinds) === 0;
  if (seen === 0) return 'null';
  if (only(BOOL)) return 'bool';
  if (only(INT32 | NEGATIVE)) return 'int32';
  if (only(INT32 | INTEGER | FLOAT | NEGATIVE)) return 'float64';
  if (only(INT32 | INTEGER | INT64 | NEGATIVE)) return 'int64';
  if (only(INT32 | INTEGER | INT64 | UINT64)) return 'uint64';
  if (only(DATE)) return 'date';
  if (only(TEXT)) return 'utf8';
  if (only(BYTES)) return 'binary';
  return 'json';
}
