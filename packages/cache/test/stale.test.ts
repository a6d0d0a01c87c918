import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { gunzipSync, gzipSync } from 'node:zlib';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { ConversionCache, type CacheEvent, type CacheOptions, type ValueCodec } from '../src/index.js';
import { Deferred, turn } from './deferred.js';
import { FakeClock } from './fake-clock.js';
import { refuseUnhandledRejections } from './unhandled-rejections.js';

const code = (name: string): unknown => expect.objectContaining({ code: `ERR_PERF_CACHE_${name}` });

/** Conversions that the test ends one by one. */
class Source<V> {
  readonly runs: (Deferred<V> & { signal?: AbortSignal })[] = [];

  readonly convert = ({ signal }: { signal: AbortSignal }): Promise<V> => {
    const run = Object.assign(new Deferred<V>(), { signal });
    this.runs.push(run);
    return run.promise;
  };

  /** Ends the last conversion that was started, and waits until that has shown. */
  async end(value: V | Error): Promise<void> {
    const run = this.runs.at(-1);
    if (value instanceof Error) run?.reject(value);
    else run?.resolve(value);
    await turn();
  }
}

/** A cache in which `a` is 'old' and fresh until 10, and stale until 30. */
function revalidating(options: CacheOptions<unknown> = {}): {
  cache: ConversionCache;
  clock: FakeClock;
  source: Source<unknown>;
  ask: () => Promise<unknown>;
} {
  const clock = new FakeClock();
  const cache = new ConversionCache<unknown>({ clock, ttl: 10, staleWhileRevalidate: 20, ...options });
  const source = new Source<unknown>();
  cache.set('a', 'old', { cost: 7 });
  return { cache, clock, source, ask: () => cache.getOrConvert('a', source.convert) };
}

/** The same, when `a` has just become stale. */
function stale(options: CacheOptions<unknown> = {}): ReturnType<typeof revalidating> {
  const parts = revalidating(options);
  parts.clock.time = 10;
  return parts;
}

refuseUnhandledRejections();

