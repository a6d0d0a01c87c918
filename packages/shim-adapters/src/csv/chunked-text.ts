import type { SourceChunk } from '../source.js';

/** The text that was read and not yet used, in one piece. Its memory is used again and again. */
export class ChunkedText {
  readonly #chunks: AsyncGenerator<SourceChunk, void>;
  readonly #onChunk: (done: number, total: number) => void;
  #buffer = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #isLast = false;

  /** @param onChunk told after each chunk how many bytes were read, and of how many (0 when unknown) */
  constructor(
    chunks: AsyncGenerator<SourceChunk, void>,
    onChunk: (done: number, total: number) => void = () => undefined,
  ) {
    this.#chunks = chunks;
    this.#onChunk = onChunk;
  }

  /** Valid until more is read. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** Whether nothing follows. */
  get isLast(): boolean {
    return this.#isLast;
  }

  /** Reads on until there are so many bytes, or no more. */
  async atLeast(length: number): Promise<void> {
    while (!this.#isLast && this.length < length) {
      const next = await this.#chunks.next();
      if (next.done === true) {
        this.#isLast = true;
        return;
      }
      const { bytes, done, total } = next.value;
      this.#append(bytes);
      this.#onChunk(done, total);
    }
  }

  skip(length: number): void {
    this.#start += length;
  }

  #append(bytes: Uint8Array): void {
    const rest = this.length;
    if (this.#end + bytes.length > this.#buffer.length) {
      const needed = rest + bytes.length;
      const target = needed > this.#buffer.length ? new Uint8Array(needed + (needed >>> 1)) : this.#buffer;
      // Within one buffer the places may overlap; `set` copies as if by way of another one.
      target.set(this.bytes);
      this.#buffer = target;
      this.#start = 0;
      this.#end = rest;
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }
}
