import { describe, expect, it } from 'vitest';
import { OptimizationSelector, type Outcome, type StrategyName } from '../src/index.js';
import { Calibration } from '../src/calibration.js';
import { refusal } from './refusal.js';

const REQUEST = { bytes: 0, conversionMs: 100, columns: 10 };
const SURROUNDINGS = { route: 'csv>arrow', reuseProbability: 0 };

const inline = { ...SURROUNDINGS, available: ['cache-first'] } as const;

const expected = (
  selector: OptimizationSelector,
  strategy: StrategyName,
  route = SURROUNDINGS.route,
): number =>
  selector.select(REQUEST, { ...SURROUNDINGS, route }).estimates.find((e) => e.strategy === strategy)
    ?.durationMs ?? Number.NaN;

/** Lets cache-first run `times` times and take that long. */
function run(selector: OptimizationSelector, times: number, outcome: Outcome): void {
  for (let i = 0; i < times; i++) selector.feedback(selector.select(REQUEST, inline), outcome);
}

describe('feedback', () => {
  it.each([
    ['slower', Math.E],
    ['faster', 1 / Math.E],
  ])('learns within 10 outcomes, up to a tenth, that everything is e times %s', (_, factor) => {
    const selector = new OptimizationSelector();
    run(selector, 10, { durationMs: 100 * factor });
    expect(expected(selector, 'cache-first') / (100 * factor)).toBeGreaterThan(0.9);
    expect(expected(selector, 'cache-first') / (100 * factor)).toBeLessThan(1.1);
  });

  it('comes back to a choice whose cost it knows when another turns out slower than it was thought to be', () => {
    const selector = new OptimizationSelector({ explore: 0 });
    const known = { ...SURROUNDINGS, available: ['cache-first'] } as const;
    for (let i = 0; i < 10; i++) selector.feedback(selector.select(REQUEST, known), { durationMs: 100 });
    const context = { ...SURROUNDINGS, columnsTouched: 1, available: ['cache-first', 'lazy-loading'] };
    expect(selector.select(REQUEST, context).strategy).toBe('lazy-loading');
    for (let i = 0; i < 10; i++) {
      const plan = selector.select(REQUEST, context);
      selector.feedback(plan, { durationMs: plan.strategy === 'lazy-loading' ? 250 : 100 });
    }
    expect(selector.select(REQUEST, context).strategy).toBe('cache-first');
  });

  it('is not turned over by one outcome that took a thousand times as long', () => {
    const selector = new OptimizationSelector({ explore: 0 });
    const context = { ...SURROUNDINGS, columnsTouched: 1, available: ['cache-first', 'lazy-loading'] };
    for (let i = 0; i < 20; i++) selector.feedback(selector.select(REQUEST, context), { durationMs: 80 });
    const before = expected(selector, 'lazy-loading');
    selector.feedback(selector.select(REQUEST, context), { durationMs: 80_000 });
    expect(expected(selector, 'lazy-loading')).toBeLessThan(1.2 * before);
    expect(selector.select(REQUEST, context).strategy).toBe('lazy-loading');
  });

  it('multiplies an estimate by 2.6 at most when the very first outcome is such a one', () => {
    const selector = new OptimizationSelector();
    run(selector, 1, { durationMs: 100_000 });
    expect(expected(selector, 'cache-first')).toBeLessThan(260);
  });

  it('follows a drift: after 60 outcomes more than three quarters of a fivefold one are learned', () => {
    const selector = new OptimizationSelector();
    run(selector, 100, { durationMs: 100 });
    expect(expected(selector, 'cache-first')).toBeCloseTo(100, 0);
    run(selector, 60, { durationMs: 500 });
    expect(expected(selector, 'cache-first')).toBeGreaterThan(375);
    run(selector, 100, { durationMs: 100 });
    expect(expected(selector, 'cache-first')).toBeLessThan(125);
  });

  it('learns for each route, and something for routes never seen', () => {
    const selector = new OptimizationSelector();
    for (const [route, durationMs] of [
      ['fast', 100],
      ['slow', 300],
    ] as const) {
      for (let i = 0; i < 30; i++)
        selector.feedback(selector.select(REQUEST, { ...inline, route }), { durationMs });
    }
    const [fast, slow] = [
      expected(selector, 'cache-first', 'fast'),
      expected(selector, 'cache-first', 'slow'),
    ];
    expect(slow).toBeGreaterThan(2 * fast);
    expect(expected(selector, 'cache-first', 'unseen')).toBeGreaterThan(fast);
    expect(expected(selector, 'cache-first', 'unseen')).toBeLessThan(slow);
  });

  it('takes most of what one strategy shows of the work for the others too', () => {
    const selector = new OptimizationSelector();
    const before = expected(selector, 'parallel');
    run(selector, 20, { durationMs: 1000 });
    expect(expected(selector, 'parallel')).toBeGreaterThan(2.5 * before);
  });

  it('tries what it does not know, and returns from it, when the known way is slower than the model says', () => {
    const selector = new OptimizationSelector({ explore: 0 });
    const context = { ...SURROUNDINGS, available: ['cache-first', 'parallel'], cores: 1, parts: 1 } as const;
    let tried = 0;
    for (let i = 0; i < 60; i++) {
      const plan = selector.select(REQUEST, context);
      if (plan.strategy === 'parallel') tried += 1;
      selector.feedback(plan, { durationMs: plan.strategy === 'parallel' ? 160 : 130 });
    }
    expect(tried).toBeLessThan(10);
    expect(selector.select(REQUEST, context).strategy).toBe('cache-first');
  });

  it('previews the decision without counting, exploring or remembering it', () => {
    const selector = new OptimizationSelector({ explore: 0.5 });
    const preview = selector.preview(REQUEST, SURROUNDINGS);
    expect(preview).toMatchObject({ explored: false });
    expect(selector.stats()).toMatchObject({ decisions: 0 });
    selector.feedback(preview, { durationMs: 1e6 });
    expect(selector.stats()).toMatchObject({ observed: 0 });
    expect(new OptimizationSelector({ explore: 0 }).select(REQUEST, SURROUNDINGS).estimates).toEqual(
      preview.estimates,
    );
  });

  it('learns nothing about converting from hits, only how likely they are', () => {
    const selector = new OptimizationSelector();
    const before = expected(selector, 'cache-first');
    run(selector, 50, { durationMs: 0.01, cacheHit: true });
    expect(expected(selector, 'cache-first')).toBe(before);
    expect(selector.stats()).toMatchObject({ observed: 0 });
    expect(selector.stats().reuseProbability).toBeGreaterThan(0.9);
    run(selector, 50, { durationMs: 100, cacheHit: false });
    expect(selector.stats().reuseProbability).toBeLessThan(0.5);
  });

  it('uses the chance of a hit that it learned when it is not told another', () => {
    const selector = new OptimizationSelector();
    run(selector, 50, { durationMs: 0.01, cacheHit: true });
    const [best] = selector.select(REQUEST).estimates;
    expect(best?.durationMs).toBeLessThan(10);
    expect(selector.select(REQUEST, SURROUNDINGS).estimates[0]?.durationMs).toBeGreaterThan(90);
  });

  it('takes an outcome of no milliseconds, which says nothing about the cost', () => {
    const selector = new OptimizationSelector();
    const before = expected(selector, 'cache-first');
    run(selector, 5, { durationMs: 0 });
    expect(expected(selector, 'cache-first')).toBe(before);
    expect(selector.stats().observed).toBe(5);
  });
});

