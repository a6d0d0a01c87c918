import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ConversionCache, fingerprint } from '@perf/cache';
import { LazyLoadingManager } from '@perf/lazy';
import { OptimizationSelector } from '@perf/selector';
import { describe, expect, it } from 'vitest';
import { defaultRegistry } from '../../src/default-registry.js';
import type { ConvertEvent } from '../../src/optimize/events.js';
import { optimize, type OptimizedConverter } from '../../src/optimize/optimized-converter.js';
import { AdapterRegistry } from '../../src/registry.js';
import type { AnyRequest } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import { content } from '../cells.js';
import { failure, request, tableIn, textIn } from '../requests.js';
import { countedAdapter } from './counted-adapter.js';
import { gate, turn } from './gate.js';
import { FixedSelector } from './stub-parts.js';

const asked: AnyRequest = { source: { value: 'a,b\n1,x\n2,y\n' }, from: 'csv', to: 'columns' };
const streamed = (): AnyRequest => ({ ...asked, source: { stream: textStream('a\n1\n') } });

function newCache(): ConversionCache<ConversionResult> {
  return new ConversionCache<ConversionResult>();
}

describe('without any part', () => {
  it('a converter is the plain registry', async () => {
    const named = { ...asked, metadata: { trace: 1 } };
    const plain = await defaultRegistry().convert(named);
    const result = await optimize(defaultRegistry()).convert(named);
    expect({ ...result, durationMs: 0 }).toEqual({ ...plain, durationMs: 0 });
  });

  it('open says what is missing', async () => {
    const error = await failure(() => optimize(defaultRegistry()).open(asked));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_REQUEST');
    expect(error.message).toContain('lazy: new LazyLoadingManager()');
  });

  it('explain still tells the route', async () => {
    const text = await optimize(defaultRegistry()).explain({ ...asked, to: 'json' });
    expect(text).toBe('csv>columns>json, not cacheable: the source has no identity. no selector was given');
  });
});

describe('parts', () => {
  it('that do not exist are refused by name', async () => {
    const misspelt: object = { cahce: newCache() };
    const error = await failure(() => optimize(defaultRegistry(), misspelt));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
    expect(error.message).toContain("'cahce'");
  });
});

describe('with a cache', () => {
  it('a repeated request is answered from it, with the metadata of who asks', async () => {
    const { adapter, requests } = countedAdapter();
    const converter = optimize(new AdapterRegistry().register(adapter), { cache: newCache() });
    const first = await converter.convert({ ...asked, metadata: { rows: 'mine', trace: 1 } });
    const second = await converter.convert({ ...asked, metadata: { trace: 2 } });
    expect(requests).toHaveLength(1);
    expect(second.data).toBe(first.data);
    expect(first.metadata).toEqual({ rows: 'mine', columns: ['a', 'b'], trace: 1 });
    expect(second.metadata).toEqual({ rows: 2, columns: ['a', 'b'], trace: 2 });
    expect({ ...second, metadata: null }).toEqual({ ...first, metadata: null });
  });

  it('rows are cached when there is a fingerprint, and converted each time without', async () => {
    const rows = request('rows', 'columns', [{ a: 1 }]);
    const blind = optimize(defaultRegistry(), { cache: newCache() });
    const seeing = optimize(defaultRegistry(), { cache: newCache(), fingerprint });
    for (const converter of [blind, seeing]) {
      await converter.convert(rows);
      await converter.convert(request('rows', 'columns', [{ a: 1 }]));
    }
    expect(blind.stats()).toMatchObject({ conversions: 2, cacheHits: 0, uncacheable: 2 });
    expect(seeing.stats()).toMatchObject({ conversions: 2, cacheHits: 1, uncacheable: 0 });
  });

  it('what no fingerprint can read is converted all the same', async () => {
    const refusing = (): string => {
      throw new Error('cannot be hashed');
    };
    const converter = optimize(defaultRegistry(), { cache: newCache(), fingerprint: refusing });
    expect(tableIn(await converter.convert(request('rows', 'columns', [{ a: 1 }]))).length).toBe(1);
    expect(converter.stats()).toMatchObject({ uncacheable: 1, failures: 0 });
  });

  it('requests at the same time share one conversion; an abort is the business of its caller', async () => {
    const held = gate();
    const { adapter, requests } = countedAdapter({ before: () => held.promise });
    const converter = optimize(new AdapterRegistry().register(adapter), { cache: newCache() });
    const mine = new AbortController();
    const leaving = failure(() => converter.convert(asked, { signal: mine.signal }));
    const staying = converter.convert(asked);
    mine.abort('enough');
    const error = await leaving;
    expect([error.code, error.cause]).toEqual(['ERR_PERF_CONVERT_ABORTED', 'enough']);
    held.open();
    expect(tableIn(await staying).length).toBe(2);
    expect(requests).toHaveLength(1);
    expect(converter.stats()).toMatchObject({ conversions: 2, cacheHits: 1, failures: 1 });
  });

  it('one that keeps other things too is told so', async () => {
    const stranger = { getOrConvert: () => Promise.resolve('?'), has: () => false };
    const error = await failure(() => optimize(defaultRegistry(), { cache: stranger }).convert(asked));
    expect(error.code).toBe('ERR_PERF_CONVERT_FAILED');
  });
});

