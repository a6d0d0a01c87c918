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

/** Whether an entry can be served as it is, only while it is made anew, or not any more. */
export type Freshness = 'fresh' | 'stale' | 'expired';

/** Reads the age of entries. An entry lives for the whole of its time and not a moment longer. */
export class Expiry {
  readonly #records: Records<unknown>;
  readonly #lifetimes: Lifetimes;

  constructor(records: Records<unknown>, lifetimes: Lifetimes) {
    this.#records = records;
    this.#lifetimes = lifetimes;
  }

  /** When an entry that is made now is fresh for the last time. */
  endOf(now: number, ttl: number = this.#lifetimes.ttl): number {
    return now + ttl;
  }

  isFresh(slot: number, now: number): boolean {
    return now < this.#records.expiresAt(slot) && !this.#isIdle(slot, now);
  }

  isExpired(slot: number, now: number): boolean {
    const end = this.#records.expiresAt(slot) + this.#lifetimes.staleWhileRevalidate;
    return now >= end || this.#isIdle(slot, now);
  }

  freshness(slot: number, now: number): Freshness {
    if (this.isFresh(slot, now)) return 'fresh';
    return this.isExpired(slot, now) ? 'expired' : 'stale';
  }

  #isIdle(slot: number, now: number): boolean {
    const { idleTtl } = this.#lifetimes;
    return idleTtl !== Infinity && now >= this.#records.lastAccessAt(slot) + idleTtl;
  }
}
