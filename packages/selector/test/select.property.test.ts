import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULTS, OptimizationSelector, SelectorError, type OptimizationPlan } from '../src/index.js';

const amount = fc.double({ min: 0, max: 2 ** 53 - 1, noNaN: true });
const request = fc.record(
  { bytes: amount, columns: fc.nat(50), conversionMs: amount, resultBytes: amount },
  { requiredKeys: [] },
);
const context = fc.record(
  {
    route: fc.constantFrom('a', 'b', 'c'),
    available: fc.subarray([...DEFAULTS.strategies]),
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
          for (const suspended of [false, true]) {
            const times = feasible.filter((e) => e.suspended === suspended).map((e) => e.missMs);
            expect(times).toEqual(times.toSorted((a, b) => a - b));
          }
          expect(estimates.every((e) => Number.isFinite(e.durationMs) && e.durationMs >= 0)).toBe(true);
        }
      }),
    );
  });

  it('never explores at all when explore is 0, nor where nothing else is possible', () => {
    fc.assert(
      fc.property(calls, (list) => {
        for (const { estimates, explored } of play(new OptimizationSelector({ explore: 0.5 }), list)) {
          if (explored) expect(estimates.filter(({ feasible }) => feasible).length).toBeGreaterThan(1);
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
  const near = { bytes: 2 ** 20, conversionMs: 100, columns: 10 };

  /** What trials cost beyond the choice, as a share of what all decisions cost, as both were expected. */
  function spent(explore: number, seed = 7): { share: number; trials: number } {
    const selector = new OptimizationSelector({ explore, seed });
    let [extra, all, trials] = [0, 0, 0];
    for (let i = 0; i < 3000; i++) {
      const conversionMs = 10 ** (i % 4);
      const plan = selector.select({ ...near, conversionMs }, { reuseProbability: 0, cores: 4, parts: 4 });
      const best = Math.min(...plan.estimates.map((e) => e.missMs));
      const taken = plan.estimates.find((e) => e.strategy === plan.strategy)?.missMs ?? 0;
      all += best;
      if (!plan.explored) continue;
      trials += 1;
      extra += taken - best;
    }
    return { share: extra / all, trials };
  }

  it('keeps to its share of the expected time, and takes more trials where it may spend more', () => {
    const [little, much] = [spent(0.002), spent(0.05)];
    expect(little.trials).toBeGreaterThan(0);
    expect(much.trials).toBeGreaterThan(little.trials);
    expect(little.share).toBeLessThanOrEqual(0.002);
    expect(much.share).toBeLessThanOrEqual(0.05);
  });

  it('explores other requests with another seed', () => {
    const explored = (seed: number): boolean[] => {
      const selector = new OptimizationSelector({ explore: 0.5, seed });
      return Array.from({ length: 64 }, () => selector.select(near).explored);
    };
    expect(explored(1)).toEqual(explored(1));
    expect(explored(1)).not.toEqual(explored(2));
  });

  it('finds out that another strategy is better than the one it was sure of', () => {
    const tookMs = (strategy: string): number => (strategy === 'streaming' ? 30 : 100);
    const selector = new OptimizationSelector();
    for (let i = 0; i < 600; i++) {
      const plan = selector.select(near, { reuseProbability: 0 });
      selector.feedback(plan, { durationMs: tookMs(plan.strategy) });
    }
    expect(selector.select(near, { reuseProbability: 0 }).strategy).toBe('streaming');
  });
});
