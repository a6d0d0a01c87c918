import { formatDuration } from '@perf/internal/duration';
import type { Distribution } from './distribution.js';
import type { GarbageCollection } from './garbage.js';
import type { Shift } from './pairs.js';
import type { Comparison } from './result.js';
import { median, SIGMA_PER_MAD } from './statistics.js';
import type { Timer } from './timer.js';
import type { WarmUp } from './warm-up.js';

/**
 * What makes a figure weaker than it looks.
 *
 * - `coarse-timer`: the clock's step is a large part of a sample.
 * - `call-cost`: the call itself is a large part of the time, so differences look smaller than they are.
 * - `cold`: the time per call had not settled when the warm-up ended.
 * - `noisy`: the samples scatter widely.
 * - `drift`: the time, or the ratio of a pair, moved during the run.
 * - `order-effect`: coming second made a difference (it is taken out of the ratio).
 * - `garbage-collection`: the collector fell into many samples, or moves the total times in another way than the median.
 * - `discarded-samples`: the clock stood still or went back in some samples.
 * - `no-collector`: garbage cannot be collected on demand, so what is held includes garbage.
 * - `reused-memory`: much of the heap was free at the start, so growth may have gone unseen.
 * - `unseen-peak`: a run was too short for the sampling thread.
 * - `narrow-range`: the sizes of a sweep lie too near together to tell growth apart.
 * - `unsure`: another model of growth fits nearly as well.
 * - `uneven-processes`: the processes of one side differ by more than the samples within one do.
 */
export type WarningCode =
  | 'coarse-timer'
  | 'call-cost'
  | 'cold'
  | 'noisy'
  | 'drift'
  | 'order-effect'
  | 'garbage-collection'
  | 'discarded-samples'
  | 'no-collector'
  | 'reused-memory'
  | 'unseen-peak'
  | 'narrow-range'
  | 'unsure'
  | 'uneven-processes';

export interface Warning {
  readonly code: WarningCode;
  /** One sentence for people. */
  readonly message: string;
  /** The function it is about, where it is about one. */
  readonly name?: string;
}

const COARSE = 0.01;
const CALL_SHARE = 0.1;
const NOISY = 0.1;
const MANY_COLLECTIONS = 0.05;
const MANY_DISCARDED = 0.01;
const SPEED_CHANGE = 0.1;

/** What a warning about the samples of one function is drawn from. */
interface Sampled {
  readonly name: string;
  readonly time: Distribution;
  readonly samples: number;
  readonly discarded: number;
  readonly batch: number;
  readonly gc: GarbageCollection;
  readonly course: readonly number[];
}

export function coldWarnings(warm: WarmUp): Warning[] {
  if (warm.settled) return [];
  const message = `the time per call had not settled after ${String(warm.calls)} warm-up calls in ${formatDuration(warm.ms)}`;
  return [{ code: 'cold', message }];
}

/** What the samples of one function show by themselves. */
export function sampleWarnings(
  side: Sampled,
  { timer, callMs }: { timer: Timer; callMs: number },
): Warning[] {
  const { name } = side;
  const found: Warning[] = [];
  const blur = timer.resolutionMs / (side.time.p50 * side.batch);
  if (blur > COARSE) {
    const message = `the clock tells ${formatDuration(timer.resolutionMs)} apart, ${percent(blur)} of a sample of '${name}'`;
    found.push({ code: 'coarse-timer', name, message });
  }
  const calling = callMs / side.time.p50;
  if (calling > CALL_SHARE) {
    const message = `calling '${name}' is ${percent(calling)} of its time (${formatDuration(callMs)} a call): its own work differs by more than shown`;
    found.push({ code: 'call-cost', name, message });
  }
  if (side.gc.share > MANY_COLLECTIONS) {
    const message = `garbage collection in ${percent(side.gc.share)} of the samples of '${name}'`;
    found.push({ code: 'garbage-collection', name, message });
  }
  const lost = side.discarded / (side.discarded + side.samples);
  if (lost > MANY_DISCARDED) {
    const message = `the clock stood still or went back in ${percent(lost)} of the samples of '${name}'`;
    found.push({ code: 'discarded-samples', name, message });
  }
  return found;
}

/** What the pairs of a base and a candidate show. */
export function pairWarnings(
  comparison: Comparison,
  o: { base: Sampled; own: Sampled; drift: Shift | undefined; margin: number },
): Warning[] {
  const name = comparison.candidate;
  const found: Warning[] = [];
  const matters = (shift: Shift | undefined): shift is Shift =>
    shift?.clear === true && Math.abs(Math.log(shift.factor)) > Math.log1p(o.margin);
  if (comparison.spread > NOISY) {
    const message = `single pair ratios of '${name}' scatter by ${percent(comparison.spread)}: the machine is noisy`;
    found.push({ code: 'noisy', name, message });
  }
  if (matters(o.drift)) {
    const message = `the ratio of '${name}' moved by ${percent(o.drift.factor - 1)} from the first half of the run to the second`;
    found.push({ code: 'drift', name, message });
  }
  if (matters(comparison.orderEffect)) {
    const by = comparison.orderEffect.factor - 1;
    const message = `coming second made a sample ${percent(Math.abs(by))} ${by > 0 ? 'slower' : 'faster'} with '${name}' (taken out of the ratio)`;
    found.push({ code: 'order-effect', name, message });
  }
  const collected = [collecting(o.base), collecting(o.own)] as const;
  const apart = Math.abs(o.base.gc.count - o.own.gc.count) > 3 * Math.sqrt(o.base.gc.count + o.own.gc.count);
  if (apart && Math.abs(collected[0] - collected[1]) > o.margin) {
    const message =
      `collections take ${percent(collected[0])} of the time of '${o.base.name}' and ${percent(collected[1])} of '${name}', ` +
      `which the median leaves out: the mean times have a ratio of ${comparison.meanRatio.toFixed(3)}`;
    found.push({ code: 'garbage-collection', name, message });
  }
  return found;
}

/** A scatter of single samples matters where no pairs cancel it. */
export function scatterWarnings(side: Sampled): Warning[] {
  const spread = (SIGMA_PER_MAD * side.time.mad) / side.time.p50;
  if (!(spread > NOISY)) return [];
  const message = `the samples of '${side.name}' scatter by ${percent(spread)}: the machine is noisy`;
  return [{ code: 'noisy', name: side.name, message }];
}

/** A change of speed matters where no pairs cancel it. */
export function speedWarnings({ name, course }: Sampled): Warning[] {
  const third = Math.floor(course.length / 3);
  if (third === 0) return [];
  const change = median(course.slice(-third)) / median(course.slice(0, third)) - 1;
  if (!(Math.abs(change) > SPEED_CHANGE)) return [];
  return [
    {
      code: 'drift',
      name,
      message: `'${name}' became ${percent(Math.abs(change))} ${change > 0 ? 'slower' : 'faster'} during the run`,
    },
  ];
}

function collecting({ gc, time, samples, batch }: Sampled): number {
  return samples === 0 ? 0 : gc.timeMs / (time.mean * samples * batch);
}

/** `0.0123` as `1.2 %`. */
export function percent(share: number): string {
  const value = share * 100;
  const size = Math.abs(value);
  return `${value.toFixed(size >= 100 ? 0 : size >= 1 || size === 0 ? 1 : 2)} %`;
}
