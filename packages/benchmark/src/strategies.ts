import type { Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import { isPromiseLike } from './candidate.js';
import { DEFAULTS } from './defaults.js';
import { BenchmarkError, refuseOption } from './errors.js';
import { length, readSignal, requireFunction, requireObject, within } from './fields.js';
import type { MemoryProfile } from './memory/profile.js';
import type { ComparisonResult } from './result.js';
import type { Verdict } from './verdict.js';
import type { Warning } from './warning.js';

export interface CompareStrategiesOptions<Outcome = unknown> {
  /** The time that timing should take, all strategies together. Default `'2s'`. */
  readonly budget?: Duration;
  /** How often each strategy runs for its memory. Default 3; 0 leaves memory out. */
  readonly runs?: number;
  /** The quality of what a strategy gave, `0..1`. Default: the field `quality` of the outcome where it has one. */
  readonly quality?: (outcome: Outcome, strategy: string) => number;
  /** The difference in time that does not matter, as a share. Default 0.01. */
  readonly margin?: number;
  readonly signal?: AbortSignal;
}

/** One strategy by all criteria. */
export interface StrategyRow {
  readonly name: string;
  /** Median time of a run. */
  readonly timeMs: number;
  /** Time divided by that of the first strategy, its interval, and the verdict; absent for the first one itself. */
  readonly ratio?: number;
  readonly interval?: readonly [low: number, high: number];
  readonly verdict?: Verdict;
  /** Absent when memory was left out. */
  readonly peakBytes?: number;
  /** Absent where it is not known. */
  readonly quality?: number;
  /** The place by each criterion, 1 the best; equal values share a place. */
  readonly ranks: { readonly time: number; readonly memory?: number; readonly quality?: number };
  /** Whether no other strategy is at least as good by every criterion and clearly better by one. */
  readonly onFront: boolean;
  /** Those that are. */
  readonly dominatedBy: readonly string[];
}

/** Strategies side by side. There is no score: what a second is worth in megabytes is the reader's to say. */
export interface StrategyComparison {
  readonly kind: 'strategies';
  /** The fastest first. */
  readonly rows: readonly StrategyRow[];
  /** The names on the Pareto front, the fastest first: every other strategy is beaten by one of these. */
  readonly front: readonly string[];
  readonly comparison: ComparisonResult;
  readonly memory: readonly MemoryProfile[];
  readonly warnings: readonly Warning[];
}

export interface ResolvedStrategies<Outcome> {
  readonly budgetMs: number;
  readonly runs: number;
  readonly quality: ((outcome: Outcome, strategy: string) => number) | undefined;
  readonly margin: number;
  readonly signal: AbortSignal | undefined;
}

const KNOWN = ['budget', 'runs', 'quality', 'margin', 'signal'];
const MOST_RUNS = 1000;
/** A difference in peak memory below this, or below this share, is noise. */
const LEAST_BYTES = 2 ** 20;
const LEAST_BYTE_SHARE = 0.05;
const LEAST_QUALITY = 1e-9;

export function resolveStrategies<Outcome>(
  o: CompareStrategiesOptions<Outcome>,
): ResolvedStrategies<Outcome> {
  requireObject(o);
  refuseUnknown(o, KNOWN, refuseOption);
  requireFunction(o.quality, 'quality');
  const { budget, runs } = DEFAULTS.strategies;
  return {
    budgetMs: length(o.budget ?? budget, 'budget'),
    runs: parseCount(o.runs ?? runs, 'runs', refuseOption, { min: 0, max: MOST_RUNS }),
    quality: o.quality,
    margin: within(o.margin ?? DEFAULTS.margin, 'margin', 0, 1),
    signal: readSignal(o.signal),
  };
}

/** One function per strategy; remembers the quality of the last outcome of each. */
export class Trials<Strategy, Outcome> {
  readonly runs: Readonly<Record<string, () => unknown>>;
  readonly #qualities = new Map<string, number>();
  readonly #judge: ResolvedStrategies<Outcome>['quality'];

  constructor(
    strategies: Readonly<Record<string, Strategy>>,
    run: (strategy: Strategy, name: string) => Outcome | Promise<Outcome>,
    judge: ResolvedStrategies<Outcome>['quality'],
  ) {
    this.#judge = judge;
    this.runs = Object.fromEntries(
      Object.entries(strategies).map(([name, strategy]) => [name, () => run(strategy, name)]),
    );
  }

  /** Runs each strategy once, untimed, and keeps the quality of what it gave. */
  async judgeAll(): Promise<void> {
    for (const [name, run] of Object.entries(this.runs)) {
      // The runs were made from a function that returns outcomes.
      const returned = run() as Outcome | Promise<Outcome>;
      const outcome = isPromiseLike(returned) ? await returned : returned;
      const quality = this.#judge === undefined ? qualityIn(outcome) : this.#judge(outcome, name);
      if (quality === undefined) continue;
      if (!(quality >= 0 && quality <= 1)) {
        throw refuseOption(`quality of '${name}' must be a number from 0 to 1; given ${shown(quality)}`);
      }
      this.#qualities.set(name, quality);
    }
  }

  qualityOf(name: string): number | undefined {
    return this.#qualities.get(name);
  }
}

/** Checks what `compareStrategies` was given. */
export function readStrategies(strategies: unknown, run: unknown): void {
  if (strategies === null || typeof strategies !== 'object' || Array.isArray(strategies)) {
    throw wrong(`strategies must be an object of named strategies; given ${shown(strategies)}`);
  }
  if (typeof run !== 'function') throw wrong(`run must be a function; given ${shown(run)}`);
}

/** Puts times, peaks and qualities side by side. */
export function rankStrategies(
  comparison: ComparisonResult,
  memory: readonly MemoryProfile[],
  o: { readonly qualityOf: (name: string) => number | undefined; readonly margin: number },
): StrategyComparison {
  const measured = comparison.contenders.map(({ name, time }): Measured => {
    const against = comparison.comparisons.find(({ candidate }) => candidate === name);
    const peakBytes = memory.find((profile) => profile.name === name)?.peakBytes;
    const quality = o.qualityOf(name);
    return {
      name,
      timeMs: time.p50,
      ...(against === undefined
        ? {}
        : { ratio: against.ratio, interval: against.interval, verdict: against.verdict }),
      ...(peakBytes === undefined ? {} : { peakBytes }),
      ...(quality === undefined ? {} : { quality }),
    };
  });
  const criteria = criteriaOf(o.margin).filter(({ cost }) =>
    measured.every((each) => cost(each) !== undefined),
  );
  const rows = measured
    .map((own): StrategyRow => {
      const dominatedBy = measured.filter((other) => dominates(other, own, criteria)).map(({ name }) => name);
      return {
        ...own,
        ranks: ranksOf(own, measured, criteria),
        dominatedBy,
        onFront: dominatedBy.length === 0,
      };
    })
    .sort((a, b) => speedOf(a) - speedOf(b));
  return {
    kind: 'strategies',
    rows,
    front: rows.filter(({ onFront }) => onFront).map(({ name }) => name),
    comparison,
    memory,
    warnings: [...comparison.warnings, ...memory.flatMap(({ warnings }) => warnings)],
  };
}

type Measured = Omit<StrategyRow, 'ranks' | 'onFront' | 'dominatedBy'>;

interface Criterion {
  readonly name: 'time' | 'memory' | 'quality';
  /** The lower the better. */
  readonly cost: (row: Measured) => number | undefined;
  /** Whether the lower of two costs is lower by more than noise. */
  readonly clearly: (low: number, high: number) => boolean;
}

/** Ratios come from interleaved pairs and are far steadier than the medians of the sides. */
function speedOf({ ratio = 1 }: Measured): number {
  return ratio;
}

function criteriaOf(margin: number): Criterion[] {
  return [
    { name: 'time', cost: speedOf, clearly: (low, high) => high > low * (1 + margin) },
    {
      name: 'memory',
      cost: ({ peakBytes }) => peakBytes,
      clearly: (low, high) => high - low > Math.max(LEAST_BYTES, LEAST_BYTE_SHARE * high),
    },
    {
      name: 'quality',
      cost: ({ quality }) => (quality === undefined ? undefined : -quality),
      clearly: (low, high) => high - low > LEAST_QUALITY,
    },
  ];
}

/**
 * At least as good by every criterion, to the digit, and clearly better by one. Were small defeats forgiven, three strategies could
 * beat one another in a circle and nobody would be left on the front.
 */
function dominates(other: Measured, own: Measured, criteria: readonly Criterion[]): boolean {
  const costs = criteria.map(({ cost, clearly }) => ({
    theirs: cost(other) ?? 0,
    mine: cost(own) ?? 0,
    clearly,
  }));
  return (
    costs.every(({ theirs, mine }) => theirs <= mine) &&
    costs.some(({ theirs, mine, clearly }) => clearly(theirs, mine))
  );
}

function ranksOf(
  own: Measured,
  all: readonly Measured[],
  criteria: readonly Criterion[],
): StrategyRow['ranks'] {
  const place = (name: Criterion['name']): number | undefined => {
    const found = criteria.find((criterion) => criterion.name === name);
    if (found === undefined) return undefined;
    const mine = found.cost(own) ?? 0;
    return 1 + all.filter((other) => (found.cost(other) ?? 0) < mine).length;
  };
  const [memory, quality] = [place('memory'), place('quality')];
  return {
    time: place('time') ?? 1,
    ...(memory === undefined ? {} : { memory }),
    ...(quality === undefined ? {} : { quality }),
  };
}

function qualityIn(outcome: unknown): number | undefined {
  if (outcome === null || typeof outcome !== 'object' || !('quality' in outcome)) return undefined;
  return typeof outcome.quality === 'number' ? outcome.quality : undefined;
}

function wrong(message: string): BenchmarkError {
  return new BenchmarkError('ERR_PERF_BENCHMARK_CANDIDATES', message);
}
