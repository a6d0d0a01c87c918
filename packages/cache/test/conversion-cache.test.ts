import { describe, expect, it } from 'vitest';
import { CacheError, ConversionCache, DEFAULTS, sizeOf, type CacheOptions } from '../src/index.js';
import { FakeClock } from './fake-clock.js';

const KB = 1024;
const code = (name: string): unknown => expect.objectContaining({ code: `ERR_PERF_CACHE_${name}` });
const keysOf = <V>(cache: ConversionCache<V>): string[] => [...cache.entries()].map((entry) => entry.key);
/** A value of a known size: what an entry takes beside it is below 1 KB for short keys. */
const sized = (kilobytes: number): Uint8Array => new Uint8Array(kilobytes * KB - sizeOf(new Uint8Array(0)));

describe('keys', () => {
  it('serves what was set', () => {
    const cache = new ConversionCache<number>();
    expect(cache.get('a')).toBeUndefined();
    expect(cache.set('a', 1).set('b', 2).get('a')).toBe(1);
    expect(cache.size).toBe(2);
  });

  it('takes a text and a named key of the same text as one', () => {
    const cache = new ConversionCache<number>().set('a', 1);
    expect(cache.get({ cacheKey: 'a', label: 'anything' })).toBe(1);
  });

  it('finds data by its content, not by its identity', () => {
    const cache = new ConversionCache<number>().set({ file: 'a.csv', columns: ['x'] }, 1);
    expect(cache.get({ columns: ['x'], file: 'a.csv' })).toBe(1);
    expect(cache.get({ columns: ['y'], file: 'a.csv' })).toBeUndefined();
    expect(cache.get([])).toBeUndefined();
  });

  it('never takes a text for the key of some content', () => {
    const cache = new ConversionCache<string>().set({ a: 1 }, 'content');
    const [entry] = [...cache.entries()];
    const text = entry?.key ?? '';
    expect(text).toMatch(/^#[0-9a-f]{32}$/);
    for (const key of [text, `#${text}`, text.slice(1)]) expect(cache.get(key)).toBeUndefined();
    cache.set(text, 'text').set(`#${text}`, 'another text');
    expect([cache.get({ a: 1 }), cache.get(text), cache.get(`#${text}`)]).toEqual([
      'content',
      'text',
      'another text',
    ]);
    expect(keysOf(cache)).toEqual([`#${text}`, text, text]);
  });

  it('takes the empty text, prototype names and lone surrogates as keys like any other', () => {
    const cache = new ConversionCache<string>();
    const keys = ['', ' ', '__proto__', 'constructor', '\ud800', '\udc00', '*', '\0'];
    for (const key of keys) cache.set(key, key);
    expect(keys.map((key) => cache.get(key))).toEqual(keys);
  });

  it('takes numbers as content, apart from their text', () => {
    const cache = new ConversionCache<string>().set(1 as unknown as object, 'number').set('1', 'text');
    expect(cache.get(1 as unknown as object)).toBe('number');
  });

  it.each([
    ['nothing', undefined, 'INVALID_KEY'],
    ['null', null, 'INVALID_KEY'],
    ['a cacheKey that is no text', { cacheKey: 5 }, 'INVALID_KEY'],
    ['a label that is no text', { cacheKey: 'a', label: 5 }, 'INVALID_KEY'],
    ['a cacheKey among other data, which would be ignored', { cacheKey: 'a', version: 2 }, 'INVALID_KEY'],
    ['a function', () => 1, 'UNHASHABLE'],
    ['data with a function in it', { a: [() => 1] }, 'UNHASHABLE'],
  ])('refuses %s as key', (_, key, name) => {
    const cache = new ConversionCache<number>();
    expect(() => cache.get(key as unknown as object)).toThrow(code(name));
    expect(() => cache.set(key as unknown as object, 1)).toThrow(code(name));
    expect(cache.size).toBe(0);
  });
});

describe('values', () => {
  it('shares values instead of copying them', () => {
    const value = { a: 1 };
    expect(new ConversionCache<object>().set('a', value).get('a')).toBe(value);
  });

  it.each([null, 0, '', false, Number.NaN])('keeps %s like any other value', (value) => {
    const cache = new ConversionCache<unknown>().set('a', value);
    expect(cache.get('a')).toBe(value);
    expect(cache.has('a')).toBe(true);
    expect(cache.stats().hits).toBe(1);
  });

  it('refuses undefined, which could not be told from a miss, and leaves the old value', () => {
    const cache = new ConversionCache<unknown>().set('a', 1);
    expect(() => cache.set('a', undefined)).toThrow(code('INVALID_VALUE'));
    expect(cache.get('a')).toBe(1);
  });

  it('copies on the way in and on the way out with clone: true', () => {
    const cache = new ConversionCache<{ list: number[] }>({ clone: true });
    const value = { list: [1] };
    cache.set('a', value);
    value.list.push(2);
    cache.get('a')?.list.push(3);
    cache.peek('a')?.list.push(4);
    cache.getEntry('a')?.value.list.push(5);
    expect(cache.get('a')).toEqual({ list: [1] });
  });

  it('refuses what cannot be copied with clone: true, and leaves the old value', () => {
    const cache = new ConversionCache<unknown>({ clone: true }).set('a', 1);
    expect(() => cache.set('a', () => 1)).toThrow(code('INVALID_VALUE'));
    expect(cache.get('a')).toBe(1);
  });
});

describe('looking without using', () => {
  it('has, peek, getEntry and entries change neither order nor statistics', () => {
    const cache = new ConversionCache<number>({ policy: 'lru', maxEntries: 2 }).set('a', 1).set('b', 2);
    expect(cache.has('a')).toBe(true);
    expect(cache.peek('a')).toBe(1);
    expect(cache.getEntry('a')?.value).toBe(1);
    expect(keysOf(cache)).toEqual(['b', 'a']);
    cache.set('c', 3);
    expect(cache.has('a')).toBe(false);
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 0 });
  });

  it('tells what is known of an entry', () => {
    const clock = new FakeClock(100);
    const cache = new ConversionCache<number[]>({ clock, ttl: 50 });
    cache.set('a', [1, 2], { cost: 7, tags: ['x', 'y', 'x'], label: 'the list' });
    clock.advance(10);
    cache.get('a');
    const entry = cache.getEntry('a');
    expect(entry).toMatchObject({
      ...{ key: 'a', label: 'the list', createdAt: 100, lastAccessAt: 110, expiresAt: 150, hits: 1, cost: 7 },
      ...{ tags: ['x', 'y'], compressed: false, bytes: cache.bytes, value: [1, 2] },
    });
    expect(cache.getEntry('b')).toBeUndefined();
  });

  it('is a snapshot, as little as the cache changes afterwards', () => {
    const cache = new ConversionCache<number>().set('a', 1);
    const entry = cache.getEntry('a');
    cache.get('a');
    cache.delete('a');
    expect(entry).toMatchObject({ hits: 0, value: 1 });
  });

  it('lists entries, the last used first, and passes over those that have left meanwhile', () => {
    const cache = new ConversionCache<number>().set('a', 1).set('b', 2).set('c', 3);
    cache.get('a');
    const seen: string[] = [];
    for (const entry of cache.entries()) {
      seen.push(entry.key);
      cache.delete('c');
      cache.set('d', 4);
    }
    expect(seen).toEqual(['a', 'b']);
  });

  it('lists the entries of a tag', () => {
    const cache = new ConversionCache<number>();
    cache
      .set('a', 1, { tags: ['x'] })
      .set('b', 2, { tags: ['x', 'y'] })
      .set('c', 3);
    cache.set('a', 1);
    expect([...cache.entries({ tag: 'x' })].map((entry) => entry.key)).toEqual(['b']);
    expect([...cache.entries({ tag: 'z' })]).toEqual([]);
  });
});

