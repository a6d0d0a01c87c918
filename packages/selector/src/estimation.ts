import type { Calibration, ModelCost, Prediction } from './calibration.js';
import type { DataCharacteristics } from './characteristics.js';
import { shown } from '@perf/internal/errors';
import { PRIORS, ROUTE_COEFFICIENTS, SHARED_COEFFICIENTS } from './coefficients.js';
import { SelectorError } from './errors.js';
import { memoryWorth, scoreOf } from './intent.js';
import type { Peaks } from './peaks.js';
import type { Estimate, Intent, SelectionContext, StrategyModel } from './strategy.js';
import type { Suspension } from './suspension.js';
import { workOf, type Work } from './work.js';

/** A strategy for one request, with everything by which it is judged. */
export interface Candidate {
  readonly estimate: Estimate;
  readonly prediction: Prediction;
  /** What counts, less is better: by what was learned, and before anything was. */
  readonly score: number;
  readonly priorScore: number;
}

/** A request as it is judged. */
export interface Request {
  readonly characteristics: Partial<DataCharacteristics>;
  readonly context: SelectionContext;
  readonly route: string;
  readonly work: Work;
  /** How likely the cache has the answer. */
  readonly hitProbability: number;
  readonly intent: Intent;
}

/** Puts the cost model, what was learned and what failed together into candidates. */
export class Estimation {
  readonly #models: readonly StrategyModel[];
  readonly #calibration: Calibration;
  readonly #peaks: Peaks;
  readonly #suspension: Suspension;

  constructor(
    models: readonly StrategyModel[],
    calibration: Calibration,
    peaks: Peaks,
    suspension: Suspension,
  ) {
    this.#models = models;
    this.#calibration = calibration;
    this.#peaks = peaks;
    this.#suspension = suspension;
  }

  request(
    characteristics: Partial<DataCharacteristics>,
    context: SelectionContext,
    hitProbability: number,
    intent: Intent,
  ): Request {
    return {
      characteristics,
      context,
      route: context.route ?? '',
      work: workOf(characteristics, context, PRIORS),
      hitProbability: context.reuseProbability ?? hitProbability,
      intent,
    };
  }

  /** What each strategy costs by the model, before anything was learned. */
  costOf(work: Work, strategy: string): ModelCost | undefined {
    const model = this.#models.find(({ name }) => name === strategy);
    return model === undefined ? undefined : costOf(model, work);
  }

  /** Bytes at the peak by the model, before anything was learned. */
  peakOf(work: Work, strategy: string): number {
    return this.#models.find(({ name }) => name === strategy)?.peakBytes(work) ?? 0;
  }

  /** Every strategy: those that can be carried out first, those that failed of late behind them, the best ones first. */
  candidates(request: Request): Candidate[] {
    const { route, work, hitProbability, context, intent } = request;
    const predictions = this.#calibration.predict(
      route,
      work.sourceMb,
      this.#models.map((model) => costOf(model, work)),
    );
    const worth = memoryWorth(intent, context);
    const candidates: Candidate[] = [];
    for (const [i, model] of this.#models.entries()) {
      const prediction = predictions[i];
      if (prediction === undefined) continue;
      const priorPeak = checkedPeak(model, work);
      const peakBytes = priorPeak * this.#peaks.factor(model.name);
      const missMs = Math.exp(prediction.logMs);
      const isAvailable = context.available?.includes(model.name) !== false;
      candidates.push({
        estimate: {
          strategy: model.name,
          durationMs: hitProbability * PRIORS.lookupMs + (1 - hitProbability) * missMs,
          missMs,
          within: Math.exp(this.#calibration.doubt(route, prediction)),
          peakBytes,
          feasible: isAvailable && peakBytes <= work.memoryLimit,
          suspended: this.#suspension.holds(model.name, route),
        },
        prediction,
        score: scoreOf(prediction.logMs, peakBytes, worth),
        priorScore: scoreOf(prediction.priorLogMs, priorPeak, worth),
      });
    }
    return candidates.sort((a, b) => rank(a) - rank(b) || a.score - b.score);
  }

  /** Why there is nothing to choose from: what was allowed, and what is needed. */
  nothingFits({ work, context }: Request, candidates: readonly Candidate[]): SelectorError {
    const names = this.#models.map(({ name }) => name);
    const { available = names } = context;
    const needed = candidates.flatMap(({ estimate: { strategy, peakBytes } }) =>
      available.includes(strategy) ? [peakBytes] : [],
    );
    const why =
      needed.length > 0
        ? `every available strategy needs more than memoryLimit (${String(work.memoryLimit)} bytes); the least needs ${String(Math.round(Math.min(...needed)))}`
        : `no strategy is available; there are ${names.join(', ')}`;
    return new SelectorError('ERR_PERF_SELECTOR_INVALID_INPUT', `nothing can be selected: ${why}`);
  }
}

const KNOWN: ReadonlySet<string> = new Set([...ROUTE_COEFFICIENTS, ...SHARED_COEFFICIENTS]);

function rank({ estimate: { feasible, suspended } }: Candidate): number {
  return feasible ? Number(suspended) : 2;
}

/** A model of your own may say anything; only what could be true is judged. */
function costOf(model: StrategyModel, work: Work): ModelCost {
  const terms = model.cost(work);
  for (const { ms, coefficients } of terms) {
    const unknown = coefficients.find((name) => !KNOWN.has(name));
    if (unknown !== undefined) {
      throw new SelectorError(
        'ERR_PERF_SELECTOR_INVALID_INPUT',
        `strategy '${model.name}' must name coefficients that there are (${[...KNOWN].join(', ')}); it gave ${shown(unknown)}`,
      );
    }
    if (ms >= 0 && ms < Infinity) continue;
    throw new SelectorError(
      'ERR_PERF_SELECTOR_INVALID_INPUT',
      `strategy '${model.name}' must cost numbers of milliseconds; it gave ${String(ms)}`,
    );
  }
  return { strategy: model.name, terms };
}

function checkedPeak(model: StrategyModel, work: Work): number {
  const bytes: unknown = model.peakBytes(work);
  if (typeof bytes === 'number' && bytes >= 0) return bytes;
  throw new SelectorError(
    'ERR_PERF_SELECTOR_INVALID_INPUT',
    `strategy '${model.name}' must expect a number of bytes at its peak; it gave ${String(bytes)}`,
  );
}
