import type { MemoryReader } from '@perf/internal/memory/reading';
import { type Limits } from './policy/entry-facts.js';

/** How much a cache holds. */
interface Holding {
  readonly entries: number;
  readonly bytes: number;
}

const FACTOR = { moderate: 3 / 4, critical: 1 / 2 } as const;
const GROWTH = 5 / 4;
const LEAST = 1 / 16;
/** Milliseconds between two steps: what was given up must have had time to show. */
const STEP_MS = 1000;

/** The limits of a cache as long as memory is scarce: a share of those that it was given. */
export class PressureLimits {
  readonly #memory: MemoryReader;
  #share = 1;
  #lastStepAt = -Infinity;

  constructor(memory: MemoryReader) {
    this.#memory = memory;
  }

  /** The limits that hold now, of those that were given. */
  of({ maxEntries, maxBytes }: Limits): Limits {
    if (this.#share === 1) return { maxEntries, maxBytes };
    return {
      maxEntries: Math.max(1, Math.ceil(this.#share * maxEntries)),
      maxBytes: Math.floor(this.#share * maxBytes),
    };
  }

  /** Takes a step if it is time for one; returns whether other limits hold now. */
  step(now: number, holding: Holding, given: Limits): boolean {
    if (now - this.#lastStepAt < STEP_MS) return false;
    this.#lastStepAt = now;
    const before = this.#share;
    const { pressure } = this.#memory;
    if (pressure !== 'moderate' && pressure !== 'critical') {
      this.#share = Math.min(1, this.#share * GROWTH);
    } else {
      const used = Math.max(holding.entries / given.maxEntries, holding.bytes / Math.max(1, given.maxBytes));
      this.#share = Math.max(LEAST, Math.min(this.#share, used * FACTOR[pressure]));
    }
    return this.#share !== before;
  }
}
