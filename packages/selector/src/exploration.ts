/** Why another strategy than the best is taken now and then: what is never tried is never known. */

/** A strategy that might be tried: what it is expected to cost, and how much that is doubted beside the choice. */
export interface Trial {
  readonly logMs: number;
  /** Standard deviation of how far it is from the choice. */
  readonly doubt: number;
}

/** Of the occasions that the budget allows, the share that is taken: the others come too close upon each other. */
const TAKEN = 0.3;
/** How many standard deviations better than expected a trial may turn out. */
const HOPE = 1.5;
/** What may be saved up, in decisions of average cost. */
const SAVED = 300;
/** How fast the average follows. */
const RATE = 0.01;

/**
 * A budget for trials: a share of the time that decisions are expected to cost, saved up and spent on what may turn out
 * better than the choice. Small requests are cheap to try on, and what they teach holds for large ones too.
 */
export class Exploration {
  readonly #share: number;
  readonly #random: () => number;
  #budgetMs = 0;
  #averageMs = 0;

  constructor(share: number, random: () => number) {
    this.#share = share;
    this.#random = random;
  }

  /** Which of the trials to take instead of a choice that costs so much; undefined for none. They are made if need be. */
  trial<T extends Trial>(choiceLogMs: number, trials: () => readonly T[]): T | undefined {
    if (this.#share === 0) return undefined;
    const choiceMs = Math.exp(choiceLogMs);
    this.#averageMs += RATE * (choiceMs - this.#averageMs);
    const most = SAVED * this.#share * this.#averageMs;
    this.#budgetMs = Math.min(most, this.#budgetMs + this.#share * choiceMs);
    if (this.#random() >= TAKEN) return undefined;
    let found: T | undefined;
    let hope = choiceLogMs;
    for (const trial of trials()) {
      const best = trial.logMs - HOPE * trial.doubt;
      if (best >= hope) continue;
      hope = best;
      found = trial;
    }
    if (found === undefined) return undefined;
    const trialMs = Math.exp(found.logMs);
    // What is uncertain may also turn out worse.
    const extraMs = trialMs - choiceMs + (trialMs * found.doubt) / 2;
    if (extraMs > this.#budgetMs) return undefined;
    this.#budgetMs -= Math.max(0, extraMs);
    return found;
  }
}
