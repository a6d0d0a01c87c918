import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { deserialize, serialize } from 'node:v8';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  ConversionCache,
  type CacheEvent,
  type CacheOptions,
  type CacheStatistics,
  type RemovalCause,
  type ValueCodec,
} from '../src/index.js';
import { Deferred, turn } from './deferred.js';
import { FakeClock } from './fake-clock.js';

function timed(options: CacheOptions<unknown> = {}): { cache: ConversionCache; clock: FakeClock } {
  const clock = new FakeClock();
  return { cache: new ConversionCache<unknown>({ clock, ttl: 10, maxBytes: '100KB', ...options }), clock };
}

/** What was published while something ran. */
async function eventsOf(run: () => unknown): Promise<CacheEvent[]> {
  const events: CacheEvent[] = [];
  const listen = (message: unknown): void => {
    events.push(message as CacheEvent);
  };
  subscribe('perf:cache', listen);
  try {
    await run();
  } finally {
    unsubscribe('perf:cache', listen);
  }
  return events;
}

/** Forgets everything that was put into it. */
const forgetful: ValueCodec<unknown> = {
  encode: (value) => Promise.resolve([gzipSync(serialize(value))]),
  decode: () => Promise.reject(new Error('corrupt')),
  decodeSync: ([part]) => deserialize(part ?? new Uint8Array(0)) as unknown,
};

const counts = ({ hits, misses, joined, sets }: CacheStatistics): number[] => [hits, misses, joined, sets];
const failing = (): never => {
  throw new Error('down');
};

describe('the counting rules of lookups', () => {
  it.each<[string, (cache: ConversionCache, key: string) => unknown]>([
    ['get', (cache, key) => cache.get(key)],
    ['getAsync', (cache, key) => cache.getAsync(key)],
    ['getOrConvert', (cache, key) => cache.getOrConvert(key, () => 1)],
  ])('every %s is one hit or one miss', async (_, lookup) => {
    const { cache } = timed();
    cache.set('there', 1);
    await lookup(cache, 'there');
    expect(counts(cache.stats()).slice(0, 2)).toEqual([1, 0]);
    await lookup(cache, 'missing');
    expect(counts(cache.stats()).slice(0, 2)).toEqual([1, 1]);
  });

  it('has, peek, getEntry, entries and the values they show count as nothing', () => {
    const { cache } = timed();
    cache.set('there', 1);
    const before = cache.stats();
    for (const key of ['there', 'missing']) {
      cache.has(key);
      cache.peek(key);
      expect(cache.getEntry(key)?.value).toBe(key === 'there' ? 1 : undefined);
    }
    for (const entry of cache.entries()) expect(entry.value).toBe(1);
    expect(cache.stats()).toEqual(before);
  });

  it('a miss that finds a conversion under way counts as joined, too', async () => {
    const { cache } = timed();
    const run = new Deferred<number>();
    const asked = [1, 2, 3].map(() => cache.getOrConvert('a', () => run.promise));
    expect(counts(cache.stats())).toEqual([0, 3, 2, 0]);
    cache.get('a');
    expect(counts(cache.stats())).toEqual([0, 4, 2, 0]);
    run.resolve(1);
    await Promise.all(asked);
    expect(counts(cache.stats())).toEqual([0, 4, 2, 1]);
  });

  it('an entry that has expired is a miss', () => {
    const { cache, clock } = timed();
    cache.set('a', 1);
    clock.advance(10);
    cache.get('a');
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 1, removals: { expired: 1 } });
  });

  it('an entry that turns out to be corrupt is a miss', async () => {
    const { cache } = timed({ compression: forgetful, compressAbove: '1KB' });
    for (const lookup of [
      () => cache.get('a'),
      () => cache.getAsync('a'),
      () => cache.getOrConvert('a', () => 1),
    ]) {
      cache.set('a', 'x'.repeat(5000));
      await cache.settled();
      await lookup();
    }
    expect(cache.stats()).toMatchObject({
      ...{ hits: 0, misses: 3, loads: 1, removals: { corrupt: 3 } },
      compression: { decodeFailures: 3, entries: 0 },
    });
  });

  it('a lookup that is refused counts as nothing', async () => {
    const { cache } = timed();
    expect(() => cache.get(null as unknown as object)).toThrow('key');
    await expect(cache.getOrConvert('a', () => 1, { ttl: -1 })).rejects.toThrow('ttl');
    cache.close();
    expect(() => cache.get('a')).toThrow('closed');
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 0 });
  });

  it('the rate of hits is that among all lookups, and 0 before the first', async () => {
    const { cache } = timed();
    expect(cache.stats().hitRate).toBe(0);
    cache.set('a', 1);
    for (const key of ['a', 'a', 'b']) cache.get(key);
    await cache.getAsync('a');
    expect(cache.stats().hitRate).toBe(3 / 4);
  });

  it('every hit saves what its entry cost, and one of unknown cost nothing', async () => {
    const { cache, clock } = timed();
    cache.set('given', 1, { cost: 5 }).set('unknown', 1);
    await cache.getOrConvert('measured', () => {
      clock.advance(3);
      return 1;
    });
    for (const key of ['given', 'given', 'unknown', 'measured']) cache.get(key);
    await cache.getAsync('given');
    expect(cache.stats()).toMatchObject({ savedMs: 18, loadMs: 3 });
  });
});

