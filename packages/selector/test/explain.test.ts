import { describe, expect, it } from 'vitest';
import { OptimizationSelector, type DataCharacteristics, type SelectionContext } from '../src/index.js';

const explained = (
  c: Partial<DataCharacteristics>,
  context: SelectionContext,
  selector = new OptimizationSelector({ explore: 0 }),
): string => selector.explain(selector.select(c, context));

const long = { bytes: 10 * 2 ** 20, conversionMs: 1000, columns: 10 };

describe('explain', () => {
  it('names the choice, every estimate, what they rest on and what would change the choice', () => {
    expect(explained(long, { reuseProbability: 0, columnsTouched: 5, cores: 2, parts: 1 })).toBe(
      'lazy-loading is expected to take 500 ms, 2.0x less than cache-first. ' +
        'Estimates: lazy-loading 500 ms and 15.0 MB; cache-first 1.00 s and 20.0 MB; parallel 1.01 s and 20.0 MB. ' +
        'The estimates are priors; nothing was observed yet. ' +
        'cache-first would be taken if lazy-loading took more than 2.0x as long as expected.',
    );
  });

  it('says what would be cheaper if it were possible', () => {
    const text = explained(long, { available: ['cache-first'], columnsTouched: 1 });
    expect(text).toContain('cache-first is the only strategy that can be carried out here');
    expect(text).toContain('(not possible here)');
    expect(text).toContain('lazy-loading would be taken if it were possible here.');
    expect(text).not.toContain('parallel would be taken');
  });

  it('does not call equal estimates different', () => {
    expect(explained(long, {})).toContain('about as long as lazy-loading');
  });

  it('says when a choice is an exploration, and what would be taken otherwise', () => {
    const selector = new OptimizationSelector({ explore: 0.5 });
    const plans = Array.from({ length: 50 }, () => selector.select(long, { columnsTouched: 8 }));
    const [explored] = plans.filter((plan) => plan.explored);
    const text = explored === undefined ? '' : selector.explain(explored);
    expect(text).toContain('cache-first is tried to learn what it costs');
    expect(text).toContain('lazy-loading would be taken if this were not an exploration.');
  });

  it('says how many outcomes corrected the estimates, failures included', () => {
    const selector = new OptimizationSelector();
    selector.feedback(selector.select(long), { durationMs: 900 });
    expect(explained(long, {}, selector)).toContain('corrected by 1 outcome.');
    selector.feedback(selector.select(long), { durationMs: 1, error: 'x' });
    selector.feedback(selector.select(long), { durationMs: 1, cacheHit: true });
    expect(explained(long, {}, selector)).toContain('corrected by 2 outcomes.');
  });

  it('has a word for every estimate even of nothing', () => {
    const text = explained({}, { reuseProbability: 1 });
    for (const strategy of ['cache-first', 'lazy-loading', 'parallel']) expect(text).toContain(strategy);
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });
});
