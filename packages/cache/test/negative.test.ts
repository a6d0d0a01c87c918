import { describe, expect, it, vi } from 'vitest';
import { ConversionCache, type CacheOptions } from '../src/index.js';
import { Deferred, turn } from './deferred.js';
import { FakeClock } from './fake-clock.js';
import { refuseUnhandledRejections } from './unhandled-rejections.js';

/** A cache that remembers failures for 10 ms, and a source that is down until the test says otherwise. */
function remembering(options: CacheOptions<number> = {}): {
  cache: ConversionCache<number>;
  clock: FakeClock;
  source: { isDown: boolean; asked: number; convert: () => number };
  ask: (key?: string) => Promise<number>;
} {
  const clock = new FakeClock();
  const cache = new ConversionCache<number>({ clock, negativeTtl: 10, ...options });
  const source = {
    isDown: true,
    asked: 0,
    convert: () => {
      source.asked += 1;
      if (source.isDown) throw new Error(`down ${String(source.asked)}`);
      return source.asked;
    },
  };
  const ask = (key = 'a'): Promise<number> =>
    cache.getOrConvert(key, source.convert, { tags: ['t'], label: `the label of ${key}` });
  return { cache, clock, source, ask };
}

const failing = async (ask: () => Promise<number>): Promise<unknown> =>
  ask().catch((error: unknown) => error);

refuseUnhandledRejections();

describe('a failure', () => {
  it('is remembered: whoever asks meanwhile gets the same error, and nobody tries again', async () => {
    const { clock, source, ask } = remembering();
    const error = await failing(ask);
    clock.advance(9.9);
    const errors = await Promise.all([failing(ask), failing(ask)]);
    expect(errors.map((other) => other === error)).toEqual([true, true]);
    expect([String(error), source.asked]).toEqual(['Error: down 1', 1]);
  });

  it('is tried again when the time is over', async () => {
    const { cache, clock, source, ask } = remembering();
    await failing(ask);
    clock.advance(10);
    await expect(ask()).rejects.toThrow('down 2');
    source.isDown = false;
    clock.advance(10);
    expect([await ask(), cache.get('a')]).toEqual([3, 3]);
  });

  it('is remembered from when the conversion failed, not from when it was asked for', async () => {
    const { clock, source, ask, cache } = remembering();
    await failing(() =>
      cache.getOrConvert('a', () => {
        clock.advance(100);
        throw new Error('slow');
      }),
    );
    clock.advance(9);
    await expect(ask()).rejects.toThrow('slow');
    clock.advance(1);
    await expect(ask()).rejects.toThrow('down');
    expect(source.asked).toBe(1);
  });

  it('is not remembered by default', async () => {
    const { source, ask } = remembering({ negativeTtl: 0 });
    await failing(ask);
    await failing(ask);
    expect(source.asked).toBe(2);
  });

  it('is remembered for ever with Infinity, until something is set', async () => {
    const { cache, clock, source, ask } = remembering({ negativeTtl: Infinity });
    await failing(ask);
    clock.advance(1e15);
    await expect(ask()).rejects.toThrow('down 1');
    cache.set('a', 7).delete('a');
    await expect(ask()).rejects.toThrow('down 2');
    expect(source.asked).toBe(2);
  });

  it('is remembered no longer when the clock is set back, and no shorter', async () => {
    const { clock, source, ask } = remembering();
    clock.time = 1000;
    await failing(ask);
    clock.time = 0;
    await failing(ask);
    clock.advance(9);
    await failing(ask);
    expect(source.asked).toBe(1);
    clock.advance(1);
    await failing(ask);
    expect(source.asked).toBe(2);
  });

  it('is that of its key alone', async () => {
    const { source, ask, cache } = remembering();
    await failing(ask);
    source.isDown = false;
    expect(await ask('b')).toBe(2);
    expect(await cache.getOrConvert({ a: 1 }, source.convert)).toBe(3);
    await expect(ask('a')).rejects.toThrow('down 1');
  });

  it('is that of the key, whatever conversion is given', async () => {
    const { cache, ask } = remembering();
    await failing(ask);
    const another = vi.fn(() => 5);
    await expect(cache.getOrConvert('a', another)).rejects.toThrow('down 1');
    expect(another).not.toHaveBeenCalled();
  });

  it('is remembered for calls of wrapped functions as well', async () => {
    const { cache, clock } = remembering();
    let calls = 0;
    const wrapped = cache.wrap((_: number) => Promise.reject<number>(new Error(`no ${String(++calls)}`)));
    await expect(wrapped(1)).rejects.toThrow('no 1');
    await expect(wrapped(1)).rejects.toThrow('no 1');
    await expect(wrapped(2)).rejects.toThrow('no 2');
    clock.advance(10);
    await expect(wrapped(1)).rejects.toThrow('no 3');
  });

  it.each([undefined, null, 0, 'text'])('is remembered whatever was thrown: %o', async (thrown) => {
    const { cache } = remembering();
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const convert = vi.fn(() => Promise.reject<number>(thrown));
    for (let i = 0; i < 2; i++) {
      const [result] = await Promise.allSettled([cache.getOrConvert('a', convert)]);
      expect(result).toEqual({ status: 'rejected', reason: thrown });
    }
    expect(convert).toHaveBeenCalledTimes(1);
  });

  it('is no value: nothing but getOrConvert and wrapped functions knows of it', async () => {
    const { cache, ask } = remembering();
    await failing(ask);
    expect([cache.get('a'), await cache.getAsync('a'), cache.has('a'), cache.size, cache.bytes]).toEqual([
      ...[undefined, undefined, false, 0, 0],
    ]);
    expect(cache.stats()).toMatchObject({ misses: 3, negativeHits: 0 });
  });

  it('does not stand in the way of a value that is there', async () => {
    const { cache, ask } = remembering();
    await failing(ask);
    cache.set('a', 5);
    expect(await ask()).toBe(5);
  });

  it('counts as a miss and a negative hit each time that it is met, and once as a failure', async () => {
    const { cache, ask } = remembering();
    for (let i = 0; i < 3; i++) await failing(ask);
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 3, negativeHits: 2, loadFailures: 1, joined: 0 });
  });
});

