import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fewestFor, medianInterval, signTestRank } from '../src/interval.js';
import { seededRandom } from '../src/random.js';
import { normals } from './fake-machine.js';

/** P(X <= k - 1) of the binomial distribution with n trials of one half, by exact whole numbers. */
function tail(n: number, k: number): number {
  let ways = 1n;
  let sum = 0n;
  for (let x = 0; x < k; x++) {
    sum += ways;
    ways = (ways * BigInt(n - x)) / BigInt(x + 1);
  }
  return Number((sum * 10n ** 15n) / 2n ** BigInt(n)) / 1e15;
}

describe('signTestRank', () => {
  // Critical values of the two-sided sign test (MacKinnon, 1964), plus one: the rank of the end of the interval.
  it.each([
    [5, 0, 0],
    [6, 1, 0],
    [8, 1, 1],
    [9, 2, 1],
    [10, 2, 1],
    [12, 3, 2],
    [15, 4, 3],
    [20, 6, 4],
    [25, 8, 6],
    [30, 10, 8],
    [40, 14, 12],
    [50, 18, 16],
    [100, 40, 37],
  ])('of %s values is %s at 95 %% and %s at 99 %%, as the tables say', (n, at95, at99) => {
    expect(signTestRank(n, 0.05)).toBe(at95);
    expect(signTestRank(n, 0.01)).toBe(at99);
  });

  it('is the largest rank that keeps the error', () => {
    const error = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1500 }), error, (n, e) => {
        const k = signTestRank(n, e);
        expect(2 * tail(n, k)).toBeLessThanOrEqual(e * (1 + 1e-9));
        expect(2 * tail(n, k + 1)).toBeGreaterThan(e * (1 - 1e-9));
      }),
    );
  });

  it('neither overflows nor slows down with many values', () => {
    // Normal approximation: n / 2 - 1.96 sqrt(n) / 2.
    expect(signTestRank(1_000_000, 0.05)).toBeGreaterThan(499_018);
    expect(signTestRank(1_000_000, 0.05)).toBeLessThan(499_023);
    expect(signTestRank(0, 0.05)).toBe(0);
  });

  it('needs at least fewestFor values', () => {
    for (const error of [0.05, 0.01, 0.001, 1e-6]) {
      expect(signTestRank(fewestFor(error), error)).toBeGreaterThanOrEqual(1);
      expect(signTestRank(fewestFor(error) - 1, error)).toBe(0);
    }
  });
});

describe('medianInterval', () => {
  it('is everything when there are too few values', () => {
    expect(medianInterval([1, 2, 3, 4, 5], 0.05)).toMatchObject({
      median: 3,
      low: -Infinity,
      high: Infinity,
    });
    expect(medianInterval([], 0.05)).toMatchObject({ low: -Infinity, high: Infinity, effective: 0 });
  });

  it('of twenty independent values runs from the sixth to the fifteenth', () => {
    const shuffledValues = [4, 17, 1, 12, 20, 7, 14, 2, 9, 18, 5, 15, 10, 3, 19, 8, 13, 6, 16, 11];
    expect(medianInterval(shuffledValues, 0.05)).toMatchObject({
      median: 10.5,
      low: 6,
      high: 15,
      effective: 20,
    });
  });

  it('widens with the confidence and holds the median', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 80 }), (values) => {
        const wide = medianInterval(values, 0.001);
        const narrow = medianInterval(values, 0.2);
        expect(wide.low).toBeLessThanOrEqual(narrow.low);
        expect(narrow.low).toBeLessThanOrEqual(narrow.median);
        expect(narrow.median).toBeLessThanOrEqual(narrow.high);
        expect(narrow.high).toBeLessThanOrEqual(wide.high);
      }),
    );
  });

  it('turns round with the sign of the values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 80 }), (values) => {
        const there = medianInterval(values, 0.05);
        const back = medianInterval(
          values.map((v) => -v),
          0.05,
        );
        expect(back.low + there.high || 0).toBeOneOf([0, Number.NaN]);
        expect(back.effective).toBe(there.effective);
      }),
    );
  });

  it.each([
    ['normal', 0, (x: number) => x, 20],
    ['normal', 0, (x: number) => x, 200],
    ['heavy-tailed', 0, (x: number) => x ** 5, 50],
    ['skewed', 0, (x: number) => Math.exp(x) - 1, 50],
    ['on the steps of a coarse timer', 0, (x: number) => Math.round(x), 50],
    ['autocorrelated by 0.5', 0.5, (x: number) => x, 50],
    ['autocorrelated by 0.8', 0.8, (x: number) => x, 300],
  ])('covers the median of %s noise (%s) in at least 94 %% of trials', (_, a, shape, n) => {
    const normal = normals(seededRandom(5));
    const trials = 1000;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      let state = normal();
      const values = Array.from({ length: n }, () =>
        shape((state = a * state + Math.sqrt(1 - a * a) * normal())),
      );
      const { low, high } = medianInterval(values, 0.05);
      if (low <= 0 && 0 <= high) covered += 1;
    }
    expect(covered / trials).toBeGreaterThan(0.94);
  });
});
