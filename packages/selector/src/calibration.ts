/**
 * Learns by what factors the cost model is off, with an extended Kalman filter on the logarithm of the duration
 * (R. E. Kalman, A New Approach to Linear Filtering and Prediction Problems, 1960; A. H. Jazwinski, Stochastic Processes
 * and Filtering Theory, 1970, for the linearisation). A surprise is shared out over the coefficients by how much of the
 * estimate each makes up and how much it is doubted, over what sets the strategy apart, and over how busy the machine
 * is, which is soon forgotten. Surprises are clipped, because times have heavy tails; everything keeps some doubt for
 * ever, so that a drift is followed.
 *
 * There is one filter for what all routes share and one for each route. What the two know of each other is not kept:
 * that would grow with the square of the routes.
 */
import { Beliefs, difference, limited, type Gradient } from './belief.js';
import { ROUTE_COEFFICIENTS, SHARED_COEFFICIENTS, type CoefficientName } from './coefficients.js';
import { DEVIATION_SIZE, deviationAt, deviationVariances } from './deviation.js';
import type { CostTerm } from './strategy.js';

/** How the filter is set: variances of logarithms, where nothing else is said. */
export const FILTER = {
  /** How far off the coefficients of a route may be at first, and those that all share. */
  route: 0.5,
  shared: 0.1,
  /** How far a strategy may be from the model over all routes. */
  strategy: 0.1,
  /** How busy the machine is: what each observation adds to the doubt of it, and the share of it that is left. */
  loadDrift: 0.01,
  loadDecay: 0.95,
  /** How much single times scatter. */
  noise: 0.12,
  /** What each observation adds to the doubt of what it taught, so that the past fades. */
  drift: 0.0008,
  /** Surprises count up to this many times their expected deviation: one long pause must not turn the model over. */
  clip: 1.05,
} as const;

/** How fast new routes follow what was learned on others. */
const COMMON_RATE = 0.1;
/** Routes remembered; the one not seen for longest makes room. */
const MAX_ROUTES = 256;
/** Nothing takes less than that, and its logarithm is a number. */
const LEAST_MS = 1e-6;

/** Places of the beliefs: in the shared filter coefficients, load, strategies; in a route's, coefficients, strategies. */
const LOAD = SHARED_COEFFICIENTS.length;
const STRATEGIES = LOAD + 1;
const DEVIATIONS = ROUTE_COEFFICIENTS.length;

/** Where a coefficient is believed in: among those of a route, or of all. */
const OF_ROUTE: Readonly<Record<string, number | undefined>> = indices(ROUTE_COEFFICIENTS);
const OF_ALL: Readonly<Record<string, number | undefined>> = indices(SHARED_COEFFICIENTS);

function indices(names: readonly CoefficientName[]): Record<string, number> {
  return Object.fromEntries(names.map((name, index) => [name, index]));
}

/** What one strategy costs by the model. */
export interface ModelCost {
  readonly strategy: string;
  readonly terms: readonly CostTerm[];
}

/** What is expected of one strategy for one request, when the cache has no answer. */
export interface Prediction {
  /** The logarithm of its milliseconds. */
  readonly logMs: number;
  /** The same before anything was learned. */
  readonly priorLogMs: number;
  /** What that rests on. */
  readonly shared: Gradient;
  readonly own: Gradient;
}

/** Everything that was learned, for those who keep it. */
export interface Learned {
  readonly shared: Beliefs;
  readonly routes: ReadonlyMap<string, Beliefs>;
  readonly common: number;
}

/** The corrections of all routes. Misses only: how long a hit takes says nothing about converting. */
export class Calibration {
  readonly #strategies: readonly string[];
  readonly #shared: Beliefs;
  readonly #routes = new Map<string, Beliefs>();
  /** What is believed of routes that were never seen. Never learns itself. */
  readonly #unseen: Beliefs;
  /** The work of those. */
  #common = 0;
  /** What each coefficient makes up of the estimate that is being made. */
  readonly #scratch = { ofRoute: new Float64Array(DEVIATIONS), ofAll: new Float64Array(LOAD) };

