import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConversionCache, type CacheError, type CacheOptions } from '../src/index.js';
import { BINARY_CLASSES, binary, needsClass, noise, patterned, plainRecord, text } from './codec/contents.js';
import { turn } from './deferred.js';
import { FakeClock } from './fake-clock.js';

const KB = 1024;

function compressing(options: CacheOptions<unknown> = {}): { cache: ConversionCache; errors: CacheError[] } {
  const errors: CacheError[] = [];
  const cache = new ConversionCache<unknown>({
    ...{ compression: true, compressAbove: '10KB', onError: (error) => errors.push(error) },
    ...options,
  });
  return { cache, errors };
}

/** A table as a conversion might make it, of some 24 KB. */
function table(first = 0): { name: string; columns: { name: string; values: Float64Array }[]; rows: number } {
  const values = Float64Array.from({ length: 1500 }, (_, i) => first + i);
  return {
    name: 'flights',
    columns: [
      { name: 'distance', values },
      { name: 'delay', values: values.map((value) => value % 60) },
    ],
    rows: values.length,
  };
}

async function withTable(options: CacheOptions<unknown> = {}): Promise<ReturnType<typeof compressing>> {
  const parts = compressing(options);
  parts.cache.set('a', table());
  await parts.cache.settled();
  return parts;
}

/** Every way to get a value. */
const READS: readonly (readonly [string, (cache: ConversionCache) => unknown])[] = [
  ['get', (cache) => cache.get('a')],
  ['getAsync', (cache) => cache.getAsync('a')],
  ['getOrConvert', (cache) => cache.getOrConvert('a', () => 'converted')],
  ['peek', (cache) => cache.peek('a')],
  ['getEntry', (cache) => cache.getEntry('a')?.value],
  ['entries', (cache) => [...cache.entries()][0]?.value],
];

describe('compression: true', () => {
  it.each(READS)('gives back by %s what was put in', async (_, read) => {
    const { cache } = await withTable();
    expect(cache.getEntry('a')?.compressed).toBe(true);
    expect(await read(cache)).toEqual(table());
  });

  it.for(BINARY_CLASSES)('takes a %s, which comes back as one', async ([name, make], test) => {
    needsClass(test, name);
    const { cache } = compressing();
    const value = make(patterned(40 * KB));
    cache.set('a', value);
    await cache.settled();
    expect(cache.stats().compression).toMatchObject({ entries: 1, encoded: 1 });
    expect(isDeepStrictEqual(cache.get('a'), value)).toBe(true);
  });

  it('takes texts, of one byte a character and of two', async () => {
    const { cache } = compressing();
    const texts = { narrow: 'abc \u00e9'.repeat(5000), wide: '\u20ac \ud800'.repeat(5000) };
    cache.set('narrow', texts.narrow).set('wide', texts.wide);
    await cache.settled();
    expect(cache.stats().compression.entries).toBe(2);
    expect([cache.get('narrow') === texts.narrow, cache.get('wide') === texts.wide]).toEqual([true, true]);
  });

  it('gives back whatever it is given, by every way there is', async () => {
    const { cache, errors } = compressing({ compressAbove: 0 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(binary, text, plainRecord), async (value) => {
        cache.set('a', value);
        await cache.settled();
        for (const [how, read] of READS)
          expect([how, isDeepStrictEqual(await read(cache), value)]).toEqual([how, true]);
      }),
      { numRuns: 40 },
    );
    expect(errors).toEqual([]);
    const { declined, notSmaller, encoded } = cache.stats().compression;
    expect(encoded - notSmaller).toBeGreaterThan(5);
    expect(declined + encoded).toBe(40);
  });

  it('leaves the value as it was put in, and serves that until it is compressed', async () => {
    const { cache } = compressing();
    const value = table();
    cache.set('a', value);
    expect(cache.get('a')).toBe(value);
    await cache.settled();
    expect(value).toEqual(table());
    expect(cache.get('a')).not.toBe(value);
  });

  it('takes much less room', async () => {
    const { cache } = compressing();
    const before = cache.set('a', table()).bytes;
    await cache.settled();
    const { bytesBefore, bytesAfter } = cache.stats().compression;
    expect(cache.bytes).toBeLessThan(before / 3);
    expect(bytesBefore - bytesAfter).toBe(before - cache.bytes);
  });

  class Point {
    readonly points = Array.from({ length: 3000 }, (_, i) => i);
  }

  it.each<[string, () => unknown]>([
    ['an instance of a class', () => new Point()],
    ['a map', () => new Map([['text', 'x'.repeat(50_000)]])],
    ['a record with a function', () => ({ text: 'x'.repeat(50_000), run: () => 1 })],
    ['a record that is frozen', () => Object.freeze({ text: 'x'.repeat(50_000) })],
    ['more elements than it looks at', () => Array.from({ length: 20_000 }, (_, i) => i)],
    ['what does not get smaller', () => noise(50 * KB)],
  ])('leaves %s as it is', async (_, make) => {
    const { cache, errors } = compressing();
    const value = make();
    cache.set('a', value);
    await cache.settled();
    expect(cache.get('a')).toBe(value);
    expect(errors).toEqual([]);
    expect(cache.stats().compression).toMatchObject({ entries: 0, encoded: 0, declined: 1, pending: 0 });
  });

  it('does not try again what it has declined, but a new value of the key', async () => {
    const clock = new FakeClock();
    const { cache } = compressing({ clock });
    cache.set('a', noise(50 * KB));
    await cache.settled();
    for (let i = 0; i < 20; i++) {
      clock.advance(1);
      cache.set('small', i);
    }
    await cache.settled();
    expect(cache.stats().compression.declined).toBe(1);
    cache.set('a', table());
    await cache.settled();
    expect(cache.stats().compression).toMatchObject({ declined: 1, entries: 1 });
  });

  it('leaves small values alone', async () => {
    const { cache } = compressing({ compressAbove: '100KB' });
    cache.set('a', table());
    await cache.settled();
    expect(cache.stats().compression).toMatchObject({ entries: 0, encoded: 0, declined: 0 });
  });

  it('gives each reader a value of its own', async () => {
    const { cache } = await withTable();
    const [first, second] = [cache.get('a'), cache.get('a')];
    expect(first).toEqual(second);
    expect(first).not.toBe(second);
  });

  it('keeps the value restored that is read again and again, and compresses it again once it is cold', async () => {
    const clock = new FakeClock();
    const { cache } = await withTable({ clock });
    for (let i = 0; i < 4; i++) cache.get('a');
    expect(cache.stats().compression).toMatchObject({ entries: 0, decoded: 3, keptRestored: 1 });
    expect(cache.get('a')).toBe(cache.get('a'));
    for (let i = 0; i < 20; i++) {
      clock.advance(1);
      cache.set('small', i);
    }
    await cache.settled();
    expect(cache.stats().compression).toMatchObject({ entries: 1, encoded: 2 });
    expect(cache.get('a')).toEqual(table());
  });
});

