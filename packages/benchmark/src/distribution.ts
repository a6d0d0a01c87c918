import { mean, median, medianAbsoluteDeviation, quantile, sorted } from './statistics.js';

/**
 * How long a call took, in milliseconds, over the samples. Where a sample is several calls, each value is the mean of its
 * calls: the tail of single calls does not show then.
 */
export interface Distribution {
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
  /** Median absolute deviation from `p50`. */
  readonly mad: number;
}

export function describe(values: ArrayLike<number>): Distribution {
  const ordered = sorted(values);
  const p50 = quantile(ordered, 0.5);
  return {
    min: quantile(ordered, 0),
    p50,
    p95: quantile(ordered, 0.95),
    p99: quantile(ordered, 0.99),
    max: quantile(ordered, 1),
    mean: mean(ordered),
    mad: medianAbsoluteDeviation(ordered, p50),
  };
}

/** The course of a series in at most `points` medians of equal stretches, in order of time: what a sparkline draws. */
export function course(values: Float64Array, points = 24): number[] {
  const count = Math.min(points, values.length);
  return Array.from({ length: count }, (_, i) =>
    median(
      values.subarray(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count)),
    ),
  );
}
