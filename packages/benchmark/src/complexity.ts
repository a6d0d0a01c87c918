import { shown } from '@perf/internal/errors';
import { refuseUnknown } from '@perf/internal/options';
import { DEFAULTS } from './defaults.js';
import { course } from './distribution.js';
import { BenchmarkError, refuseOption } from './errors.js';
import { requireFunction, requireObject } from './fields.js';
import { FEWEST_POINTS, fitGrowth, type Growth, type GrowthFit, type Point } from './growth.js';
import { medianInterval } from './interval.js';
import { resolveRun, RUN, type ResolvedRun, type RunOptions } from './options.js';
import { shuffled, type Random } from './random.js';
import { Sampler, threw } from './sampler.js';
import type { Session } from './session.js';
import { median, quantile, sorted } from './statistics.js';
import { sampleLength } from './timer.js';
import { lengthen, warmUp, type WarmUp } from './warm-up.js';
import { coldWarnings, percent, type Warning } from './warning.js';

export interface ComplexityOptions<Input = number> extends RunOptions {
  /** Makes the input of a size, once, before anything is timed. Default: the size itself. All inputs are alive at the same time. */
  readonly prepare?: (size: number) => Input | Promise<Input>;
}

export interface ComplexityPoint {
  readonly n: number;
  /** The median time per call. */
  readonly ms: number;
  /** An interval of it at 95 %. */
  readonly interval: readonly [low: number, high: number];
  readonly samples: number;
}

/** How the time grows with the size, and how sure that is. */
export interface ComplexityFit {
  readonly kind: 'complexity';
  readonly name: string;
  readonly growth: Growth;
  readonly runnerUp: Growth;
  /**
   * How likely `growth` is the best of the five, `0..1`: its weight, averaged over resamplings of the measured times, so that the
   * noise of the samples and the likeness of the curves are both in it. It cannot know of curves that are not among the five.
   */
  readonly certainty: number;
  /** Every model, the best one first. */
  readonly fits: readonly GrowthFit[];
  /** The slope of log time over log size, whatever the model: 1 is linear, 2 quadratic. */
  readonly exponent: number;
  /** An interval of the exponent at 95 %, over the same resamplings. */
  readonly exponentInterval: readonly [low: number, high: number];
  readonly points: readonly ComplexityPoint[];
  readonly warmUp: WarmUp;
  readonly elapsedMs: number;
  readonly warnings: readonly Warning[];
}

export interface ResolvedComplexity<Input> extends ResolvedRun {
  readonly prepare: ((size: number) => Input | Promise<Input>) | undefined;
}

const SAMPLING_SHARE = 0.7;
const FEWEST_ROUNDS = 3;
const MOST_ROUNDS = 200_000;
const INTERVAL_ERROR = 0.05;
const STRETCHES = 32;
const RESAMPLINGS = 400;
const SURE = 0.9;
const WIDE = 16;

export function resolveComplexity<Input>(o: ComplexityOptions<Input>): ResolvedComplexity<Input> {
  requireObject(o);
  refuseUnknown(o, [...RUN, 'prepare'], refuseOption);
  requireFunction(o.prepare, 'prepare');
  return { ...resolveRun(o, DEFAULTS.complexity.budget), prepare: o.prepare };
}

/** Checks the sizes of a sweep: five different whole numbers at least. Returns them in rising order. */
export function readSizes(given: unknown): number[] {
  const sizes: unknown[] = Array.isArray(given) ? given : [given];
  const good = sizes.filter((n): n is number => typeof n === 'number' && Number.isSafeInteger(n) && n >= 1);
  const distinct = [...new Set(good)].sort((a, b) => a - b);
  if (!Array.isArray(given) || good.length !== sizes.length || distinct.length < FEWEST_POINTS) {
    throw refuseOption(
      `sizes must be at least ${String(FEWEST_POINTS)} different whole numbers above 0; given ${
        Array.isArray(given) ? sizes.slice(0, 8).map(shown).join(', ') : shown(given)
      }`,
    );
  }
  return distinct;
}

