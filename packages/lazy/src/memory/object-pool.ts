import { parseCount, refuseUnknown } from '@perf/internal/options';
import { closedError, LazyError, refuseOption } from '../errors.js';
import { requireMethod } from '../options.js';

/** How an `ObjectPool` is set up. */
export interface ObjectPoolOptions<T> {
  /** Makes a new object. */
  readonly create: () => T;
  /** Makes a used object as good as new, before it is kept. One that cannot be (this throws) is let go. Default: as it is. */
  readonly reset?: ((object: T) => void) | undefined;
  /** Told of an object that is let go. Must not throw. */
  readonly destroy?: ((object: T) => void) | undefined;
  /** Objects that may wait to be used again. Default 64. */
  readonly maxIdle?: number | undefined;
}

/** A frozen snapshot of a pool of objects. `created`, `reused` and `destroyed` count since the start. */
export interface ObjectPoolStatistics {
  readonly leased: number;
  readonly idle: number;
  readonly created: number;
  readonly reused: number;
  readonly destroyed: number;
}

/** An object on loan from an `ObjectPool`. */
export class PooledObject<T> implements Disposable {
  readonly #takeBack: (object: T) => void;
  #held: { readonly object: T } | undefined;

  /**
   * Made by `ObjectPool.acquire`; not to be constructed by hand.
   * @internal
   */
  constructor(object: T, takeBack: (object: T) => void) {
    this.#held = { object };
    this.#takeBack = takeBack;
  }

  /**
   * The object. Do not keep it beyond the lease: somebody else gets it.
   * @throws `LazyError` `ERR_PERF_LAZY_RELEASED`
   */
  get value(): T {
    return this.#current().object;
  }

  /**
   * Gives the object back.
   * @throws `LazyError` `ERR_PERF_LAZY_RELEASED` when that was done before; what `reset` throws
   */
  release(): void {
    this.#current();
    this[Symbol.dispose]();
  }

  /** Gives the object back unless that was done before. */
  [Symbol.dispose](): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#takeBack(held.object);
  }

  #current(): { readonly object: T } {
    if (this.#held !== undefined) return this.#held;
    throw new LazyError(
      'ERR_PERF_LAZY_RELEASED',
      'the pooled object was released and may be in use elsewhere',
    );
  }
}

const KNOWN: readonly (keyof ObjectPoolOptions<unknown>)[] = ['create', 'reset', 'destroy', 'maxIdle'];
const MAX_IDLE = 64;

/** Lends objects that are dear to make and lends them again: parsers, builders, scratch structures. */
export class ObjectPool<T> {
  readonly #options: ObjectPoolOptions<T>;
  readonly #maxIdle: number;
  readonly #idle: { readonly object: T }[] = [];
  readonly #counts = { created: 0, reused: 0, destroyed: 0 };
  #leased = 0;
  #closed = false;

  constructor(o: ObjectPoolOptions<T>) {
    refuseUnknown(o, KNOWN, refuseOption);
    requireMethod(o, 'create', 'create');
    this.#maxIdle = parseCount(o.maxIdle ?? MAX_IDLE, 'maxIdle', refuseOption, { min: 0 });
    this.#options = o;
  }

  /** Lends the object that was given back last, or a new one. */
  acquire(): PooledObject<T> {
    if (this.#closed) throw closedError('object pool');
    const used = this.#idle.pop();
    if (used !== undefined) this.#counts.reused += 1;
    const object = used === undefined ? this.#created() : used.object;
    this.#leased += 1;
    return new PooledObject(object, (back) => {
      this.#returned(back);
    });
  }

  /** The counters; the counting rules stand at `ObjectPoolStatistics`. */
  stats(): ObjectPoolStatistics {
    return Object.freeze({ leased: this.#leased, idle: this.#idle.length, ...this.#counts });
  }

  /** Lets go of idle objects beyond `keep`; how many. */
  trim(keep = 0): number {
    parseCount(keep, 'keep', refuseOption, { min: 0 });
    const gone = this.#idle.splice(0, Math.max(0, this.#idle.length - keep));
    for (const { object } of gone) this.#destroy(object);
    return gone.length;
  }

  /** Lets go of what is idle, and later of what comes back. Again: does nothing. */
  close(): void {
    this.#closed = true;
    this.trim();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #created(): T {
    const object = this.#options.create();
    this.#counts.created += 1;
    return object;
  }

  #returned(object: T): void {
    this.#leased -= 1;
    try {
      this.#options.reset?.(object);
    } catch (error) {
      this.#destroy(object);
      throw error;
    }
    if (this.#closed || this.#idle.length >= this.#maxIdle) this.#destroy(object);
    else this.#idle.push({ object });
  }

  #destroy(object: T): void {
    this.#counts.destroyed += 1;
    this.#options.destroy?.(object);
  }
}
