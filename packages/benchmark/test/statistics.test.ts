import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  autocorrelation,
  median,
  medianAbsoluteDeviation,
  quantile,
  sorted,
  SIGMA_PER_MAD,
  varianceInflation,
} from '../src/statistics.js';
import { seededRandom } from '../src/random.js';
import { normals } from './fake-machine.js';

const numbers = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 60 });
const oneToTen = Array.from({ length: 10 }, (_, i) => i + 1);

describe('quantile', () => {
  it.each([
    [0, 1],
    [0.05, 1.45],
    [0.25, 3.25],
    [0.5, 5.5],
    [0.75, 7.75],
    [0.99, 9.91],
    [1, 10],
  ])('of 1..10 at %s is %s, as R says', (q, value) => {
    expect(quantile(oneToTen, q)).toBeCloseTo(value, 12);
  });

  it('of nothing is not a number, of one value that value', () => {
    expect(quantile([], 0.5)).toBeNaN();
    expect(quantile([7], 0.99)).toBe(7);
  });

  it('does not turn an infinite end into NaN', () => {
    expect(quantile([1, 2, Infinity], 0.5)).toBe(2);
    expect(quantile([-Infinity, -Infinity], 0.5)).toBe(-Infinity);
  });

  it('lies within the values and rises with q', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const ordered = sorted(values);
        const at = quantile(ordered, q);
        expect(at).toBeGreaterThanOrEqual(ordered[0] ?? Number.NaN);
        expect(at).toBeLessThanOrEqual(ordered.at(-1) ?? Number.NaN);
        expect(quantile(ordered, Math.min(1, q + 0.1))).toBeGreaterThanOrEqual(at);
      }),
    );
  });
});

describe('median', () => {
  it('does not reorder what it is given', () => {
    const values = [3, 1, 2];
    expect(median(values)).toBe(2);
    expect(values).toEqual([3, 1, 2]);
  });

  it('orders by number, not by text', () => {
    expect(median([10, 9, 100])).toBe(10);
  });
});

describe('medianAbsoluteDeviation', () => {
  it('is 1 for 1 1 2 2 4 6 9', () => {
    expect(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9])).toBe(1);
  });

  it('times 1.4826 is the standard deviation of normal noise', () => {
    const normal = normals(seededRandom(3));
    const values = Array.from({ length: 20_000 }, () => 5 + 2 * normal());
    expect(SIGMA_PER_MAD * medianAbsoluteDeviation(values)).toBeCloseTo(2, 1);
  });

  it('scales with the values and ignores where they lie', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }),
        fc.integer({ min: -9, max: 9 }),
        (values, k) => {
          const moved = values.map((v) => k * v + 17);
          expect(medianAbsoluteDeviation(moved)).toBeCloseTo(
            Math.abs(k) * medianAbsoluteDeviation(values),
            9,
          );
        },
      ),
    );
  });
});

describe('autocorrelation', () => {
  it.each([
    [0, 1],
    [1, 0.7],
    [2, 0.412],
    [3, 0.148],
    [4, -0.079],
    [9, -0.245],
  ])('of 1..10 at lag %s is %s, as R says', (lag, value) => {
    expect(autocorrelation(oneToTen, lag)).toBeCloseTo(value, 3);
  });

  it('of constant values is nothing', () => {
    expect(autocorrelation([4, 4, 4], 1)).toBe(0);
  });
});

describe('varianceInflation', () => {
  it.each([
    [0, 1],
    [0.5, 3],
    [0.8, 9],
  ])('of an autoregressive series with %s is near (1 + a) / (1 - a) = %s', (a, inflation) => {
    const normal = normals(seededRandom(11));
    let state = 0;
    const values = Array.from({ length: 20_000 }, () => (state = a * state + normal()));
    expect(varianceInflation(values) / inflation).toBeGreaterThan(0.85);
    expect(varianceInflation(values) / inflation).toBeLessThan(1.15);
  });

  it('is never below one, whatever alternates', () => {
    expect(varianceInflation([1, -1, 1, -1, 1, -1, 1, -1])).toBe(1);
  });

  it('is never above the number of values, and 1 where nothing varies', () => {
    expect(varianceInflation([])).toBe(1);
    expect(varianceInflation([5])).toBe(1);
    expect(varianceInflation([5, 5, 5])).toBe(1);
    fc.assert(
      fc.property(numbers, (values) => {
        expect(varianceInflation(values)).toBeGreaterThanOrEqual(1);
        expect(varianceInflation(values)).toBeLessThanOrEqual(values.length);
      }),
    );
  });
});