describe('the limit on entries', () => {
  it('lets the entry go that was not used for the longest time', () => {
    const cache = new ConversionCache<number>({ policy: 'lru', maxEntries: 2 }).set('a', 1).set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect(keysOf(cache)).toEqual(['c', 'a']);
    expect(cache.stats().removals.evicted).toBe(1);
  });

  it('does not count a replaced entry twice', () => {
    const cache = new ConversionCache<number>({ policy: 'lru', maxEntries: 2 })
      .set('a', 1)
      .set('b', 2)
      .set('b', 3);
    expect(keysOf(cache)).toEqual(['b', 'a']);
    expect(cache.stats().removals).toMatchObject({ evicted: 0, replaced: 1 });
  });

  it('needs no memory for room that is not used', () => {
    const cache = new ConversionCache<number>({ maxEntries: Infinity }).set('a', 1);
    expect(new ConversionCache<number>({ maxEntries: 10 ** 15 }).set('a', 1).get('a')).toBe(cache.get('a'));
  });
});

describe('the limit on bytes', () => {
  it('counts value, key, label, tags and record', () => {
    const bytesOf = (...args: Parameters<ConversionCache['set']>): number =>
      new ConversionCache<unknown>().set(...args).bytes;
    const plain = bytesOf('key', 1);
    expect(bytesOf('key', sized(10)) - plain).toBe(10 * KB);
    expect(bytesOf('key' + 'x'.repeat(800), 1) - plain).toBe(800);
    expect(bytesOf('key' + '\u20ac'.repeat(800), 1) - plain).toBeGreaterThan(1590);
    expect(bytesOf('key', 1, { label: 'x'.repeat(800) }) - plain).toBeGreaterThan(800);
    expect(bytesOf('key', 1, { tags: ['x'.repeat(800)] }) - plain).toBeGreaterThan(800);
    expect(bytesOf('key', 1, { size: 5000 }) - plain).toBe(5000);
    expect(bytesOf('key', 'anything', { size: '5KB' }) - plain).toBe(5 * KB);
  });

  it('keeps to it, and measures a replaced value anew', () => {
    const cache = new ConversionCache<Uint8Array>({ policy: 'lru', maxBytes: '100KB' });
    cache.set('a', sized(40)).set('b', sized(40));
    cache.set('b', sized(10));
    expect(cache.bytes).toBeLessThan(52 * KB);
    cache.set('c', sized(40));
    expect(keysOf(cache)).toEqual(['c', 'b', 'a']);
    cache.set('d', sized(40));
    expect(keysOf(cache)).toEqual(['d', 'c', 'b']);
    expect(cache.bytes).toBeLessThanOrEqual(100 * KB);
  });

  it('refuses a value that is larger, counts it, and leaves the old value in place', () => {
    const cache = new ConversionCache<Uint8Array>({ policy: 'lru', maxBytes: '100KB' })
      .set('a', sized(1))
      .set('b', sized(1));
    cache.set('a', sized(100));
    expect(cache.get('a')).toHaveLength(sized(1).length);
    expect(cache.size).toBe(2);
    expect(cache.stats().refusals).toEqual({ 'too-large': 1, undefined: 0 });
    expect(cache.stats().removals.replaced).toBe(0);
  });

  it('takes a value that fits exactly, and not a byte more', () => {
    const exact = new ConversionCache<number>().set('a', 1, { size: 1000 }).bytes;
    expect(new ConversionCache<number>({ maxBytes: exact }).set('a', 1, { size: 1000 }).size).toBe(1);
    expect(new ConversionCache<number>({ maxBytes: exact - 1 }).set('a', 1, { size: 1000 }).size).toBe(0);
  });

  it('keeps nothing with maxBytes: 0', () => {
    expect(new ConversionCache<number>({ maxBytes: 0 }).set('a', 1).size).toBe(0);
  });

  it('counts the whole buffer behind a small view', () => {
    const cache = new ConversionCache<Uint8Array>().set('a', new Uint8Array(50 * KB).subarray(0, 1));
    expect(cache.bytes).toBeGreaterThan(50 * KB);
  });

  it('is back at zero when everything has left', () => {
    const cache = new ConversionCache<unknown>({ maxEntries: 3 });
    for (let i = 0; i < 10; i++)
      cache.set(`key ${String(i % 4)}`, 'x'.repeat(i), { tags: ['t'], label: `l${String(i)}` });
    cache.delete('key 1');
    cache.invalidate({ tags: ['t'] });
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });
});

