import { type Clock, type Limits, type RemovalCause } from '../../src/index.js';
import { type NaiveEntry, type NaivePolicy } from './naive-policy.js';

/** So many slots the cache looks at for expired entries with each entry that is added. */
const SWEEP = 2;

/** The cache as one would write it without a thought for speed. */
export class NaiveCache {
  limits: Limits;
  hits = 0;
  misses = 0;
  /** `key=value cause` of whatever left, in order. */
  readonly told: string[] = [];
  readonly #clock: Clock;
  readonly #policy: NaivePolicy;
  /** Entries by slot. The slot that became free last is taken next. */
  readonly #slots: (NaiveEntry | undefined)[] = [];
  readonly #free: number[] = [];
  #writes = 0;
  /** Where the sweep for expired entries goes on. */
  #hand = 0;

  constructor(clock: Clock, limits: Limits, policy: (limits: () => Limits) => NaivePolicy) {
    this.#clock = clock;
    this.limits = limits;
    this.#policy = policy(() => this.limits);
  }

  get entries(): NaiveEntry[] {
    return this.#slots.filter((entry) => entry !== undefined);
  }

  get bytes(): number {
    return this.entries.reduce((sum, entry) => sum + entry.bytes, 0);
  }

  /** What can be served, the most valued first. */
  get shown(): NaiveEntry[] {
    return this.#policy.order().filter((entry) => this.#isFresh(entry));
  }

  peek(key: string): number | undefined {
    return this.shown.find((entry) => entry.key === key)?.value;
  }

  get(key: string): number | undefined {
    const entry = this.#find(key);
    if (entry !== undefined && this.#isFresh(entry)) {
      this.hits += 1;
      this.#policy.use(entry);
      return entry.value;
    }
    this.misses += 1;
    if (entry !== undefined) this.#remove(entry, 'expired');
    return undefined;
  }

  set(key: string, given: Pick<NaiveEntry, 'value' | 'bytes' | 'tags'>, ttl: number): void {
    if (given.bytes > this.limits.maxBytes) {
      this.told.push(`${key}=${String(given.value)} refused`);
      return;
    }
    const written = { ...given, expiresAt: this.#clock.now() + ttl, writtenAt: this.#writes++ };
    const there = this.#find(key);
    if (there !== undefined && !this.#isFresh(there)) this.#remove(there, 'expired');
    let entry = this.#find(key);
    if (entry === undefined) {
      entry = { key, slot: this.#free.pop() ?? this.#slots.length, ...written };
      this.#slots[entry.slot] = entry;
      this.#policy.add(entry);
    } else {
      this.told.push(`${key}=${String(entry.value)} replaced`);
      Object.assign(entry, written);
      this.#policy.use(entry);
    }
    this.#sweep(entry);
    this.#makeRoom(entry);
  }

  delete(key: string): boolean {
    const entry = this.#find(key);
    if (entry === undefined) return false;
    const isFresh = this.#isFresh(entry);
    this.#remove(entry, isFresh ? 'deleted' : 'expired');
    return isFresh;
  }

  invalidate(tag: string): number {
    const tagged = this.entries.filter((entry) => entry.tags.includes(tag) && this.#isFresh(entry));
    for (const entry of tagged.sort((a, b) => a.writtenAt - b.writtenAt)) this.#remove(entry, 'invalidated');
    return tagged.length;
  }

  purgeExpired(): number {
    const expired = this.#policy.order().filter((entry) => !this.#isFresh(entry));
    for (const entry of expired) this.#remove(entry, 'expired');
    return expired.length;
  }

  clear(): void {
    for (const entry of [...this.#policy.order()]) this.#remove(entry, 'cleared');
  }

  resize(limits: Limits): void {
    this.limits = limits;
    this.#makeRoom(undefined);
  }

  #find(key: string): NaiveEntry | undefined {
    return this.entries.find((entry) => entry.key === key);
  }

  #isFresh(entry: NaiveEntry): boolean {
    return this.#clock.now() < entry.expiresAt;
  }

  #remove(entry: NaiveEntry, cause: RemovalCause): void {
    this.told.push(`${entry.key}=${String(entry.value)} ${cause}`);
    this.#policy.remove(entry, cause === 'evicted');
    this.#slots[entry.slot] = undefined;
    this.#free.push(entry.slot);
  }

  /** Looks at the next slots, and removes those of them that have expired. */
  #sweep(newcomer: NaiveEntry): void {
    for (let looked = 0; looked < SWEEP; looked++) {
      if (this.#hand >= this.#slots.length) this.#hand = 0;
      const entry = this.#slots[this.#hand++];
      if (entry !== undefined && entry !== newcomer && !this.#isFresh(entry)) this.#remove(entry, 'expired');
    }
  }

  #makeRoom(newcomer: NaiveEntry | undefined): void {
    while (this.entries.length > this.limits.maxEntries || this.bytes > this.limits.maxBytes) {
      const victim = this.#policy.victim(newcomer);
      if (victim === undefined) throw new Error('nobody is there to go');
      this.#remove(victim, 'evicted');
    }
  }
}
