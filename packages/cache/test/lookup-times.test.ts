import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConversionCache, type Clock, type LookupTimeStatistics } from '../src/index.js';
import { LookupTimes } from '../src/lookup-times.js';

/** So many gets there are for each that is timed. */
const TIMED = 256;

/** A clock that goes on by so many milliseconds each time that somebody looks. */
class TickingClock implements Clock {
  tick = 0;
  #time = 0;

  now(): number {
    this.#time += this.tick;
    return this.#time;
  }
}

function snapshotOf(times: Iterable<number>): LookupTimeStatistics {
  const lookups = new LookupTimes();
  for (const ms of times) lookups.add(ms);
  return lookups.snapshot();
}

/** The value that so large a part of the others does not exceed. */
function percentile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.ceil(part * sorted.length) - 1] ?? 0;
}

describe('the times of lookups', () => {
  it('are 0 before the first one was timed', () => {
    expect(snapshotOf([])).toEqual({ timed: 0, p50: 0, p99: 0, max: 0 });
    expect(new ConversionCache().stats().lookups).toEqual({ timed: 0, p50: 0, p99: 0, max: 0 });
  });

  it('are those of one get in 256', () => {
    const cache = new ConversionCache<number>().set('a', 1);
    for (let i = 1; i < 10 * TIMED; i++) {
      cache.get(i % 2 === 0 ? 'a' : 'missing');
      expect(cache.stats().lookups.timed).toBe(Math.floor(i / TIMED));
    }
  });

  it.each<[string, (cache: ConversionCache<number>) => void]>([
    ['before', (cache) => cache.get('a')],
    ['after', (cache) => cache.set('b', 1)],
  ])('are timed as well when each get comes %s a set, as it does where a miss is filled', (when) => {
    const cache = new ConversionCache<number>();
    for (let i = 0; i < 4 * TIMED; i++) {
      if (when === 'after') cache.set('a', i);
      cache.get('a');
      if (when === 'before') cache.set('a', i);
    }
    expect(cache.stats().lookups.timed).toBe(4);
  });

  it('are not those of anything but get', async () => {
    const cache = new ConversionCache<number>();
    for (let i = 0; i < 2 * TIMED; i++) {
      cache.set('a', 1).has('a');
      cache.peek('a');
      await cache.getOrConvert('a', () => 1);
      await cache.getAsync('a');
    }
    expect(cache.stats().lookups.timed).toBe(0);
  });

  it('are measured by the clock of the cache', () => {
    const clock = new TickingClock();
    const cache = new ConversionCache<number>({ clock, ttl: Infinity }).set('a', 1);
    const looksOfAGet = 2;
    for (const ms of [1, 2, 3]) {
      clock.tick = ms;
      for (let i = 0; i < TIMED; i++) cache.get('a');
    }
    expect(cache.stats().lookups).toMatchObject({ timed: 3, max: 3 * looksOfAGet });
    const { p50 } = cache.stats().lookups;
    expect(Math.abs(p50 - 2 * looksOfAGet)).toBeLessThan((2 * looksOfAGet) / 9);
  });

  it('are not timed where get throws', () => {
    const cache = new ConversionCache<number>();
    for (let i = 0; i < 2 * TIMED; i++) {
      expect(() => cache.get(null as unknown as object)).toThrow('a key must be text');
    }
    expect(cache.stats().lookups.timed).toBe(0);
  });

  it('are a frozen snapshot', () => {
    const cache = new ConversionCache<number>();
    const before = cache.stats().lookups;
    for (let i = 0; i < TIMED; i++) cache.get('a');
    expect([Object.isFrozen(before), before.timed, cache.stats().lookups.timed]).toEqual([true, 0, 1]);
  });
});

describe('percentiles', () => {
  it('are right to within a ninth', () => {
    // From a nanosecond to eight minutes, each order of magnitude as often.
    const time = fc.double({ min: -6, max: Math.log10(480_000), noNaN: true }).map((power) => 10 ** power);
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 400 }), (times) => {
        const { timed, p50, p99, max } = snapshotOf(times);
        expect([timed, max]).toEqual([times.length, Math.max(...times)]);
        for (const [found, part] of [
          [p50, 0.5],
          [p99, 0.99],
        ] as const) {
          const exact = percentile(times, part);
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact / 9);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are right also where the part of the number is a whole number', () => {
    for (let hundreds = 1; hundreds <= 60; hundreds++) {
      const n = 100 * hundreds;
      const times = Array.from({ length: n }, (_, i) => (i < 0.99 * n - 0.5 ? 1 : 1000));
      expect(snapshotOf(times).p99).toBeLessThan(1.2);
    }
  });

  it('never lie above the longest time', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 }), (times) => {
        const { p50, p99, max } = snapshotOf(times);
        expect(p50).toBeLessThanOrEqual(p99);
        expect(p99).toBeLessThanOrEqual(max);
      }),
    );
  });

  it('are those of all that was timed, in any order', () => {
    const times = [5, 1, 1, 1, 1, 1, 1, 1, 1, 1000];
    expect(snapshotOf(times)).toEqual(snapshotOf(times.toReversed()));
    expect(snapshotOf(times).p50).toBeLessThan(1.2);
    expect(snapshotOf(times).p99).toBeGreaterThan(890);
  });

  it('take a time that is too short to measure, or longer than anybody waits, for what is nearest', () => {
    expect(snapshotOf([0, 0, 0])).toEqual({ timed: 3, p50: 0, p99: 0, max: 0 });
    const hours = snapshotOf([3_600_000]);
    expect(hours.max).toBe(3_600_000);
    expect(hours.p50).toBeGreaterThan(480_000);
  });
});
