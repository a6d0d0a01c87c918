import type { Vector } from '@duckdb/node-bindings';
import { bitmapBytes, copyBits, countUnset, fullBitmap, readBit, setBit } from '../table/bitmap.js';
import { fixedArray, isFixedType, type Column, type Field, type FixedValues } from '../table/column.js';
import { TextBuilder } from '../table/text-builder.js';
import type { DuckDbLibrary } from './engine.js';
import { physicalType } from './physical-type.js';

type Bindings = DuckDbLibrary['bindings'];

/** A text in a vector: its length, then up to 12 bytes, or 4 of them and where the whole stands. */
const STRING_BYTES = 16;
const INLINE_BYTES = 12;

/** The vectors that hold the next values of a column: the values, or the lengths of texts and these in a row. */
export interface ValueVectors {
  readonly values: Vector;
  readonly joined: Vector | undefined;
}

/** Gathers one column from the vectors of a result, in row order, without an object a value. */
export class VectorReader {
  readonly #bindings: Bindings;
  readonly #field: Field;
  readonly #length: number;
  readonly #sink: Sink;
  #validity: Uint8Array | undefined;
  #row = 0;

  /** @param length how many values there will be */
  constructor(bindings: Bindings, field: Field, length: number) {
    this.#bindings = bindings;
    this.#field = field;
    this.#length = length;
    this.#sink = sinkOf(bindings, field, length);
  }

