const QUOTE = 0x22;
/** Names that an object of JavaScript would put in front of all others. */
const INDEX = /^(?:0|[1-9]\d{0,9})$/;

/** The keys of records in the order in which they first came, and how many records have each. */
export class Keys {
  readonly #keys: Uint8Array[] = [];
  /** By their bytes as Latin-1, which gives each key a text of its own. */
  readonly #byText = new Map<string, number>();
  #counts = new Float64Array(16);
  #lastRows = new Float64Array(16).fill(-1);

  get length(): number {
    return this.#keys.length;
  }

  nameAt(index: number): string {
    return Buffer.from(this.#keys[index] ?? []).toString('utf8');
  }

  /** How many records have key `index`. */
  count(index: number): number {
    return this.#counts[index] ?? 0;
  }

  /** The length of key `index` if it stands at `at` and a quote behind it, or -1. */
  lengthAt(bytes: Uint8Array, at: number, index: number): number {
    const key = this.#keys[index];
    if (key === undefined) return -1;
    const { length } = key;
    if (bytes[at + length] !== QUOTE) return -1;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== key[i]) return -1;
    return length;
  }

  find(bytes: Uint8Array, from: number, to: number): number {
    return this.#byText.get(latin1(bytes, from, to)) ?? -1;
  }

  /** Adds a key and gives its index; -1 for one that would not stay at its place in an object. */
  add(bytes: Uint8Array, from: number, to: number): number {
    const text = latin1(bytes, from, to);
    if (INDEX.test(text)) return -1;
    const index = this.#keys.length;
    this.#byText.set(text, index);
    this.#keys.push(bytes.slice(from, to));
    if (this.#keys.length > this.#counts.length) {
      const counts = new Float64Array(this.#counts.length * 2);
      const lastRows = new Float64Array(this.#counts.length * 2).fill(-1);
      counts.set(this.#counts);
      lastRows.set(this.#lastRows);
      this.#counts = counts;
      this.#lastRows = lastRows;
    }
    return index;
  }

  /** Notes that row `row` has key `index`, once or more often. */
  saw(index: number, row: number): void {
    if (this.#lastRows[index] === row) return;
    this.#lastRows[index] = row;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
