import type { DecodedArray } from 'hyparquet';
import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import { Losses } from '../losses.js';
import { bitmapBytes, setBit } from '../table/bitmap.js';
import { fixedArray, isFixedType, type Column, type Field, type FixedValues } from '../table/column.js';
import { Presence } from '../table/presence.js';
import { StringBuilder } from '../table/string-builder.js';

/**
 * Gathers one column of a Parquet file, chunk by chunk in row order. Numbers and text go straight into their final
 * form; only values without a layout here are kept as they come until the end.
 */
export class ColumnCollector {
  readonly name: string;
  readonly #field: Field | undefined;
  readonly #length: number;
  readonly #values: FixedValues | undefined;
  readonly #bits: Uint8Array | undefined;
  readonly #strings: StringBuilder | undefined;
  readonly #objects: unknown[] | undefined;
  readonly #presence: Presence;
  #taken = 0;

  constructor(name: string, field: Field | undefined, length: number) {
    this.name = name;
    this.#field = field;
    this.#length = length;
    this.#presence = new Presence(length);
    if (field !== undefined && isFixedType(field.type)) this.#values = fixedArray(field.type, length);
    else if (field?.type === 'bool') this.#bits = new Uint8Array(bitmapBytes(length));
    else if (field !== undefined) this.#strings = new StringBuilder(field, length, new Losses());
    else this.#objects = new Array<unknown>(length).fill(null);
  }

  /** Takes `data[from..to]` as the rows that begin at `row`. */
  add(data: DecodedArray, from: number, to: number, row: number): void {
    this.#taken += Math.max(0, to - from);
    if (this.#values !== undefined) this.#addFixed(this.#values, data, from, to, row);
    else if (this.#bits !== undefined) this.#addBits(this.#bits, data, from, to, row);
    else if (this.#strings !== undefined) addStrings(this.#strings, data, from, to);
    else if (this.#objects !== undefined) copyObjects(this.#objects, data, from, to, row);
  }

  /** The column, or its plain values when the type has no layout here. */
  finish(): Column | unknown[] {
    if (this.#taken !== this.#length) {
      throw new ConversionError(
        'ERR_PERF_CONVERT_BAD_INPUT',
        `the Parquet file is broken: column ${shown(this.name)} has ${String(this.#taken)} of ${String(this.#length)} values`,
      );
    }
    const field = this.#field;
    if (field === undefined) return this.#objects ?? [];
    const base = { field, length: this.#length };
    if (this.#values !== undefined) {
      return { ...base, ...this.#presence.done(), layout: 'fixed', values: this.#values };
    }
    if (this.#bits !== undefined)
      return { ...base, ...this.#presence.done(), layout: 'bits', values: this.#bits };
    return this.#strings?.finish() ?? [];
  }

  #addFixed(values: FixedValues, data: DecodedArray, from: number, to: number, row: number): void {
    const presence = this.#presence;
    for (let i = from, at = row; i < to; i++, at++) {
      const value: unknown = data[i];
      if (presence.see(at, value) && (typeof value === 'number' || typeof value === 'bigint'))
        values[at] = value;
    }
  }

  #addBits(bits: Uint8Array, data: DecodedArray, from: number, to: number, row: number): void {
    for (let i = from, at = row; i < to; i++, at++) {
      const value: unknown = data[i];
      if (this.#presence.see(at, value) && value === true) setBit(bits, at);
    }
  }
}

function addStrings(strings: StringBuilder, data: DecodedArray, from: number, to: number): void {
  for (let i = from; i < to; i++) strings.add(data[i]);
}

function copyObjects(objects: unknown[], data: DecodedArray, from: number, to: number, row: number): void {
  for (let i = from, at = row; i < to; i++, at++) objects[at] = data[i];
}
