import { describe, expect, it } from 'vitest';
import { OptimizationSelector, type DataCharacteristics, type SelectionContext } from '../src/index.js';

const explained = (
  c: Partial<DataCharacteristics>,
  context: SelectionContext,
  selector = new OptimizationSelector({ explore: 0 }),
): string => selector.explain(selector.select(c, context));

const long = { bytes: 10 * 2 ** 20, conversionMs: 1000, columns: 10 };
const two = { reuseProbability: 0, available: ['cache-first', 'lazy-loading'] };

describe('explain', () => {
  it('names the choice, every estimate, what decided, how sure that is and what would change the choice', () => {
    const text = explained(long, { ...two, columnsTouched: 1 });
    for (const part of [
      'lazy-loading is expected to take 461 ms, 2.2x less than cache-first.',
      'Estimates without the cache: lazy-loading 461 ms and 11.0 MB; cache-first 1.00 s and 20.0 MB; ',
      '(not possible here)',
      'They are priors; nothing was observed yet.',
      'The cache is expected to have the answer in 0 % of such requests.',
      'The largest difference between the two is the conversion itself: 460 ms against 1.00 s.',
      '% sure.',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('\n');
  });

  it('says from which size on another would be taken', () => {
    const small = { bytes: 2 ** 13, conversionMs: 1, resultBytes: 2 ** 13 };
    const context = { reuseProbability: 0, cores: 4, parts: 4, available: ['cache-first', 'parallel'] };
    const text = explained(small, context);
    const factor = Number(/It would be parallel for (\d+) times the data\./.exec(text)?.[1]);
    const scaled = (by: number) => ({ bytes: 2 ** 13 * by, conversionMs: by, resultBytes: 2 ** 13 * by });
    const selector = new OptimizationSelector({ explore: 0 });
    expect(selector.select(scaled(factor), context).strategy).toBe('parallel');
    expect(selector.select(scaled(factor / 2), context).strategy).toBe('cache-first');
    expect(explained(scaled(64), context)).toMatch(/It would be cache-first for (half|a \d+th) of it\./);
  });

  it('says what would be cheaper if it were possible', () => {
    const text = explained(long, { available: ['cache-first'], columnsTouched: 1 });
    expect(text).toContain('cache-first is the only strategy that can be carried out here');
    expect(text).toMatch(/lazy-loading.* would take less, but cannot be carried out here\./);
  });

  it('does not call equal estimates different', () => {
    expect(explained({ ...long, columns: 1 }, two)).toContain('about as long as lazy-loading');
  });

  it('names memory where that was what decided', () => {
    const large = { bytes: 2 ** 28, resultBytes: 2 ** 28, intermediateBytes: 2 ** 28, conversionMs: 2000 };
    const context: SelectionContext = {
      available: ['cache-first', 'streaming'],
      reuseProbability: 0,
      intent: 'low-memory',
    };
    expect(explained(large, context)).toMatch(
      /^streaming is expected to take .* and \d\.\dx less memory than cache-first/,
    );
  });

  it('says when a choice is an exploration, and what would be best', () => {
    const selector = new OptimizationSelector({ explore: 0.5 });
    const plans = Array.from({ length: 400 }, () => selector.select(long, { ...two, columnsTouched: 1 }));
    const [explored] = plans.filter((plan) => plan.explored);
    const text = explored === undefined ? '' : selector.explain(explored);
    expect(text).toContain(
      'cache-first is tried to learn what it costs; lazy-loading is expected to be best',
    );
  });

  it('says when what was learned is not sure enough to depart from what was known before', () => {
    const selector = new OptimizationSelector({ explore: 0 });
    const context = { ...two, columnsTouched: 2 };
    const reasons = Array.from({ length: 12 }, () => {
      const plan = selector.select(long, context);
      selector.feedback(plan, { durationMs: 1100 });
      return plan.reason;
    });
    expect(reasons.join()).toContain('is kept: that cache-first would be better is not sure enough yet');
  });

  it('says that a predictable choice is one', () => {
    const text = explained(long, { ...two, intent: 'predictable' });
    expect(text).toContain('lazy-loading is what a predictable selection always takes here.');
    expect(text).toContain('Only what can be carried out changes that.');
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

  it('of a plan that another selector made says no more than its reason', () => {
    const plan = new OptimizationSelector().select(long);
    expect(new OptimizationSelector().explain(plan)).toBe(plan.reason);
  });
});