describe('an abort', () => {
  it.each([
    ['alone', {}],
    ['with a cache', { cache: newCache() }],
  ])('is one typed error %s, before the start and in the middle', async (_, parts) => {
    const { adapter, requests } = countedAdapter({ before: ({ signal }) => stopped(signal) });
    const converter = optimize(new AdapterRegistry().register(adapter), parts);
    const before = await failure(() => converter.convert(asked, { signal: AbortSignal.abort('early') }));
    expect([before.code, before.cause]).toEqual(['ERR_PERF_CONVERT_ABORTED', 'early']);
    expect(requests).toHaveLength(0);

    const mine = new AbortController();
    const middle = failure(() => converter.convert(asked, { signal: mine.signal }));
    while (requests.length === 0) await turn();
    mine.abort('late');
    expect((await middle).code).toBe('ERR_PERF_CONVERT_ABORTED');
    expect((await middle).cause).toBe('late');
  });

  it('is heard where there is nothing to convert, too', async () => {
    const error = await failure(() =>
      optimize(defaultRegistry()).convert({ ...asked, to: 'csv' }, { signal: AbortSignal.abort() }),
    );
    expect(error.code).toBe('ERR_PERF_CONVERT_ABORTED');
  });
});

describe('the selector', () => {
  it('is told the route, the expected cost and the means, and later the outcome', async () => {
    const selector = new FixedSelector('cache-first');
    const converter = optimize(defaultRegistry(), { cache: newCache(), selector, clock: ticking() });
    const hints = { reuseProbability: 0.5, memoryLimit: '1MB' };
    await converter.convert({ ...asked, to: 'json', hints });
    await converter.convert({ ...asked, to: 'json', hints });
    expect(selector.asked[0]?.context).toEqual({
      route: 'csv>columns>json',
      cores: 1,
      parts: 1,
      available: ['cache-first', 'streaming', 'adaptive'],
      key: expect.stringContaining('"csv","json"') as unknown,
      reuseProbability: 0,
      memoryLimit: 2 ** 20,
    });
    expect(selector.asked).toHaveLength(1);
    expect(selector.asked[0]?.facts.bytes).toBe('a,b\n1,x\n2,y\n'.length);
    expect(selector.told).toEqual([{ plan: selector.plan, outcome: { durationMs: 1 } }]);
    expect(selector.hits).toEqual([selector.asked[0]?.context.key]);
  });

  it('hears nothing of bad input, which fails whatever the strategy', async () => {
    const selector = new FixedSelector('cache-first');
    const converter = optimize(defaultRegistry(), { selector });
    const error = await failure(() => converter.convert({ ...asked, source: { value: 'a,b\n"1\n' } }));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(selector.told).toEqual([]);
  });

  it('is not misled by a clock that runs backwards, nor does the conversion fail for it', async () => {
    let now = 1000;
    const clock = { now: () => (now -= 10) };
    const selector = new OptimizationSelector();
    const converter = optimize(defaultRegistry(), { selector, clock });
    expect(tableIn(await converter.convert(asked)).length).toBe(2);
    expect(selector.stats().observed).toBe(1);
  });

  it('gets no estimate that is no number', async () => {
    const selector = new FixedSelector('cache-first');
    const { adapter } = countedAdapter();
    const unsure = { ...adapter, estimateCost: () => ({ durationMs: 1, bytes: Number.NaN, qualityLoss: 0 }) };
    await optimize(new AdapterRegistry().register(unsure), { selector }).convert(asked);
    expect(selector.asked[0]?.facts.resultBytes).toBe(0);
  });

  it('with a hint that is no size is a matter of the request', async () => {
    const converter = optimize(defaultRegistry(), { selector: new FixedSelector('cache-first') });
    const error = await failure(() => converter.convert({ ...asked, hints: { memoryLimit: 'much' } }));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
    expect(error.message).toContain('hints.memoryLimit');
  });
});