describe('feedback, after a failure', () => {
  const request = { bytes: 0, conversionMs: 1000 };
  const context = {
    route: 'a',
    cores: 4,
    parts: 4,
    reuseProbability: 0,
    available: ['cache-first', 'parallel'],
  };

  /** A selector with a clock of its own, and what it takes for that request on some route. */
  function timed() {
    const clock = { ms: 0 };
    const selector = new OptimizationSelector({ explore: 0, clock: { now: () => clock.ms } });
    const chosen = (route = 'a') => selector.select(request, { ...context, route });
    const fail = (): void => {
      selector.feedback(selector.select(request, { ...context, available: ['parallel'] }), {
        durationMs: 1,
        error: new Error('worker died'),
      });
    };
    return { clock, selector, chosen, fail };
  }

  it('leaves the strategy alone for a second, on this route, and says so', () => {
    const { clock, selector, chosen, fail } = timed();
    expect(chosen().strategy).toBe('parallel');
    fail();
    expect([chosen().strategy, chosen('b').strategy]).toEqual(['cache-first', 'parallel']);
    expect(chosen().fallbacks).toEqual(['parallel']);
    expect(selector.explain(chosen())).toContain('(failed of late)');
    clock.ms = 1000;
    expect(chosen().strategy).toBe('parallel');
  });

  it('leaves it alone for twice as long after each failure in a row, five minutes at most', () => {
    const { clock, chosen, fail } = timed();
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
      fail();
      clock.ms += seconds * 1000 - 1;
      expect(chosen().strategy).toBe('cache-first');
      clock.ms += 1;
      expect(chosen().strategy).toBe('parallel');
    }
  });

  it('forgives it after one success', () => {
    const { clock, selector, chosen, fail } = timed();
    for (let i = 0; i < 5; i++) fail();
    clock.ms += 300_000;
    selector.feedback(chosen(), { durationMs: 300 });
    fail();
    clock.ms += 1000;
    expect(chosen().strategy).toBe('parallel');
  });

  it('takes it where nothing else can be carried out', () => {
    const { selector, fail } = timed();
    fail();
    expect(selector.select(request, { ...context, available: ['parallel'] }).strategy).toBe('parallel');
  });

  it('is not held up by a clock that was set back', () => {
    const { clock, chosen, fail } = timed();
    clock.ms = 1e6;
    fail();
    clock.ms = 0;
    expect(chosen().strategy).toBe('parallel');
  });

  it('learns from what was carried out in its place', () => {
    const { selector, chosen } = timed();
    const before = expected(selector, 'cache-first', 'a');
    for (let i = 0; i < 20; i++) {
      selector.feedback(chosen(), { durationMs: 9000, error: 'x', strategy: 'cache-first' });
    }
    expect(expected(selector, 'cache-first', 'a')).toBeGreaterThan(4 * before);
    expect(selector.stats()).toMatchObject({ failures: 20, observed: 0 });
  });

  it('says nothing about the cache', () => {
    const selector = new OptimizationSelector();
    run(selector, 5, { durationMs: 1, cacheHit: true, error: 'x' });
    expect(selector.stats()).toMatchObject({ failures: 5, observed: 0, reuseProbability: 0.3 });
  });

  it('remembers 1024 of them, the latest', () => {
    const { selector } = timed();
    const strategy = (i: number): string =>
      selector.select(request, { ...context, route: String(i) }).strategy;
    for (let i = 0; i <= 1024; i++) {
      const plan = selector.select(request, { ...context, route: String(i) });
      selector.feedback(plan, { durationMs: 1, error: 'x' });
    }
    expect([strategy(0), strategy(1), strategy(1024)]).toEqual(['parallel', 'cache-first', 'cache-first']);
  });
});

