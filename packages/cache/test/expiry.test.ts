import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConversionCache, type CacheOptions } from '../src/index.js';
import { FakeClock } from './fake-clock.js';

function timed(
  options: CacheOptions<number>,
  start = 0,
): { cache: ConversionCache<number>; clock: FakeClock } {
  const clock = new FakeClock(start);
  return { cache: new ConversionCache<number>({ clock, ...options }), clock };
}

describe('the ttl', () => {
  it('is that of the entry, shorter or longer, where it has one', () => {
    const { cache, clock } = timed({ ttl: 10 });
    cache.set('shorter', 1, { ttl: 5 }).set('usual', 2).set('longer', 3, { ttl: '20ms' });
    const seen = [4, 5, 9, 10, 19, 20].map((time) => {
      clock.time = time;
      return ['shorter', 'usual', 'longer'].filter((key) => cache.has(key)).length;
    });
    expect(seen).toEqual([3, 2, 2, 1, 1, 0]);
  });

  it('of a new value is not that of the old one', () => {
    const { cache, clock } = timed({ ttl: 10 });
    cache.set('a', 1, { ttl: Infinity }).set('a', 2);
    clock.advance(10);
    expect(cache.get('a')).toBeUndefined();
    cache.set('a', 3).set('a', 4, { ttl: Infinity });
    clock.advance(1e12);
    expect(cache.get('a')).toBe(4);
  });

  it('of a conversion begins when its result is there, not when it was asked for', async () => {
    const { cache, clock } = timed({ ttl: 10 });
    const slow = (): number => {
      clock.advance(100);
      return 1;
    };
    await cache.getOrConvert('a', slow);
    await cache.getOrConvert('b', slow, { ttl: 200 });
    const remembered = cache.wrap(() => Promise.resolve(slow()), { key: () => 'c', ttl: 300 });
    await remembered();
    const ends = ['a', 'b', 'c'].map((key) => cache.getEntry(key)?.expiresAt);
    expect(ends).toEqual([undefined, 400, 600]);
  });

  it('of 0 keeps an entry from ever being served, whatever the time is', () => {
    for (const start of [0, -5, 1e15, Number.MAX_SAFE_INTEGER]) {
      const { cache } = timed({ ttl: 0 }, start);
      cache.set('a', 1).set('b', 2, { ttl: 5 });
      expect([cache.get('a'), cache.has('a'), cache.peek('a'), cache.get('b')]).toEqual([
        undefined,
        false,
        undefined,
        2,
      ]);
    }
  });

  it('of 0 makes getOrConvert convert for everybody who does not ask at the same time', async () => {
    const { cache } = timed({ ttl: 0 });
    let made = 0;
    const convert = (): number => ++made;
    const both = Promise.all([cache.getOrConvert('a', convert), cache.getOrConvert('a', convert)]);
    expect(await both).toEqual([1, 1]);
    expect(await cache.getOrConvert('a', convert)).toBe(2);
  });

  it('decides to the moment, from any origin of time', () => {
    const ttl = fc.oneof(fc.nat(50), fc.constantFrom(0, 1, Infinity));
    fc.assert(
      fc.property(fc.integer(), ttl, fc.option(ttl), fc.nat(60), (start, usual, own, age) => {
        const { cache, clock } = timed({ ttl: usual }, start);
        cache.set('a', 1, own === null ? {} : { ttl: own });
        clock.advance(age);
        const isFresh = age < (own ?? usual);
        expect(cache.has('a')).toBe(isFresh);
        expect(cache.getEntry('a') !== undefined).toBe(isFresh);
        expect(cache.get('a')).toBe(isFresh ? 1 : undefined);
      }),
    );
  });
});

