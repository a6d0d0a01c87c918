/**
 * Learns by what factor the cost model is off, in logarithms, with a small Kalman filter on each route
 * (R. E. Kalman, A New Approach to Linear Filtering and Prediction Problems, 1960). Its states are the error of the
 * route's work, which every strategy shares, and what sets each strategy apart. An adapter's estimate is often wrong
 * by a factor, a strategy's overhead seldom, so most of a surprise goes to the work; what was seen of one strategy
 * then corrects those that were never tried, which would otherwise win by their hopeful priors. Surprises are
 * clipped, because times have heavy tails; the states keep some doubt for ever, so that a drift is followed.
 */
import type { Strategy } from './strategy.js';

/** Variances, of logarithms: how far off the work may be at first, and a strategy; how much single times scatter. */
const WORK_VARIANCE = 0.5;
const STRATEGY_VARIANCE = 0.2;
const NOISE_VARIANCE = 0.35;
/** What each observation adds to the doubt, so that old ones fade. */
const WORK_DRIFT = 0.0018;
const STRATEGY_DRIFT = 0.0006;
/** Surprises beyond a factor of e count as that: one long pause must not turn the model over. */
const CLIP = 1;
/** A factor of a million either way: what is learned stays finite however often a strategy fails. */
const MAX_ERROR = Math.log(1e6);
/** A failure counts as if the strategy had taken this many times as long as it was expected to. */
const FAILURE = Math.log(4);
/** What is left of that after each success. */
const FORGIVENESS = 0.5;
/** How fast new routes follow what was learned on others. */
const COMMON_RATE = 0.1;
/** Routes remembered; the one not seen for longest makes room. */
const MAX_ROUTES = 256;

/** An estimate and how much it is doubted. */
interface State {
  mean: number;
  variance: number;
}

interface RouteCorrection {
  readonly work: State;
  readonly apart: Map<Strategy, State>;
  readonly penalty: Map<Strategy, number>;
}

/** The corrections of all routes. Misses only: how long a hit takes says nothing about converting. */
export class Calibration {
  readonly #routes = new Map<string, RouteCorrection>();
  #common = 0;

  /** The factor by which the model's duration is to be multiplied. */
  factor(strategy: Strategy, route: string): number {
    const own = this.#routes.get(route);
    if (own === undefined) return Math.exp(this.#common);
    const error = own.work.mean + (own.apart.get(strategy)?.mean ?? 0) + (own.penalty.get(strategy) ?? 0);
    return Math.exp(limited(error));
  }

  /** What a conversion really took beside what the uncorrected model said. */
  observe(strategy: Strategy, route: string, modelMs: number, realMs: number): void {
    if (!(modelMs > 0) || !(realMs > 0)) return;
    const own = this.#own(route);
    const { work } = own;
    const apart = own.apart.get(strategy) ?? { mean: 0, variance: STRATEGY_VARIANCE };
    own.apart.set(strategy, apart);
    own.penalty.set(strategy, (own.penalty.get(strategy) ?? 0) * FORGIVENESS);

    const surprise = Math.log(realMs / modelMs) - work.mean - apart.mean;
    const clipped = Math.max(-CLIP, Math.min(CLIP, surprise));
    const total = work.variance + apart.variance + NOISE_VARIANCE;
    update(work, clipped, total, WORK_DRIFT);
    update(apart, clipped, total, STRATEGY_DRIFT);
    this.#common += COMMON_RATE * (work.mean - this.#common);
  }

  /** A strategy failed on a route: it becomes costlier there than it was taken to be, and nowhere else. */
  fail(strategy: Strategy, route: string): void {
    const { penalty } = this.#own(route);
    penalty.set(strategy, Math.min(MAX_ERROR, (penalty.get(strategy) ?? 0) + FAILURE));
  }

  #own(route: string): RouteCorrection {
    const own = this.#routes.get(route) ?? {
      work: { mean: this.#common, variance: WORK_VARIANCE },
      apart: new Map<Strategy, State>(),
      penalty: new Map<Strategy, number>(),
    };
    this.#routes.delete(route);
    this.#routes.set(route, own);
    if (this.#routes.size > MAX_ROUTES) {
      for (const oldest of this.#routes.keys()) {
        this.#routes.delete(oldest);
        break;
      }
    }
    return own;
  }
}

function update(state: State, surprise: number, total: number, drift: number): void {
  const gain = state.variance / total;
  state.mean = limited(state.mean + gain * surprise);
  state.variance = (1 - gain) * state.variance + drift;
}

function limited(error: number): number {
  return Math.max(-MAX_ERROR, Math.min(MAX_ERROR, error));
}
