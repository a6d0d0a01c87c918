import { type Records } from './records.js';

/** How long entries live, in milliseconds. */
export interface Lifetimes {
  /** From when it was set; an entry may have its own. */
  readonly ttl: number;
  /** From when it was last served; `Infinity` for ever. */
  readonly idleTtl: number;
  /** After `ttl`, for as long as an entry may still be served while it is made anew. */
  readonly staleWhileRevalidate: number;
}

/** Reads the age of entries. An entry lives for the whole of its time and not a moment longer. */
export class Expiry {
  readonly #records: Records<unknown>;
  readonly #ttl: number;
  readonly #idleTtl: number;
  readonly #stale: number;

  constructor(records: Records<unknown>, { ttl, idleTtl, staleWhileRevalidate }: Lifetimes) {
    this.#records = records;
    this.#ttl = ttl;
    this.#idleTtl = idleTtl;
    this.#stale = staleWhileRevalidate;
  }

  /** When an entry that is made now is fresh for the last time. */
  endOf(now: number, ttl: number = this.#ttl): number {
    return now + ttl;
  }

  isFresh(slot: number, now: number): boolean {
    return now < this.#records.expiresAt(slot) && !this.#isIdle(slot, now);
  }

  isExpired(slot: number, now: number): boolean {
    return now >= this.#records.expiresAt(slot) + this.#stale || this.#isIdle(slot, now);
  }

  #isIdle(slot: number, now: number): boolean {
    return this.#idleTtl !== Infinity && now >= this.#records.lastAccessAt(slot) + this.#idleTtl;
  }
}
