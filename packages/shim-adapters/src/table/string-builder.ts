import type { Losses } from '../losses.js';
import type { Column, Field } from './column.js';
import { outgrowsDictionary } from './dictionary-rule.js';
import { Presence } from './presence.js';
import { TextBuilder } from './text-builder.js';

/**
 * Builds a text column from strings, one after the other in row order: as a dictionary while they repeat at least
 * twice on average and there are at most 65,536 different ones, otherwise as plain text. The choice changes the
 * memory that the column takes, never its values. Nothing of what was added is kept but the column itself.
 */
export class StringBuilder {
  readonly #field: Field;
  readonly #length: number;
  readonly #losses: Losses;
  readonly #presence: Presence;
  #entries: Map<string, number> | undefined = new Map();
  #indices: Int32Array;
  #plain: TextBuilder | undefined;
  readonly #illFormed = new Set<string>();
  #lost = 0;
  #row = 0;

  /** @param length how many values will be added */
  constructor(field: Field, length: number, losses: Losses) {
    this.#field = field;
    this.#length = length;
    this.#losses = losses;
    this.#presence = new Presence(length);
    this.#indices = new Int32Array(length);
  }

  /** Adds the next value; anything but a string is null. */
  add(value: unknown): void {
    const row = this.#row++;
    if (typeof value !== 'string') {
      this.#presence.missing(row);
      this.#plain?.addEmpty();
      return;
    }
    this.#presence.present(row);
    if (this.#entries === undefined) this.#addPlain(value);
    else this.#addEntry(this.#entries, value, row);
  }

  finish(): Column {
    if (this.#lost > 0) {
      const message = 'text with a lone surrogate has no UTF-8 form; U+FFFD stands in';
      this.#losses.lost('lone-surrogate', this.#field.name, message, this.#lost);
    }
    const { nullCount, validity } = this.#presence.done();
    if (this.#plain !== undefined) return this.#plain.finish(this.#field, nullCount, validity);
    const entries = this.#entries ?? new Map<string, number>();
    const builder = new TextBuilder(entries.size);
    for (const text of entries.keys()) builder.addText(text);
    return {
      layout: 'dictionary',
      field: this.#field,
      length: this.#length,
      nullCount,
      validity,
      indices: this.#indices,
      dictionary: builder.finish({ name: this.#field.name, type: 'utf8' }, 0, undefined),
    };
  }

  #addEntry(entries: Map<string, number>, value: string, row: number): void {
    let entry = entries.get(value);
    if (entry === undefined) {
      entry = entries.size;
      if (outgrowsDictionary(entry, row, this.#length)) {
        this.#abandon(entries, row);
        this.#addPlain(value);
        return;
      }
      if (!value.isWellFormed()) this.#illFormed.add(value);
      entries.set(value, entry);
    }
    if (this.#illFormed.size > 0 && this.#illFormed.has(value)) this.#lost += 1;
    this.#indices[row] = entry;
  }

  #addPlain(value: string): void {
    if (!value.isWellFormed()) this.#lost += 1;
    this.#plain?.addText(value);
  }

  /** Writes out the rows so far as plain text. */
  #abandon(entries: Map<string, number>, rows: number): void {
    const texts = [...entries.keys()];
    const plain = new TextBuilder(this.#length);
    for (let row = 0; row < rows; row++) {
      const text = this.#presence.has(row) ? texts[this.#indices[row] ?? 0] : undefined;
      if (text === undefined) plain.addEmpty();
      else plain.addText(text);
    }
    this.#plain = plain;
    this.#entries = undefined;
    this.#indices = new Int32Array(0);
  }
}

/** A text column of these values; anything but a string is null. */
export function buildStrings(field: Field, values: ArrayLike<unknown>, losses: Losses): Column {
  const builder = new StringBuilder(field, values.length, losses);
  for (let i = 0; i < values.length; i++) builder.add(values[i]);
  return builder.finish();
}
