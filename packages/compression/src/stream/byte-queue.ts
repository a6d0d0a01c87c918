/** Bytes that come in chunks and are taken in pieces of other lengths. */
export class ByteQueue {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  /** Bytes of the first chunk that were taken already. */
  #taken = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
  }

  /** The next bytes, copied; there must be so many. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const piece = new Uint8Array(bytes);
    for (let filled = 0; filled < bytes;) {
      const [first] = this.#chunks;
      if (first === undefined) throw new RangeError(`${String(bytes)} bytes were asked for, there are fewer`);
      const part = first.subarray(this.#taken, this.#taken + bytes - filled);
      piece.set(part, filled);
      filled += part.byteLength;
      this.#taken += part.byteLength;
      if (this.#taken < first.byteLength) continue;
      this.#chunks.shift();
      this.#taken = 0;
    }
    this.#length -= bytes;
    return piece;
  }
}
