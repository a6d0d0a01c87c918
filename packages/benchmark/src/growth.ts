/**
 * # Which curve is it?
 *
 * Each model says that the time is `a + b * f(n)` with `a` and `b` not below zero. Errors of timings are relative (a busy
 * machine makes everything slower by a share), so the squares of relative errors are what is made least. A model with one number
 * more always fits better; what that is worth is weighed by the corrected information criterion of Akaike (AICc; Burnham and Anderson,
 * "Model Selection and Multimodel Inference", 2002), and its weights say how likely each model is the best of those asked.
 */
export type Growth = 'O(1)' | 'O(log n)' | 'O(n)' | 'O(n log n)' | 'O(n^2)';

/** One model fitted to a sweep. */
export interface GrowthFit {
  readonly growth: Growth;
  /** The time is `a + b * f(n)` milliseconds; logarithms are binary. */
  readonly a: number;
  readonly b: number;
  /** The root of the mean square of the relative errors. */
  readonly relativeError: number;
  readonly aicc: number;
  /** How likely this model is the best one of the five, `0..1`; the weights add up to 1. */
  readonly weight: number;
}

export interface Point {
  readonly n: number;
  readonly ms: number;
}

/** Fewer points than this leave nothing to tell a line from its noise. */
export const FEWEST_POINTS: number = 5;
/** No timing is right to more than a thousandth: without this a perfect fit would be infinitely sure. */
const LEAST_ERROR = 1e-3;

const MODELS: readonly { growth: Growth; of: (n: number) => number }[] = [
  { growth: 'O(1)', of: () => 0 },
  { growth: 'O(log n)', of: (n) => Math.log2(n) },
  { growth: 'O(n)', of: (n) => n },
  { growth: 'O(n log n)', of: (n) => n * Math.log2(n) },
  { growth: 'O(n^2)', of: (n) => n * n },
];

/** All models, the best one first. The sizes differ, the times are above zero, and there are five points at least. */
export function fitGrowth(points: readonly Point[]): GrowthFit[] {
  const fits = MODELS.map(({ growth, of }) => {
    const { a, b } = fitLine(points, of);
    const squares = points.reduce((sum, { n, ms }) => sum + ((a + b * of(n)) / ms - 1) ** 2, 0);
    const variance = Math.max(squares / points.length, LEAST_ERROR ** 2);
    const parameters = growth === 'O(1)' ? 2 : 3;
    const aicc =
      points.length * Math.log(variance) +
      2 * parameters +
      (2 * parameters * (parameters + 1)) / (points.length - parameters - 1);
    return { growth, a, b, relativeError: Math.sqrt(squares / points.length), aicc };
  });
  const best = Math.min(...fits.map(({ aicc }) => aicc));
  const likelihoods = fits.map(({ aicc }) => Math.exp((best - aicc) / 2));
  const all = likelihoods.reduce((sum, likelihood) => sum + likelihood, 0);
  return fits
    .map((fit, i) => ({ ...fit, weight: (likelihoods[i] ?? 0) / all }))
    .sort((left, right) => left.aicc - right.aicc);
}

/** Least squares of relative errors, each point weighted by one over the square of its time. */
function fitLine(points: readonly Point[], of: (n: number) => number): { a: number; b: number } {
  let [sw, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
  for (const { n, ms } of points) {
    // Times enter as 1: dividing the equation by its time makes all residuals relative ones.
    const one = 1 / ms;
    const x = of(n) / ms;
    sw += one * one;
    sx += one * x;
    sxx += x * x;
    sy += one;
    sxy += x;
  }
  const flat = { a: sy / sw, b: 0 };
  const determinant = sw * sxx - sx * sx;
  if (!(determinant > 1e-12 * sw * sxx)) return flat;
  const b = (sw * sxy - sx * sy) / determinant;
  if (!(b > 0)) return flat;
  const a = (sy - b * sx) / sw;
  return a >= 0 ? { a, b } : { a: 0, b: sxy / sxx };
}