describe('the counting rules of conversions', () => {
  it.each<[string, (cache: ConversionCache) => unknown, Partial<CacheStatistics>]>([
    ['that gives a value is a load', (cache) => cache.getOrConvert('a', () => 1), { loads: 1, sets: 1 }],
    [
      'whose value is not kept is a load all the same',
      (cache) =>
        cache.getOrConvert('a', () => {
          cache.delete('a');
          return 1;
        }),
      { loads: 1, sets: 0 },
    ],
    [
      'that gives undefined is a load, and a refusal',
      (cache) => cache.getOrConvert('a', () => undefined),
      { loads: 1, sets: 0, refusals: { undefined: 1, 'too-large': 0 } },
    ],
    [
      'that gives too much is a load, and a refusal',
      (cache) => cache.getOrConvert('a', () => 1, { size: '1MB' }),
      { loads: 1, sets: 0, refusals: { undefined: 0, 'too-large': 1 } },
    ],
    ['that throws is a failure', (cache) => cache.getOrConvert('a', failing), { loadFailures: 1, sets: 0 }],
    [
      'that everybody has left is aborted',
      (cache) => {
        const leaver = new AbortController();
        const run = new Deferred<number>();
        const gone = cache.getOrConvert('a', () => run.promise, { signal: leaver.signal });
        leaver.abort();
        run.resolve(1);
        return gone;
      },
      { loadAborts: 1, sets: 0 },
    ],
  ])('one %s', async (_, run, expected) => {
    const { cache } = timed();
    await Promise.resolve(run(cache)).catch(() => undefined);
    await turn();
    const none = { loads: 0, loadFailures: 0, loadAborts: 0, refreshes: 0, inFlight: 0, misses: 1 };
    expect(cache.stats()).toMatchObject({ ...none, ...expected });
  });

  it('one counts once, however many wait for it, and its time once', async () => {
    const { cache, clock } = timed();
    const [good, bad] = [new Deferred<number>(), new Deferred<number>()];
    const asked = [1, 2, 3].flatMap(() => [
      cache.getOrConvert('good', () => good.promise),
      cache.getOrConvert('bad', () => bad.promise),
    ]);
    clock.advance(7);
    good.resolve(1);
    bad.reject(new Error('down'));
    await Promise.allSettled(asked);
    expect(cache.stats()).toMatchObject({ loads: 1, loadFailures: 1, loadMs: 7, misses: 6, joined: 4 });
  });

  it('one under way is in flight until it ends, or until what it makes is not wanted any more', async () => {
    const { cache } = timed();
    const runs = [new Deferred<number>(), new Deferred<number>()];
    const asked = runs.map((run, i) => cache.getOrConvert(`k${String(i)}`, () => run.promise));
    expect(cache.stats().inFlight).toBe(2);
    cache.delete('k0');
    expect(cache.stats().inFlight).toBe(1);
    for (const run of runs) run.resolve(1);
    await Promise.all(asked);
    expect(cache.stats()).toMatchObject({ inFlight: 0, loads: 2, sets: 1 });
  });

  it('one in the background for a stale value is a refresh among the loads, failures and aborts', async () => {
    const { cache, clock } = timed({ staleWhileRevalidate: 100 });
    for (const convert of [() => 1, failing, () => 2]) {
      cache.set('a', 0);
      clock.advance(10);
      await cache.getOrConvert('a', convert);
      await turn();
    }
    expect(cache.stats()).toMatchObject({
      refreshes: 3,
      loads: 2,
      loadFailures: 1,
      staleHits: 3,
      hits: 3,
      misses: 0,
    });
  });

  it('a remembered failure is a miss and a negative hit, and no further failure', async () => {
    const { cache } = timed({ negativeTtl: 5 });
    for (let i = 0; i < 3; i++) await cache.getOrConvert('a', failing).catch(() => undefined);
    expect(cache.stats()).toMatchObject({ misses: 3, negativeHits: 2, loadFailures: 1, joined: 0, hits: 0 });
  });
});