describe('open', () => {
  it('converts nothing until asked, then the column alone or the whole, through the cache', async () => {
    const { adapter, requests } = countedAdapter();
    const lazy = new LazyLoadingManager();
    const converter = optimize(new AdapterRegistry().register(adapter), { lazy, cache: newCache() });
    const table = converter.open(asked);
    expect([table.isLoaded, requests.length, converter.stats().opened]).toEqual([false, 0, 1]);
    expect(await table.column('b')).toMatchObject({ field: { name: 'b' } });
    expect(requests.map(({ columns }) => columns)).toEqual([['b']]);
    await converter.convert({ ...asked, columns: ['b'] });
    expect(converter.stats()).toMatchObject({ conversions: 2, cacheHits: 1 });
    expect(tableIn({ data: await table.load() }).names).toEqual(['a', 'b']);
    await lazy.close();
  });

  it('of a text still gives single columns', async () => {
    const lazy = new LazyLoadingManager();
    const text = optimize(defaultRegistry(), { lazy }).open({ ...asked, to: 'ndjson' });
    expect(await text.column('a')).toMatchObject({ field: { name: 'a' }, length: 2 });
    expect(textIn({ data: await text.load() })).toBe('{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n');
    await lazy.close();
  });

  it('refuses at once what no route leads to', async () => {
    const converter = optimize(defaultRegistry(), { lazy: new LazyLoadingManager() });
    expect((await failure(() => converter.open({ ...asked, to: 'parquet' }))).code).toBe(
      'ERR_PERF_CONVERT_NO_ROUTE',
    );
  });
});

describe('explain', () => {
  it('says the route, whether it is kept, and why', async () => {
    const converter = optimize(defaultRegistry(), {
      cache: newCache(),
      selector: new FixedSelector('cache-first'),
    });
    const why = 'always cache-first, as it was built to do.';
    expect(await converter.explain(asked)).toBe(`csv>columns, not in the cache. ${why}`);
    await converter.convert(asked);
    expect(await converter.explain(asked)).toBe(`csv>columns, kept in the cache. ${why}`);
    expect(await converter.explain(streamed())).toBe(
      `csv>columns, not cacheable: the source has no identity. ${why}`,
    );
  });

  it('changes nothing: no conversion, no decision, no use of the cache', async () => {
    const { adapter, requests } = countedAdapter();
    const cache = newCache();
    const selector = new OptimizationSelector();
    const converter = optimize(new AdapterRegistry().register(adapter), { cache, selector });
    const before = [converter.stats(), cache.stats(), selector.stats()];
    const text = await converter.explain(asked);
    expect(text).toContain('cache-first');
    expect([converter.stats(), cache.stats(), selector.stats()]).toEqual(before);
    expect(requests).toEqual([]);
  });

  it('rejects, never throws', async () => {
    const promise = optimize(defaultRegistry()).explain({ ...asked, to: 'parquet' });
    await expect(promise).rejects.toMatchObject({ code: 'ERR_PERF_CONVERT_NO_ROUTE' });
  });

  it('asks select where a selector has no preview', async () => {
    const asks: string[] = [];
    const plan = { strategy: 'cache-first', fallbacks: [], reason: 'because' };
    const selector = {
      select: (_: unknown, { route }: { route: string }) => {
        asks.push(route);
        return plan;
      },
      feedback: () => undefined,
      explain: () => 'because.',
    };
    expect(await optimize(defaultRegistry(), { selector }).explain(asked)).toContain('because.');
    expect(asks).toEqual(['csv>columns']);
  });
});