describe('a stale value', () => {
  it('is served at once, while it is made anew in the background', async () => {
    const { cache, source, ask } = stale();
    expect(await ask()).toBe('old');
    expect(source.runs).toHaveLength(1);
    expect(cache.stats().inFlight).toBe(1);
    await source.end('new');
    expect([await ask(), cache.get('a'), cache.stats().inFlight]).toEqual(['new', 'new', 0]);
    expect(source.runs).toHaveLength(1);
  });

  it('is made anew once, however many ask', async () => {
    const { source, ask, clock } = stale();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['old', 'old', 'old']);
    clock.advance(5);
    expect(await ask()).toBe('old');
    expect(source.runs).toHaveLength(1);
  });

  it('is served by wrapped functions as well', async () => {
    const clock = new FakeClock();
    const cache = new ConversionCache<number>({ clock, ttl: 10, staleWhileRevalidate: 20 });
    let made = 0;
    const wrapped = cache.wrap((_: string) => Promise.resolve(++made));
    expect(await wrapped('x')).toBe(1);
    clock.advance(10);
    expect(await wrapped('x')).toBe(1);
    await turn();
    expect([await wrapped('x'), made]).toEqual([2, 2]);
  });

  it('is served until its time and the time after that are over, and not a moment longer', async () => {
    const { clock, source, ask } = revalidating();
    clock.time = 9.9;
    expect([await ask(), source.runs.length]).toEqual(['old', 0]);
    clock.time = 29.9;
    expect([await ask(), source.runs.length]).toEqual(['old', 1]);
    clock.time = 30;
    const waiting = ask();
    await source.end('new');
    expect([await waiting, source.runs.length]).toEqual(['new', 1]);
  });

  it('is served for no time at all by default', async () => {
    const { source, ask, clock } = revalidating({ staleWhileRevalidate: 0 });
    clock.time = 10;
    const waiting = ask();
    await source.end('new');
    expect(await waiting).toBe('new');
  });

  it('may have become so by a ttl of its own, and never does with Infinity', async () => {
    const { cache, clock, source } = revalidating();
    cache.set('short', 'old', { ttl: 1 }).set('ever', 'old', { ttl: Infinity });
    clock.time = 20.9;
    expect(await cache.getOrConvert('short', source.convert)).toBe('old');
    expect(await cache.getOrConvert('ever', source.convert)).toBe('old');
    expect(source.runs).toHaveLength(1);
    clock.time = 21;
    void cache.getOrConvert('short', source.convert);
    expect(cache.stats()).toMatchObject({ joined: 1, misses: 1 });
  });

  it('is served for ever with Infinity', async () => {
    const { clock, ask } = revalidating({ staleWhileRevalidate: Infinity });
    clock.time = 1e15;
    expect(await ask()).toBe('old');
  });

  it.each<[string, (cache: ConversionCache) => unknown]>([
    ['get', (cache) => cache.get('a')],
    ['getAsync', (cache) => cache.getAsync('a')],
    ['peek', (cache) => cache.peek('a')],
    ['getEntry', (cache) => cache.getEntry('a')],
    ['has', (cache) => (cache.has('a') ? true : undefined)],
    ['entries', (cache) => [...cache.entries()][0]],
  ])('is not there for %s, which leaves it to those who take it', async (_, look) => {
    const { cache, ask } = stale();
    expect(await look(cache)).toBeUndefined();
    expect(cache.size).toBe(1);
    expect(await ask()).toBe('old');
  });

  it('is not purged, nor swept away, while it may be served', async () => {
    const { cache, clock, ask } = stale();
    expect(cache.purgeExpired()).toBe(0);
    for (let i = 0; i < 5; i++) cache.set('b', i);
    expect(await ask()).toBe('old');
    clock.time = 30;
    expect([cache.purgeExpired(), cache.has('b'), cache.size]).toEqual([1, false, 1]);
  });

  it('does not return once it was deleted, invalidated or cleared', async () => {
    for (const remove of [
      (cache: ConversionCache) => cache.delete('a'),
      (cache: ConversionCache) => cache.invalidate('a'),
      (cache: ConversionCache) => {
        cache.clear();
      },
    ]) {
      const { cache, source, ask } = stale();
      remove(cache);
      const waiting = ask();
      await source.end('new');
      expect(await waiting).toBe('new');
    }
  });

  it('is shared, or a copy for each with clone: true, as is what is made anew', async () => {
    const value = { list: [1] };
    const clock = new FakeClock();
    const options = { clock, ttl: 10, staleWhileRevalidate: 20 };
    const shared = new ConversionCache<typeof value>(options).set('a', value);
    const copied = new ConversionCache<typeof value>({ ...options, clone: true }).set('a', value);
    clock.advance(10);
    const made = { list: [2] };
    expect(await shared.getOrConvert('a', () => made)).toBe(value);
    const copies = await Promise.all([1, 2].map(() => copied.getOrConvert('a', () => made)));
    for (const copy of copies) copy.list.push(9);
    await turn();
    made.list.push(9);
    value.list.push(9);
    expect(copies[0]).not.toBe(copies[1]);
    expect(shared.get('a')).toBe(made);
    expect(copied.get('a')).toEqual({ list: [2] });
  });

  it('is served to a conversion that asks for its own key, instead of waiting for itself', async () => {
    const { cache, clock } = stale();
    const again = async (): Promise<unknown> => {
      await turn();
      return [await cache.getOrConvert('a', again)];
    };
    expect(await cache.getOrConvert('a', again)).toBe('old');
    await turn();
    await turn();
    expect(cache.get('a')).toEqual(['old']);
    expect(clock.time).toBe(10);
  });

  it('counts as served for the idleTtl, so that it is there as long as it is asked for', async () => {
    const { clock, source, ask } = revalidating({ idleTtl: 8 });
    for (const time of [7, 14, 21, 28]) {
      clock.time = time;
      expect(await ask()).toBe('old');
      if (time >= 10) await source.end(new Error('down'));
    }
  });

  it('that nobody has asked for has been idle for too long, whatever the time after its ttl', async () => {
    const { clock, source, ask } = revalidating({ idleTtl: 12 });
    clock.time = 12;
    const waiting = ask();
    await source.end('new');
    expect(await waiting).toBe('new');
  });
});

