import { formatDuration, type Duration } from '@perf/internal/duration';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import type { Operation } from './candidate.js';
import { DEFAULTS } from './defaults.js';
import { refuseOption } from './errors.js';
import { length, readSignal, requireObject, within } from './fields.js';
import type { CompareOptions } from './options.js';
import { readEnvironment, type Environment } from './report/environment.js';
import type { ComparisonResult } from './result.js';
import { median, quantile, sorted } from './statistics.js';
import type { TrialKind } from './trial-kinds.js';
import { decide } from './verdict.js';
import { percent, type Warning } from './warning.js';

export interface DoctorOptions {
  /** The time of one comparison: what is asked is what it can show within this. Default `'200ms'`. */
  readonly budget?: Duration;
  /** Comparisons of a function with itself, and as many of a known difference, for each kind of work. Default 10. */
  readonly trials?: number;
  readonly margin?: number;
  readonly confidence?: number;
  readonly signal?: AbortSignal;
}

/** What the trials of one kind of work showed. */
export interface DoctorFinding {
  readonly name: string;
  /** The same function against itself. */
  readonly same: {
    readonly trials: number;
    /** Called faster or slower all the same. */
    readonly wrong: number;
    /** Half the width of the interval, as a share: the median over the trials. */
    readonly halfWidth: number;
  };
  /** The smallest difference that nine in ten comparisons would show, as a share; `Infinity` when none would. */
  readonly smallest: number;
  /** That difference put to the test: the same work, so much more of it. Absent when there is none to test. */
  readonly known?: {
    /** The true difference, as a share. */
    readonly difference: number;
    readonly trials: number;
    /** Called slower, as it is. */
    readonly found: number;
    /** Called faster. */
    readonly wrongSign: number;
  };
}

/** How small a difference this machine can show, here and now. */
export interface DoctorReport {
  readonly kind: 'doctor';
  readonly budgetMs: number;
  readonly margin: number;
  readonly confidence: number;
  readonly findings: readonly DoctorFinding[];
  /** The smallest difference shown for every kind of work: the largest of the findings. */
  readonly smallest: number;
  /** The same in a few sentences. */
  readonly text: string;
  readonly environment: Environment;
  readonly elapsedMs: number;
  readonly warnings: readonly Warning[];
}

export interface ResolvedDoctor {
  readonly budgetMs: number;
  readonly trials: number;
  readonly margin: number;
  readonly confidence: number;
  readonly signal: AbortSignal | undefined;
}

const MOST_TRIALS = 10_000;
/** Units of work of the base: a difference of one of them is one percent, exact by construction. */
const UNITS = 100;
const MOST = 4;
const NINE_IN_TEN = 0.9;

export function resolveDoctor(o: DoctorOptions): ResolvedDoctor {
  requireObject(o);
  refuseUnknown(o, ['budget', 'trials', 'margin', 'confidence', 'signal'], refuseOption);
  return {
    budgetMs: length(o.budget ?? DEFAULTS.doctor.budget, 'budget'),
    trials: parseCount(o.trials ?? DEFAULTS.doctor.trials, 'trials', refuseOption, { max: MOST_TRIALS }),
    margin: within(o.margin ?? DEFAULTS.margin, 'margin', 0, 1),
    confidence: within(o.confidence ?? DEFAULTS.confidence, 'confidence', 0.5, 0.9999),
    signal: readSignal(o.signal),
  };
}

type Compare = (
  candidates: Readonly<Record<string, Operation>>,
  o: CompareOptions,
) => Promise<ComparisonResult>;

