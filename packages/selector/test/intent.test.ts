import { describe, expect, it } from 'vitest';
import { OptimizationSelector, type Intent, type SelectionContext } from '../src/index.js';
import { refusal } from './refusal.js';

const MB = 2 ** 20;
const LARGE = { bytes: 200 * MB, resultBytes: 150 * MB, intermediateBytes: 150 * MB, conversionMs: 2000 };
const CONTEXT: SelectionContext = {
  route: 'parquet>columns>csv',
  cores: 8,
  parts: 8,
  available: ['cache-first', 'streaming', 'memory-pool', 'parallel', 'adaptive'],
  reuseProbability: 0,
};

const chosen = (intent: Intent, context: SelectionContext = {}): string =>
  new OptimizationSelector({ intent, explore: 0 }).select(LARGE, { ...CONTEXT, ...context }).strategy;

describe('an intent', () => {
  it.each<[Intent, string]>([
    ['fast', 'parallel'],
    ['balanced', 'parallel'],
    ['low-memory', 'streaming'],
    ['predictable', 'cache-first'],
  ])('%s takes %s for large work that can be divided', (intent, strategy) => {
    expect(chosen(intent)).toBe(strategy);
  });

  it('balanced saves memory where it is scarce', () => {
    expect(chosen('balanced', { memoryPressure: 'critical' })).toBe('streaming');
    expect(chosen('fast', { memoryPressure: 'moderate' })).toBe('parallel');
  });

  it('of a request goes before that of the selector', () => {
    expect(chosen('fast', { intent: 'low-memory' })).toBe('streaming');
  });

  it('predictable takes the same whatever it was told before, and tries nothing', () => {
    const selector = new OptimizationSelector({ intent: 'predictable', explore: 0.5 });
    for (let i = 0; i < 200; i++) {
      const plan = selector.select(LARGE, { ...CONTEXT, memoryPressure: i % 2 === 0 ? 'critical' : 'none' });
      expect(plan.strategy).toBe('cache-first');
      selector.feedback(plan, { durationMs: 1e5 });
    }
    expect(selector.stats().explored).toBe(0);
  });

  it('low-memory tries nothing that takes less time for more memory', () => {
    const selector = new OptimizationSelector({ intent: 'low-memory', explore: 0.5 });
    const taken = Array.from({ length: 300 }, () => selector.select(LARGE, CONTEXT).strategy);
    expect(new Set(taken)).not.toContain('parallel');
    expect(taken.filter((strategy) => strategy === 'streaming').length).toBeGreaterThan(200);
  });

  it('predictable learns nothing', () => {
    const selector = new OptimizationSelector({ intent: 'predictable' });
    const before = selector.preview(LARGE, CONTEXT).estimates;
    for (let i = 0; i < 20; i++) selector.feedback(selector.select(LARGE, CONTEXT), { durationMs: 1e5 });
    expect(selector.preview(LARGE, CONTEXT).estimates).toEqual(before);
    expect(selector.stats().observed).toBe(20);
  });

  it('predictable takes the next in its order when the first does not fit', () => {
    expect(chosen('predictable', { memoryLimit: 300 * MB })).toBe('streaming');
    expect(chosen('predictable', { available: ['parallel', 'memory-pool'] })).toBe('memory-pool');
    expect(chosen('predictable', { available: ['lazy-loading', 'cache-first'] })).toBe('lazy-loading');
  });

  it('never takes what would break the memory limit', () => {
    for (const intent of ['fast', 'balanced', 'low-memory', 'predictable'] as const) {
      expect(chosen(intent, { memoryLimit: 250 * MB })).toBe('streaming');
    }
  });

  it.each(['slow', '', null, 5])('%s is none', (given) => {
    const intent = given as Intent;
    expect(() => new OptimizationSelector({ intent })).toThrow(refusal('OPTION', 'intent must be one of'));
    expect(() => new OptimizationSelector().select(LARGE, { intent })).toThrow(
      refusal('INPUT', 'intent must be one of'),
    );
  });
});