describe('the conversion in the background', () => {
  it('does not end when the caller who started it leaves', async () => {
    const { cache, source } = stale();
    const leaver = new AbortController();
    expect(await cache.getOrConvert('a', source.convert, { signal: leaver.signal })).toBe('old');
    leaver.abort();
    await turn();
    expect(source.runs[0]?.signal?.aborted).toBe(false);
    await source.end('new');
    expect(cache.get('a')).toBe('new');
  });

  it('does not start for a caller who comes aborted', async () => {
    const { cache, source } = stale();
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(cache.getOrConvert('a', source.convert, { signal })).rejects.toThrow('too late');
    expect([source.runs.length, cache.stats().hits]).toEqual([0, 0]);
  });

  it('takes ttl, tags, label and cost from the caller who started it', async () => {
    const { cache, source } = stale();
    const options = { ttl: 100, tags: ['t'], label: 'L', cost: 3 };
    await Promise.all([
      cache.getOrConvert('a', source.convert, options),
      cache.getOrConvert('a', source.convert, { label: 'another' }),
    ]);
    await source.end('new');
    expect(cache.getEntry('a')).toMatchObject({ expiresAt: 110, tags: ['t'], label: 'L', cost: 3 });
  });

  it('is joined by those who come when the stale value may not be served any more', async () => {
    const { cache, clock, source, ask } = stale();
    await ask();
    clock.time = 30;
    const waiting = Promise.all([ask(), ask()]);
    expect(cache.stats()).toMatchObject({ joined: 2, misses: 2, inFlight: 1 });
    await source.end('new');
    expect(await waiting).toEqual(['new', 'new']);
    expect(source.runs).toHaveLength(1);
  });

  it('goes on when all have left who joined it', async () => {
    const { cache, clock, source, ask } = stale();
    await ask();
    clock.time = 30;
    const leaver = new AbortController();
    const gone = cache.getOrConvert('a', source.convert, { signal: leaver.signal });
    leaver.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
    await source.end('new');
    expect([cache.get('a'), cache.stats().loadAborts]).toEqual(['new', 0]);
  });

  it('that fails leaves the old value, and the next to ask starts another', async () => {
    const { cache, source, ask } = stale();
    await ask();
    await source.end(new Error('down'));
    expect(await ask()).toBe('old');
    expect(source.runs).toHaveLength(2);
    await source.end('new');
    expect(cache.get('a')).toBe('new');
  });

  it('may fail by throwing', async () => {
    const { cache, source, ask } = stale();
    const thrower = (): never => {
      throw new Error('down');
    };
    expect(await cache.getOrConvert('a', thrower)).toBe('old');
    await turn();
    expect(cache.stats()).toMatchObject({ loadFailures: 1, staleHits: 1 });
    expect(await ask()).toBe('old');
    expect(source.runs).toHaveLength(1);
  });

  it('that fails when the time is over reaches those who wait for it by then', async () => {
    const { clock, source, ask } = stale();
    await ask();
    clock.time = 30;
    const told = expect(ask()).rejects.toThrow('down');
    await source.end(new Error('down'));
    await told;
  });

  it('fails for the caller once the time is over, as without a stale value', async () => {
    const { clock, source, ask } = stale();
    for (let i = 0; i < 3; i++) {
      expect(await ask()).toBe('old');
      await source.end(new Error('down'));
    }
    clock.time = 30;
    const told = expect(ask()).rejects.toThrow('still down');
    await source.end(new Error('still down'));
    await told;
    expect(source.runs).toHaveLength(4);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['more than there is room for', new Uint8Array(200_000)],
  ])('that gives %s leaves the old value', async (_, made) => {
    const { cache, source, ask } = stale({ maxBytes: '100KB' });
    await ask();
    await source.end(made);
    expect(await ask()).toBe('old');
    expect(cache.stats()).toMatchObject({ loads: 1, staleHits: 2, sets: 1 });
  });

  it('that gives what cannot be copied leaves the old value with clone: true', async () => {
    const { cache, source, ask } = stale({ clone: true });
    await ask();
    await source.end(() => 1);
    expect(await ask()).toBe('old');
    expect(cache.stats().sets).toBe(1);
  });
});