describe('feedback, of memory', () => {
  it('corrects what a strategy is expected to take at its peak', () => {
    const selector = new OptimizationSelector();
    const peak = (): number => selector.preview({ bytes: 1e6 }, inline).estimates[0]?.peakBytes ?? 0;
    const before = peak();
    for (let i = 0; i < 40; i++) {
      selector.feedback(selector.select({ bytes: 1e6 }, inline), { durationMs: 5, peakBytes: before * 3 });
    }
    expect(peak() / before).toBeCloseTo(3, 1);
  });

  it.each([Number.NaN, -1, Infinity, '5'])('refuses a peak of %s bytes', (given) => {
    const selector = new OptimizationSelector();
    const peakBytes = given as number;
    expect(() => selector.feedback(selector.select({}), { durationMs: 1, peakBytes })).toThrow(
      refusal('INPUT', 'peakBytes'),
    );
  });
});

describe('feedback, for plans that are not its own to answer', () => {
  const outcome = { durationMs: 5000 };

  it('counts once, the first time', () => {
    const [once, twice] = [new OptimizationSelector(), new OptimizationSelector()];
    for (const [selector, times] of [
      [once, 1],
      [twice, 5],
    ] as const) {
      const plan = selector.select(REQUEST, inline);
      for (let i = 0; i < times; i++) selector.feedback(plan, outcome);
    }
    expect(twice.stats()).toEqual(once.stats());
    expect(expected(twice, 'cache-first')).toBe(expected(once, 'cache-first'));
  });

  it('ignores the plan of another selector, though its number is the same', () => {
    const [selector, other] = [new OptimizationSelector(), new OptimizationSelector()];
    const mine = selector.select(REQUEST, inline);
    const theirs = other.select(REQUEST, inline);
    expect(theirs.id).toBe(mine.id);
    selector.feedback(theirs, outcome);
    expect(selector.stats().observed).toBe(0);
    selector.feedback(mine, outcome);
    expect(selector.stats().observed).toBe(1);
  });

  it('ignores a plan that somebody made up', () => {
    const selector = new OptimizationSelector();
    const plan = selector.select(REQUEST, inline);
    selector.feedback({ ...plan }, outcome);
    selector.feedback({ ...plan, id: -1 }, outcome);
    expect(selector.stats().observed).toBe(0);
  });

  it('answers in any order', () => {
    const selector = new OptimizationSelector();
    const [first, second] = [selector.select(REQUEST, inline), selector.select(REQUEST, inline)];
    selector.feedback(second, outcome);
    selector.feedback(first, outcome);
    expect(selector.stats().observed).toBe(2);
  });
});

