import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConversionCache } from '../src/index.js';
import { FakeClock } from './fake-clock.js';

/** The cache as one would write it without a thought for speed: a list, the last used first. */
class Model {
  entries: { key: string; value: number; bytes: number; expiresAt: number; tags: string[] }[] = [];
  maxEntries = 4;
  maxBytes = 20_000;
  readonly clock: FakeClock;
  hits = 0;
  misses = 0;

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  live(key: string): number {
    return this.entries.findIndex((entry) => entry.key === key && this.clock.time < entry.expiresAt);
  }

  get(key: string): number | undefined {
    const at = this.live(key);
    if (at < 0) {
      this.misses += 1;
      this.entries = this.entries.filter((entry) => entry.key !== key);
      return undefined;
    }
    this.hits += 1;
    const [entry] = this.entries.splice(at, 1);
    if (entry !== undefined) this.entries.unshift(entry);
    return entry?.value;
  }

  set(key: string, value: number, bytes: number, ttl: number, tags: string[]): void {
    if (bytes > this.maxBytes) return;
    this.entries = this.entries.filter((entry) => entry.key !== key);
    this.entries.unshift({ key, value, bytes, expiresAt: this.clock.time + ttl, tags });
    this.shrink();
  }

  shrink(): void {
    const bytes = (): number => this.entries.reduce((sum, entry) => sum + entry.bytes, 0);
    while (this.entries.length > this.maxEntries || bytes() > this.maxBytes) this.entries.pop();
  }

  remove(gone: (entry: Model['entries'][number]) => boolean): number {
    const before = this.entries.length;
    this.entries = this.entries.filter((entry) => !gone(entry));
    return before - this.entries.length;
  }
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const action = fc.oneof(
  fc.record({ do: fc.constant('get' as const), key }),
  fc.record({ do: fc.constant('peek' as const), key }),
  fc.record({
    do: fc.constant('set' as const),
    key,
    size: fc.constantFrom(0, 100, 5000, 12_000, 30_000),
    ttl: fc.constantFrom(5, 20, Infinity),
    tags: fc.uniqueArray(fc.constantFrom('x', 'y'), { maxLength: 2 }),
  }),
  fc.record({ do: fc.constant('delete' as const), key }),
  fc.record({ do: fc.constant('invalidate' as const), tag: fc.constantFrom('x', 'y') }),
  fc.record({ do: fc.constant('purge' as const) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 5, 20) }),
  fc.record({
    do: fc.constant('resize' as const),
    maxEntries: fc.integer({ min: 1, max: 6 }),
    maxBytes: fc.constantFrom(0, 10_000, 40_000),
  }),
);

describe('the cache against a naive model', () => {
  it('is the same after every operation', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const clock = new FakeClock();
        const model = new Model(clock);
        const cache = new ConversionCache<number>({ clock, maxEntries: 4, maxBytes: 20_000 });
        const overhead = (tags: string[]): number =>
          new ConversionCache<number>().set('a', 0, { size: 0, tags }).bytes;
        actions.forEach((step, value) => {
          switch (step.do) {
            case 'get':
              expect(cache.get(step.key)).toBe(model.get(step.key));
              break;
            case 'peek':
              expect(cache.peek(step.key)).toBe(model.entries[model.live(step.key)]?.value);
              expect(cache.has(step.key)).toBe(model.live(step.key) >= 0);
              break;
            case 'set':
              cache.set(step.key, value, { size: step.size, ttl: step.ttl, tags: step.tags });
              model.set(step.key, value, overhead(step.tags) + step.size, step.ttl, step.tags);
              break;
            case 'delete': {
              const there = model.live(step.key) >= 0;
              model.remove((entry) => entry.key === step.key);
              expect(cache.delete(step.key)).toBe(there);
              break;
            }
            case 'invalidate':
              expect(cache.invalidate({ tags: [step.tag] })).toBe(
                model.remove((entry) => entry.tags.includes(step.tag) && clock.time < entry.expiresAt),
              );
              break;
            case 'purge':
              expect(cache.purgeExpired()).toBe(model.remove((entry) => clock.time >= entry.expiresAt));
              break;
            case 'wait':
              clock.advance(step.ms);
              break;
            case 'resize':
              Object.assign(model, { maxEntries: step.maxEntries, maxBytes: step.maxBytes });
              cache.resize({ maxEntries: step.maxEntries, maxBytes: step.maxBytes });
              model.shrink();
              break;
          }
          const shown = model.entries.filter((entry) => clock.time < entry.expiresAt);
          expect([...cache.entries()].map((entry) => [entry.key, entry.value])).toEqual(
            shown.map((entry) => [entry.key, entry.value]),
          );
          for (const tag of ['x', 'y']) {
            const tagged = [...cache.entries({ tag })].map((entry) => entry.key).toSorted();
            expect(tagged).toEqual(
              shown
                .filter(({ tags }) => tags.includes(tag))
                .map((entry) => entry.key)
                .toSorted(),
            );
          }
          expect(cache.size).toBe(model.entries.length);
          expect(cache.bytes).toBe(model.entries.reduce((sum, entry) => sum + entry.bytes, 0));
          expect(cache.stats()).toMatchObject({ hits: model.hits, misses: model.misses });
        });
      }),
      { numRuns: 200 },
    );
  });
});
