/** What is read at once while pages are wanted, and while they are only passed over. */
const AHEAD = 2 ** 20;
const HEADER = 2 ** 12;

export interface ByteSource {
  slice(start: number, end: number): Promise<ArrayBuffer>;
}

/** The bytes of one column chunk, fetched piece by piece in order, so that no more than a page and a bit is held. */
export class ChunkBytes {
  readonly #source: ByteSource;
  readonly #end: number;
  #held = new Uint8Array(0);
  #from: number;

  constructor(source: ByteSource, start: number, end: number) {
    this.#source = source;
    this.#from = start;
    this.#end = end;
  }

  /**
   * The bytes from `at` on: `count` of them, or those up to the end of the chunk.
   * @param isPassing whether what follows will likely be passed over
   */
  async from(at: number, count: number, isPassing: boolean): Promise<Uint8Array> {
    const left = Math.max(0, this.#end - at);
    const wanted = Math.min(count, left);
    if (!this.#holds(at, wanted)) {
      const fetched = Math.min(left, Math.max(count, isPassing ? HEADER : AHEAD));
      this.#held = new Uint8Array(await this.#source.slice(at, at + fetched));
      this.#from = at;
    }
    return this.#held.subarray(at - this.#from);
  }

  #holds(at: number, count: number): boolean {
    return at >= this.#from && at + count <= this.#from + this.#held.length;
  }
}
