import { LRUCache } from 'lru-cache';
import { type Address } from './key/cache-key.js';

/** So many failures are remembered at most. */
const MOST = 1000;

/** Whose conversion it was. */
export interface Subject {
  readonly address: Address;
  readonly tags: readonly string[];
}

interface Failure extends Subject {
  readonly error: unknown;
  readonly until: number;
}

/** Conversions that have failed lately, so that a source that is down is not asked again by every request. */
export class Failures {
  readonly #ttl: number;
  readonly #failures: LRUCache<string, Failure> | undefined;

  constructor(ttl: number) {
    this.#ttl = ttl;
    if (ttl > 0) this.#failures = new LRUCache({ max: MOST });
  }

  get size(): number {
    return this.#failures?.size ?? 0;
  }

  add({ address, tags }: Subject, error: unknown, now: number): void {
    this.#failures?.set(address.id, { address, tags, error, until: now + this.#ttl });
  }

  find(id: string, now: number): Failure | undefined {
    const failure = this.#failures?.get(id);
    if (failure === undefined || now < failure.until) return failure;
    this.#failures?.delete(id);
    return undefined;
  }

  /** What is set, deleted or invalidated may be tried again. */
  forget(id: string): void {
    this.#failures?.delete(id);
  }

  forgetWhere(concerned: (subject: Subject) => boolean): void {
    for (const [id, failure] of this.#failures ?? []) if (concerned(failure)) this.forget(id);
  }

  clear(): void {
    this.#failures?.clear();
  }
}