describe('stats', () => {
  it('count by the rules, and are a frozen snapshot', async () => {
    const converter = optimize(defaultRegistry(), { cache: newCache() });
    const zero = converter.stats();
    await converter.convert(asked);
    await converter.convert(asked);
    await converter.convert(streamed());
    await failure(() => converter.convert({ ...asked, source: { value: 'a\n"1\n' } }));
    await failure(() => converter.convert({ ...asked, source: { path: '/no/such/file.csv' } }));
    await failure(() => converter.convert({ ...asked, to: 'parquet' }));
    await failure(() => converter.convert({ ...asked, options: { limit: -1 } }));
    expect(converter.stats()).toEqual({
      conversions: 5,
      cacheHits: 1,
      uncacheable: 1,
      failures: 2,
      fallbacks: 0,
      opened: 0,
      streams: 0,
      strategies: {
        'cache-first': 2,
        'lazy-loading': 0,
        streaming: 0,
        'memory-pool': 0,
        parallel: 0,
        adaptive: 0,
      },
    });
    expect(zero.conversions).toBe(0);
    expect(Object.isFrozen(zero) && Object.isFrozen(zero.strategies)).toBe(true);
  });

  it('count nothing as cached or uncacheable without a cache', async () => {
    const converter = optimize(defaultRegistry());
    await converter.convert(asked);
    await converter.convert(streamed());
    expect(converter.stats()).toMatchObject({ conversions: 2, cacheHits: 0, uncacheable: 0 });
  });
});

describe('perf:convert', () => {
  it('tells of every conversion: route, size, time and whether it was kept', async () => {
    const converter = optimize(defaultRegistry(), { cache: newCache(), clock: ticking() });
    const events = await heard(async () => {
      await converter.convert({ ...asked, to: 'json' });
      await converter.convert({ ...asked, to: 'json' });
      await failure(() => converter.convert({ ...asked, source: { value: 'a\n"1\n' } }));
    });
    const event = {
      route: 'csv>columns>json',
      from: 'csv',
      to: 'json',
      bytes: '[{"a":1,"b":"x"},{"a":2,"b":"y"}]'.length,
      rows: 2,
      strategy: 'cache-first',
    };
    expect(events).toEqual([
      {
        ...event,
        cacheHit: false,
        reason: 'no selector was given',
        durationMs: 7,
        spans: { key: 1, cache: 2, plan: 1, thread: 0, convert: 3, total: 7 },
      },
      {
        ...event,
        cacheHit: true,
        reason: 'the cache had the answer',
        durationMs: 2,
        spans: { key: 1, cache: 1, plan: 0, thread: 0, convert: 0, total: 2 },
      },
    ]);
  });

  it('leaves rows open where nobody counted them', async () => {
    const converter = optimize(defaultRegistry());
    const [event] = await heard(() => converter.convert({ ...asked, to: 'csv' }));
    expect(event?.rows).toBeUndefined();
    expect(event?.route).toBe('csv');
  });
});

describe('close', () => {
  it('refuses what comes after it, again and again', async () => {
    const lazy = new LazyLoadingManager();
    const converter = optimize(defaultRegistry(), { lazy });
    const table = converter.open(asked);
    await converter.close();
    await converter.close();
    const uses: ((one: OptimizedConverter) => unknown)[] = [
      (one) => one.convert(asked),
      (one) => one.open(asked),
      (one) => one.explain(asked),
      () => table.load(),
    ];
    for (const use of uses) {
      expect((await failure(() => use(converter))).code).toBe('ERR_PERF_CONVERT_CLOSED');
    }
    expect(converter.stats().conversions).toBe(0);
    await lazy.close();
  });

  it('lets what is under way end, and leaves the parts open', async () => {
    const held = gate();
    const { adapter } = countedAdapter({ before: () => held.promise });
    const cache = newCache();
    const converter = optimize(new AdapterRegistry().register(adapter), { cache });
    const running = converter.convert(asked);
    await converter[Symbol.asyncDispose]();
    held.open();
    expect(content(tableIn(await running))).toEqual([
      ['a', ['number 1', 'number 2']],
      ['b', ['string x', 'string y']],
    ]);
    expect(cache.size).toBe(1);
  });
});

/** One millisecond passes between any two looks at this clock. */
function ticking(): { now: () => number } {
  let now = 0;
  return { now: () => now++ };
}

async function heard(run: () => unknown): Promise<ConvertEvent[]> {
  const events: ConvertEvent[] = [];
  const listen = (event: unknown): void => {
    events.push(event as ConvertEvent);
  };
  subscribe('perf:convert', listen);
  try {
    await run();
  } finally {
    unsubscribe('perf:convert', listen);
  }
  return events;
}

function stopped(signal: AbortSignal | undefined): Promise<void> {
  const { promise, fail } = gate();
  signal?.addEventListener('abort', () => fail(new Error('stopped')));
  return promise;
}

async function* textStream(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text, 'utf8');
}