describe('the built-in codec together with', () => {
  it('clone: true keeps what was put in, and gives each reader a copy of its own', async () => {
    const { cache } = compressing({ clone: true });
    const value = table();
    cache.set('a', value);
    value.columns.pop();
    await cache.settled();
    expect(cache.getEntry('a')?.compressed).toBe(true);
    for (let i = 0; i < 2; i++) {
      for (const [, read] of READS) {
        const seen = (await read(cache)) as ReturnType<typeof table>;
        expect(seen).toEqual(table());
        seen.columns[0]?.values.fill(-1);
        seen.columns.pop();
      }
    }
  });

  it('clone: true gives a copy also to the reader whose read has the value kept restored', async () => {
    const { cache } = await withTable({ clone: true });
    for (let i = 0; i < 5; i++) {
      const seen = cache.get('a') as ReturnType<typeof table>;
      expect(seen).toEqual(table());
      seen.columns.pop();
    }
    expect(cache.stats().compression).toMatchObject({ keptRestored: 1, decoded: 3 });
  });

  it('a ttl lets a compressed entry expire like any other', async () => {
    const clock = new FakeClock();
    const { cache } = await withTable({ clock, ttl: 10, idleTtl: 100 });
    clock.advance(9);
    expect(await cache.getAsync('a')).toEqual(table());
    clock.advance(1);
    expect([await cache.getAsync('a'), cache.get('a'), cache.peek('a')]).toEqual(
      new Array(3).fill(undefined),
    );
    expect(cache.stats()).toMatchObject({
      ...{ entries: 0, bytes: 0, hits: 1, misses: 2, removals: { expired: 1 } },
      compression: { entries: 0, bytesBefore: 0, bytesAfter: 0, decoded: 1 },
    });
  });

  it('a limit on bytes keeps more entries than there is room for uncompressed, and evicts beyond that', async () => {
    const { cache } = compressing({ maxBytes: '100KB', policy: 'lru' });
    const value = (i: number): string => String.fromCharCode(97 + i).repeat(300) + 'x'.repeat(40_000);
    const mixed = (i: number): Uint8Array =>
      new Uint8Array([...new Uint8Array(noise(10 * KB + i)), ...new Uint8Array(20 * KB)]);
    for (let i = 0; i < 6; i++) {
      cache.set(`t${String(i)}`, value(i));
      await cache.settled();
    }
    expect(cache.size).toBe(6);
    for (let i = 0; i < 6; i++) expect(await cache.getAsync(`t${String(i)}`)).toBe(value(i));
    for (let i = 0; i < 12; i++) {
      cache.set(`m${String(i)}`, mixed(i));
      await cache.settled();
      expect(cache.bytes).toBeLessThanOrEqual(100 * KB);
    }
    expect(cache.stats().removals.evicted).toBeGreaterThan(0);
    expect(cache.stats().compression.entries).toBe(cache.size);
    expect(cache.get('m11')).toEqual(mixed(11));
  });

  it('resize counts what entries take compressed', async () => {
    const { cache } = await withTable({ policy: 'lru' });
    cache.set('b', table(1));
    await cache.settled();
    const bytes = cache.bytes;
    cache.resize({ maxBytes: bytes });
    expect(cache.size).toBe(2);
    cache.resize({ maxBytes: bytes - 1 });
    expect([cache.size, cache.has('b')]).toEqual([1, true]);
    expect(cache.stats().compression.entries).toBe(1);
    cache.resize({ maxBytes: 0 });
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0, compression: { entries: 0, bytesAfter: 0 } });
  });

  it('onRemove and invalidate tells values as they were put in', async () => {
    const told: unknown[] = [];
    const { cache } = await withTable({ onRemove: ({ value, compressed }) => told.push(value, compressed) });
    cache.set('b', table(7));
    await cache.settled();
    const isSeven = (value: unknown): boolean =>
      (value as ReturnType<typeof table>).columns[0]?.values[0] === 7;
    expect(cache.invalidate(({ value }) => isSeven(value))).toBe(1);
    cache.set('a', 'small');
    expect(told).toEqual([table(7), true, table(), true]);
  });

  it('getOrConvert compresses what was converted, and serves that without converting again', async () => {
    const { cache } = compressing();
    const first = await cache.getOrConvert('a', () => table());
    await cache.settled();
    const [second, third] = await Promise.all([1, 2].map(() => cache.getOrConvert('a', () => 'again')));
    expect([second, third]).toEqual([first, first]);
    expect(cache.stats()).toMatchObject({ loads: 1, hits: 2, compression: { entries: 1, decoded: 1 } });
  });

  it('a value that was replaced while it was compressed serves the new one', async () => {
    const { cache } = compressing();
    cache.set('a', table(1));
    await turn();
    cache.set('a', table(2));
    await cache.settled();
    expect(cache.get('a')).toEqual(table(2));
    expect(cache.stats().compression.entries).toBe(1);
  });

  it('memory that was transferred away reports it, and the rest goes on', async () => {
    const { cache, errors } = compressing();
    const memory = patterned(50 * KB);
    cache.set('a', memory).set('b', table());
    structuredClone(memory, { transfer: [memory] });
    await cache.settled();
    expect(errors.map(({ code }) => code)).toEqual(['ERR_PERF_CACHE_ENCODE_FAILED']);
    expect(cache.stats().compression).toMatchObject({ entries: 1, encodeFailures: 1 });
    expect(cache.get('b')).toEqual(table());
  });

  it('close lets go of what is compressed and of what is about to be', async () => {
    const { cache, errors } = await withTable();
    cache.set('b', table(1));
    await turn();
    cache.close();
    await cache.settled();
    await turn();
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0, compression: { entries: 0, bytesAfter: 0 } });
    expect(errors).toEqual([]);
  });
});

