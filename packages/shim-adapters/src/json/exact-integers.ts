import { randomUUID } from 'node:crypto';
import type { Losses } from '../losses.js';
import { buildColumn, jsonTexts } from '../table/column-builder.js';
import type { Column } from '../table/column.js';
import { buildStrings } from '../table/string-builder.js';

/** Digits that may be an integer above 2^53; a first look, which may find them inside a string. */
const LONG_INTEGER = /(?:^|[:[,\s])-?\d{16,}(?=[\s,}\]]|$)/;
/** The same with strings matched whole, so that digits inside of them are passed over. */
const STRING_OR_LONG_INTEGER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?=[\s,}\]]|$)/g;

/** How many integers of a JSON text a double cannot hold. */
export function inexactIntegers(text: string): number {
  if (!LONG_INTEGER.test(text)) return 0;
  let count = 0;
  for (const [token] of text.matchAll(STRING_OR_LONG_INTEGER)) if (isInexact(token)) count += 1;
  return count;
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

  /** The text with such integers marked. */
  mark(text: string): string {
    if (!LONG_INTEGER.test(text)) return text;
    return text.replace(STRING_OR_LONG_INTEGER, (token) =>
      isBeyondSafe(token) ? `"${this.#mark}${token}"` : token,
    );
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
    if (marked === 0) {
      const column = buildColumn(name, values, losses);
      if (column.field.type !== 'json') return column;
    }
    losses.total(values.length);
    const texts = jsonTexts(name, values, losses).map((text) => text?.replace(this.#quoted, '$1'));
    return buildStrings({ name, type: 'json' }, texts, losses);
  }

  #isMarked(value: unknown): value is string {
    return typeof value === 'string' && value.startsWith(this.#mark);
  }
}

function isBeyondSafe(token: string): boolean {
  return !token.startsWith('"') && !Number.isSafeInteger(Number(token));
}

function isInexact(token: string): boolean {
  if (token.startsWith('"')) return false;
  const value = Number(token);
  return !Number.isFinite(value) || BigInt(value) !== BigInt(token);
}

function fitsIn64Bits(value: unknown): boolean {
  return (
    typeof value !== 'bigint' || BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value
  );
}
