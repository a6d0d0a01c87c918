/** A cache that keeps what was asked for last, up to so many bytes. */
export class ByteCache {
  readonly #kept = new Map<string, number>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether it was there; it is afterwards. */
  ask(key: string, bytes: number): boolean {
    const found = this.#kept.delete(key);
    if (!found) this.#bytes += bytes;
    this.#kept.set(key, bytes);
    for (const [oldest, size] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#kept.delete(oldest);
      this.#bytes -= size;
    }
    return found;
  }
}