  /** Takes the next `count` values, as far as there is room for them. */
  add(vectors: ValueVectors, given: number): void {
    const count = Math.min(given, this.#length - this.#row);
    const bytes: unknown = this.#bindings.vector_get_validity(vectors.values, Math.ceil(count / 64) * 8);
    const validity = bytes instanceof Uint8Array && countUnset(bytes, count) > 0 ? bytes : undefined;
    if (validity !== undefined) this.#validity ??= fullBitmap(this.#row).slice();
    this.#sink.add(vectors, count, this.#row, validity);
    this.#note(validity, count);
    this.#row += count;
  }

  /** Undefined when values are missing. */
  finish(): Column | undefined {
    if (this.#row !== this.#length) return undefined;
    const validity = this.#validity;
    const nullCount = validity === undefined ? 0 : countUnset(validity, this.#length);
    return this.#sink.finish(nullCount, validity);
  }

  /** Only a column with nulls has a bitmap; it is made at the first of them. */
  #note(validity: Uint8Array | undefined, count: number): void {
    if (this.#validity === undefined) return;
    if (this.#validity.length < bitmapBytes(this.#length)) {
      const whole = new Uint8Array(bitmapBytes(this.#length));
      whole.set(this.#validity);
      this.#validity = whole;
    }
    copyBits(validity ?? fullBitmap(count), this.#validity, this.#row, count);
  }
}

interface Sink {
  add(vectors: ValueVectors, count: number, row: number, validity: Uint8Array | undefined): void;
  finish(nullCount: number, validity: Uint8Array | undefined): Column;
}

function sinkOf(bindings: Bindings, field: Field, length: number): Sink {
  switch (physicalType(field)?.kind) {
    case 'bool':
      return new BitSink(bindings, field, length);
    case 'decimal':
      return new DecimalSink(bindings, field, length);
    case 'fixed':
      if (isFixedType(field.type)) return new FixedSink(bindings, field, fixedArray(field.type, length));
      break;
    default:
  }
  return new TextSink(bindings, field, length);
}

/** Copies the memory of a vector behind what is there; what stands in place of nulls becomes zero. */
function copyValues(
  target: FixedValues,
  perRow: number,
  source: Uint8Array,
  row: number,
  count: number,
  validity: Uint8Array | undefined,
): void {
  const size = target.BYTES_PER_ELEMENT * perRow;
  const bytes = new Uint8Array(target.buffer, target.byteOffset + row * size, count * size);
  bytes.set(source);
  if (validity === undefined) return;
  for (let i = 0; i < count; i++) if (!readBit(validity, i)) bytes.fill(0, i * size, (i + 1) * size);
}

class FixedSink implements Sink {
  readonly #bindings: Bindings;
  readonly #field: Field;
  readonly #values: FixedValues;

  constructor(bindings: Bindings, field: Field, values: FixedValues) {
    this.#bindings = bindings;
    this.#field = field;
    this.#values = values;
  }

  add({ values: vector }: ValueVectors, count: number, row: number, validity: Uint8Array | undefined): void {
    const values = this.#values;
    const source = this.#bindings.vector_get_data(vector, count * values.BYTES_PER_ELEMENT);
    copyValues(values, 1, source, row, count, validity);
  }

  finish(nullCount: number, validity: Uint8Array | undefined): Column {
    const values = this.#values;
    return { layout: 'fixed', field: this.#field, length: values.length, nullCount, validity, values };
  }
}

class DecimalSink implements Sink {
  readonly #bindings: Bindings;
  readonly #field: Field;
  readonly #values: BigUint64Array;

  constructor(bindings: Bindings, field: Field, length: number) {
    this.#bindings = bindings;
    this.#field = field;
    this.#values = new BigUint64Array(length * 2);
  }

  add({ values: vector }: ValueVectors, count: number, row: number, validity: Uint8Array | undefined): void {
    copyValues(this.#values, 2, this.#bindings.vector_get_data(vector, count * 16), row, count, validity);
  }

  finish(nullCount: number, validity: Uint8Array | undefined): Column {
    const values = this.#values;
    const base = { field: this.#field, length: values.length / 2, nullCount, validity };
    return { ...base, layout: 'decimal', words: 2, values };
  }
}

class BitSink implements Sink {
  readonly #bindings: Bindings;
  readonly #field: Field;
  readonly #length: number;
  readonly #bits: Uint8Array;

  constructor(bindings: Bindings, field: Field, length: number) {
    this.#bindings = bindings;
    this.#field = field;
    this.#length = length;
    this.#bits = new Uint8Array(bitmapBytes(length));
  }

  add({ values: vector }: ValueVectors, count: number, row: number, validity: Uint8Array | undefined): void {
    const source = this.#bindings.vector_get_data(vector, count);
    for (let i = 0; i < count; i++) {
      if (source[i] !== 0 && (validity === undefined || readBit(validity, i))) setBit(this.#bits, row + i);
    }
  }

  finish(nullCount: number, validity: Uint8Array | undefined): Column {
    const base = { field: this.#field, length: this.#length, nullCount, validity };
    return { ...base, layout: 'bits', values: this.#bits };
  }
}

class TextSink implements Sink {
  readonly #bindings: Bindings;
  readonly #field: Field;
  readonly #builder: TextBuilder;

  constructor(bindings: Bindings, field: Field, length: number) {
    this.#bindings = bindings;
    this.#field = field;
    this.#builder = new TextBuilder(length);
  }

  add({ values, joined }: ValueVectors, count: number, _row: number, validity: Uint8Array | undefined): void {
    const lengths = this.#bindings.vector_get_data(values, count * 8);
    const view = new DataView(lengths.buffer, lengths.byteOffset, lengths.byteLength);
    const bytes = joined === undefined ? new Uint8Array(0) : this.#firstText(joined);
    const builder = this.#builder;
    for (let i = 0, at = 0; i < count; i++) {
      if (validity !== undefined && !readBit(validity, i)) {
        builder.addEmpty();
        continue;
      }
      const end = at + Number(view.getBigInt64(i * 8, true));
      builder.addBytes(bytes, at, end);
      at = end;
    }
  }

  finish(nullCount: number, validity: Uint8Array | undefined): Column {
    return this.#builder.finish(this.#field, nullCount, validity);
  }

  /** The bytes of the only text in a vector; none where it is null. */
  #firstText(vector: Vector): Uint8Array {
    const validity: unknown = this.#bindings.vector_get_validity(vector, 8);
    if (validity instanceof Uint8Array && !readBit(validity, 0)) return new Uint8Array(0);
    const text = this.#bindings.vector_get_data(vector, STRING_BYTES);
    const length = new DataView(text.buffer, text.byteOffset, STRING_BYTES).getUint32(0, true);
    if (length <= INLINE_BYTES) return text.subarray(4, 4 + length);
    const { buffer, byteOffset } = text;
    if (!(buffer instanceof ArrayBuffer)) throw new TypeError('the memory of a vector is never shared');
    return this.#bindings.get_data_from_pointer(buffer, byteOffset + 8, length);
  }
}