describe('feedback, given durations that cannot be true', () => {
  it.each([Number.NaN, -1, -Infinity, Infinity, '5', null, undefined, 5n])('refuses %s', (given) => {
    const selector = new OptimizationSelector();
    const plan = selector.select(REQUEST, inline);
    const durationMs = given as number;
    expect(() => selector.feedback(plan, { durationMs })).toThrow(refusal('INPUT', 'durationMs'));
    expect(() => selector.feedback(plan, { durationMs, cacheHit: true })).toThrow(refusal('INPUT'));
    expect(() => selector.feedback(plan, { durationMs, error: 'x' })).toThrow(refusal('INPUT'));
    expect(selector.stats()).toMatchObject({ observed: 0, failures: 0 });
    selector.feedback(plan, { durationMs: 5 });
    expect(selector.stats().observed).toBe(1);
  });
});

describe('what is remembered of routes', () => {
  it('is bounded to 256 of them; the one not seen for longest makes room', () => {
    const calibration = new Calibration(['a', 'b']);
    const cost = { strategy: 'a', terms: [{ ms: 10, coefficients: ['work'] as const }] };
    const expectedOn = (route: string): number => calibration.predict(route, 1, [cost])[0]?.logMs ?? 0;
    const own = (route: string): boolean => expectedOn(route) !== expectedOn('never seen');
    const see = (route: string): void => {
      calibration.observe(route, 1, cost, 30);
    };
    for (let i = 0; i < 256; i++) see(`route ${String(i)}`);
    expect(own('route 0')).toBe(true);
    see('route 0');
    see('one more');
    expect(['route 0', 'route 1', 'route 2', 'one more'].map(own)).toEqual([true, false, true, true]);
  });
});
