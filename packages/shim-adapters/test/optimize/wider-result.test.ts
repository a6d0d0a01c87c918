import { ConversionCache } from '@perf/cache';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvAdapter } from '../../src/csv/adapter.js';
import { optimize } from '../../src/optimize/optimized-converter.js';
import { withCache } from '../../src/optimize/with-cache.js';
import { AdapterRegistry } from '../../src/registry.js';
import type { AnyRequest } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { content } from '../cells.js';
import { failure, fullRegistry, tableIn } from '../requests.js';
import { countedAdapter } from './counted-adapter.js';

const whole: AnyRequest = {
  source: { value: 'a,b,c\n1,x,2024-02-29\n2,y,\n', id: 'f', version: '1' },
  from: 'csv',
  to: 'columns',
};

function counted(): {
  cache: ConversionCache<ConversionResult>;
  converter: ReturnType<typeof optimize>;
  requests: AnyRequest[];
} {
  const { adapter, requests } = countedAdapter();
  const cache = new ConversionCache<ConversionResult>();
  return { cache, requests, converter: optimize(new AdapterRegistry().register(adapter), { cache }) };
}

describe('a kept result with more columns', () => {
  it('answers a request for fewer, in the order that was asked for', async () => {
    const { converter, requests } = counted();
    await converter.convert(whole);
    const narrow = { ...whole, columns: ['c', 'a'], metadata: { user: 'u' } };
    const result = await converter.convert(narrow);
    const direct = await fullRegistry().convert(narrow);
    expect(content(tableIn(result))).toEqual(content(tableIn(direct)));
    expect(result.metadata).toEqual({ rows: 2, columns: ['c', 'a'], user: 'u' });
    expect(requests).toHaveLength(1);
    expect(converter.stats()).toMatchObject({ conversions: 2, cacheHits: 1 });
  });

  it('need not be the whole', async () => {
    const { converter, requests } = counted();
    await converter.convert({ ...whole, columns: ['b', 'c'] });
    await converter.convert({ ...whole, columns: ['c'] });
    await converter.convert({ ...whole, columns: ['a'] });
    expect(requests.map(({ columns }) => columns)).toEqual([['b', 'c'], ['a']]);
  });

  it('does not serve other rows, other options or another source', async () => {
    const { converter, requests } = counted();
    await converter.convert(whole);
    await converter.convert({ ...whole, columns: ['a'], options: { limit: 1 } });
    await converter.convert({ ...whole, columns: ['a'], options: { types: { a: 'utf8' } } });
    await converter.convert({ ...whole, columns: ['a'], source: { value: 'a\n5\n', id: 'g' } });
    expect(requests).toHaveLength(4);
  });

  it('leaves a column that is not there to the adapter, which says so', async () => {
    const { converter } = counted();
    await converter.convert(whole);
    const error = await failure(() => converter.convert({ ...whole, columns: ['a', 'nope'] }));
    expect(error.code).toBe('ERR_PERF_CONVERT_NO_COLUMN');
  });

  it('is not used after it was invalidated', async () => {
    const { cache, converter, requests } = counted();
    await converter.convert(whole);
    cache.invalidate({ tags: ['source:f'] });
    await converter.convert({ ...whole, columns: ['a'] });
    expect(requests).toHaveLength(2);
  });

  it('tells only what was lost in the columns that are wanted', async () => {
    const cache = new ConversionCache<ConversionResult>();
    const adapter = withCache(
      {
        ...csvAdapter(),
        async convert(request, options) {
          const result = await csvAdapter().convert(request, options);
          const warning = { code: 'invented', message: 'for this test', lossy: true };
          return {
            ...result,
            quality: 0.5,
            warnings: [
              { ...warning, column: 'b', count: 2 },
              { ...warning, column: 'a', count: 1 },
            ],
          };
        },
      },
      cache,
    );
    await adapter.convert(whole);
    const narrow = await adapter.convert({ ...whole, columns: ['a', 'c'] });
    expect(narrow.warnings.map(({ column }) => column)).toEqual(['a']);
    expect(narrow.quality).toBe(0.75);
    expect((await adapter.convert({ ...whole, columns: ['c'] })).quality).toBe(1);
  });

  it('serves through withCache as well, apart from what a converter keeps', async () => {
    const { adapter, requests } = countedAdapter();
    const cache = new ConversionCache<ConversionResult>();
    const kept = withCache(adapter, cache);
    await kept.convert(whole);
    expect(tableIn(await kept.convert({ ...whole, columns: ['b'] })).names).toEqual(['b']);
    expect(requests).toHaveLength(1);
    await optimize(new AdapterRegistry().register(adapter), { cache }).convert({ ...whole, columns: ['b'] });
    expect(requests).toHaveLength(2);
  });

  it('is the same as converting, whatever the table and the columns', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable({ minColumns: 1 }), fc.array(fc.nat()), async (table, picks) => {
        const names = [...new Set(picks.map((pick) => table.names[pick % table.names.length] ?? ''))];
        const registry = fullRegistry();
        const { data } = await registry.convert({
          source: { value: table },
          from: 'columns',
          to: 'arrow-ipc',
        });
        const request: AnyRequest = { source: { value: data, id: 'x' }, from: 'arrow-ipc', to: 'columns' };
        const converter = optimize(registry, { cache: new ConversionCache<ConversionResult>() });
        await converter.convert(request);
        const narrow = { ...request, columns: names };
        const [cached, direct] = [await converter.convert(narrow), await registry.convert(narrow)];
        expect(content(tableIn(cached))).toEqual(content(tableIn(direct)));
        expect([cached.quality, cached.warnings]).toEqual([direct.quality, direct.warnings]);
        expect(converter.stats().cacheHits).toBe(1);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what one caller asks for', () => {
  it('is held against what is kept, and spoils it for nobody', async () => {
    const { converter, requests } = counted();
    expect((await failure(() => converter.convert(whole, { maxBytes: 1 }))).code).toBe(
      'ERR_PERF_CONVERT_MEMORY_EXCEEDED',
    );
    expect(tableIn(await converter.convert(whole)).length).toBe(2);
    expect((await failure(() => converter.convert(whole, { maxBytes: 1 }))).code).toBe(
      'ERR_PERF_CONVERT_MEMORY_EXCEEDED',
    );
    expect(requests).toHaveLength(1);
    expect(converter.stats()).toMatchObject({ failures: 2 });
  });

  it('is refused at once when it makes no sense', async () => {
    const { converter, requests } = counted();
    expect((await failure(() => converter.convert(whole, { minQuality: 2 }))).code).toBe(
      'ERR_PERF_CONVERT_INVALID_OPTION',
    );
    expect(requests).toHaveLength(0);
  });

  it('lent memory is not kept in the cache', async () => {
    const cache = new ConversionCache<ConversionResult>();
    const converter = optimize(fullRegistry(), { cache });
    let asked = 0;
    const allocate = (bytes: number): Uint8Array => {
      asked += 1;
      return new Uint8Array(bytes);
    };
    await converter.convert({ ...whole, to: 'json' }, { allocate });
    expect(asked).toBe(0);
    await optimize(fullRegistry()).convert({ ...whole, to: 'json' }, { allocate });
    expect(asked).toBe(1);
  });
});
