import type { Strategy } from './strategy.js';

/** Errors beyond a factor of e^1.5 (4.5) count as that: one long pause must not turn the model over. */
const CLIP = 1.5;
/** Observations of a route until its own correction counts as much as the common one. */
const PRIOR_WEIGHT = 4;
/** Old observations fade by this factor with every new one, so that a drift is followed. */
const FORGETTING = 0.97;
/** A factor of a million either way: what is learned stays finite however often a strategy fails. */
const MAX_ERROR = Math.log(1e6);
/** A failure counts as if the strategy had taken this many times as long as it was expected to. */
const FAILURE = Math.log(4);
/** Routes remembered; the one not seen for longest makes room. */
const MAX_ROUTES = 256;

interface Running {
  mean: number;
  weight: number;
}

/**
 * Learns by what factor the model is off, in logarithms, for each strategy over all routes and on each route. A
 * route that was rarely seen leans on what is known of the strategy in general. Misses only: how long a hit takes
 * says nothing about converting.
 */
export class Calibration {
  readonly #common = new Map<Strategy, Running>();
  readonly #routes = new Map<string, Map<Strategy, Running>>();

  /** The factor by which the model's duration is to be multiplied. */
  factor(strategy: Strategy, route: string): number {
    const common = this.#common.get(strategy)?.mean ?? 0;
    const own = this.#routes.get(route)?.get(strategy);
    if (own === undefined) return Math.exp(common);
    const trust = own.weight / (own.weight + PRIOR_WEIGHT);
    return Math.exp(common + trust * (own.mean - common));
  }

  /** What a conversion really took beside what the uncorrected model said. */
  observe(strategy: Strategy, route: string, modelMs: number, realMs: number): void {
    if (!(modelMs > 0) || !(realMs > 0)) return;
    const error = Math.log(realMs / modelMs);
    const common = this.#common.get(strategy) ?? { mean: 0, weight: PRIOR_WEIGHT };
    learn(common, error);
    this.#common.set(strategy, common);
    learn(this.#own(strategy, route), error);
  }

  /** A strategy failed on a route: it becomes costlier there than it was taken to be, and nowhere else. */
  fail(strategy: Strategy, route: string): void {
    const own = this.#own(strategy, route);
    learn(own, own.mean + FAILURE);
  }

  #own(strategy: Strategy, route: string): Running {
    const strategies = this.#routes.get(route) ?? new Map<Strategy, Running>();
    const own = strategies.get(strategy) ?? { mean: this.#common.get(strategy)?.mean ?? 0, weight: 0 };
    strategies.set(strategy, own);
    this.#routes.delete(route);
    this.#routes.set(route, strategies);
    if (this.#routes.size > MAX_ROUTES) {
      for (const oldest of this.#routes.keys()) {
        this.#routes.delete(oldest);
        break;
      }
    }
    return own;
  }
}

function learn(running: Running, error: number): void {
  const step = Math.max(-CLIP, Math.min(CLIP, error - running.mean));
  running.weight = running.weight * FORGETTING + 1;
  const mean = running.mean + step / running.weight;
  running.mean = Math.max(-MAX_ERROR, Math.min(MAX_ERROR, mean));
}
