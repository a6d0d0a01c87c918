import type { Column, Field } from './column.js';
import { outgrowsDictionary } from './dictionary-rule.js';
import { Presence } from './presence.js';
import { TextBuilder } from './text-builder.js';

/**
 * Builds a text or binary column from runs of bytes in row order. Readers of dictionary pages give the same object for
 * the same entry: while they do, the column is a dictionary, otherwise its bytes are copied one after the other. The
 * choice changes the memory that the column takes, never its values.
 */
export class BytesBuilder {
  readonly #field: Field;
  readonly #length: number;
  readonly #presence: Presence;
  readonly #entries = new TextBuilder(64);
  /** By object, for speed; by content, because each page brings objects of its own. */
  #known: Map<Uint8Array, number> | undefined;
  readonly #byContent = new Map<string, number>();
  #indices: Int32Array;
  #plain: TextBuilder | undefined;
  #row = 0;

  /** @param length how many values will be added */
  constructor(field: Field, length: number) {
    this.#field = field;
    this.#length = length;
    this.#presence = new Presence(length);
    this.#indices = new Int32Array(length);
    this.#known = new Map();
    // A dictionary is text: whoever reads bytes expects no indices.
    if (field.type === 'binary') this.#abandon();
  }

  /** Adds the next value; anything but bytes is null. */
  add(value: unknown): void {
    const row = this.#row++;
    if (!(value instanceof Uint8Array)) {
      this.#presence.missing(row);
      this.#plain?.addEmpty();
      return;
    }
    this.#presence.present(row);
    if (this.#known === undefined) this.#plain?.addBytes(value, 0, value.length);
    else this.#addEntry(this.#known, value, row);
  }

  finish(): Column {
    const { nullCount, validity } = this.#presence.done();
    if (this.#plain !== undefined) return this.#plain.finish(this.#field, nullCount, validity);
    return {
      layout: 'dictionary',
      field: this.#field,
      length: this.#length,
      nullCount,
      validity,
      indices: this.#indices,
      dictionary: this.#entries.finish({ name: this.#field.name, type: 'utf8' }, 0, undefined),
    };
  }

  #addEntry(known: Map<Uint8Array, number>, value: Uint8Array, row: number): void {
    let entry = known.get(value);
    if (entry === undefined) {
      const distinct = this.#byContent.size;
      if (outgrowsDictionary(distinct, row, this.#length)) {
        this.#abandon();
        this.#plain?.addBytes(value, 0, value.length);
        return;
      }
      // Latin-1 gives every run of bytes a text of its own.
      const content = Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1');
      entry = this.#byContent.get(content);
      if (entry === undefined) {
        entry = distinct;
        this.#byContent.set(content, entry);
        this.#entries.addBytes(value, 0, value.length);
      }
      known.set(value, entry);
    }
    this.#indices[row] = entry;
  }

  /** Writes out the rows so far one after the other. */
  #abandon(): void {
    const rows = this.#row === 0 ? 0 : this.#row - 1;
    const entries = [...this.#byContent.keys()].map((content) => Buffer.from(content, 'latin1'));
    const plain = new TextBuilder(this.#length);
    for (let row = 0; row < rows; row++) {
      const bytes = this.#presence.has(row) ? entries[this.#indices[row] ?? 0] : undefined;
      if (bytes === undefined) plain.addEmpty();
      else plain.addBytes(bytes, 0, bytes.length);
    }
    this.#plain = plain;
    this.#known = undefined;
    this.#byContent.clear();
    this.#indices = new Int32Array(0);
  }
}
