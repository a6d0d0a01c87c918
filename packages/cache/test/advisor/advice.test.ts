import { describe, expect, it } from 'vitest';
import { formatAdvice } from '../../src/advisor/advice-table.js';
import { advise } from '../../src/advisor/advice.js';
import type { LoadedTrace } from '../../src/advisor/trace-file.js';

/** A hundred keys in turn, again and again: nothing for LRU, half of it for a cache of half the size. */
const loop: LoadedTrace = {
  accesses: Array.from({ length: 5000 }, (_, i) => ({ key: `key ${String(i % 100)}`, size: 1, cost: 1 })),
  hasSizes: false,
  hasCosts: false,
};

/** Expensive small values and cheap large ones in turn. */
const priced: LoadedTrace = {
  accesses: Array.from({ length: 6000 }, (_, i) =>
    i % 2 === 0
      ? { key: `small ${String(i % 40)}`, size: 10, cost: 100 }
      : { key: `large ${String(i % 400)}`, size: 10_000, cost: 1 },
  ),
  hasSizes: true,
  hasCosts: true,
};

describe('advice', () => {
  it('compares all policies with the optimal, at several sizes', () => {
    const told: string[] = [];
    const advice = advise(loop, (done, of) => void told.push(`${String(done)}/${String(of)}`));
    expect(told).toEqual(['0/5', '1/5', '2/5', '3/5', '4/5']);
    expect(advice).toMatchObject({ requests: 5000, keys: 100, unit: 'entries', total: 100, measure: 'hits' });
    expect(advice.sizes).toEqual([1, 5, 10, 20, 50]);
    const at50 = (policy: string): number =>
      advice.rows.find((row) => row.policy === policy)?.shares.at(-1) ?? NaN;
    expect(at50('lru')).toBe(0);
    expect(at50('optimal')).toBeGreaterThan(0.48);
    expect(at50('adaptive')).toBeGreaterThan(0.9 * at50('optimal'));
    expect(advice).toMatchObject({ size: 50, policy: 'adaptive' });
  });

  it('counts time saved where costs are known, and bytes where sizes are', () => {
    const advice = advise(priced);
    expect(advice).toMatchObject({ unit: 'bytes', measure: 'time', total: 20 * 10 + 200 * 10_000 });
    expect(advice.rows.some(({ policy }) => policy === 'optimal')).toBe(false);
    const [adaptive, largestFirst] = ['adaptive', 'memory-pressure'].map(
      (policy) => advice.rows.find((row) => row.policy === policy)?.shares[0] ?? NaN,
    );
    expect(adaptive).toBeGreaterThan(0.9);
    expect(largestFirst).toBeLessThan(1);
    expect(advice.size).toBe(advice.sizes[0]);
  });

  it('copes with a single request', () => {
    const advice = advise({ accesses: [{ key: 'a', size: 1, cost: 1 }], hasSizes: false, hasCosts: false });
    expect(advice).toMatchObject({ sizes: [1], size: 1, policy: 'adaptive' });
  });

  it.each([
    ['loop', loop],
    ['priced', priced],
  ])('is a table of at most 100 characters a line, and the options to take (%s)', (name, trace) => {
    const text = formatAdvice(advise(trace), name);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).toMatchSnapshot();
  });
});
