import type { Vector } from '@duckdb/node-bindings';
import { readBit, sliceBitmap } from '../table/bitmap.js';
import type { Column, TextColumn } from '../table/column.js';
import type { DuckDbLibrary } from './engine.js';

type Bindings = DuckDbLibrary['bindings'];

/** A vector's memory, as it is copied there. A vector has 2,048 rows of at most 16 bytes. */
const ROW_BYTES = 16;

/** Writes rows of columns into vectors of DuckDB: memory as it is, one call a text. */
export class VectorWriter {
  readonly #bindings: Bindings;
  readonly #scratch: Uint8Array<ArrayBuffer>;

  constructor(bindings: Bindings) {
    this.#bindings = bindings;
    this.#scratch = new Uint8Array(bindings.vector_size() * ROW_BYTES);
  }

  /** @param from a multiple of 8 */
  write(column: Column, vector: Vector, from: number, to: number): void {
    this.#values(column, vector, from, to);
    if (column.layout === 'null') {
      this.#presence(vector, new Uint8Array(this.#scratch.length / ROW_BYTES / 8));
    } else if (column.validity !== undefined) {
      this.#presence(vector, sliceBitmap(column.validity, from, to));
    }
  }

  #values(column: Column, vector: Vector, from: number, to: number): void {
    switch (column.layout) {
      case 'fixed':
        this.#copy(vector, column.values, 1, from, to);
        return;
      case 'decimal':
        this.#copy(vector, column.values, column.words, from, to);
        return;
      case 'bits':
        for (let row = from; row < to; row++) this.#scratch[row - from] = readBit(column.values, row) ? 1 : 0;
        this.#bindings.copy_data_to_vector(vector, 0, this.#scratch.buffer, 0, to - from);
        return;
      case 'text':
        this.#texts(column, vector, from, to, (row) => row, column);
        return;
      case 'dictionary': {
        const { indices } = column;
        this.#texts(column.dictionary, vector, from, to, (row) => indices[row] ?? 0, column);
        return;
      }
      default:
    }
  }

  #copy(
    vector: Vector,
    values: {
      readonly buffer: ArrayBufferLike;
      readonly byteOffset: number;
      readonly BYTES_PER_ELEMENT: number;
    },
    perRow: number,
    from: number,
    to: number,
  ): void {
    const size = values.BYTES_PER_ELEMENT * perRow;
    const bytes = new Uint8Array(values.buffer, values.byteOffset + from * size, (to - from) * size);
    // By way of memory of our own: a column's may be shared between threads.
    this.#scratch.set(bytes);
    this.#bindings.copy_data_to_vector(vector, 0, this.#scratch.buffer, 0, bytes.length);
  }

  #texts(
    { bytes, offsets }: TextColumn,
    vector: Vector,
    from: number,
    to: number,
    entry: (row: number) => number,
    { validity }: Column,
  ): void {
    for (let row = from; row < to; row++) {
      if (validity !== undefined && !readBit(validity, row)) continue;
      const at = entry(row);
      const text = bytes.subarray(offsets[at] ?? 0, offsets[at + 1] ?? 0);
      this.#bindings.vector_assign_string_element_len(vector, row - from, text);
    }
  }

  #presence(vector: Vector, bits: Uint8Array): void {
    const words = new Uint8Array(Math.ceil(bits.length / 8) * 8);
    words.set(bits);
    this.#bindings.vector_ensure_validity_writable(vector);
    this.#bindings.copy_data_to_vector_validity(vector, 0, words.buffer, 0, words.length);
  }
}
