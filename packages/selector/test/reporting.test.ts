import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { OptimizationSelector, type Outcome } from '../src/index.js';

const REQUEST = { bytes: 0, conversionMs: 100 };
const CONTEXT = { reuseProbability: 0.5, available: ['cache-first'] } as const;

const NONE = {
  'cache-first': 0,
  'lazy-loading': 0,
  streaming: 0,
  'memory-pool': 0,
  parallel: 0,
  adaptive: 0,
};

describe('stats', () => {
  it('of a new selector is nothing but the first guess of reuse', () => {
    expect(new OptimizationSelector().stats()).toEqual({
      decisions: 0,
      explored: 0,
      observed: 0,
      failures: 0,
      reuseProbability: 0.3,
      chosen: NONE,
      restored: 'none',
    });
  });

  it('is a frozen snapshot', () => {
    const selector = new OptimizationSelector();
    const before = selector.stats();
    selector.select(REQUEST);
    expect(before.decisions).toBe(0);
    expect(Object.isFrozen(before) && Object.isFrozen(before.chosen)).toBe(true);
  });

  it('counts each outcome once: as a hit, as an observation or as a failure', () => {
    const selector = new OptimizationSelector();
    const outcomes: Outcome[] = [
      { durationMs: 1, cacheHit: true },
      { durationMs: 1 },
      { durationMs: 1, cacheHit: false },
      { durationMs: 1, error: 'x' },
    ];
    for (const outcome of outcomes) selector.feedback(selector.select(REQUEST, CONTEXT), outcome);
    selector.select(REQUEST, CONTEXT);
    expect(selector.stats()).toMatchObject({
      decisions: 5,
      observed: 2,
      failures: 1,
      chosen: { ...NONE, 'cache-first': 5 },
    });
  });
});

describe('the channel perf:select', () => {
  function heard(act: (selector: OptimizationSelector) => void): unknown[] {
    const messages: unknown[] = [];
    const listen = (message: unknown): void => void messages.push(message);
    const selector = new OptimizationSelector();
    subscribe('perf:select', listen);
    try {
      act(selector);
      // Outcomes are learned from, and told of, before anything is asked at the latest.
      selector.stats();
    } finally {
      unsubscribe('perf:select', listen);
    }
    act(selector);
    selector.stats();
    return messages;
  }

  it('hears of a decision and its regret, only while somebody listens', () => {
    const messages = heard((selector) => {
      selector.feedback(selector.select(REQUEST, CONTEXT), { durationMs: 150.5 });
    });
    expect(messages).toEqual([
      {
        strategy: 'cache-first',
        estimates: expect.any(Array) as unknown,
        regretMs: expect.closeTo(50, 5) as unknown,
      },
    ]);
  });

  it('measures regret against a conversion, not against the hope of a hit', () => {
    const messages = heard((selector) => {
      selector.feedback(selector.select(REQUEST, CONTEXT), { durationMs: 100 });
    });
    expect(messages).toEqual([expect.objectContaining({ regretMs: 0 })]);
  });

  it('hears nothing of hits and failures', () => {
    const messages = heard((selector) => {
      selector.feedback(selector.select(REQUEST), { durationMs: 1, cacheHit: true });
      selector.feedback(selector.select(REQUEST), { durationMs: 1, error: 'x' });
    });
    expect(messages).toEqual([]);
  });
});

describe('learning', () => {
  it('waits until there is time, or until the next decision', () => {
    const tasks: (() => void)[] = [];
    const messages: unknown[] = [];
    const listen = (message: unknown): void => void messages.push(message);
    const selector = new OptimizationSelector({ schedule: (task) => tasks.push(task) });
    subscribe('perf:select', listen);
    try {
      for (let i = 0; i < 2; i++) selector.feedback(selector.select(REQUEST, CONTEXT), { durationMs: 100 });
      expect([tasks.length, messages.length]).toEqual([1, 1]);
      tasks[0]?.();
      expect(messages).toHaveLength(2);
      selector.feedback(selector.select(REQUEST, CONTEXT), { durationMs: 100 });
      expect([tasks.length, messages.length]).toEqual([2, 2]);
    } finally {
      unsubscribe('perf:select', listen);
    }
  });

  it('does not keep a process alive', async () => {
    const alive = (): number => process.getActiveResourcesInfo().filter((one) => one === 'Immediate').length;
    const selector = new OptimizationSelector();
    const before = alive();
    selector.feedback(selector.select(REQUEST, CONTEXT), { durationMs: 100 });
    expect(alive()).toBe(before);
    await new Promise((resolve) => setImmediate(resolve));
    expect(selector.stats().observed).toBe(1);
  });
});