describe('what happens while a value is made anew wins over the result', () => {
  it.each<[string, (cache: ConversionCache) => void]>([
    ['delete', (cache) => cache.delete('a')],
    ['clear', (cache) => cache.clear()],
    ['invalidate by label', (cache) => cache.invalidate('the *')],
    ['invalidate by key', (cache) => cache.invalidate(/^a$/)],
    ['invalidate by tag', (cache) => cache.invalidate({ tags: ['t'] })],
    ['invalidate by a function', (cache) => cache.invalidate(() => true)],
  ])('%s', async (_, overtake) => {
    const { cache, source } = stale();
    await cache.getOrConvert('a', source.convert, { tags: ['t'], label: 'the label' });
    overtake(cache);
    await source.end('new');
    expect(cache.get('a')).toBeUndefined();
    expect(cache.stats()).toMatchObject({ loads: 1, sets: 1, inFlight: 0 });
  });

  it('set', async () => {
    const { cache, source, ask } = stale();
    await ask();
    cache.set('a', 'set');
    await source.end('new');
    expect([cache.get('a'), await ask()]).toEqual(['set', 'set']);
  });

  it('close, which stops it', async () => {
    const { cache, source, ask } = stale();
    await ask();
    cache.close();
    expect(source.runs[0]?.signal?.aborted).toBe(true);
    expect(source.runs[0]?.signal?.reason).toEqual(code('CLOSED'));
    await source.end('new');
    expect(cache.stats()).toMatchObject({ entries: 0, inFlight: 0, loads: 0 });
  });

  it('close, also for those who have joined, and whatever becomes of the conversion', async () => {
    const { cache, clock, source, ask } = stale();
    await ask();
    clock.time = 30;
    const waiting = ask();
    cache.close();
    await expect(waiting).rejects.toEqual(code('CLOSED'));
    await source.end(new Error('stopped'));
    expect(cache.stats().loadFailures).toBe(0);
  });
});

describe('a stale value that is compressed', () => {
  /** Restores what it compressed when the test lets it. */
  class GatedCodec implements ValueCodec<unknown> {
    gate: Promise<unknown> | undefined;

    encode(value: unknown): Promise<Uint8Array[]> {
      return Promise.resolve([gzipSync(serialize(value))]);
    }

    async decode(parts: Uint8Array[]): Promise<unknown> {
      await this.gate;
      return this.decodeSync(parts);
    }

    decodeSync(parts: Uint8Array[]): unknown {
      return deserialize(gunzipSync(Buffer.concat(parts)));
    }
  }

  const old = 'old '.repeat(5000);

  async function packed(
    options: CacheOptions<unknown> = {},
  ): Promise<ReturnType<typeof revalidating> & { codec: GatedCodec }> {
    const codec = new GatedCodec();
    const parts = revalidating({ compression: codec, compressAbove: '1KB', ...options });
    parts.cache.set('a', old);
    await parts.cache.settled();
    expect(parts.cache.getEntry('a')?.compressed).toBe(true);
    parts.clock.time = 10;
    return { ...parts, codec };
  }

  it('is restored, served, and made anew', async () => {
    const { cache, source, ask } = await packed();
    expect(await Promise.all([ask(), ask()])).toEqual([old, old]);
    expect(source.runs).toHaveLength(1);
    await source.end('new');
    expect(cache.get('a')).toBe('new');
    expect(cache.stats()).toMatchObject({ hits: 3, staleHits: 2, compression: { entries: 0, decoded: 1 } });
  });

  it('is a copy for each who asks with clone: true', async () => {
    const { cache, clock, source, codec } = await packed({ clone: true });
    cache.set('a', { old });
    await cache.settled();
    clock.advance(10);
    const gate = new Deferred<void>();
    codec.gate = gate.promise;
    const both = Promise.all([1, 2].map(() => cache.getOrConvert('a', source.convert)));
    gate.resolve();
    const [first, second] = await both;
    expect([first, second]).toEqual([{ old }, { old }]);
    expect(first).not.toBe(second);
  });

  it('that cannot be restored is converted like one that is missing', async () => {
    const { cache, source, ask, codec } = await packed();
    codec.gate = Promise.reject(new Error('corrupt'));
    const waiting = ask();
    await turn();
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 1, removals: { corrupt: 1 } });
    await source.end('new');
    expect(await waiting).toBe('new');
  });

  it('is served to those who asked before it was replaced, and the new value stays as it is', async () => {
    const { cache, source, ask, codec } = await packed();
    const gate = new Deferred<void>();
    codec.gate = gate.promise;
    const waiting = ask();
    cache.set('a', 'set');
    gate.resolve();
    expect(await waiting).toBe(old);
    expect(source.runs).toHaveLength(0);
    expect([cache.get('a'), cache.stats().refreshes]).toEqual(['set', 0]);
  });

  it('is not brought back when it was deleted while it was restored', async () => {
    const { cache, source, ask, codec } = await packed();
    const gate = new Deferred<void>();
    codec.gate = gate.promise;
    const waiting = ask();
    cache.delete('a');
    gate.resolve();
    expect(await waiting).toBe(old);
    expect(source.runs).toHaveLength(0);
  });

  it('is served to those who asked before close, and nothing is made anew', async () => {
    const { cache, source, ask, codec } = await packed();
    const gate = new Deferred<void>();
    codec.gate = gate.promise;
    const waiting = ask();
    cache.close();
    gate.resolve();
    expect(await waiting).toBe(old);
    expect([source.runs.length, cache.stats().entries]).toEqual([0, 0]);
  });

  it('is not served to a caller who has left meanwhile, and nothing is made anew for that one', async () => {
    const { cache, source, codec } = await packed();
    const gate = new Deferred<void>();
    codec.gate = gate.promise;
    const leaver = new AbortController();
    const gone = cache.getOrConvert('a', source.convert, { signal: leaver.signal });
    leaver.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
    gate.resolve();
    await turn();
    expect([source.runs.length, cache.stats().staleHits]).toEqual([0, 0]);
  });
});

