import { setImmediate as immediately } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { ConversionCache } from '../src/index.js';
import { Deferred, turn } from './deferred.js';
import { FakeClock } from './fake-clock.js';

const code = (name: string): unknown => expect.objectContaining({ code: `ERR_PERF_CACHE_${name}` });

/** A conversion that the test ends, and that remembers how it was called. */
function pending<V>(): {
  convert: (o: { signal: AbortSignal }) => Promise<V>;
  calls: AbortSignal[];
  end: Deferred<V>;
} {
  const calls: AbortSignal[] = [];
  const end = new Deferred<V>();
  return {
    calls,
    end,
    convert: ({ signal }) => {
      calls.push(signal);
      return end.promise;
    },
  };
}

describe('getOrConvert', () => {
  it('converts once, then serves what was made', async () => {
    const cache = new ConversionCache<number>();
    const convert = vi.fn(() => Promise.resolve(1));
    expect(await cache.getOrConvert('a', convert)).toBe(1);
    expect(await cache.getOrConvert('a', convert)).toBe(1);
    expect(convert).toHaveBeenCalledTimes(1);
    expect(cache.stats()).toMatchObject({ hits: 1, misses: 1, loads: 1, sets: 1, joined: 0 });
  });

  it('starts at once, not in a later turn', () => {
    const cache = new ConversionCache<number>();
    const convert = vi.fn(() => 1);
    void cache.getOrConvert('a', convert);
    expect(convert).toHaveBeenCalledTimes(1);
  });

  it('runs one conversion for all who ask meanwhile', async () => {
    const cache = new ConversionCache<object>();
    const { convert, calls, end } = pending<object>();
    const results = Promise.all([1, 2, 3].map(() => cache.getOrConvert({ file: 'a' }, convert)));
    expect(cache.stats()).toMatchObject({ inFlight: 1, joined: 2, misses: 3 });
    const value = {};
    end.resolve(value);
    const [first, second, third] = await results;
    expect([first === value, second === value, third === value]).toEqual([true, true, true]);
    expect(calls).toHaveLength(1);
    expect(cache.stats()).toMatchObject({ inFlight: 0, loads: 1 });
  });

  it('takes a value that is there at once', async () => {
    expect(await new ConversionCache<number>().getOrConvert('a', () => 1)).toBe(1);
  });

  it('measures the cost, unless it is given', async () => {
    const clock = new FakeClock();
    const cache = new ConversionCache<number>({ clock });
    const convert = (): number => {
      clock.advance(30);
      return 1;
    };
    await cache.getOrConvert('a', convert, { tags: ['t'], label: 'L' });
    await cache.getOrConvert('b', convert, { cost: 5 });
    await cache.getOrConvert('a', convert);
    expect(cache.getEntry('a')).toMatchObject({ cost: 30, tags: ['t'], label: 'L', createdAt: 30 });
    expect(cache.getEntry('b')?.cost).toBe(5);
    expect(cache.stats()).toMatchObject({ loadMs: 60, savedMs: 30 });
  });

  it('takes no negative cost from a clock that was set back', async () => {
    const clock = new FakeClock(100);
    const cache = new ConversionCache<number>({ clock });
    await cache.getOrConvert('a', () => {
      clock.time = 0;
      return 1;
    });
    expect(cache.getEntry('a')?.cost).toBe(0);
  });

  it('converts again what has expired', async () => {
    const clock = new FakeClock();
    const cache = new ConversionCache<number>({ clock, ttl: 10 });
    let made = 0;
    const convert = (): number => ++made;
    await cache.getOrConvert('a', convert);
    clock.advance(10);
    expect(await cache.getOrConvert('a', convert)).toBe(2);
  });

  it('hands over undefined and what is too large, and keeps neither', async () => {
    const cache = new ConversionCache<unknown>({ maxBytes: '10KB' });
    expect(await cache.getOrConvert('a', () => undefined)).toBeUndefined();
    expect(await cache.getOrConvert('b', () => new Uint8Array(20_000))).toHaveLength(20_000);
    expect(cache.size).toBe(0);
    expect(cache.stats()).toMatchObject({ loads: 2, refusals: { undefined: 1, 'too-large': 1 } });
  });

  it('gives every caller a copy of its own with clone: true', async () => {
    const cache = new ConversionCache<number[]>({ clone: true });
    const made = [1];
    const results = await Promise.all([1, 2].map(() => cache.getOrConvert('a', () => made)));
    for (const result of results) result.push(2);
    made.push(3);
    expect(await cache.getOrConvert('a', () => [])).toEqual([1]);
    await expect(cache.getOrConvert('b', () => [(() => 1) as unknown as number])).rejects.toEqual(
      code('INVALID_VALUE'),
    );
  });

  it('rejects a conversion that is none, and an unknown option', async () => {
    const cache = new ConversionCache<number>();
    await expect(cache.getOrConvert('a', 5 as unknown as () => number)).rejects.toThrow(
      'convert must be a function',
    );
    await expect(cache.getOrConvert('a', () => 1, { tll: 1 } as object)).rejects.toThrow(
      "unknown option 'tll'",
    );
    await expect(cache.getOrConvert('a', () => 1, { signal: 1 as unknown as AbortSignal })).rejects.toThrow(
      'signal must be',
    );
    await expect(cache.getOrConvert(null as unknown as object, () => 1)).rejects.toEqual(code('INVALID_KEY'));
  });
});

