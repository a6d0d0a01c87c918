import { ConversionCache } from '@perf/cache';
import { describe, expect, it } from 'vitest';
import type { ConvertOptions, ShimAdapter } from '../../src/adapter.js';
import { csvAdapter } from '../../src/csv/adapter.js';
import { defineAdapter } from '../../src/define-adapter.js';
import { optimize } from '../../src/optimize/optimized-converter.js';
import { withCache } from '../../src/optimize/with-cache.js';
import { AdapterRegistry } from '../../src/registry.js';
import type { AnyRequest } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import { content } from '../cells.js';
import { tableIn } from '../requests.js';
import { countedAdapter } from './counted-adapter.js';
import { gate, turn } from './gate.js';

const asked: AnyRequest = { source: { value: 'a,b\n1,x\n2,y\n' }, from: 'csv', to: 'columns' };

function newCache(): ConversionCache<ConversionResult> {
  return new ConversionCache<ConversionResult>();
}

describe('a repeated request', () => {
  it('is answered from the cache with the full result', async () => {
    const { adapter, requests } = countedAdapter();
    const cached = withCache(adapter, newCache());
    const first = await cached.convert(asked);
    const second = await cached.convert(asked);
    expect(requests).toHaveLength(1);
    expect(second).toEqual(first);
    expect(second.data).toBe(first.data);
    expect(second.route).toEqual([{ from: 'csv', to: 'columns', adapter: 'counted', version: '1' }]);
  });

  it('has the metadata of who asks, and nothing of who asked before', async () => {
    const { adapter, requests } = countedAdapter();
    const cached = withCache(adapter, newCache());
    const first = await cached.convert({ ...asked, metadata: { trace: 1, rows: 'mine', secret: 'x' } });
    const second = await cached.convert({ ...asked, metadata: { trace: 2 } });
    const third = await cached.convert(asked);
    expect(first.metadata).toEqual({ trace: 1, rows: 'mine', secret: 'x' });
    expect(second.metadata).toEqual({ trace: 2 });
    expect(third.metadata).toEqual({});
    expect(requests).toHaveLength(1);
  });

  it('keeps what the adapter itself added to the metadata', async () => {
    const { adapter } = countedAdapter();
    const telling: ShimAdapter = {
      ...adapter,
      convert: async (request, o) => ({
        ...(await adapter.convert(request, o)),
        metadata: { ...request.metadata, sheet: 'June' },
      }),
    };
    const cached = withCache(telling, newCache());
    await cached.convert({ ...asked, metadata: { trace: 1 } });
    const second = await cached.convert({ ...asked, metadata: { trace: 2 } });
    expect(second.metadata).toEqual({ sheet: 'June', trace: 2 });
  });

  it('can be forgotten by the tag of its source', async () => {
    const { adapter, requests } = countedAdapter();
    const cache = newCache();
    const cached = withCache(adapter, cache);
    const named: AnyRequest = { ...asked, source: { value: 'a\n1\n', id: 'flights' } };
    await cached.convert(named);
    expect(cache.invalidate({ tags: ['source:flights'] })).toBe(1);
    await cached.convert(named);
    expect(requests).toHaveLength(2);
  });
});

describe('requests that are not the same', () => {
  it('are converted each, with their own result', async () => {
    const { adapter, requests } = countedAdapter();
    const cached = withCache(adapter, newCache());
    const narrow = await cached.convert({ ...asked, columns: ['b'] });
    const whole = await cached.convert(asked);
    expect(tableIn(whole).names).toEqual(['a', 'b']);
    expect(tableIn(narrow).names).toEqual(['b']);
    expect(requests).toHaveLength(2);
  });

  it('of two versions of an adapter never meet in one cache', async () => {
    const cache = newCache();
    const old = countedAdapter({ version: '1' });
    const young = countedAdapter({ version: '2' });
    await withCache(old.adapter, cache).convert(asked);
    const result = await withCache(young.adapter, cache).convert(asked);
    expect(result.route).toMatchObject([{ version: '2' }]);
    expect(young.requests).toHaveLength(1);
  });

  it('that have no identity are converted each time', async () => {
    const { adapter, requests } = countedAdapter();
    const cache = newCache();
    const cached = withCache(adapter, cache);
    for (let i = 0; i < 2; i++) {
      const { data } = await cached.convert({ ...asked, source: { stream: textStream('a\n1\n') } });
      expect(tableIn({ data }).length).toBe(1);
    }
    expect(requests).toHaveLength(2);
    expect(cache.size).toBe(0);
  });

  it('that fail are not kept', async () => {
    let healthy = false;
    const { adapter } = countedAdapter({
      before: () => {
        if (!healthy) throw new Error('disk on fire');
      },
    });
    const cached = withCache(adapter, newCache());
    await expect(cached.convert(asked)).rejects.toMatchObject({ code: 'ERR_PERF_CONVERT_FAILED' });
    healthy = true;
    expect(tableIn(await cached.convert(asked)).length).toBe(2);
  });
});