/** Times a function over a sweep of sizes, all in turns, and fits the models of growth. */
export async function runComplexity<Input>(
  name: string,
  run: (input: Input, size: number) => unknown,
  sizes: readonly number[],
  o: ResolvedComplexity<Input>,
  session: Session,
): Promise<ComplexityFit> {
  const samplers: Sampler[] = [];
  for (const n of sizes) {
    const input = await prepared(name, n, o);
    const sampler = new Sampler(
      { name: `${name}(${String(n)})`, run: () => run(input, n) },
      o.hooks,
      session.timer,
    );
    await sampler.probe();
    await session.breathe();
    samplers.push(sampler);
  }
  const sampleMs = sampleLength(session.timer, (session.budgetMs * SAMPLING_SHARE) / samplers.length);
  const warm = await warmUp(samplers, session, { sampleMs, calls: o.batch });
  for (let rounds = 1; ; rounds++) {
    for (const sampler of shuffled(samplers, session.random)) await sampler.take();
    if (session.mustBreathe) {
      await session.breathe();
      if (o.batch === undefined) lengthen(samplers, sampleMs);
    }
    const over = !(session.elapsedMs < session.budgetMs) || rounds >= MOST_ROUNDS;
    if (rounds >= FEWEST_ROUNDS && over) break;
  }
  return conclude(name, sizes, samplers, { session, warm });
}

async function prepared<Input>(name: string, n: number, o: ResolvedComplexity<Input>): Promise<Input> {
  // Without `prepare` the input is the size, and `Input` is its default, a number.
  if (o.prepare === undefined) return n as Input;
  try {
    return await o.prepare(n);
  } catch (cause) {
    throw threw('prepare', `${name}(${String(n)})`, cause);
  }
}

function conclude(
  name: string,
  sizes: readonly number[],
  samplers: readonly Sampler[],
  { session, warm }: { session: Session; warm: WarmUp },
): ComplexityFit {
  const series = samplers.map((sampler) => sampler.perCall.view());
  const points = series.map((times, i): ComplexityPoint => {
    const n = sizes[i] ?? 0;
    if (times.length === 0) {
      throw new BenchmarkError(
        'ERR_PERF_BENCHMARK_CLOCK',
        `the clock gave no sensible time for '${name}' at ${String(n)}`,
      );
    }
    const found = medianInterval(times, INTERVAL_ERROR);
    return { n, ms: found.median, interval: [Math.max(0, found.low), found.high], samples: times.length };
  });
  const fits = fitGrowth(points);
  const [best, second] = fits;
  if (best === undefined || second === undefined) throw new RangeError('no model was fitted');
  const again = resample(points, series, session.random);
  const weights = again.map(
    (each) => fitGrowth(each).find(({ growth }) => growth === best.growth)?.weight ?? 0,
  );
  const certainty = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  const exponents = sorted(again.map(exponentOf));
  return {
    kind: 'complexity',
    name,
    growth: best.growth,
    runnerUp: second.growth,
    certainty,
    fits,
    exponent: exponentOf(points),
    exponentInterval: [quantile(exponents, INTERVAL_ERROR / 2), quantile(exponents, 1 - INTERVAL_ERROR / 2)],
    points,
    warmUp: warm,
    elapsedMs: session.elapsedMs,
    warnings: [
      ...coldWarnings(warm),
      ...rangeWarnings(name, sizes),
      ...unsureWarnings(name, best, second, certainty),
    ],
  };
}

/**
 * New sweeps drawn from the measured one. What is drawn are medians of stretches, not single samples: neighbours lean on the
 * same busy moment, and a draw that took them apart would look surer than it is.
 */
function resample(points: readonly Point[], series: readonly Float64Array[], random: Random): Point[][] {
  const stretches = series.map((times) => course(times, STRETCHES));
  return Array.from({ length: RESAMPLINGS }, () =>
    points.map(({ n, ms }, i) => {
      const own = stretches[i] ?? [];
      const drawn = own.map(() => own[Math.floor(random() * own.length)] ?? ms);
      return { n, ms: median(drawn) };
    }),
  );
}

/** The median of the slopes between all pairs of points in a log-log plot (Theil and Sen). */
function exponentOf(points: readonly Point[]): number {
  const slopes = points.flatMap((to, j) =>
    points.slice(0, j).map((from) => Math.log(to.ms / from.ms) / Math.log(to.n / from.n)),
  );
  return median(slopes);
}

function rangeWarnings(name: string, sizes: readonly number[]): Warning[] {
  const range = (sizes.at(-1) ?? 1) / (sizes[0] ?? 1);
  if (range >= WIDE) return [];
  const message = `the largest size of '${name}' is only ${range.toFixed(1)} times the smallest: n and n log n look alike there`;
  return [{ code: 'narrow-range', name, message }];
}

function unsureWarnings(name: string, best: GrowthFit, second: GrowthFit, certainty: number): Warning[] {
  if (certainty >= SURE) return [];
  const message = `${best.growth} is only ${percent(certainty)} sure for '${name}': ${second.growth} fits nearly as well`;
  return [{ code: 'unsure', name, message }];
}
