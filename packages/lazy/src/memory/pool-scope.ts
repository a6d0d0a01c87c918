import { closedError } from '../errors.js';
import { requireBytes } from '../size.js';
import type { PooledBuffer } from './pooled-buffer.js';

/**
 * Leases of a `MemoryPool` that end together. `allocate` is what adapters take as an option (working memory of at least
 * so many bytes), `allocateBuffer` the same for those who want the `ArrayBuffer`.
 */
export class PoolScope implements Disposable {
  readonly #lend: (bytes: number) => PooledBuffer | ArrayBuffer;
  readonly #open: () => void;
  readonly #leases: PooledBuffer[] = [];
  #closed = false;

  /**
   * Made by `MemoryPool.scope`; not to be constructed by hand.
   * @internal
   */
  constructor(lend: (bytes: number) => PooledBuffer | ArrayBuffer, open: () => void) {
    this.#lend = lend;
    this.#open = open;
  }

  /** Bytes asked for through this scope that the pool lends. */
  get bytes(): number {
    return this.#leases.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Exactly so many bytes, until the scope is disposed of. Not zeroed unless the pool always is. Needs no `this`. */
  readonly allocate = (bytes: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(this.allocateBuffer(bytes), 0, bytes);

  /** A buffer of at least so many bytes, until the scope is disposed of. Needs no `this`. */
  readonly allocateBuffer = (bytes: number): ArrayBuffer => {
    if (this.#closed) throw closedError('pool scope');
    this.#open();
    requireBytes(bytes, 'bytes');
    const given = this.#lend(bytes);
    if (given instanceof ArrayBuffer) return given;
    this.#leases.push(given);
    return given.buffer;
  };

  /** Gives everything back; what was allocated is detached. Again: does nothing. */
  [Symbol.dispose](): void {
    this.#closed = true;
    for (const lease of this.#leases.splice(0)) lease[Symbol.dispose]();
  }
}
