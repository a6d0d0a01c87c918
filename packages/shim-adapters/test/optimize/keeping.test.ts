import { Compressor } from '@perf/compression';
import { describe, expect, it } from 'vitest';
import { optimize } from '../../src/optimize/optimized-converter.js';
import type { AnyRequest } from '../../src/request.js';
import { content } from '../cells.js';
import { failure, fullRegistry, tableIn, textIn } from '../requests.js';

/** A cache as simple as can be: what is made is kept for ever. */
class PlainCache {
  readonly kept = new Map<string, unknown>();

  has({ cacheKey }: { cacheKey: string }): boolean {
    return this.kept.has(cacheKey);
  }

  async getOrConvert(
    { cacheKey }: { cacheKey: string },
    convert: (options: { signal: AbortSignal }) => unknown,
  ): Promise<unknown> {
    if (!this.kept.has(cacheKey))
      this.kept.set(cacheKey, await convert({ signal: new AbortController().signal }));
    return this.kept.get(cacheKey);
  }

  *entries({ tag: _tag }: { tag: string }): Iterable<{ key: string }> {
    for (const key of this.kept.keys()) yield { key };
  }

  getAsync(key: string): Promise<unknown> {
    return Promise.resolve(this.kept.get(key));
  }
}

const CSV = `a,b\n${'12345,some text that repeats\n'.repeat(500_000)}`;
const large: AnyRequest = {
  source: { value: CSV, id: 'large' },
  from: 'csv',
  to: 'csv',
  options: { delimiter: ';' },
};
const small: AnyRequest = { source: { value: 'a\n1\n' }, from: 'csv', to: 'json' };

describe('what is kept by a cache that does not compress', () => {
  it('is compressed from 10 MB on, and restored for those who ask again', async () => {
    await using compression = new Compressor();
    const cache = new PlainCache();
    const converter = optimize(fullRegistry(), { cache, compression });
    const first = await converter.convert(large);
    const [kept] = cache.kept.values();
    expect(kept).toHaveProperty('frames');
    const again = await converter.convert(large);
    expect(textIn(again)).toBe(textIn(first));
    expect(converter.stats()).toMatchObject({ cacheHits: 1 });
    await converter.convert(small);
    expect([...cache.kept.values()].at(-1)).toHaveProperty('data');
  });

  it('answers requests for fewer columns as well', async () => {
    await using compression = new Compressor();
    const converter = optimize(fullRegistry(), { cache: new PlainCache(), compression });
    const table: AnyRequest = { source: { value: CSV, id: 'large' }, from: 'csv', to: 'columns' };
    await converter.convert(table);
    const narrow = await converter.convert({ ...table, columns: ['a'] });
    expect(content(tableIn(narrow).slice(0, 2))).toEqual([['a', ['number 12345', 'number 12345']]]);
    expect(converter.stats().cacheHits).toBe(1);
  });

  it('is left as it is when compressing fails: the conversion has succeeded', async () => {
    const compression = {
      compress: () => Promise.reject(new Error('no memory')),
      decompress: () => Promise.reject(new Error('never')),
      decompressSync: () => undefined,
    };
    const cache = new PlainCache();
    const converter = optimize(fullRegistry(), { cache, compression });
    const first = await converter.convert(large);
    expect((await converter.convert(large)).data).toBe(first.data);
  });

  it('is left as it is without a compressor', async () => {
    const cache = new PlainCache();
    await optimize(fullRegistry(), { cache }).convert(large);
    expect([...cache.kept.values()][0]).toHaveProperty('data');
  });

  it('cannot be used by a converter that has none', async () => {
    await using compression = new Compressor();
    const cache = new PlainCache();
    await optimize(fullRegistry(), { cache, compression }).convert(large);
    const error = await failure(() => optimize(fullRegistry(), { cache }).convert(large));
    expect(error.code).toBe('ERR_PERF_CONVERT_FAILED');
  });
});
