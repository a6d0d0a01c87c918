import { LazyError } from '../errors.js';

/** Takes a lease's memory back. */
export type TakeBack = (lease: PooledBuffer, buffer: ArrayBuffer, size: number) => void;

/**
 * Memory on loan from a `MemoryPool`: `using lease = pool.acquire(n)`, or `release()` by hand. After that the lease
 * refuses to give out its memory, and what was given out before is detached: a view kept too long is empty, it can
 * neither read nor overwrite what the next borrower writes.
 */
export class PooledBuffer implements Disposable {
  /** Bytes that were asked for. */
  readonly byteLength: number;
  readonly #size: number;
  readonly #takeBack: TakeBack;
  #buffer: ArrayBuffer | undefined;

  /**
   * Made by `MemoryPool.acquire`; not to be constructed by hand.
   * @internal
   */
  constructor(buffer: ArrayBuffer, byteLength: number, takeBack: TakeBack) {
    this.#buffer = buffer;
    this.byteLength = byteLength;
    this.#size = buffer.byteLength;
    this.#takeBack = takeBack;
  }

  /** Whether it was given back. */
  get released(): boolean {
    return this.#buffer === undefined;
  }

  /**
   * The memory: at least `byteLength` bytes, with whatever the last borrower left in them unless `zero` was asked for.
   * @throws `LazyError` `ERR_PERF_LAZY_RELEASED`
   */
  get buffer(): ArrayBuffer {
    if (this.#buffer === undefined) throw released('was released: its memory cannot be used any more');
    if (this.#buffer.byteLength !== this.#size) throw released('was moved to another thread, or detached');
    return this.#buffer;
  }

  /**
   * A view of exactly the bytes that were asked for.
   * @throws `LazyError` `ERR_PERF_LAZY_RELEASED`
   */
  get bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer, 0, this.byteLength);
  }

  /**
   * Gives the memory back.
   * @throws `LazyError` `ERR_PERF_LAZY_RELEASED` when that was done before
   */
  release(): void {
    if (this.#buffer === undefined) throw released('was released before');
    this[Symbol.dispose]();
  }

  /** Gives the memory back unless that was done before. */
  [Symbol.dispose](): void {
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    this.#buffer = undefined;
    this.#takeBack(this, buffer, this.#size);
  }
}

function released(what: string): LazyError {
  return new LazyError(
    'ERR_PERF_LAZY_RELEASED',
    `the pooled buffer ${what}; hold the lease for as long as its memory is in use, and no longer`,
  );
}
