import { median } from '../statistics.js';

/**
 * # Does it leak?
 *
 * What a process holds after a collection jumps: compiled code comes and goes, a table doubles. A line through the points by
 * least squares follows every jump. The median of the slopes between all pairs of points does not (Theil, 1950; Sen,
 * "Estimates of the Regression Coefficient Based on Kendall's Tau", 1968), and whether the points rise at all is
 * asked of their order alone (Mann, "Nonparametric Tests Against Trend", 1945): how many orders of n values would have as many
 * rising pairs as these? Counted exactly, since n is small.
 */
export interface Trend {
  /** The median rise from one point to the next. */
  readonly slope: number;
  /** The chance that points without a trend rise at least as clearly; 1 with fewer than two points. */
  readonly chance: number;
}

export function trendOf(values: readonly number[]): Trend {
  const slopes: number[] = [];
  let falling = 0;
  for (const [j, to] of values.entries()) {
    for (const [i, from] of values.slice(0, j).entries()) {
      slopes.push((to - from) / (j - i));
      // A tie counts as half a fall: it speaks for no trend.
      falling += to < from ? 1 : to === from ? 0.5 : 0;
    }
  }
  if (slopes.length === 0) return { slope: 0, chance: 1 };
  return { slope: median(slopes), chance: atMostInversions(values.length, Math.ceil(falling)) };
}

/** The share of orders of n values that have at most k pairs the wrong way round. */
function atMostInversions(n: number, k: number): number {
  let shares = [1];
  for (let size = 2; size <= n; size++) {
    const next = new Array<number>(shares.length + size - 1).fill(0);
    for (const [at, share] of shares.entries()) {
      for (let more = 0; more < size; more++) next[at + more] = (next[at + more] ?? 0) + share / size;
    }
    shares = next;
  }
  return Math.min(
    1,
    shares.slice(0, k + 1).reduce((sum, share) => sum + share, 0),
  );
}
