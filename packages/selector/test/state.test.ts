import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OptimizationSelector, type SelectorError, type SelectorState } from '../src/index.js';

const MACHINE = { computeMs: 1, copyMs: 2 };
const REQUEST = { bytes: 4 * 2 ** 20, conversionMs: 50, resultBytes: 3 * 2 ** 20, columns: 10 };
const CONTEXT = { route: 'csv>columns', cores: 4, parts: 4, reuseProbability: 0 };

/** A selector that has seen something: everything takes three times as long as it was told. */
function taught(): OptimizationSelector {
  const selector = new OptimizationSelector({ machine: MACHINE });
  for (let i = 0; i < 40; i++) {
    const plan = selector.select(
      { ...REQUEST, bytes: 2 ** (16 + (i % 8)) },
      { ...CONTEXT, key: `k${String(i % 9)}` },
    );
    selector.feedback(plan, { durationMs: 150 + (i % 7), peakBytes: 2 ** 25 });
  }
  selector.noteHit('k1');
  return selector;
}

const written = (selector: OptimizationSelector): SelectorState =>
  JSON.parse(JSON.stringify(selector)) as SelectorState;

const estimates = (selector: OptimizationSelector) => selector.preview(REQUEST, CONTEXT).estimates;

function refusals(state: unknown): string[] {
  const heard: SelectorError[] = [];
  const selector = new OptimizationSelector({
    state,
    machine: MACHINE,
    onError: (error) => heard.push(error),
  });
  expect(estimates(selector)).toEqual(estimates(new OptimizationSelector()));
  expect(selector.stats().restored).toBe('refused');
  expect(heard.map(({ code }) => code)).toEqual(['ERR_PERF_SELECTOR_BAD_STATE']);
  return heard.map(({ message }) => message);
}

describe('the state of a selector', () => {
  it('goes through JSON and makes another selector expect the same', () => {
    const selector = taught();
    const other = new OptimizationSelector({ state: written(selector), machine: MACHINE });
    expect(other.stats()).toMatchObject({ restored: 40, observed: 0, decisions: 0 });
    for (const [i, estimate] of estimates(selector).entries()) {
      const restored = estimates(other)[i];
      expect(restored?.strategy).toBe(estimate.strategy);
      expect((restored?.missMs ?? 0) / estimate.missMs).toBeCloseTo(1, 2);
      expect((restored?.peakBytes ?? 0) / estimate.peakBytes).toBeCloseTo(1, 2);
    }
    expect(other.stats().reuseProbability).toBeCloseTo(selector.stats().reuseProbability, 3);
  });

  it('is the same when it is written again', () => {
    const state = written(taught());
    const again = written(new OptimizationSelector({ state, machine: MACHINE }));
    expect({ ...again, routes: again.routes.length }).toEqual({ ...state, routes: state.routes.length });
    expect(new Map(again.routes)).toEqual(new Map(state.routes));
  });

  it('of a new selector is one as well', () => {
    const state = written(new OptimizationSelector({ machine: MACHINE }));
    const other = new OptimizationSelector({ state, machine: MACHINE });
    expect(estimates(other)).toEqual(estimates(new OptimizationSelector()));
  });

  it('takes about two kilobytes for a route, and holds 64 of them, those seen last', () => {
    const selector = new OptimizationSelector({ machine: MACHINE });
    const bytes = (): number => JSON.stringify(selector).length;
    const empty = bytes();
    for (let i = 0; i < 200; i++) {
      const plan = selector.select(REQUEST, { ...CONTEXT, route: `r${String(i)}` });
      selector.feedback(plan, { durationMs: 100 });
    }
    expect(written(selector).routes.map(([name]) => name)).toEqual(
      Array.from({ length: 64 }, (_, i) => `r${String(136 + i)}`),
    );
    expect((bytes() - empty) / 64).toBeLessThan(2500);
  });

  it('is scaled to a machine that is twice as slow, and copies no slower', () => {
    const state = written(taught());
    const here = new OptimizationSelector({ state, machine: MACHINE });
    const slow = new OptimizationSelector({ state, machine: { computeMs: 2, copyMs: 2 } });
    const [a, b] = [estimates(here), estimates(slow)];
    const inline = (list: typeof a): number =>
      list.find(({ strategy }) => strategy === 'cache-first')?.missMs ?? 0;
    expect(inline(b) / inline(a)).toBeGreaterThan(1.9);
    expect(inline(b) / inline(a)).toBeLessThan(2.01);
  });

  it('is written for the machine it is on, which is measured once', () => {
    const { machine } = written(new OptimizationSelector());
    expect(machine.computeMs).toBeGreaterThan(0);
    expect(machine.copyMs).toBeGreaterThan(0);
  });
});

describe('a state that cannot be used', () => {
  const state = written(taught());

  it.each<[string, unknown, string]>([
    ['nothing', null, 'no state of @perf/selector'],
    ['text', 'state', 'no state of @perf/selector'],
    ['something else', { format: 'x' }, 'no state of @perf/selector'],
    ['a later version', { ...state, version: 2 }, 'its version is 2, and this package reads 1'],
    ['other strategies', { ...state, strategies: ['cache-first'] }, 'learned for other strategies'],
    ['no machine', { ...state, machine: undefined }, 'a part of it is missing'],
    ['a machine of no speed', { ...state, machine: { computeMs: 0, copyMs: 1 } }, 'a part of it'],
    ['a route with a logarithm of no size', withRoute({ mean: [[0, 1e9]] }), 'a part of it'],
    ['a route with a negative variance', withRoute({ variance: [[0, -1]] }), 'a part of it'],
    ['a route with more beliefs than there are', withRoute({ mean: [[5000, 1]] }), 'a part of it'],
    ['a route with impossible correlations', withRoute({ covariance: [[0, 1, 50]] }), 'a part of it'],
    ['counts that are none', { ...state, reuse: [1] }, 'a part of it'],
  ])('%s is refused with a reason, and the prior is used', (_, given, reason) => {
    expect(refusals(given).join()).toContain(reason);
  });

  function withRoute(broken: object): unknown {
    const [[name, beliefs] = ['', {}]] = state.routes;
    return { ...state, routes: [[name, { ...beliefs, ...broken }]] };
  }

  it('is told by a warning of the process where nobody listens', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    new OptimizationSelector({ state: 5 });
    expect(await warned).toMatchObject({ name: 'SelectorError', code: 'ERR_PERF_SELECTOR_BAD_STATE' });
  });

  it('never leads to an estimate that is no number, whatever of it was changed', () => {
    const paths = leaves(state);
    fc.assert(
      fc.property(
        fc.constantFrom(...paths),
        fc.oneof(fc.double(), fc.constantFrom(null, 'x', [], {}, -1, 1e300)),
        (path, value) => {
          const broken = structuredClone(state);
          replace(broken, path, value);
          const selector = new OptimizationSelector({
            state: broken,
            machine: MACHINE,
            onError: () => undefined,
          });
          for (const { missMs, peakBytes, within } of estimates(selector)) {
            expect([missMs, peakBytes, within].every((number) => number >= 0 && number < Infinity)).toBe(
              true,
            );
          }
        },
      ),
    );
  });
});

type Path = readonly (string | number)[];

/** Where every number and text of some plain data is. */
function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

function replace(target: unknown, path: Path, value: unknown): void {
  let parent: unknown = target;
  for (const name of path.slice(0, -1)) parent = Reflect.get(Object(parent), name);
  Reflect.set(Object(parent), path.at(-1) ?? '', value);
}
