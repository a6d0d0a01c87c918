import { describe, expect, it } from 'vitest';
import { OptimizationSelector } from '../src/index.js';
import { Reuse } from '../src/reuse.js';

const REQUEST = { bytes: 1000, conversionMs: 100 };

describe('reuse, by the stream of requests', () => {
  it('is told apart by how often the same request came before', () => {
    const selector = new OptimizationSelector();
    const ask = (key: string): number => selector.select(REQUEST, { key }).reuseProbability;
    // Half of the requests are asked once; the others, once they came twice, always come again.
    for (let i = 0; i < 300; i++) {
      ask(`once ${String(i)}`);
      ask(`often ${String(i % 5)}`);
    }
    expect(ask('often 1')).toBeGreaterThan(0.9);
    expect(ask('new')).toBeLessThan(0.3);
  });

  it('expects hits of what hit before, and none of what is new', () => {
    const selector = new OptimizationSelector();
    for (let i = 0; i < 100; i++) {
      const fresh = selector.select(REQUEST, { key: `new ${String(i)}` });
      selector.feedback(fresh, { durationMs: 100 });
      if (i > 0) selector.noteHit('new 0');
    }
    const expected = (key: string): number =>
      selector.preview(REQUEST, { key }).estimates.find(({ strategy }) => strategy === 'cache-first')
        ?.durationMs ?? Number.NaN;
    expect(expected('new 0')).toBeLessThan(30);
    expect(expected('never seen')).toBeGreaterThan(85);
  });

  it('forgets: what no longer hits is no longer expected to', () => {
    const reuse = new Reuse();
    for (let i = 0; i < 1000; i++) reuse.observe(true, 1);
    expect(reuse.hit(1)).toBeGreaterThan(0.98);
    for (let i = 0; i < 1000; i++) reuse.observe(false, 1);
    expect(reuse.hit(1)).toBeLessThan(0.02);
  });

  it('remembers 8192 requests, those seen last', () => {
    const reuse = new Reuse();
    for (let i = 0; i <= 8192; i++) reuse.see(String(i));
    expect([reuse.familiarity('0'), reuse.familiarity('1'), reuse.familiarity('8192')]).toEqual([0, 1, 1]);
  });

  it('stays a chance, whatever comes', () => {
    const reuse = new Reuse();
    for (let i = 0; i < 2000; i++) {
      reuse.see('same');
      reuse.observe(true, reuse.familiarity('same'));
    }
    for (const familiarity of [0, 1, 2, 3, 'unnamed'] as const) {
      for (const chance of [reuse.hit(familiarity), reuse.again(familiarity)]) {
        expect(chance).toBeGreaterThanOrEqual(0);
        expect(chance).toBeLessThanOrEqual(1);
      }
    }
  });
});
