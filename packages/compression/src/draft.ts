import type { Checksum } from './checksum.js';
import type { Sink } from './codec/codec.js';
import { HEADER_BYTES } from './frame.js';
import { allocate } from './memory.js';
import { nextTurn } from './turn.js';

/** A frame whose payload arrives piece by piece. The header is left blank. */
export interface Draft extends Sink {
  /** The checksum of the payload so far. */
  readonly checksum: number;
  finish(signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>>;
}

/** For a payload of known length: written straight into the frame. */
export class ExactDraft implements Draft {
  readonly #frame: Uint8Array<ArrayBuffer>;
  readonly #checksumOf: Checksum;
  #offset = HEADER_BYTES;
  #checksum = 0;

  constructor(payloadBytes: number, checksum: Checksum) {
    this.#frame = new Uint8Array(allocate(HEADER_BYTES + payloadBytes));
    this.#checksumOf = checksum;
  }

  get checksum(): number {
    return this.#checksum;
  }

  write(piece: Uint8Array): boolean {
    if (this.#offset + piece.byteLength > this.#frame.byteLength) return false;
    this.#frame.set(piece, this.#offset);
    this.#offset += piece.byteLength;
    this.#checksum = this.#checksumOf(piece, this.#checksum);
    return true;
  }

  finish(): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(this.#frame);
  }
}

/** For a payload that may take any length up to a limit: kept in pieces, joined at the end. */
export class GrowingDraft implements Draft {
  readonly #limit: number;
  readonly #checksumOf: Checksum;
  #pieces: Uint8Array[] = [];
  #length = 0;
  #checksum = 0;

  constructor(limit: number, checksum: Checksum) {
    this.#limit = limit;
    this.#checksumOf = checksum;
  }

  get checksum(): number {
    return this.#checksum;
  }

  write(piece: Uint8Array): boolean {
    this.#length += piece.byteLength;
    if (this.#length > this.#limit) {
      this.#pieces = [];
      return false;
    }
    this.#pieces.push(new Uint8Array(piece));
    this.#checksum = this.#checksumOf(piece, this.#checksum);
    return true;
  }

  async finish(signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
    const frame = new Uint8Array(allocate(HEADER_BYTES + this.#length));
    let offset = HEADER_BYTES;
    for (const piece of this.#pieces) {
      if (offset > HEADER_BYTES) await nextTurn(signal);
      frame.set(piece, offset);
      offset += piece.byteLength;
    }
    this.#pieces = [];
    return frame;
  }
}
