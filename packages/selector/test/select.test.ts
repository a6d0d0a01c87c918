import { describe, expect, it } from 'vitest';
import {
  DEFAULTS,
  OptimizationSelector,
  type DataCharacteristics,
  type OptimizationPlan,
  type SelectionContext,
} from '../src/index.js';
import { refusal } from './refusal.js';

const MB = 2 ** 20;

const select = (c: Partial<DataCharacteristics>, context?: SelectionContext): OptimizationPlan =>
  new OptimizationSelector({ explore: 0 }).select(c, context);

const long = { bytes: 100 * MB, conversionMs: 4000 };
const tiny = { bytes: 1024, conversionMs: 0.05 };
const fourThreads = { cores: 4, parts: 4 };

describe('select', () => {
  it('takes the cheapest strategy that can be carried out, and lists the rest behind it', () => {
    const { strategy, estimates, fallbacks } = select(long, {
      ...fourThreads,
      available: ['cache-first', 'parallel'],
    });
    expect(estimates.slice(0, 2).map((e) => [e.strategy, e.feasible])).toEqual([
      ['parallel', true],
      ['cache-first', true],
    ]);
    expect(estimates.slice(2).map((e) => e.feasible)).toEqual([false, false, false, false]);
    expect(strategy).toBe('parallel');
    expect(fallbacks).toEqual(['cache-first']);
  });

  it('knows every strategy even when nothing is known of the data', () => {
    const plan = select({});
    expect(plan.strategy).toBe('cache-first');
    expect(plan.estimates.map(({ strategy }) => strategy).sort()).toEqual([...DEFAULTS.strategies].sort());
    expect(plan.explored).toBe(false);
  });

  it('numbers its plans', () => {
    const selector = new OptimizationSelector();
    expect([selector.select({}).id, selector.select({}).id]).toEqual([1, 2]);
  });

  it('takes parallel for long work that can be divided', () => {
    expect(select(long, fourThreads).strategy).toBe('parallel');
  });

  it('leaves tiny work, work in one part and work on one core where it is', () => {
    const available = ['cache-first', 'parallel'];
    expect(select(tiny, { ...fourThreads, available }).strategy).toBe('cache-first');
    expect(select(long, { cores: 4, parts: 1, available }).strategy).toBe('cache-first');
    expect(select(long, { cores: 1, parts: 4, available }).strategy).toBe('cache-first');
  });

  it('expects no more of threads than what cannot be divided allows', () => {
    const plan = select({ bytes: 0, conversionMs: 1e9 }, { cores: 1000, parts: 1000, reuseProbability: 0 });
    const fastest = plan.estimates.find(({ strategy }) => strategy === 'parallel');
    expect(fastest?.durationMs).toBeGreaterThan(0.1 * 1e9);
  });

  it('takes lazy-loading when few of the columns are touched', () => {
    const data = { ...long, columns: 20 };
    const available = ['cache-first', 'lazy-loading'];
    expect(select(data, { available, columnsTouched: 1 }).strategy).toBe('lazy-loading');
    expect(select(data, { available, columnsTouched: 20 }).strategy).toBe('cache-first');
    expect(select(data, { available }).strategy).toBe('cache-first');
  });

  it('expects no more than all columns to be touched', () => {
    expect(select({ ...long, columns: 2 }, { columnsTouched: 50 }).estimates).toEqual(
      select({ ...long, columns: 2 }, { columnsTouched: 2 }).estimates,
    );
  });

  it('expects a request that is sure to come from the cache to cost a lookup, whatever its size', () => {
    const sure = select(long, { reuseProbability: 1 }).estimates.map(({ durationMs }) => durationMs);
    expect(new Set(sure)).toEqual(
      new Set(select(tiny, { reuseProbability: 1 }).estimates.map((e) => e.durationMs)),
    );
    expect(Math.max(...sure)).toBeLessThan(1);
  });

  it('believes an adapter about time and size, and goes by the bytes without one', () => {
    const inline = { reuseProbability: 0, available: ['cache-first'] };
    const [byBytes] = select({ bytes: 10 * MB }, inline).estimates;
    const [twice] = select({ bytes: 20 * MB }, inline).estimates;
    expect((twice?.durationMs ?? 0) / (byBytes?.durationMs ?? 1)).toBeCloseTo(2, 1);
    expect(byBytes?.peakBytes).toBe(20 * MB);

    const [told] = select({ bytes: 10 * MB, conversionMs: 70, resultBytes: MB }, inline).estimates;
    expect((told?.durationMs ?? 0) / 70).toBeCloseTo(1, 1);
    expect(told?.peakBytes).toBe(11 * MB);
  });
});