describe('the counting rules of entries', () => {
  it('sets are the values that got in, by set or from a conversion', async () => {
    const { cache } = timed();
    cache.set('a', 1).set('a', 2).set('b', 1, { size: '1MB' });
    await cache.getOrConvert('c', () => 1);
    await cache.getOrConvert('d', failing).catch(() => undefined);
    expect(cache.stats()).toMatchObject({
      sets: 3,
      entries: 2,
      removals: { replaced: 1 },
      refusals: { 'too-large': 1 },
    });
  });

  it('entries and bytes are those that are kept, also if they have expired and nobody has met them', () => {
    const { cache, clock } = timed();
    cache.set('a', 1);
    clock.advance(10);
    expect(cache.stats()).toMatchObject({ entries: 1, bytes: cache.bytes, removals: { expired: 0 } });
    cache.get('a');
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0, removals: { expired: 1 } });
  });

  /** For each cause, what lets one entry leave. */
  const leaving: readonly (readonly [
    Exclude<RemovalCause, 'refused'>,
    (p: ReturnType<typeof timed>) => unknown,
  ])[] = [
    ['evicted', ({ cache }) => cache.resize({ maxBytes: 0 })],
    ['expired', ({ cache, clock }) => (clock.advance(10), cache.purgeExpired())],
    ['replaced', ({ cache }) => cache.set('a', 'new')],
    ['deleted', ({ cache }) => cache.delete('a')],
    ['invalidated', ({ cache }) => cache.invalidate('L')],
    ['cleared', ({ cache }) => cache.clear()],
    ['corrupt', ({ cache }) => cache.getAsync('a')],
    ['closed', ({ cache }) => cache.close()],
  ];

  async function withEntry(cause: RemovalCause): Promise<ReturnType<typeof timed>> {
    const parts = timed({ compression: forgetful, compressAbove: cause === 'corrupt' ? 100 : '1MB' });
    parts.cache.set('a', 'x'.repeat(1000), { label: 'L', cost: 4, tags: ['t'] });
    await parts.cache.settled();
    return parts;
  }

  it.each(leaving)('one that is %s counts as that alone', async (cause, leave) => {
    const parts = await withEntry(cause);
    const none = parts.cache.stats().removals;
    await leave(parts);
    expect(parts.cache.stats().removals).toEqual({ ...none, [cause]: 1 });
    const { entries, sets } = parts.cache.stats();
    expect(sets).toBe(entries + 1);
  });

  it.each(leaving)(
    'one that is %s is published with its label, bytes, cost and cause',
    async (cause, leave) => {
      const parts = await withEntry(cause);
      const { bytes } = parts.cache;
      const events = await eventsOf(() => leave(parts));
      expect(events.filter(({ type }) => type === 'remove')).toEqual([
        { type: 'remove', label: 'L', bytes, cost: 4, cause },
      ]);
    },
  );

  it('a value that is refused is no removal, though it is published as one', async () => {
    const { cache } = timed();
    const exact = timed().cache.set('a', 1, { label: 'L', size: 200_000 }).bytes;
    const events = await eventsOf(() => cache.set('a', 1, { label: 'L', cost: 4, size: 200_000 }));
    expect(exact).toBe(0);
    expect(events).toEqual([
      { type: 'remove', label: 'L', bytes: expect.any(Number) as number, cost: 4, cause: 'refused' },
    ]);
    const { removals, refusals } = cache.stats();
    expect(Object.values(removals).every((count) => count === 0)).toBe(true);
    expect(refusals).toEqual({ 'too-large': 1, undefined: 0 });
  });

  it('the limits, the policy and what is in charge of it are told as well', () => {
    const { cache } = timed({ maxEntries: 5, policy: 'lru' });
    expect(cache.stats()).toMatchObject({
      maxEntries: 5,
      maxBytes: 100 * 1024,
      policy: 'lru',
      inCharge: 'lru',
    });
    expect(timed({ policy: 'tinylfu' }).cache.stats().inCharge).toContain('window');
  });
});

