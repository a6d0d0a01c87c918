import { type Limits, type PolicyName } from '../../src/index.js';

/** What is kept of an entry, by whoever does not care for speed. */
export interface NaiveEntry {
  readonly key: string;
  readonly slot: number;
  value: number;
  bytes: number;
  expiresAt: number;
  tags: readonly string[];
  /** How many values had been written, of all keys, when this one was. */
  writtenAt: number;
}

/** An eviction policy as its description says it: lists and sorting, and nothing clever. */
export interface NaivePolicy {
  add(entry: NaiveEntry): void;
  /** The entry was served, or got a new value. */
  use(entry: NaiveEntry): void;
  remove(entry: NaiveEntry, evicted: boolean): void;
  victim(newcomer: NaiveEntry | undefined): NaiveEntry | undefined;
  /** The most valued first. */
  order(): NaiveEntry[];
}

const sum = (entries: readonly NaiveEntry[]): number =>
  entries.reduce((bytes, entry) => bytes + entry.bytes, 0);
const without = (entries: readonly NaiveEntry[], gone: NaiveEntry): NaiveEntry[] =>
  entries.filter((entry) => entry !== gone);

class NaiveLru implements NaivePolicy {
  #entries: NaiveEntry[] = [];

  add(entry: NaiveEntry): void {
    this.#entries.unshift(entry);
  }
  use(entry: NaiveEntry): void {
    this.#entries = [entry, ...without(this.#entries, entry)];
  }
  remove(entry: NaiveEntry): void {
    this.#entries = without(this.#entries, entry);
  }
  victim(): NaiveEntry | undefined {
    return this.#entries.at(-1);
  }
  order(): NaiveEntry[] {
    return this.#entries;
  }
}

class NaiveFifo extends NaiveLru {
  override use(): void {
    // The order is that of the additions.
  }
}

/** The last of a sorted list goes, but not the newcomer as long as there is another. */
abstract class NaiveSorted implements NaivePolicy {
  protected readonly entries = new Map<NaiveEntry, { uses: number; lastUse: number }>();
  #now = 0;

  add(entry: NaiveEntry): void {
    this.entries.set(entry, { uses: 1, lastUse: this.#now++ });
  }
  use(entry: NaiveEntry): void {
    this.entries.set(entry, { uses: (this.entries.get(entry)?.uses ?? 0) + 1, lastUse: this.#now++ });
  }
  remove(entry: NaiveEntry): void {
    this.entries.delete(entry);
  }
  victim(newcomer: NaiveEntry | undefined): NaiveEntry | undefined {
    return this.order().findLast((entry) => entry !== newcomer) ?? newcomer;
  }
  order(): NaiveEntry[] {
    const rank = (entry: NaiveEntry): number => this.rank(entry);
    const lastUse = (entry: NaiveEntry): number => this.entries.get(entry)?.lastUse ?? 0;
    return [...this.entries.keys()].sort((a, b) => rank(b) - rank(a) || lastUse(b) - lastUse(a));
  }
  /** What counts more than the last use: the entry with the least goes first. */
  protected abstract rank(entry: NaiveEntry): number;
}

class NaiveLfu extends NaiveSorted {
  protected override rank(entry: NaiveEntry): number {
    return this.entries.get(entry)?.uses ?? 0;
  }
}

class NaiveLargestFirst extends NaiveSorted {
  /** The size, rounded down to four bits behind the leading one. */
  protected override rank({ bytes }: NaiveEntry): number {
    const step = 2 ** (Math.floor(Math.log2(bytes)) - 4);
    return -Math.floor(bytes / step) * step;
  }
}

class NaiveS3Fifo implements NaivePolicy {
  #small: NaiveEntry[] = [];
  #main: NaiveEntry[] = [];
  readonly #uses = new Map<NaiveEntry, number>();
  /** The keys that were ever evicted from the small queue; those that came back are blanked. */
  #ghosts: string[] = [];
  readonly #limits: () => Limits;

  constructor(limits: () => Limits) {
    this.#limits = limits;
  }

  add(entry: NaiveEntry): void {
    const age = this.#ghosts.length - this.#ghosts.lastIndexOf(entry.key);
    const cameBack = this.#ghosts.includes(entry.key) && age <= this.order().length;
    this.#ghosts = this.#ghosts.map((ghost) => (ghost === entry.key ? '' : ghost));
    this.#uses.set(entry, 0);
    (cameBack ? this.#main : this.#small).unshift(entry);
  }

  use(entry: NaiveEntry): void {
    this.#uses.set(entry, Math.min(3, this.#usesOf(entry) + 1));
  }

  remove(entry: NaiveEntry, evicted: boolean): void {
    if (evicted && this.#small.includes(entry)) this.#ghosts.push(entry.key);
    this.#small = without(this.#small, entry);
    this.#main = without(this.#main, entry);
    this.#uses.delete(entry);
  }

  victim(newcomer: NaiveEntry | undefined): NaiveEntry | undefined {
    for (;;) {
      const oldest = this.#small.at(-1);
      if (oldest === undefined || oldest === newcomer || !this.#smallIsFull()) break;
      if (this.#usesOf(oldest) <= 1) return oldest;
      this.#small = without(this.#small, oldest);
      this.#main.unshift(oldest);
      this.#uses.set(oldest, 0);
    }
    for (let round = 0; round < 64; round++) {
      const oldest = this.#main.at(-1);
      if (oldest === undefined || this.#usesOf(oldest) === 0) break;
      this.#uses.set(oldest, this.#usesOf(oldest) - 1);
      this.#main = [oldest, ...without(this.#main, oldest)];
    }
    const [main, small] = [this.#main.at(-1), this.#small.at(-1)];
    return main === undefined || (main === newcomer && small !== undefined) ? small : main;
  }

  order(): NaiveEntry[] {
    return [...this.#main, ...this.#small];
  }

  #smallIsFull(): boolean {
    const { maxEntries, maxBytes } = this.#limits();
    return this.#small.length > 0.1 * maxEntries || sum(this.#small) > 0.1 * maxBytes;
  }

  #usesOf(entry: NaiveEntry): number {
    return this.#uses.get(entry) ?? 0;
  }
}

/** The policies whose every decision follows from their description. */
export const NAIVE_POLICIES = {
  lru: () => new NaiveLru(),
  fifo: () => new NaiveFifo(),
  lfu: () => new NaiveLfu(),
  'memory-pressure': () => new NaiveLargestFirst(),
  's3-fifo': (limits) => new NaiveS3Fifo(limits),
} as const satisfies Partial<Record<PolicyName, (limits: () => Limits) => NaivePolicy>>;
