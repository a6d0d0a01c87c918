/**
 * Descriptive statistics of samples of time. Every function takes any array of finite numbers, leaves it as it is, and
 * answers `NaN` for an empty one.
 */

/** A sorted copy. */
export function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * The quantile `q` in `[0, 1]` of values that are sorted already, by linear interpolation between the two nearest
 * (definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996; the default of R and NumPy).
 */
export function quantile(ordered: ArrayLike<number>, q: number): number {
  const place = (ordered.length - 1) * q;
  const below = Math.floor(place);
  const low = ordered[below] ?? Number.NaN;
  const high = ordered[below + 1] ?? low;
  const share = place - below;
  // No product where there is nothing to interpolate: 0 * Infinity would turn an honest end into NaN.
  return share === 0 || low === high ? low : low + share * (high - low);
}

export function median(values: ArrayLike<number>): number {
  return quantile(sorted(values), 0.5);
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}

/** The median absolute deviation from the median. For normal noise the standard deviation is 1.4826 times as large. */
export function medianAbsoluteDeviation(values: ArrayLike<number>, centre: number = median(values)): number {
  const distances = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) distances[i] = Math.abs((values[i] ?? 0) - centre);
  return median(distances);
}

/** What one standard deviation is in median absolute deviations of normal noise: 1 / quantile(3/4) of the normal. */
export const SIGMA_PER_MAD = 1.482602218505602;

/** The autocorrelation at a lag, with the usual divisor n at every lag. Constant values have none: 0. */
export function autocorrelation(values: ArrayLike<number>, lag: number): number {
  const centre = mean(values);
  const all = lagProduct(values, centre, 0);
  return all > 0 ? lagProduct(values, centre, lag) / all : values.length === 0 ? Number.NaN : 0;
}

function lagProduct(values: ArrayLike<number>, centre: number, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i++) {
    sum += ((values[i] ?? 0) - centre) * ((values[i - lag] ?? 0) - centre);
  }
  return sum;
}

/**
 * By how much autocorrelation inflates the variance of a mean: 1 for independent values, never below 1. The sum of
 * autocorrelations, cut off where the sum of two neighbouring ones is no longer positive (the initial positive sequence of
 * Geyer, "Practical Markov Chain Monte Carlo", 1992). An alternation of signs, which would make the mean
 * more certain, is not counted in our favour.
 */
export function varianceInflation(values: ArrayLike<number>): number {
  const n = values.length;
  const centre = mean(values);
  const all = lagProduct(values, centre, 0);
  if (!(all > 0)) return 1;
  // A series that still leans together ten square roots of its length apart is a drift, which is told otherwise; the bound
  // keeps this far from quadratic.
  const last = Math.min(n - 1, 50 + 10 * Math.sqrt(n));
  let total = -1;
  for (let lag = 0; lag < last; lag += 2) {
    const couple = (lagProduct(values, centre, lag) + lagProduct(values, centre, lag + 1)) / all;
    if (!(couple > 0)) break;
    total += 2 * couple;
  }
  return Math.min(n, Math.max(1, total));
}