describe('what lets a failure be forgotten', () => {
  it.each<[string, (cache: ConversionCache<number>) => unknown]>([
    ['set, though the value leaves again', (cache) => cache.set('a', 1, { ttl: 0 })],
    ['set, though the value is refused', (cache) => cache.set('a', 1, { size: '1GB' })],
    ['delete', (cache) => cache.delete('a')],
    ['invalidate by label', (cache) => cache.invalidate('the label of a')],
    ['invalidate by key', (cache) => cache.invalidate('a')],
    ['invalidate by a pattern', (cache) => cache.invalidate(/^the label/)],
    ['invalidate by tag', (cache) => cache.invalidate({ tags: ['other', 't'] })],
    ['invalidate by a function, which cannot judge it', (cache) => cache.invalidate(() => false)],
    ['clear', (cache) => cache.clear()],
  ])('%s', async (_, forget) => {
    const { cache, source, ask } = remembering();
    await failing(ask);
    forget(cache);
    source.isDown = false;
    expect(await ask()).toBe(2);
  });

  it.each<[string, (cache: ConversionCache<number>) => unknown]>([
    ['set', (cache) => cache.set('b', 1)],
    ['delete', (cache) => cache.delete('b')],
    ['invalidate by label', (cache) => cache.invalidate('the label of b')],
    ['invalidate by a pattern', (cache) => cache.invalidate(/^b$/)],
    ['invalidate by tag', (cache) => cache.invalidate({ tags: ['other'] })],
    ['resize', (cache) => cache.resize({ maxEntries: 1 })],
    ['purgeExpired', (cache) => cache.purgeExpired()],
    ['get', (cache) => cache.get('a')],
  ])('not %s of something else', async (_, act) => {
    const { cache, source, ask } = remembering();
    await failing(ask);
    act(cache);
    await expect(ask()).rejects.toThrow('down 1');
    expect(source.asked).toBe(1);
  });

  it('that there are a thousand newer ones', async () => {
    const { source, ask } = remembering();
    for (let i = 0; i < 1001; i++) await failing(() => ask(`key ${String(i)}`));
    expect(source.asked).toBe(1001);
    await expect(ask('key 1000')).rejects.toThrow('down 1001');
    await expect(ask('key 1')).rejects.toThrow('down 2');
    await expect(ask('key 0')).rejects.toThrow('down 1002');
  });
});

