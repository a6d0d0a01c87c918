import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OptimizationSelector, SelectorError, type OptimizationPlan } from '../src/index.js';

const amount = fc.double({ min: 0, max: 2 ** 53 - 1, noNaN: true });
const request = fc.record(
  { bytes: amount, columns: fc.nat(50), conversionMs: amount, resultBytes: amount },
  { requiredKeys: [] },
);
const context = fc.record(
  {
    route: fc.constantFrom('a', 'b', 'c'),
    available: fc.subarray(['cache-first', 'lazy-loading', 'parallel'] as const),
    reuseProbability: fc.double({ min: 0, max: 1, noNaN: true }),
    columnsTouched: fc.nat(60),
    memoryLimit: fc.double({ min: 0, noNaN: true }),
    cores: fc.nat(16),
    parts: fc.nat(16),
  },
  { requiredKeys: [] },
);
const outcome = fc.record(
  { durationMs: amount, cacheHit: fc.boolean(), error: fc.constant('broken') },
  { requiredKeys: ['durationMs'] },
);
const calls = fc.array(fc.tuple(request, context, fc.option(outcome)), { maxLength: 60 });
type Calls = typeof calls extends fc.Arbitrary<infer T> ? T : never;

/** Plays the calls on a selector; requests that cannot be carried out give no plan. */
function play(selector: OptimizationSelector, list: Calls): OptimizationPlan[] {
  return list.flatMap(([characteristics, surroundings, result]) => {
    try {
      const plan = selector.select(characteristics, surroundings);
      if (result !== null) selector.feedback(plan, result);
      return [plan];
    } catch (error) {
      expect(error).toBeInstanceOf(SelectorError);
      return [];
    }
  });
}

describe('select, whatever came before', () => {
  it('gives the same decisions for the same seed and the same calls', () => {
    fc.assert(
      fc.property(fc.nat(), calls, (seed, list) => {
        const [one, two] = [
          new OptimizationSelector({ seed, explore: 0.5 }),
          new OptimizationSelector({ seed, explore: 0.5 }),
        ];
        expect(play(one, list)).toEqual(play(two, list));
        expect(one.stats()).toEqual(two.stats());
      }),
    );
  });

  it('decides for something feasible, orders by cost, and never repeats itself', () => {
    fc.assert(
      fc.property(calls, (list) => {
        for (const { strategy, estimates, fallbacks } of play(
          new OptimizationSelector({ explore: 0.5 }),
          list,
        )) {
          const feasible = estimates.filter((e) => e.feasible);
          expect([strategy, ...fallbacks].sort()).toEqual(feasible.map((e) => e.strategy).sort());
          expect(estimates.slice(0, feasible.length)).toEqual(feasible);
          const durations = feasible.map((e) => e.durationMs);
          expect(durations).toEqual(durations.toSorted((a, b) => a - b));
          expect(estimates.every((e) => Number.isFinite(e.durationMs) && e.durationMs >= 0)).toBe(true);
        }
      }),
    );
  });

  it('never explores what costs more than twice the best, nor at all when explore is 0', () => {
    fc.assert(
      fc.property(calls, (list) => {
        for (const { strategy, estimates, explored } of play(
          new OptimizationSelector({ explore: 0.5 }),
          list,
        )) {
          const [best, second] = estimates;
          expect(strategy).toBe((explored ? second : best)?.strategy);
          if (explored) expect(second?.durationMs).toBeLessThanOrEqual(2 * (best?.durationMs ?? 0));
        }
        const settled = new OptimizationSelector({ explore: 0 });
        expect(play(settled, list).every(({ explored }) => !explored)).toBe(true);
        expect(settled.stats().explored).toBe(0);
      }),
    );
  });

  it('never expects less memory to allow more', () => {
    fc.assert(
      fc.property(request, amount, amount, (characteristics, a, b) => {
        const fitting = (memoryLimit: number): number => {
          try {
            const { fallbacks } = new OptimizationSelector().select(characteristics, {
              memoryLimit,
              parts: 2,
            });
            return fallbacks.length + 1;
          } catch {
            return 0;
          }
        };
        expect(fitting(Math.min(a, b))).toBeLessThanOrEqual(fitting(Math.max(a, b)));
      }),
    );
  });
});

describe('exploration', () => {
  const near = { bytes: 0, conversionMs: 100, columns: 10 };

  it('tries the second best in about the share of decisions it was given', () => {
    const selector = new OptimizationSelector({ explore: 0.1, seed: 7 });
    for (let i = 0; i < 2000; i++) selector.select(near, { columnsTouched: 8, reuseProbability: 0 });
    expect(selector.stats().explored).toBeGreaterThan(150);
    expect(selector.stats().explored).toBeLessThan(250);
  });

  it('explores other requests with another seed', () => {
    const explored = (seed: number): boolean[] => {
      const selector = new OptimizationSelector({ explore: 0.5, seed });
      return Array.from({ length: 64 }, () => selector.select(near).explored);
    };
    expect(explored(1)).toEqual(explored(1));
    expect(explored(1)).not.toEqual(explored(2));
  });

  it('leaves what costs more than twice the best alone', () => {
    const selector = new OptimizationSelector({ explore: 0.5 });
    for (let i = 0; i < 200; i++) selector.select(near, { columnsTouched: 4, reuseProbability: 0 });
    expect(selector.stats()).toMatchObject({ explored: 0, chosen: { 'lazy-loading': 200 } });
  });
});
