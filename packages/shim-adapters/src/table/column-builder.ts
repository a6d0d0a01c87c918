import { isTypedArray } from 'node:util/types';
import type { Losses } from '../losses.js';
import { bitmapBytes, setBit } from './bitmap.js';
import { fixedArray, type Column, type Field, type FixedType } from './column.js';
import { Presence } from './presence.js';
import { buildStrings } from './string-builder.js';
import { TextBuilder } from './text-builder.js';
import { classify, type ValueClass } from './value-class.js';

/**
 * Builds a column from JavaScript values. The type is the narrowest that holds every value exactly:
 * booleans; `int32`; `int64` where bigints occur; `float64`; `utf8`; `timestamp` for dates; `binary` for
 * `Uint8Array`; `json` for objects, arrays and mixtures. `undefined` becomes null.
 */
export function buildColumn(name: string, values: ArrayLike<unknown>, losses: Losses): Column {
  losses.total(values.length);
  const seen = classify(values);
  return buildAs(name, values, seen, losses);
}

function buildAs(name: string, values: ArrayLike<unknown>, seen: ValueClass, losses: Losses): Column {
  switch (seen) {
    case 'null':
      return {
        layout: 'null',
        field: { name, type: 'null' },
        length: values.length,
        nullCount: values.length,
        validity: undefined,
      };
    case 'bool':
      return bits(name, values);
    case 'int32':
      return numbers({ name, type: 'int32' }, values, Number);
    case 'float64':
      return numbers({ name, type: 'float64' }, values, Number);
    case 'int64':
      return bigints({ name, type: 'int64' }, values);
    case 'uint64':
      return bigints({ name, type: 'uint64' }, values);
    case 'date':
      return dates(name, values, losses);
    case 'utf8':
      return buildStrings({ name, type: 'utf8' }, values, losses);
    case 'binary':
      return binaries(name, values);
    case 'json':
      return buildStrings({ name, type: 'json' }, jsonTexts(name, values, losses), losses);
  }
}

function bits(name: string, values: ArrayLike<unknown>): Column {
  const set = new Uint8Array(bitmapBytes(values.length));
  const presence = new Presence(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (presence.see(i, value) && value === true) setBit(set, i);
  }
  return {
    layout: 'bits',
    field: { name, type: 'bool' },
    length: values.length,
    ...presence.done(),
    values: set,
  };
}

function numbers(
  field: Field & { type: FixedType },
  values: ArrayLike<unknown>,
  read: (value: unknown) => number,
): Column {
  const out = fixedArray(field.type, values.length);
  const presence = new Presence(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (presence.see(i, value)) out[i] = read(value);
  }
  return { layout: 'fixed', field, length: values.length, ...presence.done(), values: out };
}

function bigints(field: Field, values: ArrayLike<unknown>): Column {
  const out = field.type === 'uint64' ? new BigUint64Array(values.length) : new BigInt64Array(values.length);
  const presence = new Presence(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (presence.see(i, value) && (typeof value === 'bigint' || typeof value === 'number'))
      out[i] = BigInt(value);
  }
  return { layout: 'fixed', field, length: values.length, ...presence.done(), values: out };
}

function dates(name: string, values: ArrayLike<unknown>, losses: Losses): Column {
  const out = new BigInt64Array(values.length);
  const presence = new Presence(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const time = value instanceof Date ? value.getTime() : undefined;
    const valid = time !== undefined && !Number.isNaN(time);
    if (time !== undefined && !valid) {
      losses.lost('invalid-date-as-null', name, 'an invalid Date became null');
    }
    if (presence.see(i, valid ? value : null) && time !== undefined) out[i] = BigInt(time);
  }
  const field: Field = { name, type: 'timestamp', unit: 'millisecond', timezone: 'UTC' };
  return { layout: 'fixed', field, length: values.length, ...presence.done(), values: out };
}

function binaries(name: string, values: ArrayLike<unknown>): Column {
  const builder = new TextBuilder(values.length);
  const presence = new Presence(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (presence.see(i, value) && value instanceof Uint8Array) builder.addBytes(value, 0, value.length);
    else builder.addEmpty();
  }
  const { nullCount, validity } = presence.done();
  return builder.finish({ name, type: 'binary' }, nullCount, validity);
}

/** Every value as JSON text, null for what is missing; what JSON cannot carry is counted as lost. */
export function jsonTexts(name: string, values: ArrayLike<unknown>, losses: Losses): (string | null)[] {
  let inexact = 0;
  function exact(this: unknown, key: string, value: unknown): unknown {
    // What stood there before any toJSON: a Date, say, arrives here as its text.
    const given: unknown = Reflect.get(Object(this), key);
    // The numbers of a typed array are the values; Arrow lists come as such.
    if (isTypedArray(given)) return Array.from<number | bigint>(given);
    if (given !== value || !isJson(given)) inexact += 1;
    return typeof value === 'bigint' ? value.toString() : value;
  }
  const texts = Array.from(values, (value) => {
    if (value === null || value === undefined) return null;
    const before = inexact;
    const text: unknown = JSON.stringify(value, exact);
    if (inexact > before) {
      losses.lost('not-json', name, 'a value that JSON cannot carry was written as its nearest JSON value');
    }
    return typeof text === 'string' ? text : null;
  });
  losses.noted('nested-as-json', name, 'nested or mixed values are kept as JSON text', texts.length);
  return texts;
}

/** Whether JSON carries the value itself; the parts of an object or array are asked one by one. */
function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean';
  if (value === null || Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