describe('requests at the same time', () => {
  it('share one conversion, each with its own metadata', async () => {
    const { promise, open } = gate();
    const { adapter, requests } = countedAdapter({ before: () => promise });
    const cached = withCache(adapter, newCache());
    const all = [1, 2, 3].map((trace) => cached.convert({ ...asked, metadata: { trace } }));
    open();
    const results = await Promise.all(all);
    expect(requests).toHaveLength(1);
    expect(new Set(results.map(({ data }) => data)).size).toBe(1);
    expect(results.map(({ metadata }) => metadata['trace'])).toEqual([1, 2, 3]);
  });

  it('are aborted each by its own signal; the conversion goes on for the others', async () => {
    const { promise, open } = gate();
    const signals: AbortSignal[] = [];
    const { adapter } = countedAdapter({
      before: ({ signal }) => {
        if (signal !== undefined) signals.push(signal);
        return promise;
      },
    });
    const cached = withCache(adapter, newCache());
    const mine = new AbortController();
    const leaving = cached.convert(asked, { signal: mine.signal });
    const staying = cached.convert(asked, { signal: new AbortController().signal });
    const left = expect(leaving).rejects.toMatchObject({ code: 'ERR_PERF_CONVERT_ABORTED', cause: 'enough' });
    mine.abort('enough');
    await left;
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    open();
    expect(tableIn(await staying).length).toBe(2);
  });

  it('stop the conversion when the last of them has left', async () => {
    const signals: AbortSignal[] = [];
    const { adapter } = countedAdapter({
      before: ({ signal }) => {
        if (signal !== undefined) signals.push(signal);
        return gate().promise;
      },
    });
    const cached = withCache(adapter, newCache());
    const mine = new AbortController();
    const leaving = expect(cached.convert(asked, { signal: mine.signal })).rejects.toThrow();
    await turn();
    mine.abort();
    await leaving;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('the adapter', () => {
  class Upper implements ShimAdapter {
    readonly id = 'upper';
    readonly version = '1';
    readonly conversions = [['csv', 'columns']] as const;
    readonly selects = true;
    readonly #csv = csvAdapter();
    #calls = 0;
    get calls(): number {
      return this.#calls;
    }
    canConvert(request: AnyRequest): number {
      return this.#csv.canConvert(request) / 2;
    }
    estimateCost(request: AnyRequest): ReturnType<ShimAdapter['estimateCost']> {
      return { ...this.#csv.estimateCost(request), durationMs: this.#calls };
    }
    validateRequest(request: AnyRequest): ReturnType<ShimAdapter['validateRequest']> {
      return this.#csv.validateRequest(request);
    }
    convert(request: AnyRequest, o?: ConvertOptions): Promise<ConversionResult> {
      this.#calls += 1;
      return this.#csv.convert(request, o);
    }
    split(request: AnyRequest): Promise<readonly AnyRequest[]> {
      return Promise.resolve(this.#calls > 0 ? [request, request] : [request]);
    }
    merge(results: readonly ConversionResult[]): ConversionResult {
      const [first] = results;
      if (first === undefined || this.#calls < 0) throw new Error('nothing to merge');
      return first;
    }
  }

  it('may be an instance of a class with private state, and stays as it was', async () => {
    const adapter = new Upper();
    const before = Object.getOwnPropertyDescriptors(adapter);
    const cached = withCache(adapter, newCache());
    const result = await cached.convert(asked);
    await cached.convert(asked);
    expect(adapter.calls).toBe(1);
    expect(Object.getOwnPropertyDescriptors(adapter)).toEqual(before);
    expect(Object.getPrototypeOf(adapter)).toBe(Upper.prototype);
    expect(cached.canConvert(asked)).toBe(0.5);
    expect(cached.estimateCost(asked).durationMs).toBe(1);
    expect(cached.validateRequest(asked)).toEqual({ valid: true });
    expect(await cached.split?.(asked, 2)).toHaveLength(2);
    expect(cached.merge?.([result])).toBe(result);
    expect(cached).toMatchObject({ id: 'upper', version: '1', selects: true });
  });

  it('gains no split, merge or module that it does not have', () => {
    const cached = withCache(countedAdapter().adapter, newCache());
    expect(['split', 'merge', 'module'].filter((name) => name in cached)).toEqual([]);
  });

  it('can serve a registry, whose converter may use the same cache', async () => {
    const cache = newCache();
    const { adapter, requests } = countedAdapter();
    const registry = new AdapterRegistry().register(withCache(adapter, cache));
    const converter = optimize(registry, { cache });
    const first = await converter.convert(asked);
    const second = await converter.convert(asked);
    expect(content(tableIn(second))).toEqual(content(tableIn(first)));
    expect(requests).toHaveLength(1);
  });

  it('that cannot select gives its whole table, and a converter on the same cache still the selection', async () => {
    const cache = newCache();
    const csv = csvAdapter();
    const whole = defineAdapter({
      id: 'whole',
      version: '1',
      selects: false,
      steps: [
        {
          from: 'csv',
          to: 'columns',
          mbPerSecond: 50,
          growth: 1,
          convert: async ({ source, from, to }) => (await csv.convert({ source, from, to })).data,
        },
      ],
    });
    const cached = withCache(whole, cache);
    const narrow: AnyRequest = { ...asked, columns: ['b'] };
    expect(tableIn(await cached.convert(narrow)).names).toEqual(['a', 'b']);
    const converter = optimize(new AdapterRegistry().register(whole), { cache });
    expect(tableIn(await converter.convert(narrow)).names).toEqual(['b']);
  });
});

describe('a cache that keeps other things too', () => {
  it('is told so instead of handing them out', async () => {
    const { adapter } = countedAdapter();
    const stranger = { getOrConvert: () => Promise.resolve(42), has: () => true };
    await expect(withCache(adapter, stranger).convert(asked)).rejects.toMatchObject({
      code: 'ERR_PERF_CONVERT_FAILED',
    });
  });
});

async function* textStream(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text, 'utf8');
}