describe('statistics and events of stale values', () => {
  it('count a stale value as a hit and as a stale hit, and it saves nothing', async () => {
    const { cache, source, ask } = stale();
    await Promise.all([ask(), ask()]);
    expect(cache.stats()).toMatchObject({
      hits: 2,
      staleHits: 2,
      misses: 0,
      joined: 0,
      savedMs: 0,
      refreshes: 1,
    });
    await source.end('new');
    expect(cache.stats()).toMatchObject({ hits: 2, staleHits: 2, loads: 1, refreshes: 1, sets: 2 });
  });

  it('count a fresh value as a hit alone', async () => {
    const { cache, ask } = revalidating();
    await ask();
    expect(cache.stats()).toMatchObject({ hits: 1, staleHits: 0, savedMs: 7, refreshes: 0 });
  });

  it('count each attempt to make it anew, and each failure', async () => {
    const { cache, source, ask } = stale();
    for (const end of [new Error('down'), new Error('down'), 'new']) {
      await ask();
      await source.end(end);
    }
    expect(cache.stats()).toMatchObject({ refreshes: 3, loadFailures: 2, loads: 1, staleHits: 3 });
  });

  it('count the time of the conversion, and make it the cost of the new value', async () => {
    const { cache, clock, source, ask } = stale();
    await ask();
    clock.advance(15);
    await source.end('new');
    expect(cache.getEntry('a')).toMatchObject({ cost: 15, createdAt: 25, expiresAt: 35 });
    expect(cache.stats().loadMs).toBe(15);
  });

  it('count get, which does not take it, as a miss', () => {
    const { cache } = stale();
    cache.get('a');
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 1, staleHits: 0 });
  });

  it('tell of it: served stale, replaced and set, and how the conversion ended', async () => {
    const { cache, clock, source, ask } = stale();
    const bytes = cache.bytes;
    const events: CacheEvent[] = [];
    const listen = (message: unknown): void => {
      events.push(message as CacheEvent);
    };
    subscribe('perf:cache', listen);
    await ask();
    clock.advance(3);
    await source.end('anew');
    await ask();
    unsubscribe('perf:cache', listen);
    const after = cache.bytes;
    expect(events).toEqual([
      { type: 'stale', label: 'a', bytes, cost: 7 },
      { type: 'remove', label: 'a', bytes, cost: 7, cause: 'replaced' },
      { type: 'set', label: 'a', bytes: after, cost: 3 },
      { type: 'flight', label: 'a', cost: 3, outcome: 'kept' },
      { type: 'hit', label: 'a', bytes: after, cost: 3 },
    ]);
  });

  it('tell onRemove of the old value when the new one is there', async () => {
    const told: string[] = [];
    const { source, ask } = stale({ onRemove: ({ value, cause }) => told.push(`${String(value)} ${cause}`) });
    await ask();
    expect(told).toEqual([]);
    await source.end('new');
    expect(told).toEqual(['old replaced']);
  });
});
