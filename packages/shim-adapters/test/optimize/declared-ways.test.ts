import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ConversionCache } from '@perf/cache';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeclaredWays } from '../../src/optimize/declared-ways.js';
import { optimize } from '../../src/optimize/optimized-converter.js';
import { AdapterRegistry } from '../../src/registry.js';
import type { AnyRequest } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import { failure, fullRegistry, textIn } from '../requests.js';
import { countedAdapter } from './counted-adapter.js';

const asked: AnyRequest = {
  source: { value: 'a,b\n1,2\n', id: 'x', version: '1' },
  from: 'csv',
  to: 'columns',
};
const way = {
  path: { hops: [], durationMs: 1, bytes: 2, qualityLoss: 0, alternatives: [] },
  address: undefined,
};

/** Whether what was remembered for one request is found for another. */
function confused(one: AnyRequest, other: AnyRequest): boolean {
  const ways = new DeclaredWays();
  ways.find(one, 1);
  ways.remember(one, way);
  return ways.find(other, 1) !== undefined;
}

/** Runs the collector, which is only there when V8 is told so. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
}

describe('the way of a request that declares what its source is', () => {
  it('is looked for once', async () => {
    const { adapter } = countedAdapter();
    let looks = 0;
    const registry = new AdapterRegistry().register({
      ...adapter,
      canConvert: (request) => {
        looks += 1;
        return adapter.canConvert(request);
      },
    });
    const converter = optimize(registry, { cache: new ConversionCache<ConversionResult>() });
    await converter.convert(asked);
    const once = looks;
    await converter.convert({ ...asked, source: { value: 'a,b\n1,2\n', id: 'x', version: '1' } });
    expect([once > 0, looks]).toEqual([true, once]);
    expect(converter.stats()).toMatchObject({ conversions: 2, cacheHits: 1 });
  });

  it('is looked for again when an adapter was registered', async () => {
    const first = countedAdapter();
    const second = countedAdapter({ version: '2' });
    const registry = new AdapterRegistry().register(first.adapter);
    const converter = optimize(registry, { cache: new ConversionCache<ConversionResult>() });
    await converter.convert(asked);
    registry.register(second.adapter);
    await converter.convert(asked);
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  it('is that of no other request', () => {
    const fields = fc.record(
      {
        source: fc.record(
          { value: fc.constant('a\n1\n'), id: fc.constantFrom('x', 'y'), version: fc.constantFrom('1', '2') },
          { requiredKeys: ['value', 'id'] },
        ),
        from: fc.constant('csv' as const),
        to: fc.constantFrom('columns' as const, 'json' as const),
        columns: fc.constantFrom(['a'], ['a', 'b'], ['b', 'a']),
        options: fc.record({ offset: fc.nat(2), limit: fc.nat(2) }, { requiredKeys: [] }),
      },
      { requiredKeys: ['source', 'from', 'to'] },
    );
    fc.assert(
      fc.property(fields, fields, (one, other) => {
        expect(confused(one, other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it.each<[string, object]>([
    ['a source without an identity', { source: { value: 'a\n1\n' } }],
    ['a source without content', { source: { id: 'x', version: '1' } }],
    ['a source with two contents', { source: { value: 'a\n', path: 'b', id: 'x', version: '1' } }],
    ['an identity that is no text', { source: { value: 'a\n', id: 5, version: '1' } }],
    ['an option that is no number', { options: { limit: Number.NaN } }],
    ['an option of -0', { options: { offset: -0 } }],
    ['an option that is an object', { options: { types: { a: 'utf8' } } }],
    ['an unknown field', { colums: ['a'] }],
    ['columns that are no names', { columns: [5] }],
  ])('is not remembered for %s, which is checked each time', (_, changed) => {
    const other = { ...asked, ...changed } as AnyRequest;
    expect([confused(other, other), confused(asked, other)]).toEqual([false, false]);
  });

  it('does not let a bad request pass that looks like a good one', async () => {
    const converter = optimize(fullRegistry(), { cache: new ConversionCache<ConversionResult>() });
    await converter.convert(asked);
    const bad = { ...asked, source: { id: 'x', version: '1' } } as unknown as AnyRequest;
    expect((await failure(() => converter.convert(bad))).code).toBe('ERR_PERF_CONVERT_INVALID_REQUEST');
    for (const source of [null, undefined, 'x.csv']) {
      const none = { ...asked, source } as unknown as AnyRequest;
      expect((await failure(() => converter.convert(none))).code).toBe('ERR_PERF_CONVERT_INVALID_REQUEST');
    }
    await converter.close();
    expect((await failure(() => converter.convert(asked))).code).toBe('ERR_PERF_CONVERT_CLOSED');
  });

  it('holds nothing of the source', async () => {
    const registry = fullRegistry();
    const converter = optimize(registry);
    let source: { value: Uint8Array; id: string } | undefined = { value: Buffer.from('a\n1\n'), id: 'gone' };
    const gone = new WeakRef(source);
    expect(textIn(await converter.convert({ source, from: 'csv', to: 'json' }))).toBe('[{"a":1}]');
    source = undefined;
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(gone.deref()).toBeUndefined();
  });

  it('is forgotten for the one not asked for longest beyond 1024', () => {
    const ways = new DeclaredWays();
    const request = (i: number): AnyRequest => ({ ...asked, source: { value: 'a\n', id: String(i) } });
    for (let i = 0; i <= 1024; i++) {
      ways.find(request(i), 1);
      ways.remember(request(i), way);
    }
    expect([0, 1, 1024].map((i) => ways.find(request(i), 1) !== undefined)).toEqual([false, true, true]);
  });
});
