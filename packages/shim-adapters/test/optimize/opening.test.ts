import { ConversionCache } from '@perf/cache';
import { LazyLoadingManager } from '@perf/lazy';
import { OptimizationSelector } from '@perf/selector';
import { describe, expect, it } from 'vitest';
import { optimize } from '../../src/optimize/optimized-converter.js';
import type { OutcomeLike, PlanLike, RequestFacts, SelectionContext } from '../../src/optimize/ports.js';
import { AdapterRegistry } from '../../src/registry.js';
import type { AnyRequest } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import { countedAdapter } from './counted-adapter.js';

const asked: AnyRequest = { source: { value: 'a,b,c\n1,2,3\n', id: 'x' }, from: 'csv', to: 'columns' };

/** A selector that always decides the same for what is opened, and knows of three columns. */
class OpenSelector {
  readonly asked: { facts: RequestFacts; context: SelectionContext }[] = [];
  readonly told: OutcomeLike[] = [];
  readonly #strategy: string;
  analyzed = 0;

  constructor(strategy: string) {
    this.#strategy = strategy;
  }

  select(facts: RequestFacts, context: SelectionContext): PlanLike {
    this.asked.push({ facts, context });
    const opened = context.available.includes('lazy-loading');
    return { strategy: opened ? this.#strategy : 'cache-first', fallbacks: [], reason: 'a test' };
  }

  feedback(_plan: PlanLike, outcome: OutcomeLike): void {
    this.told.push(outcome);
  }

  analyzeSource(): Promise<{ columns: number }> {
    this.analyzed += 1;
    return Promise.resolve({ columns: 3 });
  }

  explain(): string {
    return '';
  }

  /** What it was asked of opened conversions. */
  get opened(): SelectionContext[] {
    return this.asked
      .map(({ context }) => context)
      .filter(({ available }) => available.includes('lazy-loading'));
  }
}

function opened(selector: OpenSelector | OptimizationSelector | undefined, cached = true) {
  const { adapter, requests } = countedAdapter();
  const converter = optimize(new AdapterRegistry().register(adapter), {
    lazy: new LazyLoadingManager({ threshold: 0 }),
    ...(selector === undefined ? {} : { selector }),
    ...(cached ? { cache: new ConversionCache<ConversionResult>() } : {}),
  });
  return { converter, requests, columns: () => requests.map(({ columns }) => columns) };
}

describe('a conversion that was opened', () => {
  it('converts nothing until a column is touched', async () => {
    const selector = new OpenSelector('lazy-loading');
    const { converter, requests } = opened(selector);
    const handle = converter.open(asked);
    await Promise.resolve();
    expect([requests.length, selector.asked.length, selector.analyzed]).toEqual([0, 0, 0]);
    handle.close();
  });

  it('by lazy-loading converts each column by itself, when it is touched', async () => {
    const { converter, columns } = opened(new OpenSelector('lazy-loading'));
    const handle = converter.open(asked);
    expect(await handle.column('b')).toMatchObject({ field: { name: 'b' } });
    expect(columns()).toEqual([['b']]);
    await handle.column('a');
    expect(columns()).toEqual([['b'], ['a']]);
    expect(converter.stats().strategies['lazy-loading']).toBe(2);
  });

  it('by cache-first converts all of them at the first touch, and no other one again', async () => {
    const { converter, columns } = opened(new OpenSelector('cache-first'));
    const handle = converter.open(asked);
    for (const name of ['b', 'a', 'c', 'b']) {
      expect(await handle.column(name)).toMatchObject({ field: { name } });
    }
    expect(columns()).toEqual([undefined]);
    expect(converter.stats().strategies).toMatchObject({ 'lazy-loading': 0, 'cache-first': 1 });
  });

  it('asks the selector once, with the columns that there are and those that others touched', async () => {
    const selector = new OpenSelector('lazy-loading');
    const { converter } = opened(selector);
    for (let i = 0; i < 2; i++) {
      const handle = converter.open({ ...asked, source: { value: 'a,b,c\n1,2,3\n', id: String(i) } });
      for (const name of ['a', 'b', 'c']) await handle.column(name);
    }
    expect(selector.analyzed).toBe(2);
    expect(selector.opened).toMatchObject([{ columnsTouched: 1 }, { columnsTouched: 3 }]);
    expect(selector.opened[0]).toMatchObject({ route: 'csv>columns', reuseProbability: 0 });
  });

  it('tells what all columns took together, once as many were touched as were expected', async () => {
    const selector = new OpenSelector('lazy-loading');
    const { converter } = opened(selector);
    const own = (): OutcomeLike[] => selector.told.filter(({ strategy }) => strategy !== 'cache-first');
    await converter.open(asked).column('a');
    // One plan for the handle, one for the conversion of the column.
    expect(selector.told).toHaveLength(2);
    expect(own().every(({ error }) => error === undefined)).toBe(true);
  });

  it('counts the columns that came, not those that were asked for, when several are touched at once', async () => {
    const selector = new OpenSelector('lazy-loading');
    let now = 0;
    const { adapter } = countedAdapter();
    const converter = optimize(new AdapterRegistry().register(adapter), {
      lazy: new LazyLoadingManager({ threshold: 0 }),
      cache: new ConversionCache<ConversionResult>(),
      selector,
      clock: { now: () => (now += 1) },
    });
    const touch = async (id: string): Promise<void> => {
      const handle = converter.open({ ...asked, source: { value: 'a,b,c\n1,2,3\n', id } });
      await Promise.all(['a', 'b', 'c'].map((name) => handle.column(name)));
    };
    await touch('first');
    const before = selector.told.length;
    await touch('second');
    // Three conversions, each told by itself, and one outcome of the handle: of all three together.
    const told = selector.told.slice(before).map(({ durationMs }) => durationMs);
    expect(told).toHaveLength(4);
    expect(Math.max(...told)).toBe(told.at(-1));
  });

  it('loads column by column where nothing is kept, for the whole would be converted for each', async () => {
    const { converter, columns } = opened(new OpenSelector('cache-first'), false);
    const handle = converter.open(asked);
    await handle.column('a');
    expect(columns()).toEqual([['a']]);
  });

  it('and column by column where nobody chooses', async () => {
    const { converter, columns } = opened(undefined);
    await converter.open(asked).column('a');
    expect(columns()).toEqual([['a']]);
  });

  it('decides by the columns of real data: one of few alone, all of them at once', async () => {
    const { converter, columns } = opened(new OptimizationSelector({ explore: 0 }));
    const names = Array.from({ length: 20 }, (_, i) => `c${String(i)}`);
    const value = `${names.join()}\n${`${names.map(() => '12345').join()}\n`.repeat(5000)}`;
    const touch = async (id: string, touched: readonly string[]): Promise<void> => {
      const handle = converter.open({ ...asked, source: { value, id } });
      for (const name of touched) await handle.column(name);
    };
    await touch('first', ['c0']);
    expect(columns()).toEqual([['c0']]);
    for (let i = 0; i < 5; i++) await touch(String(i), names);
    const before = columns().length;
    await touch('last', names);
    expect(columns().slice(before)).toEqual([undefined]);
  });
});
