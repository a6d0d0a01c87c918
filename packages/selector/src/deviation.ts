/**
 * What the cost model cannot say: how one strategy deviates on one route, as a function of the size. In logarithms, a
 * level, a slope, and a curve between knots at powers of four MB, so that a step that the model lacks can be followed.
 */
import type { Gradient } from './belief.js';

/** Variances of the logarithms before anything was seen: small beside those of the coefficients. */
export const DEVIATION_VARIANCES = { level: 0.15, slope: 0.02, knot: 0.08 };

/** The first knot is at 4^-4 MB, 4 KB; the last at 4^5 MB, 1 GB. */
const FIRST = -4;
const KNOTS = 10;
const LOG_4 = Math.log(4);
/** Between 4^-5 and 4^7 MB the slope is followed, in units of a factor of 64 beside 4 MB. */
const SLOPE_AT = 1;
const SLOPE_UNIT = 3;
const STEEPEST = 2;

/** Beliefs that each strategy has on each route: level, slope, knots. */
export const DEVIATION_SIZE: number = 2 + KNOTS;

export function deviationVariances(): number[] {
  const { level, slope, knot } = DEVIATION_VARIANCES;
  return [level, slope, ...new Array<number>(KNOTS).fill(knot)];
}

/** By how much the logarithm rises with each of the beliefs, for a source of that size. */
export function deviationAt(megabytes: number): Gradient {
  const at = Math.log(Math.max(megabytes, 1e-6)) / LOG_4;
  const along = Math.max(0, Math.min(KNOTS - 1, at - FIRST));
  const below = Math.min(KNOTS - 2, Math.floor(along));
  const slope = Math.max(-STEEPEST, Math.min(STEEPEST, (at - SLOPE_AT) / SLOPE_UNIT));
  const share = along - below;
  return { index: [0, 1, 2 + below, 3 + below], weight: [1, slope, 1 - share, share] };
}
