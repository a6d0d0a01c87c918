import { isUtf8 } from 'node:buffer';
import type { DecodedArray } from 'hyparquet';
import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import { bitmapBytes, setBit } from '../table/bitmap.js';
import { BytesBuilder } from '../table/bytes-builder.js';
import {
  fixedArray,
  isFixedType,
  type Column,
  type DecimalColumn,
  type Field,
  type FixedValues,
} from '../table/column.js';
import { setDecimalUnits } from '../table/decimal.js';
import { Presence } from '../table/presence.js';

/**
 * Gathers one column of a Parquet file, chunk by chunk in row order. Values go straight into their final form; only
 * those without a layout here are kept as they come until the end.
 */
export class ColumnCollector {
  readonly name: string;
  readonly #field: Field | undefined;
  readonly #length: number;
  readonly #sink: Sink;
  #taken = 0;

  /** @param field undefined where the values have no layout here */
  constructor(name: string, field: Field | undefined, length: number) {
    this.name = name;
    this.#field = field;
    this.#length = length;
    this.#sink = sinkOf(field, length);
  }

  /** Takes `data[from..to]` as the rows that begin at `row`. */
  add(data: DecodedArray, from: number, to: number, row: number): void {
    this.#taken += Math.max(0, to - from);
    this.#sink.add(data, from, to, row);
  }

  /** The column, or its plain values when the type has no layout here. */
  finish(): Column | unknown[] {
    if (this.#taken !== this.#length) {
      throw broken(this.name, `has ${String(this.#taken)} of ${String(this.#length)} values`);
    }
    const column = this.#sink.finish();
    if (!Array.isArray(column)) requireUtf8(column, this.#field);
    return column;
  }
}

interface Sink {
  add(data: DecodedArray, from: number, to: number, row: number): void;
  finish(): Column | unknown[];
}

function sinkOf(field: Field | undefined, length: number): Sink {
  if (field === undefined) return new ObjectSink(length);
  if (isFixedType(field.type)) return new FixedSink(field, fixedArray(field.type, length));
  if (field.type === 'bool') return new BitSink(field, length);
  return field.type === 'decimal' ? new DecimalSink(field, length) : new BytesSink(field, length);
}

class FixedSink implements Sink {
  readonly #field: Field;
  readonly #values: FixedValues;
  readonly #presence: Presence;

  constructor(field: Field, values: FixedValues) {
    this.#field = field;
    this.#values = values;
    this.#presence = new Presence(values.length);
  }

  add(data: DecodedArray, from: number, to: number, row: number): void {
    const values = this.#values;
    const presence = this.#presence;
    for (let i = from, at = row; i < to; i++, at++) {
      const value: unknown = data[i];
      if (presence.see(at, value) && (typeof value === 'number' || typeof value === 'bigint'))
        values[at] = value;
    }
  }

  finish(): Column {
    const values = this.#values;
    return { field: this.#field, length: values.length, ...this.#presence.done(), layout: 'fixed', values };
  }
}

class BitSink implements Sink {
  readonly #field: Field;
  readonly #length: number;
  readonly #bits: Uint8Array;
  readonly #presence: Presence;

  constructor(field: Field, length: number) {
    this.#field = field;
    this.#length = length;
    this.#bits = new Uint8Array(bitmapBytes(length));
    this.#presence = new Presence(length);
  }

  add(data: DecodedArray, from: number, to: number, row: number): void {
    for (let i = from, at = row; i < to; i++, at++) {
      const value: unknown = data[i];
      if (this.#presence.see(at, value) && value === true) setBit(this.#bits, at);
    }
  }

  finish(): Column {
    const base = { field: this.#field, length: this.#length, ...this.#presence.done() };
    return { ...base, layout: 'bits', values: this.#bits };
  }
}

class DecimalSink implements Sink {
  readonly #column: DecimalColumn;
  readonly #presence: Presence;

  constructor(field: Field, length: number) {
    const words = (field.precision ?? 38) > 38 ? 4 : 2;
    this.#presence = new Presence(length);
    this.#column = {
      layout: 'decimal',
      field,
      length,
      nullCount: 0,
      validity: undefined,
      words,
      values: new BigUint64Array(length * words),
    };
  }

  add(data: DecodedArray, from: number, to: number, row: number): void {
    for (let i = from, at = row; i < to; i++, at++) {
      const value: unknown = data[i];
      if (!this.#presence.see(at, value)) continue;
      if (value instanceof Uint8Array) setDecimalUnits(this.#column, at, bigEndian(value));
      else if (typeof value === 'number' || typeof value === 'bigint')
        setDecimalUnits(this.#column, at, BigInt(value));
    }
  }

  finish(): Column {
    return { ...this.#column, ...this.#presence.done() };
  }
}

class BytesSink implements Sink {
  readonly #builder: BytesBuilder;

  constructor(field: Field, length: number) {
    this.#builder = new BytesBuilder(field, length);
  }

  add(data: DecodedArray, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const value: unknown = data[i];
      // UUIDs are text already.
      this.#builder.add(typeof value === 'string' ? Buffer.from(value, 'utf8') : value);
    }
  }

  finish(): Column {
    return this.#builder.finish();
  }
}

class ObjectSink implements Sink {
  readonly #objects: unknown[];

  constructor(length: number) {
    this.#objects = new Array<unknown>(length).fill(null);
  }

  add(data: DecodedArray, from: number, to: number, row: number): void {
    for (let i = from, at = row; i < to; i++, at++) this.#objects[at] = data[i];
  }

  finish(): unknown[] {
    return this.#objects;
  }
}

/** A two's complement integer, highest byte first. */
function bigEndian(bytes: Uint8Array): bigint {
  let units = 0n;
  for (const byte of bytes) units = (units << 8n) | BigInt(byte);
  return BigInt.asIntN(bytes.length * 8, units);
}

function requireUtf8(column: Column, field: Field | undefined): void {
  if (field?.type === 'binary') return;
  const text = column.layout === 'dictionary' ? column.dictionary : column;
  if (text.layout === 'text' && !isUtf8(text.bytes))
    throw broken(column.field.name, 'holds text that is not UTF-8');
}

function broken(name: string, what: string): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_BAD_INPUT',
    `the Parquet file is broken: column ${shown(name)} ${what}`,
  );
}
