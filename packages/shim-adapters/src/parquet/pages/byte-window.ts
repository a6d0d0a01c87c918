/** What is read at once while pages are wanted, and while they are only passed over. */
const AHEAD = 2 ** 20;
const HEADER = 2 ** 12;

/** Random access to bytes. */
export interface ByteSource {
  readonly byteLength: number;
  /** Fills `target` with the bytes from `start` on, as far as there are any; gives how many. */
  readInto(target: Uint8Array, start: number): Promise<number>;
}

/**
 * The part of a source that is at hand. Pages are fetched piece by piece in order, into the same memory, so that no more
 * than a page and a bit is held.
 */
export class ByteWindow {
  readonly #source: ByteSource;
  #memory = new Uint8Array(0);
  #start = 0;
  #length = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get sourceBytes(): number {
    return this.#source.byteLength;
  }

  /**
   * The bytes from `at` on, good until the next call: `count` of them, or those up to `end`.
   * @param isPassing whether what follows will likely be passed over
   */
  async from(at: number, count: number, end: number, isPassing: boolean): Promise<Uint8Array> {
    const left = Math.max(0, end - at);
    const wanted = Math.min(count, left);
    if (at < this.#start || at + wanted > this.#start + this.#length) {
      await this.#fetch(at, Math.min(left, Math.max(count, isPassing ? HEADER : AHEAD)));
    }
    return this.#memory.subarray(at - this.#start, Math.min(this.#length, end - this.#start));
  }

  async #fetch(at: number, count: number): Promise<void> {
    if (this.#memory.length < count) this.#memory = new Uint8Array(count);
    this.#length = 0;
    this.#length = await this.#source.readInto(this.#memory.subarray(0, count), at);
    this.#start = at;
  }
}
