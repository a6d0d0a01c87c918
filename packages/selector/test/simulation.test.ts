import { describe, expect, it } from 'vitest';
import { OptimizationSelector } from '../src/index.js';
import { regret } from './world.js';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

const over = (requests: number, learns: boolean): number[] =>
  SEEDS.map((seed) => regret(new OptimizationSelector({ seed }), { seed, requests, learns }));

describe('over a simulated world with heavy tails, a drift and costs of another form than the model', () => {
  it.each([200, 2000])(
    'the regret of %i requests is less than half of that of the prior alone',
    (requests) => {
      const [learned, prior] = [over(requests, true), over(requests, false)];
      expect(learned.filter((share, i) => share >= (prior[i] ?? 0) / 2)).toEqual([]);
    },
  );

  it('goes on learning: the more requests, the smaller the regret', () => {
    const mean = (shares: number[]): number => shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean(over(2000, true))).toBeLessThan(mean(over(200, true)));
  });

  it('is the same every time', () => {
    expect(over(200, true)).toEqual(over(200, true));
  });
});
