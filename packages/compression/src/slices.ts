import type { Checksum } from './checksum.js';
import { detached } from './errors.js';
import { allocate } from './memory.js';
import { nextTurn } from './turn.js';

/** Large enough that a hop to a thread costs nothing beside the work, small enough to stop soon when aborted. */
export const SLICE_BYTES: number = 2 ** 20;

/**
 * Hands out the caller's bytes slice by slice, each as a copy, and sums up exactly what was handed out: whatever
 * the caller does to the memory meanwhile, checksum and payload agree and no thread reads memory that is gone.
 */
export class Slices implements Iterable<Uint8Array> {
  readonly byteLength: number;
  readonly #bytes: Uint8Array;
  readonly #checksumOf: Checksum;
  #checksum = 0;

  constructor(bytes: Uint8Array, byteLength: number, checksum: Checksum) {
    this.#bytes = bytes;
    this.byteLength = byteLength;
    this.#checksumOf = checksum;
  }

  /** The checksum of the slices handed out by the pass that ended last. */
  get checksum(): number {
    return this.#checksum;
  }

  /** Slices in one reused buffer: each is valid until the next is asked for. */
  *[Symbol.iterator](): Generator<Uint8Array> {
    const buffer = new Uint8Array(Math.min(SLICE_BYTES, this.byteLength));
    this.#checksum = 0;
    for (let offset = 0; offset < this.byteLength; offset += SLICE_BYTES) {
      const piece = this.#piece(offset);
      const slice = buffer.subarray(0, piece.byteLength);
      slice.set(piece);
      this.#checksum = this.#checksumOf(slice, this.#checksum);
      yield slice;
    }
  }

  /** As the iterator, with a turn of the event loop between two slices. */
  async *paced(signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    let first = true;
    for (const slice of this) {
      if (!first) await nextTurn(signal);
      first = false;
      yield slice;
    }
  }

  /** The checksum of the bytes as they are now, without copying them. */
  async sum(signal: AbortSignal | undefined): Promise<number> {
    let checksum = 0;
    for (let offset = 0; offset < this.byteLength; offset += SLICE_BYTES) {
      if (offset > 0) await nextTurn(signal);
      checksum = this.#checksumOf(this.#piece(offset), checksum);
    }
    return checksum;
  }

  /** A part in a copy, without summing it up. */
  copy(offset: number, length: number): Uint8Array<ArrayBuffer> {
    return this.view().slice(offset, offset + length);
  }

  /** The bytes themselves; good until control is given away. */
  view(): Uint8Array {
    if (this.#bytes.byteLength !== this.byteLength) throw detached();
    return this.#bytes;
  }

  /** What ends at a length. */
  first(length: number): Slices {
    return new Slices(this.view().subarray(0, length), length, this.#checksumOf);
  }

  /** What begins at an offset. */
  from(offset: number): Slices {
    return new Slices(this.view().subarray(offset), this.byteLength - offset, this.#checksumOf);
  }

  /** Everything in one copy. */
  whole(): Uint8Array {
    const bytes = this.view();
    const copy = new Uint8Array(allocate(this.byteLength));
    if (this.byteLength > 0) copy.set(bytes);
    this.#checksum = this.#checksumOf(copy);
    return copy;
  }

  #piece(offset: number): Uint8Array {
    return this.view().subarray(offset, offset + SLICE_BYTES);
  }
}