describe('the idleTtl', () => {
  it('begins anew each time that the entry is served', () => {
    const { cache, clock } = timed({ idleTtl: 10 });
    cache.set('a', 1);
    for (let i = 0; i < 5; i++) {
      clock.advance(9);
      expect(cache.get('a')).toBe(1);
    }
    clock.advance(10);
    expect(cache.get('a')).toBeUndefined();
    expect(cache.stats().removals.expired).toBe(1);
  });

  it('begins anew with getAsync, getOrConvert and wrapped functions as well', async () => {
    const { cache, clock } = timed({ idleTtl: 10 });
    const wrapped = cache.wrap(() => Promise.resolve(2), { key: () => 'a' });
    cache.set('a', 1);
    for (const read of [
      () => cache.getAsync('a'),
      () => cache.getOrConvert('a', () => 2),
      () => wrapped(),
      () => cache.getAsync('a'),
    ]) {
      clock.advance(9);
      expect(await read()).toBe(1);
    }
  });

  it('does not begin anew for those who only look', () => {
    const { cache, clock } = timed({ idleTtl: 10 });
    cache.set('a', 1);
    clock.advance(9);
    const looks = [cache.has('a'), cache.peek('a'), cache.getEntry('a')?.value, [...cache.entries()].length];
    expect(looks).toEqual([true, 1, 1, 1]);
    clock.advance(1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('begins when the entry is set, and anew with a new value', () => {
    const { cache, clock } = timed({ idleTtl: 10 });
    cache.set('a', 1);
    clock.advance(9);
    cache.set('a', 2);
    clock.advance(9);
    expect(cache.get('a')).toBe(2);
    cache.set('never served', 3);
    clock.advance(10);
    expect(cache.get('never served')).toBeUndefined();
  });

  it('takes an entry out of sight for every way of looking', () => {
    const { cache, clock } = timed({ idleTtl: '1s' });
    cache.set('a', 1, { tags: ['t'] });
    clock.advance(1000);
    expect([cache.has('a'), cache.peek('a'), cache.getEntry('a'), [...cache.entries()].length]).toEqual([
      ...[false, undefined, undefined, 0],
    ]);
    expect([cache.invalidate({ tags: ['t'] }), cache.delete('a')]).toEqual([0, false]);
    expect(cache.stats().removals).toMatchObject({ expired: 1, invalidated: 0, deleted: 0 });
  });

  it('of 0 is never, and by default there is none', () => {
    const { cache: never } = timed({ idleTtl: 0 });
    expect(never.set('a', 1).get('a')).toBeUndefined();
    const { cache, clock } = timed({ ttl: Infinity });
    cache.set('a', 1);
    clock.advance(1e15);
    expect(cache.get('a')).toBe(1);
  });

  it('is purged like any other end', () => {
    const { cache, clock } = timed({ idleTtl: 10 });
    cache.set('a', 1).set('b', 2);
    clock.advance(9);
    cache.get('a');
    clock.advance(1);
    expect([cache.purgeExpired(), cache.size, cache.get('a')]).toEqual([1, 1, 1]);
  });

  it('together with the ttl lets an entry live until the first of both ends', () => {
    const time = fc.oneof(fc.nat(40), fc.constantFrom(0, Infinity));
    const step = fc.record({ wait: fc.nat(12), look: fc.constantFrom('get', 'has', 'peek') });
    fc.assert(
      fc.property(time, time, fc.array(step, { maxLength: 15 }), (ttl, idleTtl, steps) => {
        const { cache, clock } = timed({ ttl, idleTtl });
        cache.set('a', 1);
        let servedAt = 0;
        for (const { wait, look } of steps) {
          clock.advance(wait);
          const alive = clock.time < ttl && clock.time < servedAt + idleTtl;
          if (look === 'has') expect(cache.has('a')).toBe(alive);
          else expect(look === 'get' ? cache.get('a') : cache.peek('a')).toBe(alive ? 1 : undefined);
          if (look === 'get' && alive) servedAt = clock.time;
          if (!alive) return;
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('expired entries that nobody asks for', () => {
  /** Entries that have expired, in a cache that has room for more. */
  function expired(count: number, options: CacheOptions<number> = {}): ReturnType<typeof timed> {
    const parts = timed({ ttl: 10, maxEntries: 10_000, ...options });
    for (let i = 0; i < count; i++) parts.cache.set(`old ${String(i)}`, i);
    parts.clock.advance(10);
    return parts;
  }

  it('leave a few at a time as others are added, so that no addition takes long', () => {
    const { cache } = expired(1000);
    let [before, most] = [cache.size, 0];
    for (let i = 0; i < 510; i++) {
      cache.set('new', i);
      most = Math.max(most, before - cache.size);
      before = cache.size;
    }
    expect(most).toBeLessThanOrEqual(4);
    expect([cache.size, cache.stats().removals.expired]).toEqual([1, 1000]);
  });

  it('have all left after half as many additions as there are entries', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(5), (count, others) => {
        const { cache } = expired(count);
        const additions = Math.ceil((count + others) / 2) + 1;
        for (let i = 0; i < additions; i++) cache.set(`new ${String(i % (others + 1))}`, i);
        expect(cache.stats().removals.expired).toBe(count);
        expect(cache.size).toBe(Math.min(others + 1, additions));
      }),
      { numRuns: 50 },
    );
  });

  it('leave also when it is one value that is set again and again, and when conversions add', async () => {
    const { cache } = expired(12);
    for (let i = 0; i < 6; i++) cache.set('new', i);
    await cache.getOrConvert('converted', () => 1);
    expect([...cache.entries()].map(({ key }) => key).toSorted()).toEqual(['converted', 'new']);
    expect(cache.size).toBe(2);
  });

  it('leave when they were idle for too long', () => {
    const { cache, clock } = timed({ idleTtl: 10 });
    cache.set('idle', 1).set('busy', 2);
    clock.advance(9);
    cache.get('busy');
    clock.advance(1);
    cache.set('new', 3).set('new', 4).set('new', 5);
    expect([cache.size, cache.has('busy')]).toEqual([2, true]);
  });

  it('are told to onRemove as expired, and to nobody before they leave', () => {
    const told: string[] = [];
    const { cache } = expired(3, { onRemove: ({ key, cause }) => told.push(`${key} ${cause}`) });
    expect(told).toEqual([]);
    for (let i = 0; i < 3; i++) cache.set(`new ${String(i)}`, i);
    expect(told.toSorted()).toEqual(['old 0 expired', 'old 1 expired', 'old 2 expired']);
  });

  it('do not take with them what has not expired', () => {
    const { cache, clock } = timed({ ttl: 10 });
    for (let i = 0; i < 100; i++) cache.set(String(i), i, { ttl: i % 2 === 0 ? 10 : 20 });
    clock.advance(10);
    for (let i = 0; i < 60; i++) cache.set('new', i);
    expect(cache.size).toBe(51);
    for (let i = 1; i < 100; i += 2) expect(cache.get(String(i))).toBe(i);
  });

  it.each(['adaptive', 'lru', 's3-fifo'] as const)(
    'leave before others have to be evicted (%s)',
    (policy) => {
      const { cache, clock } = timed({ ttl: 10, maxEntries: 8, policy });
      for (let i = 0; i < 4; i++) cache.set(`old ${String(i)}`, i);
      clock.advance(10);
      for (let i = 0; i < 8; i++) cache.set(`new ${String(i)}`, i);
      expect(cache.stats().removals).toMatchObject({ expired: 4, evicted: 0 });
    },
  );

  describe('without a timer', () => {
    afterEach(() => {
      vi.restoreAllMocks();
    });

    it('leave no handle behind', () => {
      const before = process.getActiveResourcesInfo();
      const timers = (['setTimeout', 'setInterval', 'setImmediate'] as const).map((name) =>
        vi.spyOn(globalThis, name),
      );
      const { cache } = expired(100, { idleTtl: 20, staleWhileRevalidate: 5, negativeTtl: 5 });
      cache.set('new', 1);
      cache.get('old 7');
      cache.purgeExpired();
      expect(process.getActiveResourcesInfo()).toEqual(before);
      for (const timer of timers) expect(timer).not.toHaveBeenCalled();
    });
  });
});