describe('a conversion that fails', () => {
  it.each<[string, () => number | Promise<number>]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'rejects later',
      async () => {
        await turn();
        throw new Error('no');
      },
    ],
  ])('reaches everybody who waits and is not kept, when it %s', async (_, convert) => {
    const cache = new ConversionCache<number>();
    const results = await Promise.allSettled([
      cache.getOrConvert('a', convert),
      cache.getOrConvert('a', convert),
    ]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(await cache.getOrConvert('a', () => 2)).toBe(2);
    expect(cache.stats()).toMatchObject({ loads: 1, inFlight: 0 });
  });

  it('is counted once for all who waited', async () => {
    const cache = new ConversionCache<number>();
    const { convert, end } = pending<number>();
    const all = Promise.allSettled([1, 2, 3].map(() => cache.getOrConvert('a', convert)));
    end.reject(new Error('no'));
    await all;
    expect(cache.stats()).toMatchObject({ loadFailures: 1, loads: 0, misses: 3, joined: 2 });
  });

  it('keeps whatever was thrown, also undefined', async () => {
    const cache = new ConversionCache<number>();
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    await expect(cache.getOrConvert('a', () => Promise.reject(undefined))).rejects.toBeUndefined();
  });
});

describe('callers who leave', () => {
  it('leave alone; the others get the value', async () => {
    const cache = new ConversionCache<number>();
    const { convert, calls, end } = pending<number>();
    const leaver = new AbortController();
    const gone = cache.getOrConvert('a', convert, { signal: leaver.signal });
    const stays = cache.getOrConvert('a', convert, { signal: new AbortController().signal });
    leaver.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
    expect(calls[0]?.aborted).toBe(false);
    end.resolve(1);
    expect(await stays).toBe(1);
    expect(cache.get('a')).toBe(1);
  });

  it('stop the conversion when the last has left, and the next caller starts anew', async () => {
    const cache = new ConversionCache<number>();
    const first = pending<number>();
    const leavers = [new AbortController(), new AbortController()];
    const gone = leavers.map(({ signal }) => cache.getOrConvert('a', first.convert, { signal }));
    leavers[0]?.abort();
    await Promise.allSettled(gone.slice(0, 1));
    expect(first.calls[0]?.aborted).toBe(false);
    leavers[1]?.abort('all gone');
    await Promise.allSettled(gone);
    expect(first.calls[0]?.reason).toBe('all gone');
    expect(cache.stats()).toMatchObject({ inFlight: 0, loadAborts: 1 });

    const second = pending<number>();
    const next = cache.getOrConvert('a', second.convert);
    first.end.resolve(1);
    await turn();
    expect(cache.has('a')).toBe(false);
    second.end.resolve(2);
    expect(await next).toBe(2);
    expect(cache.get('a')).toBe(2);
    expect(cache.stats()).toMatchObject({ loads: 1, loadFailures: 0, loadAborts: 1 });
  });

  it('leave no unhandled rejection behind', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const cache = new ConversionCache<number>();
    const { convert, end } = pending<number>();
    const leaver = new AbortController();
    const gone = cache.getOrConvert('a', convert, { signal: leaver.signal });
    leaver.abort();
    await Promise.allSettled([gone]);
    end.reject(new Error('stopped'));
    await immediately();
    await immediately();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('may come aborted: nothing starts, not even a hit is served', async () => {
    const cache = new ConversionCache<number>().set('b', 1);
    const convert = vi.fn(() => 1);
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(cache.getOrConvert('a', convert, { signal })).rejects.toThrow('too late');
    await expect(cache.getOrConvert('b', convert, { signal })).rejects.toThrow('too late');
    expect(convert).not.toHaveBeenCalled();
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 0 });
  });

  it('may leave from within the conversion', async () => {
    const cache = new ConversionCache<number>();
    const leaver = new AbortController();
    let seen: AbortSignal | undefined;
    const gone = cache.getOrConvert(
      'a',
      ({ signal }) => {
        seen = signal;
        leaver.abort(new Error('never mind'));
        return turn().then(() => 1);
      },
      { signal: leaver.signal },
    );
    await expect(gone).rejects.toThrow('never mind');
    expect(seen?.aborted).toBe(true);
  });

  it('may abort after the end without effect', async () => {
    const cache = new ConversionCache<number>();
    const leaver = new AbortController();
    const value = await cache.getOrConvert('a', () => 1, { signal: leaver.signal });
    leaver.abort();
    await turn();
    expect([value, cache.get('a'), cache.stats().loadAborts]).toEqual([1, 1, 0]);
  });
});

