import { describe, expect, it } from 'vitest';
import { OptimizationSelector, type Strategy, type StrategyModel } from '../src/index.js';
import { refusal } from './refusal.js';

const native: StrategyModel = {
  name: 'native',
  cost: ({ sourceMb }) => [
    { ms: 3, coefficients: ['open'] },
    { ms: sourceMb * 2, coefficients: ['work'] },
  ],
  peakBytes: ({ sourceMb }) => sourceMb * 2 ** 21,
};
const make = (strategies: unknown): OptimizationSelector =>
  new OptimizationSelector({ strategies: strategies as readonly Strategy[], explore: 0 });
const REQUEST = { bytes: 10 * 2 ** 20, conversionMs: 100 };

describe('a strategy of your own', () => {
  it('is chosen where it is expected to take the least', () => {
    const selector = make(['cache-first', native]);
    expect(selector.select(REQUEST).strategy).toBe('native');
    expect(selector.select({ bytes: 1024, conversionMs: 0.1 }).strategy).toBe('cache-first');
    expect(selector.stats().chosen).toEqual({ 'cache-first': 1, native: 1 });
  });

  it('learns like the others, and is explained like them', () => {
    const selector = new OptimizationSelector({ strategies: ['cache-first', native] });
    for (let i = 0; i < 600; i++) {
      const plan = selector.select(REQUEST, { reuseProbability: 0 });
      selector.feedback(plan, { durationMs: plan.strategy === 'native' ? 400 : 100 });
    }
    const plan = selector.select(REQUEST, { reuseProbability: 0 });
    expect(plan.strategy).toBe('cache-first');
    expect(selector.explain(plan)).toContain('native');
  });

  it('keeps within the memory limit by its own expectation', () => {
    const selector = make([native]);
    expect(() => selector.select(REQUEST, { memoryLimit: 2 ** 20 })).toThrow(refusal('INPUT', '20971520'));
  });

  it.each<[unknown, string]>([
    [[], 'a list of 1 to 32'],
    ['cache-first', 'a list of 1 to 32'],
    [['cache-frist'], "given 'cache-frist'"],
    [[{ name: 'x' }], 'given an object'],
    [[{ ...native, name: '' }], 'given an object'],
    [['cache-first', { ...native, name: 'cache-first' }], 'comes twice'],
  ])('%j is refused as strategies', (given, reason) => {
    expect(() => make(given)).toThrow(refusal('OPTION', reason));
  });

  it.each([Number.NaN, -1, Infinity])('that expects %d milliseconds is an error that names it', (ms) => {
    const selector = make([{ ...native, cost: () => [{ ms, coefficients: [] }] }]);
    expect(() => selector.select(REQUEST)).toThrow(refusal('INPUT', "strategy 'native'", String(ms)));
  });

  it.each(['luck', 'constructor', 5])(
    'that names a coefficient %s that there is not is an error that lists them',
    (name) => {
      const cost = () => [{ ms: 1, coefficients: [name as 'work'] }];
      expect(() => make([{ ...native, cost }]).select(REQUEST)).toThrow(
        refusal('INPUT', 'work, serial', String(name)),
      );
    },
  );

  it.each([Number.NaN, -1, '5'])('that expects %s bytes is an error that names it', (bytes) => {
    const selector = make([{ ...native, peakBytes: () => bytes }]);
    expect(() => selector.select(REQUEST)).toThrow(refusal('INPUT', "strategy 'native'", String(bytes)));
  });
});
