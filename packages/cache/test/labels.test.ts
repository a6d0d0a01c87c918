import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConversionCache, type CacheEvent } from '../src/index.js';

/** Every text as it may be met: also one that looks like the cache's own ids. */
const text = fc.oneof(
  fc.string(),
  fc.constantFrom('', '#', '##', '#a', '##a', '###a', 'a', '__proto__', '\ud800'),
);

describe('the label of an entry', () => {
  it('is its key where it was given none', () => {
    const cache = new ConversionCache<number>().set('a', 1).set('#a', 2).set({ cacheKey: '##a' }, 3);
    expect(['a', '#a', '##a'].map((key) => cache.getEntry(key)?.label)).toEqual(['a', '#a', '##a']);
  });

  it('of a content key is its digest, as its key is', () => {
    const cache = new ConversionCache<number>().set({ file: 'a.csv' }, 1);
    const entry = cache.getEntry({ file: 'a.csv' });
    expect(entry?.label).toMatch(/^#[0-9a-f]{32}$/);
    expect(entry?.label).toBe(entry?.key);
  });

  it('is that of the option before that of the key', () => {
    const cache = new ConversionCache<number>();
    cache.set({ cacheKey: 'a', label: 'of the key' }, 1);
    cache.set({ cacheKey: 'b', label: 'of the key' }, 1, { label: 'of the option' });
    expect([cache.getEntry('a')?.label, cache.getEntry('b')?.label]).toEqual(['of the key', 'of the option']);
  });

  it('is taken by getOrConvert and wrap from the caller who started the conversion', async () => {
    const cache = new ConversionCache<number>();
    const first = cache.getOrConvert('a', () => Promise.resolve(1), { label: 'first' });
    const second = cache.getOrConvert('a', () => 2, { label: 'second' });
    await Promise.all([first, second]);
    const wrapped = cache.wrap((n: number) => Promise.resolve(n), { label: 'wrapped', key: () => 'b' });
    await wrapped(1);
    expect([cache.getEntry('a')?.label, cache.getEntry('b')?.label]).toEqual(['first', 'wrapped']);
  });

  it('goes with the value: a new one has its own, or none', () => {
    const cache = new ConversionCache<number>().set('a', 1, { label: 'old' });
    cache.set('a', 2, { label: 'new' });
    expect(cache.getEntry('a')?.label).toBe('new');
    cache.set('a', 3);
    expect(cache.getEntry('a')?.label).toBe('a');
  });

  it('does not stay behind for the entry that comes after', () => {
    const cache = new ConversionCache<number>().set('a', 1, { label: 'L', tags: ['t'] });
    cache.delete('a');
    cache.set('b', 2);
    expect(cache.getEntry('b')).toMatchObject({ label: 'b', tags: [] });
    expect([cache.invalidate('L'), cache.invalidate({ tags: ['t'] })]).toEqual([0, 0]);
  });

  it('is no key: two entries may have the same', () => {
    const cache = new ConversionCache<number>().set('a', 1, { label: 'L' }).set('b', 2, { label: 'L' });
    expect([cache.get('a'), cache.get('b'), cache.get('L')]).toEqual([1, 2, undefined]);
    expect(cache.invalidate('L')).toBe(2);
  });

  it('may come with the first entry or with any later one', () => {
    const cache = new ConversionCache<number>({ maxEntries: 200 });
    for (let i = 0; i < 100; i++) cache.set(`k${String(i)}`, i);
    cache.set('late', 1, { label: 'L', tags: ['t'] });
    for (let i = 100; i < 150; i++) cache.set(`k${String(i)}`, i);
    expect([...cache.entries()].filter(({ key, label }) => key !== label).map(({ label }) => label)).toEqual([
      'L',
    ]);
    expect([...cache.entries({ tag: 't' })].map(({ key }) => key)).toEqual(['late']);
  });

  it('is what it was given, whatever text that is, for every way to see it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.option(text)), { minLength: 1, maxLength: 8 }), (given) => {
        const events: CacheEvent[] = [];
        const listen = (message: unknown): void => {
          events.push(message as CacheEvent);
        };
        const removed: string[] = [];
        const cache = new ConversionCache<number>({ onRemove: ({ label }) => removed.push(label) });
        for (const [key, label] of given) {
          const expected = label ?? key;
          cache.set(key, 1, label === null ? {} : { label });
          expect(cache.getEntry(key)).toMatchObject({ key, label: expected });
          expect(
            [...cache.entries()].filter((entry) => entry.key === key).map((entry) => entry.label),
          ).toEqual([expected]);
          subscribe('perf:cache', listen);
          cache.get(key);
          cache.get({ cacheKey: key, label: 'another' });
          unsubscribe('perf:cache', listen);
          expect(events.splice(0).map((event) => event.label)).toEqual([expected, expected]);
          removed.length = 0;
          cache.delete(key);
          expect(removed).toEqual([expected]);
          cache.set(key, 1, label === null ? {} : { label });
        }
      }),
    );
  });
});