describe('time', () => {
  it('serves an entry for its ttl and not a moment longer', () => {
    const clock = new FakeClock();
    const cache = new ConversionCache<number>({ clock, ttl: '1m' }).set('a', 1);
    clock.advance(59_999.9);
    expect(cache.get('a')).toBe(1);
    clock.advance(0.1);
    expect([cache.get('a'), cache.has('a'), cache.peek('a'), cache.getEntry('a')]).toEqual(
      new Array(4).fill(undefined).with(1, false),
    );
    expect(cache.stats()).toMatchObject({ hits: 1, misses: 1, entries: 0, removals: { expired: 1 } });
  });

  it('lives from when it was set, not from when it was read', () => {
    const clock = new FakeClock();
    const cache = new ConversionCache<number>({ clock, ttl: 10 }).set('a', 1);
    clock.advance(9);
    cache.get('a');
    clock.advance(1);
    expect(cache.get('a')).toBeUndefined();
    cache.set('a', 2);
    clock.advance(9);
    expect(cache.get('a')).toBe(2);
  });

  it('has a ttl for each entry, for ever with Infinity, never with 0', () => {
    const clock = new FakeClock();
    const cache = new ConversionCache<number>({ clock, ttl: 10 });
    cache.set('short', 1, { ttl: 5 }).set('ever', 1, { ttl: Infinity }).set('never', 1, { ttl: 0 });
    expect(cache.get('never')).toBeUndefined();
    clock.advance(5);
    expect(cache.get('short')).toBeUndefined();
    clock.advance(1e15);
    expect(cache.get('ever')).toBe(1);
  });

  it('takes one hour by default', () => {
    const clock = new FakeClock();
    const cache = new ConversionCache<number>({ clock }).set('a', 1);
    expect(cache.getEntry('a')?.expiresAt).toBe(3_600_000);
  });

  it('works with a clock that begins at zero, is negative, or was set back', () => {
    const clock = new FakeClock(-5);
    const cache = new ConversionCache<number>({ clock, ttl: 10 }).set('a', 1);
    clock.time = -100;
    expect(cache.get('a')).toBe(1);
    clock.time = 5;
    expect(cache.get('a')).toBeUndefined();
  });

  it('purges what has expired and says how many', () => {
    const clock = new FakeClock();
    const cache = new ConversionCache<number>({ clock, ttl: 10 }).set('a', 1).set('b', 1, { ttl: 20 });
    clock.advance(10);
    expect(cache.size).toBe(2);
    expect([cache.purgeExpired(), cache.purgeExpired()]).toEqual([1, 0]);
    expect(keysOf(cache)).toEqual(['b']);
  });

  it('counts an expired entry that is set again as expired, and deletes none', () => {
    const clock = new FakeClock();
    const cache = new ConversionCache<number>({ clock, ttl: 10 }).set('a', 1).set('b', 1);
    clock.advance(10);
    cache.set('a', 2);
    expect(cache.delete('b')).toBe(false);
    expect(cache.stats().removals).toMatchObject({ expired: 2, replaced: 0, deleted: 0 });
  });
});

