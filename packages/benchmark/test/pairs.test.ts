import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pairs } from '../src/pairs.js';
import { noise } from './fake-machine.js';

const time = fc.double({ min: 1e-6, max: 1e3, noNaN: true });
const rounds = fc.array(fc.tuple(time, time, fc.boolean()), { minLength: 1, maxLength: 60 });

function pairsOf(list: readonly (readonly [number, number, boolean])[]): Pairs {
  const pairs = new Pairs();
  for (const [base, candidate, second] of list) pairs.add(base, candidate, second);
  return pairs;
}

const A = 0.000001;
const ROUNDED_APART: [number, number, boolean][] = [
  [A, A, true],
  [A, A, true],
  [A, A, false],
  [A, 0.0000037996754589729714, false],
  [A, A, true],
  [A, 0.000003799675458972972, false],
  [A, A, true],
  [A, 0.000003799677358811176, false],
];

describe('Pairs', () => {
  it('takes the median of the pair ratios', () => {
    const found = pairsOf([
      [1, 2, true],
      [10, 30, false],
      [5, 500, true],
    ]).analyse(0.05);
    expect(found).toMatchObject({ pairs: 3, low: 0, high: Infinity });
    expect(found.ratio).toBeCloseTo(3, 12);
  });

  it('does not care what slows both of a pair down', () => {
    const factor = noise({ seed: 4, wander: 2 });
    const pairs = pairsOf(
      Array.from({ length: 100 }, (_, i) => {
        const slow = factor();
        return [slow, 1.05 * slow, i % 2 === 0] as const;
      }),
    );
    const { ratio, low, high } = pairs.analyse(0.05);
    for (const value of [ratio, low, high]) expect(value).toBeCloseTo(1.05, 9);
  });

  it('takes out what coming second does, and says how much it was', () => {
    const pairs = pairsOf(
      Array.from(
        { length: 200 },
        (_, i) => [1 + (i % 7) / 1000, i % 2 === 0 ? 1.1 : 1 / 1.1, i % 2 === 0] as const,
      ),
    );
    expect(pairs.analyse(0.05).ratio).toBeCloseTo(1 / 1.003, 3);
    expect(pairs.orderEffect()?.factor).toBeCloseTo(1.1, 2);
    expect(pairs.orderEffect()?.clear).toBe(true);
  });

  it('sees no effect of order where there is none', () => {
    const factor = noise({ seed: 8, scatter: 0.05 });
    const pairs = pairsOf(Array.from({ length: 200 }, (_, i) => [factor(), factor(), i % 2 === 0] as const));
    expect(pairs.orderEffect()?.clear).toBe(false);
    expect(pairs.drift()?.clear).toBe(false);
  });

  it('sees a ratio that moves during the run', () => {
    const factor = noise({ seed: 6, scatter: 0.02 });
    const pairs = pairsOf(
      Array.from({ length: 200 }, (_, i) => [1, (i < 100 ? 1 : 1.2) * factor(), i % 2 === 0] as const),
    );
    expect(pairs.drift()?.clear).toBe(true);
    expect(pairs.drift()?.factor).toBeCloseTo(1.2, 1);
  });

  it('leaves out times that make no sense', () => {
    const pairs = pairsOf([
      [0, 1, true],
      [1, 0, false],
      [Number.NaN, 1, true],
      [1, Infinity, true],
      [-1, 1, true],
      [1, 1.5, true],
    ]);
    expect(pairs.size).toBe(1);
    expect(pairs.meanRatio).toBe(1.5);
  });

  it('turns round when the sides are swapped', () => {
    fc.assert(
      fc.property(rounds, (list) => {
        const there = pairsOf(list).analyse(0.1);
        const back = pairsOf(
          list.map(([base, candidate, second]) => [candidate, base, !second] as const),
        ).analyse(0.1);
        expect(Math.log(back.ratio)).toBeCloseTo(-Math.log(there.ratio), 6);
        if (Number.isFinite(there.high)) expect(Math.log(back.low)).toBeCloseTo(-Math.log(there.high), 6);
      }),
      // Pairs whose ratios differ by rounding alone once tipped the sign test one way only.
      { examples: [[ROUNDED_APART]] },
    );
  });

  it('does not depend on the unit of time', () => {
    fc.assert(
      fc.property(rounds, (list) => {
        const seconds = pairsOf(
          list.map(([base, candidate, second]) => [base / 1000, candidate / 1000, second] as const),
        );
        expect(Math.log(seconds.analyse(0.1).ratio)).toBeCloseTo(
          Math.log(pairsOf(list).analyse(0.1).ratio),
          6,
        );
      }),
    );
  });
});
