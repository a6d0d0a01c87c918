import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ConversionCache, type CacheOptions } from '../src/index.js';
import { SteadyClock } from '../src/steady-clock.js';
import { FakeClock } from './fake-clock.js';

/** What a clock shows one reading after another, and whatever that makes of it. */
function readings(shown: readonly number[]): number[] {
  const clock = new FakeClock();
  const steady = new SteadyClock(clock);
  return shown.map((time) => {
    clock.time = time;
    return steady.now();
  });
}

describe('SteadyClock', () => {
  it('shows what it reads as long as that goes on', () => {
    expect(readings([-7, -7, 0, 0.5, 1e15])).toEqual([-7, -7, 0, 0.5, 1e15]);
  });

  it('goes on from where it was when the clock is set back', () => {
    expect(readings([100, 40, 50, 45, 46])).toEqual([100, 100, 110, 110, 111]);
  });

  it('stands at a reading that is no number', () => {
    expect(readings([100, Number.NaN, 110, Number.NaN, 105, 106])).toEqual([100, 100, 110, 110, 110, 111]);
  });

  it('stands at a reading without end, in either direction, and is none the worse for it', () => {
    expect(readings([100, Infinity, 110, -Infinity, 120])).toEqual([100, 100, 110, 110, 120]);
  });

  it('shows a time also when the first reading is none', () => {
    for (const none of [Number.NaN, Infinity, -Infinity]) {
      const [first, second, third] = readings([none, 100, 110]);
      expect(Number.isFinite(first)).toBe(true);
      expect(Number(third) - Number(second)).toBe(10);
    }
  });

  it('lets pass what the clock lets pass while it goes on, and nothing else', () => {
    const reading = fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: -1000, max: 1000 }) },
      { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
    );
    fc.assert(
      fc.property(fc.integer(), fc.array(reading), (first, others) => {
        let time = first;
        let last = first;
        const expected = [first, ...others].map((now) => {
          if (!Number.isFinite(now)) return time;
          time += Math.max(0, now - last);
          last = now;
          return time;
        });
        expect(readings([first, ...others])).toEqual(expected);
      }),
    );
  });
});

describe('a cache whose clock cannot be relied on', () => {
  function unsteady(
    options: CacheOptions<number>,
    start = 0,
  ): { cache: ConversionCache<number>; clock: FakeClock } {
    const clock = new FakeClock(start);
    return { cache: new ConversionCache<number>({ clock, ...options }), clock };
  }

  it('lets entries live for their ttl and no longer when the clock is set back', () => {
    const { cache, clock } = unsteady({ ttl: 10 }, 1000);
    cache.set('a', 1);
    clock.time = 5;
    expect(cache.get('a')).toBe(1);
    clock.advance(9);
    expect(cache.get('a')).toBe(1);
    clock.advance(1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('lets entries live for their ttl when they are set after the clock was', () => {
    const { cache, clock } = unsteady({ ttl: 10 }, 1000);
    cache.get('a');
    clock.time = 5;
    cache.set('a', 1);
    clock.advance(9);
    expect(cache.get('a')).toBe(1);
    clock.advance(1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('lets entries expire when the clock jumps forward, and not return when it comes back', () => {
    const { cache, clock } = unsteady({ ttl: 10 });
    cache.set('a', 1).set('b', 2, { ttl: Infinity });
    clock.time = 1e12;
    expect(cache.get('a')).toBeUndefined();
    clock.time = 0;
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, 2]);
    cache.set('c', 3);
    clock.advance(10);
    expect(cache.get('c')).toBeUndefined();
  });

  it.each([Number.NaN, Infinity, -Infinity])('goes on as before after a reading of %d', async (none) => {
    const { cache, clock } = unsteady({ ttl: 10, idleTtl: 20, staleWhileRevalidate: 5, negativeTtl: 5 }, 100);
    cache.set('a', 1).set('ever', 2, { ttl: Infinity });
    clock.time = none;
    cache.set('meanwhile', 3);
    expect([cache.get('a'), cache.get('ever'), cache.get('meanwhile')]).toEqual([1, 2, 3]);
    expect(await cache.getOrConvert('made', () => 4)).toBe(4);
    expect(cache.purgeExpired()).toBe(0);
    clock.time = 109;
    expect([cache.get('a'), cache.get('made')]).toEqual([1, 4]);
    clock.time = 110;
    expect(['a', 'ever', 'meanwhile', 'made'].map((key) => cache.get(key))).toEqual([
      undefined,
      2,
      ...[undefined, undefined],
    ]);
    expect(cache.stats()).toMatchObject({ loads: 1, loadMs: 0 });
  });

  it.each([Number.NaN, Infinity, -Infinity])(
    'works from the start with a clock that shows %d',
    async (none) => {
      const { cache } = unsteady({ ttl: Infinity, staleWhileRevalidate: 5, negativeTtl: 5 }, none);
      const convert = vi.fn(() => 1);
      expect([await cache.getOrConvert('a', convert), await cache.getOrConvert('a', convert)]).toEqual([
        1, 1,
      ]);
      expect([cache.get('a'), cache.getEntry('a')?.cost]).toEqual([1, 0]);
      expect(convert).toHaveBeenCalledTimes(1);
      expect(cache.stats()).toMatchObject({ hits: 2, misses: 1, staleHits: 0, refreshes: 0, loadMs: 0 });
    },
  );

  it('measures no negative cost, and none without end', async () => {
    const { cache, clock } = unsteady({}, 100);
    for (const time of [50, Number.NaN, -Infinity, Infinity]) {
      await cache.getOrConvert(String(time), () => {
        clock.time = time;
        return 1;
      });
      expect(cache.getEntry(String(time))?.cost).toBe(0);
      clock.time = 100;
    }
    expect(cache.stats().loadMs).toBe(0);
  });

  it('lets every entry live as long as its ttl in the time that really goes on', () => {
    const step = fc.oneof(
      fc.record({ go: fc.nat(8) }),
      fc.record({ jump: fc.constantFrom(-1e6, -50, -3, Number.NaN, -Infinity, Infinity) }),
    );
    fc.assert(
      fc.property(fc.nat(30), fc.array(step, { maxLength: 20 }), (ttl, steps) => {
        const { cache, clock } = unsteady({ ttl, maxEntries: 5 }, 1000);
        cache.set('a', 1);
        let passed = 0;
        for (const given of steps) {
          const before = clock.time;
          if ('go' in given) {
            clock.advance(given.go);
            passed += given.go;
          } else {
            // It shows something else for a moment, or from now on.
            clock.time = Number.isFinite(given.jump) ? before + given.jump : given.jump;
            cache.has('a');
            if (!Number.isFinite(given.jump)) clock.time = before;
          }
          expect(cache.has('a')).toBe(passed < ttl);
        }
      }),
      { numRuns: 300 },
    );
  });
});