  constructor(strategies: readonly string[]) {
    this.#strategies = strategies;
    this.#shared = new Beliefs([
      ...SHARED_COEFFICIENTS.map(() => FILTER.shared),
      FILTER.loadDrift,
      ...strategies.map(() => FILTER.strategy),
    ]);
    this.#unseen = this.#fresh();
  }

  /** @param megabytes the size of the source, at which deviations are looked up */
  predict(route: string, megabytes: number, costs: readonly ModelCost[]): Prediction[] {
    const own = this.#known(route);
    const deviation = deviationAt(megabytes);
    return costs.map((cost) => this.#predict(own, deviation, cost));
  }

  /** The standard deviation of a prediction's logarithm, noise left out. */
  doubt(route: string, { shared, own }: Prediction): number {
    const beliefs = this.#known(route);
    return Math.sqrt(this.#shared.variance(shared) + beliefs.variance(own));
  }

  /** The standard deviation of how far two predictions for one request are apart. */
  doubtBetween(route: string, a: Prediction, b: Prediction): number {
    return this.doubt(route, {
      ...a,
      shared: difference(a.shared, b.shared),
      own: difference(a.own, b.own),
    });
  }

  /** What a conversion really took. No milliseconds at all say nothing. */
  observe(route: string, megabytes: number, cost: ModelCost, realMs: number): void {
    if (!(realMs > 0)) return;
    const beliefs = this.#own(route);
    const { logMs, shared, own } = this.#predict(beliefs, deviationAt(megabytes), cost);
    const total = this.#shared.variance(shared) + beliefs.variance(own) + FILTER.noise;
    const most = FILTER.clip * Math.sqrt(total);
    const surprise = Math.max(-most, Math.min(most, Math.log(realMs) - logMs));
    this.#shared.learn(shared, surprise, total, FILTER.drift);
    beliefs.learn(own, surprise, total, FILTER.drift);
    this.#shared.fade(LOAD, FILTER.loadDecay, FILTER.loadDrift);
    this.#common += COMMON_RATE * (beliefs.meanOf(0) - this.#common);
  }

  /** By what factor each shared coefficient is off, and within what factor that is known. */
  coefficients(): { readonly name: CoefficientName; readonly factor: number; readonly within: number }[] {
    return SHARED_COEFFICIENTS.map((name, i) => ({
      name,
      factor: Math.exp(this.#shared.meanOf(i)),
      within: Math.exp(Math.sqrt(this.#shared.varianceOf(i))),
    }));
  }

  /** What was learned. The beliefs are the calibration's own: whoever changes them changes what it knows. */
  get learned(): Learned {
    return { shared: this.#shared, routes: this.#routes, common: this.#common };
  }

  /** Beliefs of a route as they are before it was seen, to be filled by `restore`. */
  restore(common: number, routes: readonly string[]): Beliefs[] {
    this.#common = common;
    return routes.map((route) => this.#own(route));
  }

  #predict(beliefs: Beliefs, deviation: Gradient, { strategy, terms }: ModelCost): Prediction {
    const { ofRoute, ofAll } = this.#scratch;
    ofRoute.fill(0);
    ofAll.fill(0);
    let prior = 0;
    let sum = 0;
    for (const { ms, coefficients } of terms) {
      if (!(ms > 0)) continue;
      let correction = 0;
      for (const name of coefficients) {
        const index = OF_ROUTE[name];
        correction += index === undefined ? this.#shared.meanOf(OF_ALL[name]) : beliefs.meanOf(index);
      }
      const corrected = ms * Math.exp(limited(correction));
      for (const name of coefficients) {
        const index = OF_ROUTE[name];
        if (index === undefined) ofAll[OF_ALL[name] ?? 0] = (ofAll[OF_ALL[name] ?? 0] ?? 0) + corrected;
        else ofRoute[index] = (ofRoute[index] ?? 0) + corrected;
      }
      prior += ms;
      sum += corrected;
    }
    const which = this.#strategies.indexOf(strategy);
    const own = gradientOf(ofRoute, sum);
    const shared = gradientOf(ofAll, sum);
    const explained = { own: own.index.length, shared: shared.index.length };
    const base = DEVIATIONS + which * DEVIATION_SIZE;
    for (let i = 0; i < deviation.index.length; i++) {
      own.index.push(base + (deviation.index[i] ?? 0));
      own.weight.push(deviation.weight[i] ?? 0);
    }
    shared.index.push(LOAD, STRATEGIES + which);
    shared.weight.push(1, 1);
    const deviates = beliefs.sum(own, explained.own) + this.#shared.sum(shared, explained.shared);
    return {
      logMs: Math.log(Math.max(sum, LEAST_MS)) + limited(deviates),
      priorLogMs: Math.log(Math.max(prior, LEAST_MS)),
      shared,
      own,
    };
  }

  #known(route: string): Beliefs {
    this.#unseen.mean[0] = this.#common;
    return this.#routes.get(route) ?? this.#unseen;
  }

  #fresh(): Beliefs {
    const beliefs = new Beliefs([
      ...ROUTE_COEFFICIENTS.map(() => FILTER.route),
      ...this.#strategies.flatMap(() => deviationVariances()),
    ]);
    beliefs.mean[0] = this.#common;
    return beliefs;
  }

  #own(route: string): Beliefs {
    const own = this.#routes.get(route) ?? this.#fresh();
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

/** How much of a sum each part makes up; parts of nothing are left out. */
function gradientOf(parts: Float64Array, sum: number): { index: number[]; weight: number[] } {
  const index: number[] = [];
  const weight: number[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] ?? 0;
    if (part === 0) continue;
    index.push(i);
    weight.push(part / sum);
  }
  return { index, weight };
}

/** How much of an estimate each coefficient makes up. */
export function coefficientShares({ shared, own }: Prediction): Map<CoefficientName, number> {
  const shares = new Map<CoefficientName, number>();
  const add = (names: readonly CoefficientName[], { index, weight }: Gradient): void => {
    names.forEach((name, i) => {
      const at = index.indexOf(i);
      if (at >= 0) shares.set(name, weight[at] ?? 0);
    });
  };
  add(ROUTE_COEFFICIENTS, own);
  add(SHARED_COEFFICIENTS, shared);
  return shares;
}
