import { untilAborted } from './abort.js';
import { CacheError } from './cache-error.js';
import { type Address } from './key/cache-key.js';
import { currentWaiter, runAs, Waiter } from './waiting.js';

/** A conversion as the caller gives it. It should stop when `signal` aborts: then nobody waits any more. */
export type Conversion<V> = (o: { signal: AbortSignal }) => V | Promise<V>;

/** What to do at the end of a flight, whichever comes first. */
export interface Landing<V> {
  /** The value is there; `wanted` is false if an invalidation has overtaken it. What it throws goes to the callers. */
  landed(value: V, wanted: boolean): void;
  failed(error: unknown, wanted: boolean): void;
  /** Every caller has left before the end. */
  aborted(): void;
}

interface Settle<V> {
  readonly resolve: (value: V) => void;
  readonly reject: (reason: unknown) => void;
}

/** One conversion under way and everybody who waits for it. */
export class Flight<V> {
  readonly address: Address;
  readonly tags: readonly string[];
  readonly #waiter: Waiter;
  readonly #controller = new AbortController();
  readonly #landing: Landing<V>;
  readonly #result: Promise<V>;
  #settle: Settle<V> | undefined;
  #callers = 0;
  #wanted = true;

  constructor(address: Address, tags: readonly string[], landing: Landing<V>) {
    this.address = address;
    this.tags = tags;
    this.#waiter = new Waiter(address.label);
    this.#landing = landing;
    this.#result = new Promise<V>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Each caller hears of a failure through its own promise; when all have left, nobody needs to.
    this.#result.catch(() => undefined);
  }

  /** Starts the conversion, once the first caller has joined: it may leave, or ask for this very flight, at once. */
  start(convert: Conversion<V>): void {
    const { signal } = this.#controller;
    runAs(this.#waiter, () => convert({ signal })).then(
      (value) => {
        this.#land(value);
      },
      (error: unknown) => {
        const settle = this.#end();
        if (settle === undefined) return;
        this.#landing.failed(error, this.#wanted);
        settle.reject(error);
      },
    );
  }

  /** Waits for the result, at most until the caller's own signal aborts. The last to leave stops the conversion. */
  async join(signal: AbortSignal | undefined): Promise<V> {
    const asker = currentWaiter();
    if (asker !== undefined && this.#waiter.leadsTo(asker)) throw reentrance(asker.label, this.address.label);
    this.#callers += 1;
    asker?.add(this.#waiter);
    try {
      return await untilAborted(this.#result, signal);
    } finally {
      asker?.remove(this.#waiter);
      this.#callers -= 1;
      if (this.#callers === 0) this.#abandon(signal?.reason);
    }
  }

  /** The conversion goes on although nobody waits for it. */
  keepGoing(): void {
    this.#callers += 1;
  }

  /** From now on the result is only for those who wait already. */
  overtake(): void {
    this.#wanted = false;
  }

  /** Ends the flight for everybody. */
  cancel(error: CacheError): void {
    this.#end()?.reject(error);
    this.#controller.abort(error);
  }

  #land(value: V): void {
    const settle = this.#end();
    if (settle === undefined) return;
    try {
      this.#landing.landed(value, this.#wanted);
      settle.resolve(value);
    } catch (error) {
      settle.reject(error);
    }
  }

  #abandon(reason: unknown): void {
    if (this.#end() === undefined) return;
    this.#landing.aborted();
    this.#controller.abort(reason);
  }

  /** The first to end the flight gets to settle it. */
  #end(): Settle<V> | undefined {
    const settle = this.#settle;
    this.#settle = undefined;
    return settle;
  }
}

function reentrance(asker: string, asked: string): CacheError {
  const what = asker === asked ? 'its own result' : `'${asked}', which waits for it`;
  return new CacheError(
    'ERR_PERF_CACHE_REENTRANT',
    `the conversion of '${asker}' waits for ${what}: neither could ever end`,
  );
}