describe('select, within a memory limit', () => {
  const data = { bytes: 100, resultBytes: 100, columns: 10, conversionMs: 1000 };

  it('leaves out what would break it', () => {
    const context = { cores: 8, parts: 8, available: ['cache-first', 'parallel'] };
    expect(select(data, { ...context, memoryLimit: 300 }).strategy).toBe('parallel');
    const within = select(data, { ...context, memoryLimit: 299 });
    expect(within.strategy).toBe('cache-first');
    expect(within.fallbacks).not.toContain('parallel');
    const parallel = within.estimates.find(({ strategy }) => strategy === 'parallel');
    expect(parallel).toMatchObject({ feasible: false, peakBytes: 300 });
  });

  it('takes what fits exactly, and a request for no memory at all', () => {
    expect(select(data, { memoryLimit: 110, columnsTouched: 1 }).strategy).toBe('lazy-loading');
    expect(select({}, { memoryLimit: 0 }).strategy).toBe('cache-first');
    expect(select(data, { memoryLimit: Infinity }).strategy).toBe('cache-first');
  });

  it('says what was allowed and what is needed when nothing fits', () => {
    expect(() => select(data, { memoryLimit: 109, columnsTouched: 1 })).toThrow(
      refusal('INPUT', 'memoryLimit (109 bytes)', 'the least needs 110'),
    );
  });

  it('counts only what is available when it says what is needed', () => {
    expect(() =>
      select(data, { memoryLimit: 250, columnsTouched: 1, parts: 2, available: ['parallel'] }),
    ).toThrow(refusal('INPUT', 'memoryLimit (250 bytes)', 'the least needs 300'));
  });

  it('says so when no strategy is available', () => {
    expect(() => select(data, { available: [] })).toThrow(
      refusal('INPUT', 'no strategy is available', 'cache-first, lazy-loading, streaming'),
    );
  });

  it('counts no plan that could not be given', () => {
    const selector = new OptimizationSelector();
    expect(() => selector.select(data, { available: [] })).toThrow();
    expect(selector.stats().decisions).toBe(0);
  });
});

describe('select, given what is none', () => {
  const selector = new OptimizationSelector();

  it.each([null, 5, 'x'])('refuses %s as characteristics, context and outcome', (given) => {
    const none = given as unknown as object;
    expect(() => selector.select(none)).toThrow(refusal('INPUT', 'characteristics must be an object'));
    expect(() => selector.select({}, none)).toThrow(refusal('INPUT', 'context must be an object'));
    const outcome = given as unknown as { durationMs: number };
    expect(() => selector.feedback(selector.select({}), outcome)).toThrow(
      refusal('INPUT', 'outcome must be'),
    );
  });

  it('refuses names that are no text, and a list that is none', () => {
    const five = 5 as unknown as string;
    expect(() => selector.select({}, { route: five })).toThrow(refusal('INPUT', 'route must be a text'));
    expect(() => selector.select({}, { key: five })).toThrow(refusal('INPUT', 'key must be a text'));
    expect(() => selector.noteHit(five)).toThrow(refusal('INPUT', 'key must be a text'));
    const available = 'parallel' as unknown as string[];
    expect(() => selector.select({}, { available })).toThrow(refusal('INPUT', 'available must be a list'));
  });

  it('learns nothing of a plan that is none', () => {
    selector.feedback(null as unknown as OptimizationPlan, { durationMs: 1 });
    expect(selector.stats().observed).toBe(0);
  });
});

describe('select, given numbers that cannot be true', () => {
  const never = [Number.NaN, -1, -Infinity, Infinity, 2 ** 53, '5', null, 5n];

  const characteristics = ['bytes', 'rows', 'columns', 'sampledRows', 'conversionMs', 'resultBytes'];
  it.each(characteristics)('refuses them as %s', (field) => {
    for (const given of never) {
      expect(() => select({ [field]: given })).toThrow(refusal('INPUT', `${field} must be a number`));
    }
  });

  it.each(['numericColumns', 'textColumns', 'temporalColumns'])('refuses them as %s', (field) => {
    for (const given of never) expect(() => select({ [field]: given })).toThrow(refusal('INPUT', field));
  });

  it.each(['nullRatio', 'sparsity'])('refuses shares that are none as %s', (field) => {
    for (const given of [...never, 1.01]) {
      expect(() => select({ [field]: given })).toThrow(refusal('INPUT', field, 'from 0 to 1'));
    }
  });

  it.each(['columnsTouched', 'cores', 'parts'])('refuses them as %s', (field) => {
    for (const given of never) expect(() => select({}, { [field]: given })).toThrow(refusal('INPUT', field));
  });

  it('refuses a chance of reuse that is none', () => {
    for (const given of [...never, 1.01]) {
      const reuseProbability = given as number;
      expect(() => select({}, { reuseProbability })).toThrow(refusal('INPUT', 'reuseProbability'));
    }
  });

  it('refuses a memory limit that is none; Infinity is one', () => {
    for (const given of [Number.NaN, -1, '5MB', null]) {
      const memoryLimit = given as number;
      expect(() => select({}, { memoryLimit })).toThrow(refusal('INPUT', 'memoryLimit'));
    }
  });

  it('names what was given', () => {
    expect(() => select({ bytes: Number.NaN })).toThrow(
      'bytes must be a number from 0 to 9007199254740991; given NaN',
    );
  });

  it('takes -0 and the largest numbers that can be told apart', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const plan = select({ bytes: most, conversionMs: most, resultBytes: most }, { cores: most, parts: most });
    expect(plan.estimates.every(({ durationMs }) => Number.isFinite(durationMs))).toBe(true);
    expect(select({ bytes: -0, conversionMs: -0 }).strategy).toBe('cache-first');
  });
});