describe('what happens during a conversion wins over its result', () => {
  it.each<[string, (cache: ConversionCache<number>) => void]>([
    ['delete', (cache) => cache.delete('a')],
    ['clear', (cache) => cache.clear()],
    ['invalidate by label', (cache) => cache.invalidate('the *')],
    ['invalidate by key', (cache) => cache.invalidate(/^a$/)],
    ['invalidate by tag', (cache) => cache.invalidate({ tags: ['other', 't'] })],
    ['invalidate by a function, which cannot judge it', (cache) => cache.invalidate(() => false)],
  ])('%s', async (_, overtake) => {
    const cache = new ConversionCache<number>();
    const { convert, end } = pending<number>();
    const waiting = cache.getOrConvert('a', convert, { tags: ['t'], label: 'the label' });
    overtake(cache);
    expect(cache.stats().inFlight).toBe(0);
    const fresh = cache.getOrConvert('a', () => 2);
    end.resolve(1);
    expect([await waiting, await fresh]).toEqual([1, 2]);
    await turn();
    expect(cache.get('a')).toBe(2);
  });

  it('set', async () => {
    const cache = new ConversionCache<number>();
    const { convert, end } = pending<number>();
    const waiting = cache.getOrConvert('a', convert);
    cache.set('a', 2);
    end.resolve(1);
    expect(await waiting).toBe(1);
    expect(await cache.getOrConvert('a', () => 3)).toBe(2);
  });

  it('an invalidation of something else does not', async () => {
    const cache = new ConversionCache<number>();
    const { convert, end } = pending<number>();
    const waiting = cache.getOrConvert('a', convert, { tags: ['t'] });
    cache.invalidate('b*');
    cache.invalidate({ tags: ['u'] });
    cache.delete('b');
    end.resolve(1);
    await waiting;
    expect(cache.get('a')).toBe(1);
  });

  it('close: those who wait are told, also those that were overtaken, and the conversions are stopped', async () => {
    const cache = new ConversionCache<number>();
    const { convert, calls, end } = pending<number>();
    const overtaken = cache.getOrConvert('a', convert);
    cache.delete('a');
    const current = cache.getOrConvert('a', convert);
    cache.close();
    for (const waiting of [overtaken, current]) await expect(waiting).rejects.toEqual(code('CLOSED'));
    expect(calls.map((signal) => signal.aborted)).toEqual([true, true]);
    end.resolve(1);
    await turn();
    expect(cache.stats()).toMatchObject({ loads: 0, entries: 0 });
  });
});