describe('delete, clear and resize', () => {
  it('deletes one and says whether it was there', () => {
    const cache = new ConversionCache<number>().set('a', 1);
    expect([cache.delete('a'), cache.delete('a')]).toEqual([true, false]);
  });

  it('clears all', () => {
    const cache = new ConversionCache<number>().set('a', 1).set('b', 2);
    cache.clear();
    expect([cache.size, cache.bytes, cache.stats().removals.cleared]).toEqual([0, 0, 2]);
  });

  it('evicts at once what is over the new limits, and grows', () => {
    const cache = new ConversionCache<Uint8Array>({ policy: 'lru', maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) cache.set(key, sized(10));
    cache.resize({ maxEntries: 2 });
    expect(keysOf(cache)).toEqual(['c', 'b']);
    cache.resize({ maxBytes: '15KB' });
    expect(keysOf(cache)).toEqual(['c']);
    cache.resize({ maxEntries: 5, maxBytes: Infinity });
    expect(cache.stats()).toMatchObject({ maxEntries: 5, maxBytes: Infinity });
    for (const key of ['d', 'e', 'f', 'g', 'h']) cache.set(key, sized(10));
    expect(keysOf(cache)).toEqual(['h', 'g', 'f', 'e', 'd']);
  });

  it('refuses limits that are none, and changes nothing then', () => {
    const cache = new ConversionCache<number>();
    expect(() => cache.resize({ maxEntries: Infinity, maxBytes: Infinity })).toThrow(code('INVALID_OPTION'));
    expect(() => cache.resize({ maxEntries: 0 })).toThrow('maxEntries must be a whole number');
    expect(() => cache.resize({ ttl: 5 } as object)).toThrow("unknown option 'ttl'");
    expect(cache.stats()).toMatchObject({ maxEntries: 1000, maxBytes: 500 * KB * KB });
  });
});

describe('statistics', () => {
  it('counts lookups, and the time that hits saved', () => {
    const cache = new ConversionCache<number>().set('a', 1, { cost: 20 });
    expect(cache.stats().hitRate).toBe(0);
    cache.get('a');
    cache.get('a');
    cache.get('b');
    expect(cache.stats()).toMatchObject({
      hits: 2,
      misses: 1,
      hitRate: 2 / 3,
      savedMs: 40,
      sets: 1,
      policy: 'adaptive',
    });
  });

  it('is a frozen snapshot', () => {
    const cache = new ConversionCache<number>();
    const before = cache.stats();
    cache.set('a', 1);
    expect(before.entries).toBe(0);
    expect(
      [before, before.removals, before.refusals, before.compression].every((part) => Object.isFrozen(part)),
    ).toBe(true);
  });
});

describe('options', () => {
  it('has the documented defaults', () => {
    expect(DEFAULTS).toEqual({
      ...{
        maxEntries: 1000,
        maxBytes: '500MB',
        ttl: '1h',
        idleTtl: Infinity,
        staleWhileRevalidate: 0,
        negativeTtl: 0,
        policy: 'adaptive',
        shrinkUnderPressure: false,
        compressAbove: '10MB',
        clone: false,
      },
    });
    expect(new ConversionCache().stats()).toMatchObject({
      maxEntries: 1000,
      maxBytes: 524_288_000,
      policy: 'adaptive',
    });
  });

  it.each<[unknown, string]>([
    [{ maxEntires: 5 }, "unknown option 'maxEntires'"],
    [{ maxEntries: 0 }, 'maxEntries must be'],
    [{ maxEntries: 1.5 }, 'maxEntries must be'],
    [{ maxEntries: null }, 'maxEntries must be'],
    [{ maxBytes: -1 }, 'maxBytes must be'],
    [{ maxBytes: '10XB' }, 'maxBytes must be'],
    [{ maxEntries: Infinity, maxBytes: Infinity }, 'a cache without a limit is a leak'],
    [{ ttl: -1 }, 'ttl must be'],
    [{ ttl: Number.NaN }, 'ttl must be'],
    [{ ttl: 'soon' }, 'ttl must be'],
    [{ policy: 'LRU' }, "policy must be one of 'adaptive', 'lru'"],
    [
      { policy: { name: 'mine' } },
      'policy must be an object with the methods attach, add, use, remove, victim',
    ],
    [{ shrinkUnderPressure: 1 }, 'shrinkUnderPressure must be true or false'],
    [{ memory: {} }, 'memory must be an object with the methods read, subscribe'],
    [{ idleTtl: -1 }, 'idleTtl must be'],
    [{ staleWhileRevalidate: 'soon' }, 'staleWhileRevalidate must be'],
    [{ negativeTtl: Number.NaN }, 'negativeTtl must be'],
    [{ clone: 'yes' }, 'clone must be true or false'],
    [{ clock: {} }, 'clock must be an object with the methods now'],
    [{ compression: false }, 'compression must be an object with the methods encode, decode, decodeSync'],
    [{ compression: { encode: () => 1 } }, 'compression must be'],
    [{ compressAbove: 'much' }, 'compressAbove must be'],
    [{ onRemove: 5 }, 'onRemove must be a function'],
    [{ onError: {} }, 'onError must be a function'],
    [null, 'options must be an object'],
  ])('refuses %o', (options, message) => {
    const create = (): unknown => new ConversionCache(options as CacheOptions<unknown>);
    expect(create).toThrow(CacheError);
    expect(create).toThrow(message);
    expect(create).toThrow(code('INVALID_OPTION'));
  });

  it.each<[object, string]>([
    [{ tll: 5 }, "unknown option 'tll'"],
    [{ signal: AbortSignal.abort() }, "unknown option 'signal'"],
    [{ ttl: -1 }, 'ttl must be'],
    [{ size: -1 }, 'size must be'],
    [{ size: Infinity }, 'size must be'],
    [{ cost: -1 }, 'cost must be'],
    [{ cost: Number.NaN }, 'cost must be'],
    [{ tags: 'a' }, 'tags must be a list of texts'],
    [{ tags: [1] }, 'tags must be a list of texts'],
    [{ label: 1 }, 'label must be text'],
  ])('refuses %o for a value, which then stays out', (options, message) => {
    const cache = new ConversionCache<number>();
    expect(() => cache.set('a', 1, options)).toThrow(message);
    expect(cache.size).toBe(0);
  });

  it('takes undefined for not given', () => {
    const cache = new ConversionCache<number>({ ttl: undefined } as object);
    expect(cache.set('a', 1, { ttl: undefined, tags: undefined } as object).get('a')).toBe(1);
  });
});

describe('the end', () => {
  it('refuses everything but looking back after close, which may be called again', async () => {
    const cache = new ConversionCache<number>().set('a', 1);
    cache.get('a');
    const listed = cache.entries();
    cache.close();
    cache.close();
    const closed = code('CLOSED');
    const calls: (() => unknown)[] = [
      () => cache.get('a'),
      () => cache.set('a', 1),
      () => cache.has('a'),
      () => cache.peek('a'),
      () => cache.getEntry('a'),
      () => cache.delete('a'),
      () => cache.clear(),
      () => cache.invalidate('*'),
      () => cache.entries(),
      () => cache.purgeExpired(),
      () => cache.resize({}),
      () => cache.wrap(() => Promise.resolve(1)),
    ];
    for (const call of calls) expect(call).toThrow(closed);
    await expect(cache.getAsync('a')).rejects.toEqual(closed);
    await expect(cache.getOrConvert('a', () => 1)).rejects.toEqual(closed);
    await cache.settled();
    expect([...listed]).toEqual([]);
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0, hits: 1, removals: { closed: 1 } });
  });

  it('ends with its scope', () => {
    let outer: ConversionCache | undefined;
    {
      using cache = new ConversionCache();
      outer = cache;
      cache.set('a', 1);
    }
    expect(() => outer.get('a')).toThrow(code('CLOSED'));
  });
});