describe('what is not remembered', () => {
  it('is a conversion that everybody has left, though it fails then', async () => {
    const { cache, source } = remembering();
    const run = new Deferred<number>();
    const leaver = new AbortController();
    const gone = cache.getOrConvert('a', () => run.promise, { signal: leaver.signal });
    leaver.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
    run.reject(new Error('stopped'));
    await turn();
    source.isDown = false;
    expect(await cache.getOrConvert('a', source.convert)).toBe(1);
    expect(cache.stats()).toMatchObject({ loadAborts: 1, loadFailures: 0 });
  });

  it.each<[string, (cache: ConversionCache<number>) => unknown]>([
    ['deleted', (cache) => cache.delete('a')],
    ['invalidated', (cache) => cache.invalidate('a')],
    ['cleared', (cache) => cache.clear()],
    ['set, and deleted', (cache) => cache.set('a', 1).delete('a')],
  ])('is the failure of a conversion whose key was %s meanwhile', async (_, overtake) => {
    const { cache, source } = remembering();
    const run = new Deferred<number>();
    const waiting = cache.getOrConvert('a', () => run.promise);
    overtake(cache);
    run.reject(new Error('too old'));
    await expect(waiting).rejects.toThrow('too old');
    source.isDown = false;
    expect(await cache.getOrConvert('a', source.convert)).toBe(1);
  });

  it('is the leaving of one caller while others wait', async () => {
    const { cache } = remembering();
    const run = new Deferred<number>();
    const leaver = new AbortController();
    const gone = cache.getOrConvert('a', () => run.promise, { signal: leaver.signal });
    const stays = cache.getOrConvert('a', () => run.promise);
    leaver.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
    run.resolve(1);
    expect([await stays, await cache.getOrConvert('a', () => 2)]).toEqual([1, 1]);
  });

  it('is a result of undefined, or one that there is no room for', async () => {
    const { cache, source } = remembering({ maxBytes: '10KB' });
    await cache.getOrConvert('a', () => undefined as unknown as number);
    await cache.getOrConvert('b', () => 1, { size: '1MB' });
    source.isDown = false;
    expect([
      await cache.getOrConvert('a', source.convert),
      await cache.getOrConvert('b', source.convert),
    ]).toEqual([1, 2]);
  });

  it('is anything after close', async () => {
    const { cache } = remembering();
    const run = new Deferred<number>();
    const waiting = cache.getOrConvert('a', () => run.promise);
    cache.close();
    await expect(waiting).rejects.toThrow('closed');
    run.reject(new Error('stopped'));
    await turn();
    expect(cache.stats()).toMatchObject({ loadFailures: 0, negativeHits: 0 });
  });
});

describe('a remembered failure and a stale value', () => {
  /** `a` is 0 and fresh until 10, stale until 50; failures are remembered for 15. */
  function both(): ReturnType<typeof remembering> {
    const parts = remembering({ ttl: 10, staleWhileRevalidate: 40, negativeTtl: 15 });
    parts.cache.set('a', 0);
    parts.clock.time = 10;
    return parts;
  }

  it('are the stale value, and no further attempt while the failure is remembered', async () => {
    const { cache, clock, source, ask } = both();
    for (const time of [10, 12, 24.9]) {
      clock.time = time;
      expect(await ask()).toBe(0);
      await turn();
    }
    expect(source.asked).toBe(1);
    expect(cache.stats()).toMatchObject({ staleHits: 3, refreshes: 1, negativeHits: 0, loadFailures: 1 });
  });

  it('are another attempt when the failure is forgotten', async () => {
    const { cache, clock, source, ask } = both();
    await ask();
    await turn();
    clock.time = 25;
    source.isDown = false;
    expect(await ask()).toBe(0);
    await turn();
    expect([source.asked, cache.get('a')]).toEqual([2, 2]);
  });

  it('are the failure, from memory, when the stale value may not be served any more', async () => {
    const { cache, clock, source, ask } = both();
    clock.time = 49;
    expect(await ask()).toBe(0);
    await turn();
    clock.time = 50;
    await expect(ask()).rejects.toThrow('down 1');
    expect([source.asked, cache.stats().negativeHits]).toEqual([1, 1]);
    clock.time = 64;
    await expect(ask()).rejects.toThrow('down 2');
  });

  it('are a new value, once one is set', async () => {
    const { cache, ask, source } = both();
    await ask();
    await turn();
    cache.set('a', 5);
    expect([await ask(), source.asked]).toEqual([5, 1]);
  });
});
