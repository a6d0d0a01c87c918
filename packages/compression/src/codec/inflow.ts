import { tooLittle, tooMuch } from '../errors.js';
import { allocated, type Allocate } from '../memory.js';
import { nextTurn } from '../turn.js';

/** Above this many bytes of content for one of payload, memory is taken only for what has come. */
const USUAL_DENSITY = 1032;
const AT_ONCE = 2 ** 20;

/** How much of a declared length may be allocated before anything has come of the payload. */
export function plausibleBytes(payloadBytes: number, contentBytes: number): number {
  return Math.min(contentBytes, Math.max(AT_ONCE, payloadBytes * USUAL_DENSITY));
}

/**
 * Content of a declared length that comes piece by piece. Its memory is allocated at once where the size of the payload
 * makes the length plausible; where it does not, the pieces are kept and joined at the end, so that a few forged bytes
 * do not take a gigabyte.
 */
export class Inflow {
  readonly #contentBytes: number;
  readonly #allocate: Allocate;
  readonly #content: Uint8Array<ArrayBuffer> | undefined;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(payloadBytes: number, contentBytes: number, allocate: Allocate) {
    this.#contentBytes = contentBytes;
    this.#allocate = allocate;
    const plausible = plausibleBytes(payloadBytes, contentBytes) === contentBytes;
    this.#content = plausible ? allocated(contentBytes, allocate) : undefined;
  }

  /** Copies a piece. Raises `CORRUPT` for more than was declared. */
  take(piece: Uint8Array): boolean {
    if (this.#length + piece.byteLength > this.#contentBytes) throw tooMuch(this.#contentBytes);
    if (this.#content === undefined) this.#pieces.push(piece.slice());
    else this.#content.set(piece, this.#length);
    this.#length += piece.byteLength;
    return true;
  }

  /** Raises `CORRUPT` for less than was declared. */
  async finish(signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#length < this.#contentBytes) throw tooLittle(this.#length, this.#contentBytes);
    if (this.#content !== undefined) return this.#content;
    const content = allocated(this.#contentBytes, this.#allocate);
    let offset = 0;
    for (const piece of this.#pieces.splice(0)) {
      if (offset > 0) await nextTurn(signal);
      content.set(piece, offset);
      offset += piece.byteLength;
    }
    return content;
  }
}
