import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it, vi } from 'vitest';
import {
  ConversionCache,
  type CacheError,
  type CacheEvent,
  type CacheOptions,
  type Removal,
} from '../src/index.js';
import { FakeClock } from './fake-clock.js';

function watched(options: CacheOptions<number> = {}): {
  cache: ConversionCache<number>;
  told: string[];
  clock: FakeClock;
} {
  const told: string[] = [];
  const clock = new FakeClock();
  const onRemove = ({ key, value, cause }: Removal<number>): void => {
    told.push(`${key}=${String(value)} ${cause}`);
  };
  return { cache: new ConversionCache<number>({ clock, onRemove, ...options }), told, clock };
}

describe('onRemove', () => {
  it('is told of every value that leaves, and why', () => {
    const { cache, told, clock } = watched({ policy: 'lru', maxEntries: 3, ttl: 10, maxBytes: '1MB' });
    cache.set('a', 1).set('a', 2).set('b', 3).set('c', 4).set('d', 5);
    cache.delete('b');
    cache.invalidate('c');
    cache.set('d', 6, { size: '2MB' });
    clock.advance(10);
    cache.get('d');
    cache.set('e', 7).set('f', 8);
    cache.clear();
    cache.set('g', 9);
    cache.resize({ maxEntries: 1 });
    cache.close();
    expect(told).toEqual([
      ...['a=1 replaced', 'a=2 evicted', 'b=3 deleted', 'c=4 invalidated', 'd=6 refused', 'd=5 expired'],
      ...['f=8 cleared', 'e=7 cleared', 'g=9 closed'],
    ]);
  });

  it('finds the cache whole, and may use it: what it removes itself is told afterwards', () => {
    const seen: [string, number][] = [];
    const cache = new ConversionCache<number>({
      policy: 'lru',
      maxEntries: 2,
      onRemove: ({ key }) => {
        seen.push([key, cache.size]);
        if (key === 'a') cache.set('x', 0);
      },
    });
    cache.set('a', 1).set('b', 2).set('c', 3);
    expect(seen).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
    expect([...cache.entries()].map(({ key }) => key)).toEqual(['x', 'c']);
  });

  it('is told before those who wait for a conversion get its result', async () => {
    const { cache, told } = watched({ maxEntries: 1 });
    cache.set('a', 1);
    await cache.getOrConvert('b', () => 2);
    expect(told).toEqual(['a=1 evicted']);
  });

  it('that throws stops nothing, and is reported', () => {
    const errors: CacheError[] = [];
    const cache = new ConversionCache<number>({
      onRemove: () => {
        throw new Error('mine');
      },
      onError: (error) => errors.push(error),
    });
    cache.set('a', 1).set('b', 2).clear();
    expect(cache.size).toBe(0);
    expect(errors).toMatchObject([
      { code: 'ERR_PERF_CACHE_LISTENER_FAILED', cause: { message: 'mine' } },
      { code: 'ERR_PERF_CACHE_LISTENER_FAILED' },
    ]);
  });

  it('that throws without an onError becomes an uncaught exception, as does an onError that throws', () => {
    const later: (() => void)[] = [];
    const queue = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => later.push(task));
    const onRemove = (): void => {
      throw new Error('mine');
    };
    new ConversionCache<number>({ onRemove }).set('a', 1).clear();
    new ConversionCache<number>({
      onRemove,
      onError: () => {
        throw new Error('worse');
      },
    })
      .set('a', 1)
      .clear();
    queue.mockRestore();
    expect(later).toHaveLength(2);
    expect(later[0]).toThrow('onRemove threw');
    expect(later[1]).toThrow('worse');
  });
});

describe('events on perf:cache', () => {
  async function eventsOf(run: () => unknown): Promise<CacheEvent[]> {
    const events: CacheEvent[] = [];
    const listen = (message: unknown): void => {
      events.push(message as CacheEvent);
    };
    subscribe('perf:cache', listen);
    await run();
    unsubscribe('perf:cache', listen);
    return events;
  }

  it('tell hits, misses, sets and removals', async () => {
    const { cache } = watched();
    const events = await eventsOf(() => {
      cache.get({ cacheKey: 'a', label: 'A' });
      cache.set('a', 1, { label: 'A', cost: 5 });
      cache.get('a');
      cache.delete('a');
    });
    const bytes: unknown = expect.any(Number);
    expect(events).toEqual([
      { type: 'miss', label: 'A' },
      { type: 'set', label: 'A', bytes, cost: 5 },
      { type: 'hit', label: 'A', bytes, cost: 5 },
      { type: 'remove', label: 'A', bytes, cost: 5, cause: 'deleted' },
    ]);
  });

  it('tell how conversions ended', async () => {
    const { cache, clock } = watched();
    const events = await eventsOf(async () => {
      await cache.getOrConvert('kept', () => {
        clock.advance(7);
        return 1;
      });
      await cache.getOrConvert('lost', () => {
        cache.delete('lost');
        return 1;
      });
      await cache
        .getOrConvert('failed', () => {
          throw new Error('no');
        })
        .catch(() => undefined);
      const leaver = new AbortController();
      await cache
        .getOrConvert(
          'aborted',
          () => {
            leaver.abort();
            return new Promise<number>(() => undefined);
          },
          { signal: leaver.signal },
        )
        .catch(() => undefined);
    });
    expect(events.filter(({ type }) => type === 'flight')).toEqual([
      { type: 'flight', label: 'kept', cost: 7, outcome: 'kept' },
      { type: 'flight', label: 'lost', cost: 0, outcome: 'not-kept' },
      { type: 'flight', label: 'failed', cost: 0, outcome: 'failed' },
      { type: 'flight', label: 'aborted', cost: 0, outcome: 'aborted' },
    ]);
  });
});
