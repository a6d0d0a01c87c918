import { randomUUID } from 'node:crypto';
import { Losses } from '../losses.js';
import { buildColumn, jsonTexts } from '../table/column-builder.js';
import type { Column, Field } from '../table/column.js';
import { buildStrings } from '../table/string-builder.js';
import { valueReader } from '../table/value.js';

/** How many of the integers at these places a double cannot hold. */
export function inexactIntegers(bytes: Uint8Array, places: readonly number[]): number {
  let count = 0;
  for (let i = 0; i < places.length; i += 2) if (isInexact(digitsAt(bytes, places, i))) count += 1;
  return count;
}

/** Counts integers that became the nearest double. */
export function noteRounded(count: number, losses: Losses): void {
  if (count === 0) return;
  const message = 'integers beyond 2^53 are rounded by JSON.parse; options.exactIntegers keeps them';
  losses.lost('integer-rounded', undefined, message, count);
}

/**
 * Integers beyond 2^53 on their way through `JSON.parse`, which rounds them (and tells their text only from Node 22 on).
 * They travel as strings with a mark in front that was drawn for this one text, so that no string of it can be taken
 * for one, and are made numbers again where their column is built.
 */
export class ExactIntegers {
  readonly #mark: string;
  readonly #quoted: RegExp;

  /** @param mark drawn anew for each source */
  constructor(mark: string = `${randomUUID()}:`) {
    this.#mark = mark;
    this.#quoted = new RegExp(`"${mark}(-?\\d+)"`, 'g');
  }

  /** The text with such integers marked, of those at these places. */
  mark(bytes: Uint8Array, places: readonly number[]): Uint8Array {
    const parts: Uint8Array[] = [];
    let done = 0;
    for (let i = 0; i < places.length; i += 2) {
      const digits = digitsAt(bytes, places, i);
      if (Number.isSafeInteger(Number(digits)) || !isValue(bytes, digits, places[i + 1] ?? 0)) continue;
      parts.push(bytes.subarray(done, places[i]), Buffer.from(`"${this.#mark}${digits}"`, 'latin1'));
      done = places[i + 1] ?? done;
    }
    return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(done)]);
  }

  /** What `buildColumn` does, with the marked integers as 64-bit integers, or as JSON among other values. */
  build(name: string, values: ArrayLike<unknown>, losses: Losses): Column {
    let marked = 0;
    let whole = true;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (this.#isMarked(value)) marked += 1;
      else if (!(value === null || value === undefined || Number.isSafeInteger(value))) whole = false;
    }
    if (marked > 0 && whole) {
      const integers = Array.from(values, (value) =>
        this.#isMarked(value) ? BigInt(value.slice(this.#mark.length)) : value,
      );
      if (integers.every(fitsIn64Bits)) return buildColumn(name, integers, losses);
    }
    if (marked > 0) {
      losses.total(values.length);
      const texts = jsonTexts(name, values, losses);
      return this.#restored({ name, type: 'json' }, texts);
    }
    const column = buildColumn(name, values, losses);
    if (column.field.type !== 'json') return column;
    const read = valueReader({ ...column, field: { name, type: 'utf8' } });
    return this.#restored(
      column.field,
      Array.from({ length: column.length }, (_, i) => read(i)),
    );
  }

  /** A column of JSON texts in which marked integers are numbers again. What was lost has been counted. */
  #restored(field: Field, texts: readonly unknown[]): Column {
    const plain = texts.map((text) =>
      typeof text === 'string' ? text.replace(this.#quoted, '$1') : undefined,
    );
    return buildStrings(field, plain, new Losses());
  }

  #isMarked(value: unknown): value is string {
    return typeof value === 'string' && value.startsWith(this.#mark);
  }
}

/**
 * Whether digits that end at `end` are a whole number where a value may stand. What is none is left for the parser to
 * refuse: a mark would make a string of it, which is allowed in more places.
 */
function isValue(bytes: Uint8Array, digits: string, end: number): boolean {
  if (/^-?0/.test(digits)) return false;
  let at = end;
  while (SPACES.has(bytes[at] ?? 0)) at += 1;
  return at >= bytes.length || ENDS.has(bytes[at] ?? 0);
}

/** Space, tab, line feed, carriage return. */
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** `,` `]` `}` */
const ENDS: ReadonlySet<number> = new Set([0x2c, 0x5d, 0x7d]);

function digitsAt(bytes: Uint8Array, places: readonly number[], index: number): string {
  const { buffer, byteOffset, byteLength } = bytes;
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1', places[index], places[index + 1]);
}

function isInexact(digits: string): boolean {
  const value = Number(digits);
  return !Number.isFinite(value) || BigInt(value) !== BigInt(digits);
}

function fitsIn64Bits(value: unknown): boolean {
  return (
    typeof value !== 'bigint' || BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value
  );
}
