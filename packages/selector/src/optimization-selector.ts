import { analyze } from './analysis.js';
import { Calibration } from './calibration.js';
import type { DataCharacteristics } from './characteristics.js';
import { estimateAll, missMs, PRIORS, workOf, type Work } from './cost-model.js';
import { SelectorError } from './errors.js';
import { selectChannel } from './events.js';
import { explanation, reasonFor } from './explanation.js';
import { checkCharacteristics, checkContext, checkDuration } from './input.js';
import { resolveOptions, type ResolvedOptions, type SelectorOptions } from './options.js';
import { seededRandom } from './random.js';
import { Reuse } from './reuse.js';
import {
  STRATEGIES,
  type Estimate,
  type OptimizationPlan,
  type SelectionContext,
  type Strategy,
} from './strategy.js';

/** What came of a plan. */
export interface Outcome {
  readonly durationMs: number;
  /** Whether the cache had the answer. Hits teach the chance of reuse, misses the cost of converting. */
  readonly cacheHit?: boolean;
  /** Set when the strategy failed: it is then expected to be costlier on this route, and nothing else is learned. */
  readonly error?: unknown;
}

/** What a selector has done so far. */
export interface SelectorStatistics {
  /** Plans given by `select`. */
  readonly decisions: number;
  /** Decisions that took the second best to learn. */
  readonly explored: number;
  /** Outcomes that were no cache hits and did not fail. */
  readonly observed: number;
  /** Outcomes with an `error`. */
  readonly failures: number;
  /** Share of outcomes that hit the cache, recent ones counting more, failures not at all; 0.3 before the first. */
  readonly reuseProbability: number;
  /** How often each strategy was decided for. */
  readonly chosen: Readonly<Record<Strategy, number>>;
}

interface Pending {
  readonly plan: OptimizationPlan;
  readonly work: Work;
  readonly route: string;
}

/** Plans whose outcome may still be reported; older ones are forgotten. */
const MAX_PENDING = 10_000;
/** A second best that is expected to cost more than this many times the best is not worth trying. */
const EXPLORE_UP_TO = 2;

/**
 * Chooses how a conversion is carried out: the cheapest strategy by an analytic cost model whose coefficients are
 * corrected by every outcome. Deciding costs the same whatever the size of the data, and remembers nothing of it.
 */
export class OptimizationSelector {
  readonly #options: ResolvedOptions;
  readonly #random: () => number;
  readonly #calibration = new Calibration();
  readonly #reuse = new Reuse();
  readonly #pending = new Map<number, Pending>();
  readonly #chosen: Record<Strategy, number> = { 'cache-first': 0, 'lazy-loading': 0, parallel: 0 };
  #nextId = 1;
  #explored = 0;
  #observed = 0;
  #failures = 0;

  /** @throws SelectorError `ERR_PERF_SELECTOR_INVALID_OPTION` */
  constructor(options?: SelectorOptions) {
    this.#options = resolveOptions(options);
    this.#random = seededRandom(this.#options.seed);
  }

  /** What the data is like, from a sample of at most 1000 rows. */
  analyze(data: unknown): DataCharacteristics {
    return analyze(data);
  }

