import { quantile, sorted, varianceInflation } from './statistics.js';

/**
 * # An interval for the median
 *
 * The classical interval for a median needs no shape of the noise: the median lies between the k-th smallest and the k-th
 * largest of n values unless fewer than k of them fell on one side of it, and each falls on either side with probability
 * one half. So k comes from the binomial distribution (the inverted sign test; Hollander, Wolfe and Chicken,
 * "Nonparametric Statistical Methods", 3.6). Three properties make it the right one here:
 *
 * - it is exact for a handful of pairs, and says so when there are too few: six values cannot give more than 96.9 %
 *   confidence, and the interval of five at 95 % is everything;
 * - ties, which a coarse timer makes, only widen it;
 * - tails of 0.01 %, which looking several times needs, cost no more than those of 5 %. A bootstrap would have to be drawn
 *   tens of thousands of times for them.
 *
 * Neighbouring pairs are not independent: a busy stretch leans on several of them. What matters for a median is only how
 * the signs (above or below it) hang together, so the number of values is divided by the variance inflation of these signs
 * before the rank is taken (Heidelberger and Lewis, "Quantile Estimation in Dependent Sequences", 1984).
 */
export interface MedianInterval {
  readonly median: number;
  /** `-Infinity` when there are too few values for the confidence asked. */
  readonly low: number;
  readonly high: number;
  /** How many independent values the series is worth. */
  readonly effective: number;
}

/** `error` is the chance, in `(0, 1)`, of missing the true median. */
export function medianInterval(values: ArrayLike<number>, error: number): MedianInterval {
  const n = values.length;
  const ordered = sorted(values);
  const centre = quantile(ordered, 0.5);
  const effective = Math.floor(n / varianceInflation(signs(values, centre)));
  const rank = signTestRank(effective, error);
  if (rank === 0) return { median: centre, low: -Infinity, high: Infinity, effective };
  const place = Math.floor(((rank - 1) / effective) * n);
  return {
    median: centre,
    low: ordered[place] ?? -Infinity,
    high: ordered[n - 1 - place] ?? Infinity,
    effective,
  };
}

/**
 * The largest k for which the k-th smallest and the k-th largest of n independent values enclose the median with a chance
 * of at least `1 - error`; 0 when even the smallest and the largest do not.
 */
export function signTestRank(n: number, error: number): number {
  if (n < 1) return 0;
  // Weights of the lower half of the binomial distribution, from the middle outwards, relative to the middle: this neither
  // overflows nor underflows where it matters, whatever n.
  const middle = Math.floor(n / 2);
  const weights: number[] = [];
  let weight = 1;
  let lower = 0;
  for (let j = middle; j >= 0 && weight > 1e-300; j--) {
    weights.push(weight);
    lower += weight;
    weight *= j / (n - j + 1);
  }
  const all = n % 2 === 0 ? 2 * lower - 1 : 2 * lower;
  let tail = 0;
  for (let j = weights.length - 1; j >= 0; j--) {
    tail += (weights[j] ?? 0) / all;
    if (2 * tail > error) return middle - j;
  }
  return middle;
}

/** The fewest independent values that can enclose a median with a chance of `1 - error`. */
export function fewestFor(error: number): number {
  return Math.ceil(1 - Math.log2(error));
}

/** A distance this small, relative to the centre, is rounding: taken for a side it would tip the sign test either way. */
const ROUNDING = 1e-12;

function signs(values: ArrayLike<number>, centre: number): Float64Array {
  const out = new Float64Array(values.length);
  const tie = ROUNDING * Math.max(1, Math.abs(centre));
  for (let i = 0; i < out.length; i++) {
    const distance = (values[i] ?? 0) - centre;
    out[i] = Math.abs(distance) <= tie ? 0 : Math.sign(distance);
  }
  return out;
}