describe('statistics of the built-in codec', () => {
  it('are those of a cache without compression where there is none', () => {
    expect(new ConversionCache().stats().compression).toEqual({
      ...{ entries: 0, bytesBefore: 0, bytesAfter: 0, pending: 0, encoded: 0, declined: 0, notSmaller: 0 },
      ...{ encodeFailures: 0, decoded: 0, decodeFailures: 0, keptRestored: 0 },
    });
  });

  it('count what waits and what is in it as pending, and nothing afterwards', async () => {
    const { cache } = compressing();
    cache.set('a', table()).set('b', table()).set('c', table());
    expect(cache.stats().compression.pending).toBe(3);
    await turn();
    expect(cache.stats().compression.pending).toBe(3);
    await cache.settled();
    expect(cache.stats().compression).toMatchObject({ pending: 0, encoded: 3, entries: 3 });
  });

  it('add up over entries', async () => {
    const { cache } = compressing();
    for (let i = 0; i < 4; i++) cache.set(`t${String(i)}`, table(i)).set(`n${String(i)}`, noise(20 * KB));
    await cache.settled();
    const entries = [...cache.entries()];
    const { compression } = cache.stats();
    expect(compression.entries).toBe(entries.filter(({ compressed }) => compressed).length);
    expect(compression).toMatchObject({ encoded: 4, declined: 4 });
    expect(cache.bytes).toBe(entries.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  it('count a restore for each read on the spot, and one for all who wait for the same', async () => {
    const { cache } = await withTable();
    cache.peek('a');
    cache.get('a');
    expect(cache.stats().compression.decoded).toBe(2);
    await Promise.all([cache.getAsync('a'), cache.getAsync('a'), cache.getOrConvert('a', () => 1)]);
    expect(cache.stats().compression.decoded).toBe(3);
  });
});
