import type { MemoryPressure } from '@perf/internal/memory/reading';

/** Milliseconds between two steps: what was let go must have had time to show. */
const STEP_MS = 1000;

/** How much may be held while memory is scarce: half of what was, step by step; nothing when that is critical. */
export class Relief {
  #limit = Infinity;
  #lastStepAt = -Infinity;

  /** Bytes that may be held now; `now` in milliseconds. */
  limit(pressure: MemoryPressure, held: number, now: number): number {
    if (pressure === 'none') {
      this.#limit = Infinity;
      this.#lastStepAt = -Infinity;
    } else if (pressure === 'critical') {
      this.#limit = 0;
      this.#lastStepAt = now;
    } else if (!(now - this.#lastStepAt < STEP_MS)) {
      this.#limit = Math.min(this.#limit, held) / 2;
      this.#lastStepAt = now;
    }
    return this.#limit;
  }
}