  /**
   * The strategy for data like this. What is not known is left out: without `conversionMs` the time is taken from
   * the bytes, without `resultBytes` the result is taken to be as large as the source.
   * @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` when nothing can be carried out, and for NaN, negative
   * or endless numbers
   */
  select(characteristics: Partial<DataCharacteristics>, context: SelectionContext = {}): OptimizationPlan {
    const { estimates, pending } = this.#estimate(characteristics, context);
    const [best, second] = estimates;
    const explored = second !== undefined && this.#explores(best, second);
    const plan = planOf(this.#nextId++, explored ? second : best, estimates, explored);
    this.#chosen[plan.strategy] += 1;
    if (explored) this.#explored += 1;
    this.#pending.set(plan.id, { plan, ...pending });
    this.#pending.delete(plan.id - MAX_PENDING);
    return plan;
  }

  /**
   * What `select` would decide now, without exploring, without counting and without remembering it: for explaining.
   * @throws SelectorError as `select` does
   */
  preview(characteristics: Partial<DataCharacteristics>, context: SelectionContext = {}): OptimizationPlan {
    const { estimates } = this.#estimate(characteristics, context);
    return planOf(0, estimates[0], estimates, false);
  }

  /**
   * What came of a plan, once. Changes nothing for a plan that was answered already, that another selector made, or
   * that is 10,000 decisions old.
   * @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` when the duration is no number of milliseconds, at least 0
   */
  feedback(plan: OptimizationPlan, outcome: Outcome): void {
    const { durationMs, cacheHit = false, error } = outcome;
    checkDuration(durationMs);
    const pending = this.#pending.get(plan.id);
    if (pending?.plan !== plan) return;
    this.#pending.delete(plan.id);
    const { work, route } = pending;
    if (error !== undefined) {
      this.#failures += 1;
      this.#calibration.fail(plan.strategy, route);
      return;
    }
    this.#reuse.observe(cacheHit);
    if (cacheHit) return;
    this.#observed += 1;
    selectChannel.publish(() => {
      const best = plan.estimates[0]?.strategy ?? plan.strategy;
      const bestMs = missMs(best, work, PRIORS) * this.#calibration.factor(best, route);
      return {
        strategy: plan.strategy,
        estimates: plan.estimates,
        regretMs: Math.max(0, durationMs - bestMs),
      };
    });
    this.#calibration.observe(plan.strategy, route, missMs(plan.strategy, work, PRIORS), durationMs);
  }

  /** A paragraph for people: every estimate, what decided, and what would change the choice. */
  explain(plan: OptimizationPlan): string {
    return explanation(plan, this.#observed + this.#failures);
  }

  /** A frozen snapshot; the counting rules are those of `SelectorStatistics`. */
  stats(): SelectorStatistics {
    return Object.freeze({
      decisions: this.#nextId - 1,
      explored: this.#explored,
      observed: this.#observed,
      failures: this.#failures,
      reuseProbability: this.#reuse.probability,
      chosen: Object.freeze({ ...this.#chosen }),
    });
  }

  /** Every strategy, cheapest feasible first; the first one is. */
  #estimate(
    characteristics: Partial<DataCharacteristics>,
    context: SelectionContext,
  ): { readonly estimates: readonly [Estimate, ...Estimate[]]; readonly pending: Omit<Pending, 'plan'> } {
    checkCharacteristics(characteristics);
    checkContext(context);
    const available = context.available ?? STRATEGIES;
    const route = context.route ?? '';
    const hits = context.reuseProbability ?? this.#reuse.probability;
    const work = workOf(characteristics, context, hits, available, PRIORS);
    const correction = (strategy: Strategy): number => this.#calibration.factor(strategy, route);
    const [best, ...others] = estimateAll(STRATEGIES, work, PRIORS, correction);
    if (best?.feasible !== true) {
      throw nothingFits(context, available, best === undefined ? [] : [best, ...others]);
    }
    return { estimates: [best, ...others], pending: { work, route } };
  }

  #explores(best: Estimate, second: Estimate): boolean {
    if (this.#options.explore === 0 || !second.feasible) return false;
    return second.durationMs <= best.durationMs * EXPLORE_UP_TO && this.#random() < this.#options.explore;
  }
}

function planOf(
  id: number,
  chosen: Estimate,
  estimates: readonly Estimate[],
  explored: boolean,
): OptimizationPlan {
  const others = estimates.filter((estimate) => estimate !== chosen);
  return {
    id,
    strategy: chosen.strategy,
    estimates,
    fallbacks: others.filter(({ feasible }) => feasible).map(({ strategy }) => strategy),
    reason: reasonFor(chosen, others, explored),
    explored,
  };
}

function nothingFits(
  { memoryLimit = Infinity }: SelectionContext,
  available: readonly Strategy[],
  estimates: readonly Estimate[],
): SelectorError {
  const least = Math.min(
    ...estimates.filter(({ strategy }) => available.includes(strategy)).map(({ peakBytes }) => peakBytes),
  );
  const why = Number.isFinite(least)
    ? `every available strategy needs more than memoryLimit (${String(memoryLimit)} bytes); the least needs ${String(Math.round(least))}`
    : `no strategy is available; there are ${STRATEGIES.join(', ')}`;
  return new SelectorError('ERR_PERF_SELECTOR_INVALID_INPUT', `nothing can be selected: ${why}`);
}
