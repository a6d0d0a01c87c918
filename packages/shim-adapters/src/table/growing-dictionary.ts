import type { ByteRuns } from './byte-runs.js';
import { outgrowsDictionary } from './dictionary-rule.js';
import type { Presence } from './presence.js';
import { TextBuilder } from './text-builder.js';

/** Entries in the order in which they first came, and for each row which one it is. */
export class GrowingDictionary {
  readonly indices: Int32Array;
  readonly entries: TextBuilder = new TextBuilder(64);
  readonly #length: number;
  readonly #known = new Map<string, number>();
  /** For entries of the dictionary of a chunk: which one it is here, or -1. */
  #chunk: ByteRuns | undefined;
  #entryOf = new Int32Array(0);

  constructor(length: number) {
    this.#length = length;
    this.indices = new Int32Array(length);
  }

  /**
   * Takes values for rows from `row` on.
   * @param order which run of bytes each row is; -1 for a null
   * @param repeats whether the runs are a dictionary themselves
   * @returns how many rows were taken before there were too many different values for a dictionary
   */
  add(runs: ByteRuns, order: Int32Array, row: number, repeats: boolean): number {
    if (repeats && this.#chunk !== runs) {
      this.#chunk = runs;
      this.#entryOf = new Int32Array(runs.starts.length).fill(-1);
    }
    const entryOf = this.#entryOf;
    const indices = this.indices;
    for (let i = 0; i < order.length; i++) {
      const run = order[i] ?? -1;
      if (run < 0) continue;
      let entry = repeats ? (entryOf[run] ?? -1) : -1;
      if (entry < 0) {
        entry = this.#entry(runs, run, row + i);
        if (entry < 0) return i;
        if (repeats) entryOf[run] = entry;
      }
      indices[row + i] = entry;
    }
    return order.length;
  }

  /** The rows so far, one value after the other. */
  writtenOut(rows: number, presence: Presence): TextBuilder {
    const { offsets, bytes } = this.entries.finish({ name: '', type: 'utf8' }, 0, undefined);
    const plain = new TextBuilder(this.#length);
    for (let row = 0; row < rows; row++) {
      const entry = this.indices[row] ?? 0;
      if (presence.has(row)) plain.addBytes(bytes, offsets[entry] ?? 0, offsets[entry + 1] ?? 0);
      else plain.addEmpty();
    }
    return plain;
  }

  #entry({ bytes, starts, ends }: ByteRuns, run: number, row: number): number {
    const start = starts[run] ?? 0;
    const end = ends[run] ?? 0;
    // Latin-1 gives every run of bytes a text of its own.
    const content = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    const known = this.#known.get(content);
    if (known !== undefined) return known;
    const entry = this.#known.size;
    if (outgrowsDictionary(entry, row, this.#length)) return -1;
    this.#known.set(content, entry);
    this.entries.addBytes(bytes, start, end);
    return entry;
  }
}
