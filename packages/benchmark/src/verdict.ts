import { fewestFor } from './interval.js';

/**
 * # When to stop, without fooling oneself
 *
 * A comparison that may end early looks at its data several times, and each look is a chance to be misled. So the chance of
 * error that was granted (`1 - confidence`) is spent like money: by the time a share t of the budget is used, a share t of it
 * has been spent (the linear spending function of Lan and DeMets, "Discrete Sequential Boundaries for Clinical
 * Trials", 1983, and Kim and DeMets, 1987). The interval of each look is drawn at what that look may spend. By
 * the union bound all the intervals of a run hold together with the confidence asked, whatever the
 * dependence between looks and whichever look ends the run (the repeated confidence intervals of Jennison and Turnbull, 1989).
 * Looks at 1/16, 1/8, 1/4, 1/2 and all of the budget leave half of the chance to the last one: an interval about a seventh wider
 * than that of a single look is the price of being able to stop sixteen times sooner.
 */
export type Verdict = 'faster' | 'slower' | 'same' | 'undecided';

/** The shares of the budget at which the data are looked at. */
export const LOOKS: readonly number[] = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1];

/**
 * What an interval of the ratio `candidate time / base time` says. The band of "same" is symmetrical: from `1 / (1 + margin)`
 * to `1 + margin`, so that swapping the two sides swaps the verdict.
 */
export function decide(low: number, high: number, margin: number): Verdict {
  const top = 1 + margin;
  if (high < 1 / top) return 'faster';
  if (low > top) return 'slower';
  return low >= 1 / top && high <= top ? 'same' : 'undecided';
}

/** A forecast beyond this says no more than "never". */
const A_YEAR_MS = 365 * 86_400_000;

/** The looks of one run: how much of the error each may spend. */
export class Looks {
  readonly #error: number;
  #spentAt = 0;

  constructor(error: number) {
    this.#error = error;
  }

  /** Whether a look is due once the share `used` of the budget is gone. */
  due(used: number): boolean {
    return LOOKS.some((look) => look > this.#spentAt && look <= used);
  }

  /** The chance of error that a look at the share `used` (at most 1) may spend. */
  spend(used: number): number {
    const share = Math.min(1, used);
    const error = this.#error * (share - this.#spentAt);
    this.#spentAt = share;
    return error;
  }
}

/** What the forecast needs to know of a comparison that is still open. */
export interface OpenQuestion {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly margin: number;
  readonly error: number;
  /** Independent pairs so far. */
  readonly effective: number;
  /** Time they took. */
  readonly elapsedMs: number;
}

/**
 * How much longer it would take, in milliseconds: the interval shrinks with the square root of the time, and the question is
 * closed when it no longer reaches from the ratio to the nearest edge of the band. `Infinity` where the
 * ratio sits on the edge, or nothing is known yet. An estimate: it moves as the ratio does.
 */
export function moreTime(o: OpenQuestion): number {
  if (o.effective < 1 || !(o.elapsedMs > 0)) return Infinity;
  if (!(o.low > 0 && o.high < Infinity)) {
    return o.elapsedMs * Math.max(1, fewestFor(o.error) / o.effective - 1);
  }
  const at = Math.log(o.ratio);
  const edge = Math.log1p(o.margin);
  const below = at - Math.log(o.low);
  const above = Math.log(o.high) - at;
  // Outside the band only the near end of the interval is in the way; inside it both are.
  let reach: number;
  if (at > edge) reach = below / (at - edge);
  else if (at < -edge) reach = above / (-edge - at);
  else reach = Math.max(below / (edge + at), above / (edge - at));
  // Next to the edge already: one part in a hundred more, so that the forecast is never "none".
  const more = o.elapsedMs * Math.max(0.01, reach ** 2 - 1);
  return more < A_YEAR_MS ? more : Infinity;
}
