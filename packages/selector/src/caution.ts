/**
 * Keeps learning from making things worse than the prior (after Y. Wu et al., Conservative Bandits, 2016): whoever
 * departs from what would have been taken beforehand may lose by it, and may lose no more than a small share of what
 * everything costs, and a part of what departing has gained.
 */

/** Share of the expected time that may be lost. */
const LOSS = 0.01;
/** The part of an expected gain that counts: it is expected, not seen. */
const GAIN = 0.3;
/** How many standard deviations worse than expected a departure may turn out. */
const DEVIATIONS = 2;
/** What may be saved up, in requests like the present one, so that the past does not license anything for ever. */
const SAVED = 500;

export class Caution {
  #allowedMs = 0;

  /** A decision is made that costs so much the usual way. */
  earn(usualLogMs: number): void {
    const usualMs = Math.exp(usualLogMs);
    this.#allowedMs = Math.min(this.#allowedMs + LOSS * usualMs, Math.max(this.#allowedMs, SAVED * usualMs));
  }

  /** @param doubt standard deviation of how far the two are apart */
  allows(usualLogMs: number, otherLogMs: number, doubt: number): boolean {
    return Math.exp(otherLogMs + DEVIATIONS * doubt) - Math.exp(usualLogMs) <= this.#allowedMs;
  }

  /** The other way was taken. */
  departed(usualLogMs: number, otherLogMs: number): void {
    this.#allowedMs += GAIN * (Math.exp(usualLogMs) - Math.exp(otherLogMs));
  }
}