describe('a conversion that waits for itself', () => {
  it.each<[string, (ask: () => Promise<number>) => Promise<number>]>([
    ['at once', (ask) => ask()],
    [
      'later',
      async (ask) => {
        await turn();
        return ask();
      },
    ],
    [
      'from a timer',
      (ask) =>
        new Promise((resolve, reject) => {
          setImmediate(() => {
            ask().then(resolve, reject);
          });
        }),
    ],
  ])('is told so, %s', async (_, when) => {
    const cache = new ConversionCache<number>();
    const again = (): Promise<number> => when(() => cache.getOrConvert('a', again));
    await expect(cache.getOrConvert('a', again)).rejects.toEqual(code('REENTRANT'));
    expect(cache.stats()).toMatchObject({ inFlight: 0, loadFailures: 1 });
  });

  it('is told so through another key, and another cache', async () => {
    const [cache, other] = [new ConversionCache<number>(), new ConversionCache<number>()];
    const a = async (): Promise<number> => {
      await turn();
      return other.getOrConvert('b', b);
    };
    const b = async (): Promise<number> => {
      await turn();
      return cache.getOrConvert('a', a);
    };
    await expect(cache.getOrConvert('a', a)).rejects.toThrow("waits for 'a', which waits for it");
  });

  it('is told so when two that were started apart come to wait for each other', async () => {
    const cache = new ConversionCache<number>();
    const go = new Deferred<number>();
    const waitsFor = (key: string) => async (): Promise<number> => {
      await go.promise;
      return cache.getOrConvert(key, () => 1);
    };
    const both = Promise.allSettled([
      cache.getOrConvert('a', waitsFor('b')),
      cache.getOrConvert('b', waitsFor('a')),
    ]);
    go.resolve(0);
    const results = await both;
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(cache.stats().inFlight).toBe(0);
  });

  it('may use other keys, also twice at once, and its own once it is overtaken or done', async () => {
    const cache = new ConversionCache<number>();
    const inner = (): Promise<number> => turn().then(() => 1);
    const outer = async (): Promise<number> => {
      const [x, y] = await Promise.all([cache.getOrConvert('x', inner), cache.getOrConvert('x', inner)]);
      return x + y;
    };
    expect(await cache.getOrConvert('sum', outer)).toBe(2);
    expect(await cache.getOrConvert('sum', outer)).toBe(2);
    const refresh = async (): Promise<number> => {
      cache.delete('fresh');
      return cache.getOrConvert('fresh', () => 5);
    };
    expect(await cache.getOrConvert('fresh', refresh)).toBe(5);
  });

  it('does not take for its own what it started and did not end with it', async () => {
    const cache = new ConversionCache<number>();
    let later: Promise<number> | undefined;
    const go = new Deferred<number>();
    await cache.getOrConvert('a', () => {
      later = go.promise.then(() => cache.getOrConvert('a', () => 2));
      return 1;
    });
    cache.delete('a');
    const second = pending<number>();
    const waiting = cache.getOrConvert('a', second.convert);
    go.resolve(0);
    await turn();
    second.end.resolve(3);
    expect([await later, await waiting]).toEqual([3, 3]);
  });
});

describe('wrap', () => {
  it('remembers what a function made of its arguments', async () => {
    const cache = new ConversionCache<number>();
    const add = vi.fn((a: { x: number }, b: number) => Promise.resolve(a.x + b));
    const remembered = cache.wrap(add);
    expect(
      await Promise.all([remembered({ x: 1 }, 2), remembered({ x: 1 }, 2), remembered({ x: 2 }, 2)]),
    ).toEqual([3, 3, 4]);
    expect(await remembered({ x: 1 }, 2)).toBe(3);
    expect(add).toHaveBeenCalledTimes(2);
  });

  it('keeps the functions apart', async () => {
    const cache = new ConversionCache<string>();
    const [first, second] = [
      cache.wrap((n: number) => Promise.resolve(`a${String(n)}`)),
      cache.wrap((n: number) => Promise.resolve(`b${String(n)}`)),
    ];
    expect([await first(1), await second(1), await first(1)]).toEqual(['a1', 'b1', 'a1']);
  });

  it('labels calls by the name of the function', async () => {
    const cache = new ConversionCache<number>();
    const rates = cache.wrap(
      async function rates(day: string) {
        await turn();
        return day.length;
      },
      { tags: ['t'] },
    );
    await rates('monday');
    const [entry] = [...cache.entries({ tag: 't' })];
    expect(entry?.label).toMatch(/^rates:[0-9a-f]{8}$/);
    expect(cache.invalidate('rates:*')).toBe(1);
  });

  it('takes the key that it is given, shared with the rest of the cache', async () => {
    const cache = new ConversionCache<number>();
    const length = cache.wrap((text: string, _log: () => void) => Promise.resolve(text.length), {
      key: (text) => text,
      ttl: Infinity,
    });
    expect(await length('abc', () => undefined)).toBe(3);
    expect(cache.get('abc')).toBe(3);
    expect(cache.getEntry('abc')?.expiresAt).toBe(Infinity);
  });

  it('rejects arguments that are no data, and does not keep failures', async () => {
    const cache = new ConversionCache<number>();
    let calls = 0;
    const flaky = cache.wrap(async (_: unknown) => {
      await turn();
      if (++calls === 1) throw new Error('no');
      return calls;
    });
    await expect(flaky(() => 1)).rejects.toThrow('a function at $[0]');
    await expect(flaky(1)).rejects.toThrow('no');
    expect(await flaky(1)).toBe(2);
  });

  it('refuses what is no function, and unknown options', () => {
    const cache = new ConversionCache<number>();
    expect(() => cache.wrap(5 as unknown as () => Promise<number>)).toThrow('fn must be a function');
    expect(() => cache.wrap(() => Promise.resolve(1), { key: 'a' as unknown as () => string })).toThrow(
      'key must be a function',
    );
    expect(() => cache.wrap(() => Promise.resolve(1), { kye: 1 } as object)).toThrow("unknown option 'kye'");
  });
});