/** Compares work with itself, then with a little more of itself. */
export async function runDoctor(
  kinds: readonly TrialKind[],
  o: ResolvedDoctor,
  { compare, now }: { compare: Compare; now: () => number },
): Promise<DoctorReport> {
  const began = now();
  const findings: DoctorFinding[] = [];
  for (const kind of kinds) findings.push(await examine(kind, o, compare));
  const smallest = Math.max(...findings.map((finding) => finding.smallest));
  return {
    kind: 'doctor',
    budgetMs: o.budgetMs,
    margin: o.margin,
    confidence: o.confidence,
    findings,
    smallest,
    text: tell(findings, smallest, o),
    environment: readEnvironment(),
    elapsedMs: now() - began,
    warnings: [],
  };
}

async function examine(kind: TrialKind, o: ResolvedDoctor, compare: Compare): Promise<DoctorFinding> {
  const common = {
    budget: o.budgetMs,
    confidence: o.confidence,
    ...(o.signal === undefined ? {} : { signal: o.signal }),
  };
  const intervals: [low: number, high: number][] = [];
  let wrong = 0;
  for (let i = 0; i < o.trials; i++) {
    const work = kind.units(UNITS);
    // Without a margin nothing is ever called the same, so each trial uses all of its time and shows what it is good for.
    const { interval } = await compare({ base: work, same: work }, { ...common, margin: 0 });
    const [low, high] = interval;
    intervals.push([low, high]);
    const verdict = decide(low, high, o.margin);
    if (verdict === 'faster' || verdict === 'slower') wrong += 1;
  }
  const smallest = smallestShown(intervals, o.margin);
  const known = await putToTest(kind, smallest, o, (candidates) =>
    compare(candidates, { ...common, margin: o.margin }),
  );
  return {
    name: kind.name,
    same: {
      trials: o.trials,
      wrong,
      halfWidth: median(intervals.map(([low, high]) => Math.expm1(Math.log(high / low) / 2))),
    },
    smallest,
    ...(known === undefined ? {} : { known }),
  };
}

/**
 * Had the candidate been slower by a true factor, the interval of a trial would have been where it is, times this factor: it
 * clears the margin when the factor exceeds the margin divided by the low end. The same holds for the high end
 * and a candidate that is faster.
 */
function smallestShown(intervals: readonly (readonly [number, number])[], margin: number): number {
  const needed = intervals.map(([low, high]) => (1 + margin) * Math.max(1 / low, high));
  return quantile(sorted(needed), NINE_IN_TEN) - 1;
}

async function putToTest(
  kind: TrialKind,
  smallest: number,
  o: ResolvedDoctor,
  compare: (candidates: Readonly<Record<string, Operation>>) => Promise<ComparisonResult>,
): Promise<DoctorFinding['known']> {
  if (!(smallest < MOST)) return undefined;
  const more = Math.max(1, Math.ceil(UNITS * smallest));
  let [found, wrongSign] = [0, 0];
  for (let i = 0; i < o.trials; i++) {
    const { verdict } = await compare({ base: kind.units(UNITS), more: kind.units(UNITS + more) });
    if (verdict === 'slower') found += 1;
    if (verdict === 'faster') wrongSign += 1;
  }
  return { difference: more / UNITS, trials: o.trials, found, wrongSign };
}

function tell(findings: readonly DoctorFinding[], smallest: number, o: ResolvedDoctor): string {
  const budget = formatDuration(o.budgetMs);
  const head = Number.isFinite(smallest)
    ? `Here and now, a comparison of ${budget} shows differences from ${percent(smallest)} up.`
    : `Here and now, a comparison of ${budget} shows no difference at all: give it more time.`;
  const lines = findings.map(({ name, same, smallest: own, known }) => {
    const judged = `${String(same.wrong)} of ${String(same.trials)} comparisons with itself were wrong`;
    const tested =
      known === undefined
        ? ''
        : `; a true ${percent(known.difference)} was found in ${String(known.found)} of ${String(known.trials)}, with the wrong sign in ${String(known.wrongSign)}`;
    return `${name}: from ${Number.isFinite(own) ? percent(own) : 'nowhere'} up; ${judged}${tested}.`;
  });
  return [head, ...lines].join('\n');
}
