import { describe, expect, it } from 'vitest';
import { ConversionCache, type InvalidationTarget } from '../src/index.js';
import { TagIndex } from '../src/invalidation.js';
import { FakeClock } from './fake-clock.js';

function filled(): ConversionCache<number> {
  const cache = new ConversionCache<number>();
  cache.set('csv>arrow:flights.csv', 1, { tags: ['flights', 'csv'] });
  cache.set('csv>json:flights.csv', 2, { tags: ['flights', 'csv'] });
  cache.set('id-3', 3, { label: 'csv>arrow:cities.csv', tags: ['cities', 'csv'] });
  cache.set({ file: 'x' }, 4);
  return cache;
}
const left = (cache: ConversionCache<number>): number[] =>
  [...cache.entries()].map(({ value }) => value).toSorted();

describe('invalidate', () => {
  it.each<[string, InvalidationTarget<number>, number[]]>([
    ['a glob over labels', 'csv>arrow:*', [2, 4]],
    ['a glob over text keys', 'id-?', [1, 2, 4]],
    ['a text without wildcards', 'id-3', [1, 2, 4]],
    ['a part of a label alone', 'flights', [1, 2, 3, 4]],
    ['everything that has a name', '*', []],
    ['the empty text', '', [1, 2, 3, 4]],
    ['a pattern', /flights/, [3, 4]],
    ['a pattern that remembers where it stopped', /flights/gy, [1, 2, 3, 4]],
    ['a pattern with a global flag', /FLIGHTS/gi, [3, 4]],
    ['a tag', { tags: ['flights'] }, [3, 4]],
    ['any of some tags', { tags: ['cities', 'flights', 'flights'] }, [4]],
    ['no tag at all', { tags: [] }, [1, 2, 3, 4]],
    ['a tag that nothing has', { tags: ['other'] }, [1, 2, 3, 4]],
    ['a function', ({ value, tags }) => value > 2 && tags.length > 0, [1, 2, 4]],
  ])('takes %s, and counts what it removed', (_, target, expected) => {
    const cache = filled();
    expect(cache.invalidate(target)).toBe(4 - expected.length);
    expect(left(cache)).toEqual(expected);
    expect(cache.stats().removals.invalidated).toBe(4 - expected.length);
  });

  it("leaves the caller's pattern as it was", () => {
    const pattern = /csv/g;
    pattern.lastIndex = 2;
    filled().invalidate(pattern);
    expect(pattern.lastIndex).toBe(2);
  });

  it('removes nothing when the function throws half way', () => {
    const cache = filled();
    const invalidate = (): number =>
      cache.invalidate(({ value }) => {
        if (value === 3) throw new Error('no');
        return true;
      });
    expect(invalidate).toThrow('no');
    expect(cache.size).toBe(4);
  });

  it('follows tags through replacement and removal', () => {
    const cache = filled();
    cache.set('id-3', 5, { tags: ['new'] });
    cache.delete('csv>json:flights.csv');
    expect(cache.invalidate({ tags: ['cities'] })).toBe(0);
    expect(cache.invalidate({ tags: ['csv'] })).toBe(1);
    expect(cache.invalidate({ tags: ['new'] })).toBe(1);
  });

  it('does not count what has expired', () => {
    const clock = new FakeClock();
    const cache = new ConversionCache<number>({ clock, ttl: 10 }).set('a', 1).set('ab', 2, { ttl: 20 });
    clock.advance(10);
    expect(cache.invalidate('a*')).toBe(1);
  });

  it.each([undefined, null, 5, {}, { tags: 'a' }, { tag: ['a'] }])('refuses %o', (target) => {
    expect(() => filled().invalidate(target as unknown as string)).toThrow(
      expect.objectContaining({ code: 'ERR_PERF_CACHE_INVALID_OPTION' }),
    );
  });
});

describe('TagIndex', () => {
  it('forgets what was removed, and finds each entry once', () => {
    const index = new TagIndex<string>();
    index.add('both', ['x', 'y']);
    index.add('one', ['x']);
    expect([...index.find(['x', 'y', 'z'])]).toEqual(['both', 'one']);
    index.remove('both', ['x', 'y']);
    expect([...index.find(['x', 'y'])]).toEqual(['one']);
    index.remove('one', ['x']);
    index.remove('one', ['x']);
    expect([...index.find(['x', 'y'])]).toEqual([]);
  });
});