describe('events on perf:cache', () => {
  it('have exactly these fields, in the order in which things happen', async () => {
    const { cache, clock } = timed({ maxEntries: 1, policy: 'lru', staleWhileRevalidate: 10 });
    const bytes = timed().cache.set('a', 1, { label: 'A' }).bytes;
    const events = await eventsOf(async () => {
      cache.get({ cacheKey: 'a', label: 'asked for' });
      cache.set('a', 1, { label: 'A', cost: 5 });
      cache.get('a');
      await cache.getAsync('a');
      await cache.getOrConvert(
        'b',
        () => {
          clock.advance(2);
          return 1;
        },
        { label: 'B' },
      );
      clock.advance(10);
      await cache.getOrConvert('b', failing, { label: 'refresh' });
      await turn();
      await cache.getOrConvert('c', failing).catch(() => undefined);
      cache.clear();
    });
    expect(events).toEqual([
      { type: 'miss', label: 'asked for' },
      { type: 'set', label: 'A', bytes, cost: 5 },
      { type: 'hit', label: 'A', bytes, cost: 5 },
      { type: 'hit', label: 'A', bytes, cost: 5 },
      { type: 'miss', label: 'B' },
      { type: 'set', label: 'B', bytes, cost: 2 },
      { type: 'remove', label: 'A', bytes, cost: 5, cause: 'evicted' },
      { type: 'flight', label: 'B', cost: 2, outcome: 'kept' },
      { type: 'stale', label: 'B', bytes, cost: 2 },
      { type: 'flight', label: 'refresh', cost: 0, outcome: 'failed' },
      { type: 'miss', label: 'c' },
      { type: 'flight', label: 'c', cost: 0, outcome: 'failed' },
      { type: 'remove', label: 'B', bytes, cost: 2, cause: 'cleared' },
    ]);
  });

  it('tell the bytes of a compressed entry as it is kept', async () => {
    const { cache } = timed({ compression: true, compressAbove: '1KB' });
    cache.set('a', 'x'.repeat(5000));
    const large = cache.bytes;
    await cache.settled();
    const [hit] = await eventsOf(() => cache.get('a'));
    expect(hit).toEqual({ type: 'hit', label: 'a', bytes: cache.bytes, cost: 0 });
    expect(cache.bytes).toBeLessThan(large);
  });

  it('tell a remembered failure as a miss', async () => {
    const { cache } = timed({ negativeTtl: 5 });
    await cache.getOrConvert('a', failing).catch(() => undefined);
    const events = await eventsOf(() => cache.getOrConvert('a', failing).catch(() => undefined));
    expect(events).toEqual([{ type: 'miss', label: 'a' }]);
  });

  it('tell each caller who joins a conversion as a miss, and the conversion once', async () => {
    const { cache } = timed();
    const run = new Deferred<number>();
    const events = await eventsOf(async () => {
      const asked = [1, 2].map(() => cache.getOrConvert('a', () => run.promise));
      run.resolve(1);
      await Promise.all(asked);
    });
    expect(events.map(({ type }) => type)).toEqual(['miss', 'miss', 'set', 'flight']);
  });

  it('tell nothing of those who only look', async () => {
    const { cache } = timed();
    cache.set('a', 1);
    const events = await eventsOf(() => {
      cache.has('a');
      cache.peek('a');
      expect(cache.getEntry('a')?.value).toBe(1);
      for (const entry of cache.entries()) expect(entry.value).toBe(1);
      cache.stats();
      cache.resize({ maxEntries: 7 });
    });
    expect(events).toEqual([]);
  });

  it('are not made while nobody listens', async () => {
    const { cache } = timed();
    let asked = 0;
    const key = {
      cacheKey: 'a',
      get label(): string {
        asked += 1;
        return 'L';
      },
    };
    cache.get(key);
    const quietly = asked;
    const events = await eventsOf(() => cache.get(key));
    expect(asked).toBeGreaterThan(2 * quietly);
    expect(events).toHaveLength(1);
  });

  it('of all caches come on one channel', async () => {
    const [one, other] = [timed().cache, timed().cache];
    const events = await eventsOf(() => {
      one.get('one');
      other.get('other');
    });
    expect(events).toEqual([
      { type: 'miss', label: 'one' },
      { type: 'miss', label: 'other' },
    ]);
  });
});

describe('onRemove', () => {
  it('is told what the events tell, and of the entry as it was', async () => {
    const told: unknown[] = [];
    const { cache, clock } = timed({ onRemove: (removal) => told.push(removal) });
    cache.set('a', 1, { label: 'L', cost: 4, tags: ['t'] });
    const { bytes } = cache;
    clock.advance(3);
    cache.get('a');
    cache.delete('a');
    expect(told).toMatchObject([
      {
        ...{ key: 'a', label: 'L', value: 1, cost: 4, tags: ['t'], bytes, hits: 1, compressed: false },
        ...{ createdAt: 0, lastAccessAt: 3, expiresAt: 10, cause: 'deleted' },
      },
    ]);
    await cache.settled();
  });
});
