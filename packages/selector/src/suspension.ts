import type { Clock } from '@perf/internal/clock';

/** After the first failure in a row, and at most. Each further one doubles it. */
const FIRST_MS = 1000;
const LONGEST_MS = 5 * 60_000;
/** Pairs of strategy and route remembered; the one that failed longest ago makes room. */
const MAX_REMEMBERED = 1024;

interface Failures {
  readonly inARow: number;
  readonly since: number;
}

/** Strategies that failed on a route and are left alone for a while, for longer after each failure in a row. */
export class Suspension {
  readonly #clock: Clock;
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  fail(strategy: string, route: string): void {
    const key = keyOf(strategy, route);
    const inARow = (this.#failures.get(key)?.inARow ?? 0) + 1;
    this.#failures.delete(key);
    this.#failures.set(key, { inARow, since: this.#clock.now() });
    if (this.#failures.size > MAX_REMEMBERED) {
      for (const oldest of this.#failures.keys()) {
        this.#failures.delete(oldest);
        break;
      }
    }
  }

  succeed(strategy: string, route: string): void {
    this.#failures.delete(keyOf(strategy, route));
  }

  /** Whether it is to be left alone now. */
  holds(strategy: string, route: string): boolean {
    if (this.#failures.size === 0) return false;
    const failures = this.#failures.get(keyOf(strategy, route));
    if (failures === undefined) return false;
    const waited = this.#clock.now() - failures.since;
    // A clock that was set back must not hold anything for longer.
    return waited >= 0 && waited < Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures.inARow - 1));
  }
}

function keyOf(strategy: string, route: string): string {
  return `${strategy} ${route}`;
}
