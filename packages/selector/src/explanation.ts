import { formatBytes } from '@perf/internal/bytes';
import { formatDuration } from '@perf/internal/duration';
import type { Choice } from './choice.js';
import { coefficientShares } from './calibration.js';
import type { CoefficientName } from './coefficients.js';
import type { Candidate } from './estimation.js';
import type { Estimate, OptimizationPlan } from './strategy.js';

/** Estimates closer than this are not told apart in words. */
const ABOUT_EQUAL = 1.05;

/** What a coefficient stands for, in words. */
const WORDS: Readonly<Record<CoefficientName, string>> = {
  work: 'the conversion itself',
  serial: 'what cannot be divided',
  parse: 'the parse that all columns share',
  setup: 'what every conversion takes',
  memory: 'fresh memory',
  dispatch: 'handing work to threads',
  start: 'starting threads',
  copy: 'copying',
  merge: 'joining the parts',
  contention: 'work on threads that share a machine',
  batch: 'batches',
  open: 'deferring',
  pool: 'lending buffers',
  switch: 'giving up half way',
};

/** One sentence: what was chosen and what decided. */
export function reasonFor({ chosen, grounds }: Choice, candidates: readonly Candidate[]): string {
  const { strategy } = chosen.estimate;
  const rivals = candidates.flatMap(({ estimate }) =>
    estimate.feasible && estimate !== chosen.estimate ? [estimate] : [],
  );
  const [next] = rivals;
  switch (grounds) {
    case 'fixed':
      return `${strategy} is what a predictable selection always takes here`;
    case 'explored':
      return `${strategy} is tried to learn what it costs; ${next?.strategy ?? 'another'} is expected to be best`;
    case 'kept':
      return `${strategy} is kept: that ${next?.strategy ?? 'another'} would be better is not sure enough yet`;
    case 'only':
    case 'best':
      if (next === undefined) return `${strategy} is the only strategy that can be carried out here`;
      return comparison(chosen.estimate, next);
  }
}

function comparison(chosen: Estimate, next: Estimate): string {
  const gap = next.missMs / Math.max(chosen.missMs, 1e-6);
  const takes = `${chosen.strategy} is expected to take ${formatDuration(chosen.missMs)}`;
  if (gap >= ABOUT_EQUAL) return `${takes}, ${gap.toFixed(1)}x less than ${next.strategy}`;
  const saves = next.peakBytes / Math.max(chosen.peakBytes, 1);
  if (saves < ABOUT_EQUAL) return `${takes}, about as long as ${next.strategy}`;
  return `${takes} and ${saves.toFixed(1)}x less memory than ${next.strategy}`;
}

/** What an explanation is made from. */
export interface Explained {
  readonly choice: Choice;
  readonly candidates: readonly Candidate[];
  /** Outcomes that corrected the estimates. */
  readonly learned: number;
  readonly reuseProbability: number;
  readonly doubtBetween: (a: Candidate, b: Candidate) => number;
  /** What would be taken for a source so many times as large. */
  readonly chosenFor: (scale: number) => string | undefined;
}

/** A paragraph for people: every estimate, what decided, how sure that is, and what would change the choice. */
export function explanation(plan: OptimizationPlan, explained: Explained): string {
  const list = plan.estimates.map(
    ({ strategy, missMs, peakBytes, ...estimate }) =>
      `${strategy} ${formatDuration(missMs)} and ${formatBytes(peakBytes)}${remark(estimate)}`,
  );
  const { learned, reuseProbability } = explained;
  const basis =
    learned === 0
      ? 'They are priors; nothing was observed yet.'
      : `They were corrected by ${String(learned)} ${learned === 1 ? 'outcome' : 'outcomes'}.`;
  const chance = `The cache is expected to have the answer in ${percent(reuseProbability)} of such requests.`;
  return [
    `${plan.reason}.`,
    `Estimates without the cache: ${list.join('; ')}.`,
    basis,
    chance,
    ...decisive(explained),
    ...turningPoints(plan, explained),
  ].join(' ');
}

function remark({ feasible, suspended }: Pick<Estimate, 'feasible' | 'suspended'>): string {
  if (!feasible) return ' (not possible here)';
  return suspended ? ' (failed of late)' : '';
}

/** Beside the strongest rival: what makes the difference, and how sure it is. */
function decisive({ choice, candidates, doubtBetween }: Explained): string[] {
  const { chosen, grounds } = choice;
  const rival = candidates.find(
    (candidate) => candidate.estimate.feasible && candidate.estimate !== chosen.estimate,
  );
  if (rival === undefined || grounds === 'fixed') return [];
  const [mine, theirs] = [coefficientShares(chosen.prediction), coefficientShares(rival.prediction)];
  const gaps = [...new Set([...mine.keys(), ...theirs.keys()])].map((name) => {
    const [a, b] = [mine.get(name) ?? 0, theirs.get(name) ?? 0];
    return { name, a: a * chosen.estimate.missMs, b: b * rival.estimate.missMs };
  });
  const [most] = gaps.sort((x, y) => Math.abs(y.a - y.b) - Math.abs(x.a - x.b));
  const doubt = doubtBetween(chosen, rival);
  const better = normal((rival.score - chosen.score) / Math.max(doubt, 1e-9));
  const sure = `That it is the better of the two is ${percent(better)} sure.`;
  if (most === undefined || Math.abs(most.a - most.b) < 1e-3) return [sure];
  return [
    `The largest difference between the two is ${WORDS[most.name]}: ${formatDuration(most.a)} against ${formatDuration(most.b)}.`,
    sure,
  ];
}

const SCALES = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

function turningPoints(plan: OptimizationPlan, { chosenFor, choice }: Explained): string[] {
  if (choice.grounds === 'fixed') return ['Only what can be carried out changes that.'];
  const { strategy, estimates } = plan;
  const own = estimates.find((estimate) => estimate.strategy === strategy);
  if (own === undefined) return [];
  const flips = [1, -1].flatMap((direction) => {
    const scale = SCALES.find((factor) => (chosenFor(factor ** direction) ?? strategy) !== strategy);
    const other = scale === undefined ? undefined : chosenFor(scale ** direction);
    if (scale === undefined || other === undefined) return [];
    return [
      `${other} for ${direction > 0 ? `${String(scale)} times the data` : `a ${ordinal(scale)} of it`}`,
    ];
  });
  const excluded = estimates
    .filter(({ feasible, missMs }) => !feasible && missMs < own.missMs)
    .map((estimate) => estimate.strategy);
  return [
    ...(flips.length === 0 ? [] : [`It would be ${flips.join(', and ')}.`]),
    ...(excluded.length === 0
      ? []
      : [`${excluded.join(', ')} would take less, but cannot be carried out here.`]),
  ];
}

function ordinal(scale: number): string {
  return scale === 2 ? 'half' : `${String(scale)}th`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

/** The normal distribution function, to two digits (W. Page, Approximations to the Cumulative Normal Function, 1977). */
function normal(z: number): number {
  return 1 / (1 + Math.exp(-z * (1.5976 + 0.070565966 * z * z)));
}
