import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ConversionCache,
  type CacheOptions,
  type MemoryPressure,
  type MemoryReader,
  type MemoryReading,
} from '../src/index.js';
import { sharedSystemMemory } from '../src/shared-memory.js';
import { POLICY_NAMES } from '../src/policy/policy-name.js';
import { FakeClock } from './fake-clock.js';

/** Memory that is as scarce as the test says. */
class FakeMemory implements MemoryReader {
  pressure: MemoryPressure = 'none';
  subscriptions = 0;
  readonly listeners = new Set<() => void>();

  read(): MemoryReading {
    return { usedBytes: 0, limitBytes: 1 };
  }

  subscribe(listener: () => void): () => void {
    this.subscriptions += 1;
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  tell(pressure: MemoryPressure): void {
    this.pressure = pressure;
    for (const listener of this.listeners) listener();
  }
}

interface Parts {
  cache: ConversionCache<number>;
  memory: FakeMemory;
  clock: FakeClock;
}

function shrinking(options: CacheOptions<number> = {}): Parts {
  const [clock, memory] = [new FakeClock(), new FakeMemory()];
  const cache = new ConversionCache<number>({
    ...{ clock, memory, shrinkUnderPressure: true, maxEntries: 100, maxBytes: Infinity, ttl: Infinity },
    ...options,
  });
  return { cache, memory, clock };
}

/** Fills a cache to its limit on entries. */
function full(options: CacheOptions<number> = {}): Parts {
  const parts = shrinking(options);
  const { maxEntries } = parts.cache.stats();
  for (let i = 0; i < maxEntries; i++) parts.cache.set(`k${String(i)}`, i);
  parts.clock.advance(1000);
  return parts;
}

/** So many additions as there are between two looks at memory; they change nothing. */
function use(cache: ConversionCache<number>, times = 8): void {
  for (let i = 0; i < times; i++) cache.set('refused', 1, { size: '1000GB' });
}

/** Such an addition needs a limit on bytes to be refused by. */
const REFUSING = { maxBytes: '1GB' } as const;
const keysOf = (cache: ConversionCache<number>): string[] => [...cache.entries()].map(({ key }) => key);

describe('a cache that shrinks under pressure', () => {
  it('gives up a quarter of what it holds when memory is somewhat scarce, and half when it is very', () => {
    const sizes = (['moderate', 'critical'] as const).map((pressure) => {
      const { cache, memory } = full();
      memory.tell(pressure);
      return cache.size;
    });
    expect(sizes).toEqual([75, 50]);
  });

  it('gives up as much again each second that it lasts, down to a sixteenth of its limits', () => {
    const sizes = (['moderate', 'critical'] as const).map((pressure) => {
      const { cache, memory, clock } = full(REFUSING);
      memory.tell(pressure);
      return Array.from({ length: 12 }, () => {
        clock.advance(1000);
        use(cache);
        return cache.size;
      });
    });
    expect(sizes).toEqual([
      [57, 43, 33, 25, 19, 15, 12, 9, 7, 7, 7, 7],
      [25, 13, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7],
    ]);
  });

  it('takes no second step before a second has passed, however much it is used', () => {
    const { cache, memory, clock } = full(REFUSING);
    memory.tell('critical');
    clock.advance(999);
    use(cache, 1000);
    memory.tell('critical');
    expect(cache.size).toBe(50);
    clock.advance(1);
    use(cache);
    expect(cache.size).toBe(25);
  });

  it('gives up none while memory is plentiful', () => {
    const { cache, memory } = full(REFUSING);
    memory.tell('none');
    use(cache, 100);
    expect([cache.size, cache.stats().maxEntries]).toEqual([100, 100]);
  });

  it('tells the limits that hold by stats', () => {
    const { cache, memory } = full({ maxBytes: '1MB' });
    memory.tell('moderate');
    expect(cache.stats()).toMatchObject({ maxEntries: 75, maxBytes: 0.75 * 1024 * 1024 });
  });

  it('leaves a limit that is Infinity as it is', () => {
    const { cache, memory } = full({ maxBytes: Infinity });
    memory.tell('critical');
    expect(cache.stats()).toMatchObject({ maxEntries: 50, maxBytes: Infinity });
    const byBytes = shrinking({ maxEntries: Infinity, maxBytes: 10_000 });
    byBytes.cache.set('a', 1, { size: 8000 });
    byBytes.memory.tell('critical');
    expect(byBytes.cache.stats().maxEntries).toBe(Infinity);
  });

  it('goes by what it holds of the limit that is nearer, not by what it might hold', () => {
    const { cache, memory } = shrinking({ maxBytes: 100_000 });
    const overhead = cache.set('a', 1, { size: 0 }).bytes;
    for (const key of ['a', 'b', 'c', 'd']) cache.set(key, 1, { size: 10_000 - overhead });
    memory.tell('critical');
    expect(cache.stats()).toMatchObject({ maxBytes: 20_000, maxEntries: 20, entries: 2, bytes: 20_000 });
  });

  it('does not begin to fill up while memory is scarce, though it is empty', () => {
    const { cache, memory } = shrinking();
    memory.tell('moderate');
    for (let i = 0; i < 50; i++) cache.set(`k${String(i)}`, i);
    expect([cache.size, cache.stats().maxEntries]).toEqual([7, 7]);
  });

  it('keeps one entry at least, and never more than its limits', () => {
    const { cache, memory, clock } = shrinking({ maxEntries: 3, maxBytes: '1MB' });
    for (let second = 0; second < 5; second++) {
      memory.tell('critical');
      clock.advance(1000);
      for (let i = 0; i < 10; i++) cache.set(`k${String(i)}`, i);
      expect(cache.size).toBeLessThanOrEqual(cache.stats().maxEntries);
    }
    expect([cache.size, cache.stats().maxEntries]).toEqual([1, 1]);
  });

  it('refuses a value that the given limits would take, and the present ones do not', () => {
    const { cache, memory } = shrinking({ maxBytes: 100_000 });
    cache.set('a', 1, { size: 60_000 });
    memory.tell('critical');
    expect(cache.stats()).toMatchObject({ entries: 0, removals: { evicted: 1 } });
    cache.set('a', 2, { size: 60_000 });
    expect(cache.stats()).toMatchObject({ entries: 0, refusals: { 'too-large': 1 } });
    expect(cache.set('b', 3, { size: 10_000 }).get('b')).toBe(3);
  });

  it('hands over a converted value that it refuses', async () => {
    const { cache, memory } = shrinking({ maxBytes: 100_000 });
    memory.tell('critical');
    expect(await cache.getOrConvert('a', () => 1, { size: 60_000 })).toBe(1);
    expect([cache.has('a'), cache.stats().loads]).toEqual([false, 1]);
  });

  it('grows back by a quarter each second when memory is plentiful again', () => {
    const { cache, memory, clock } = full({ ...REFUSING, maxEntries: 160 });
    for (let i = 0; i < 5; i++) {
      memory.tell('critical');
      clock.advance(1000);
    }
    expect(cache.stats().maxEntries).toBe(10);
    memory.tell('none');
    const limits = Array.from({ length: 14 }, () => {
      clock.advance(1000);
      use(cache);
      return cache.stats().maxEntries;
    });
    expect(limits).toEqual([16, 20, 25, 31, 39, 48, 60, 75, 94, 117, 146, 160, 160, 160]);
  });

  it('has its given limits back in the end, to the byte', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1000, max: 1e12 }),
        fc.array(fc.constantFrom<MemoryPressure>('moderate', 'critical', 'none'), { maxLength: 10 }),
        (maxEntries, maxBytes, levels) => {
          const { cache, memory, clock } = shrinking({ maxEntries, maxBytes });
          for (const level of [...levels, ...new Array<MemoryPressure>(14).fill('none')]) {
            memory.tell(level);
            const held = cache.stats();
            expect(held.maxEntries).toBeGreaterThanOrEqual(Math.ceil(maxEntries / 16));
            expect(held.maxEntries).toBeLessThanOrEqual(maxEntries);
            expect(held.maxBytes).toBeGreaterThanOrEqual(Math.floor(maxBytes / 16));
            clock.advance(1000);
          }
          expect(cache.stats()).toMatchObject({ maxEntries, maxBytes });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('applies the share to limits that are changed meanwhile', () => {
    const { cache, memory } = full();
    memory.tell('critical');
    cache.resize({ maxEntries: 40 });
    expect([cache.size, cache.stats().maxEntries]).toEqual([20, 20]);
    cache.resize({ maxEntries: 1000 });
    expect(cache.stats().maxEntries).toBe(500);
  });

  it('tells onRemove of what it gave up, as evicted', () => {
    const told: string[] = [];
    const { memory } = full({
      policy: 'lru',
      maxEntries: 4,
      onRemove: ({ key, cause }) => told.push(`${key} ${cause}`),
    });
    memory.tell('critical');
    expect(told).toEqual(['k0 evicted', 'k1 evicted']);
  });

  it('is not led astray by a clock that is set back or shows no number', () => {
    const { cache, memory, clock } = full(REFUSING);
    memory.tell('critical');
    for (const time of [-1e9, Number.NaN, Infinity]) {
      clock.time = time;
      use(cache, 100);
    }
    expect(cache.size).toBe(50);
    clock.time = -1e9 + 1000;
    use(cache);
    expect(cache.size).toBe(25);
  });
});

describe.each(POLICY_NAMES)('under pressure, %s', (policy) => {
  /** The same history for every cache: sizes, costs and uses of all kinds. */
  function history(cache: ConversionCache<number>): void {
    for (let i = 0; i < 600; i++) {
      const key = `k${String((Math.imul(i, 2_654_435_761) >>> 16) % 150)}`;
      if (cache.get(key) === undefined)
        cache.set(key, i, { size: 100 + ((i * 37) % 900), cost: 1 + (i % 13) });
    }
  }

  it('gives up what it would have given up for want of room', () => {
    for (const pressure of ['moderate', 'critical'] as const) {
      const { cache, memory, clock } = shrinking({ policy });
      const twin = new ConversionCache<number>({
        policy,
        maxEntries: 100,
        maxBytes: Infinity,
        ttl: Infinity,
      });
      for (const one of [cache, twin]) history(one);
      expect(keysOf(cache)).toEqual(keysOf(twin));
      clock.advance(1000);
      memory.tell(pressure);
      twin.resize({ maxEntries: cache.stats().maxEntries });
      expect(keysOf(cache)).toEqual(keysOf(twin));
      expect(cache.size).toBe(pressure === 'moderate' ? 75 : 50);
    }
  });

  it('keeps to its limits in bytes, and goes on working', () => {
    const { cache, memory, clock } = shrinking({ policy, maxEntries: Infinity, maxBytes: 60_000 });
    history(cache);
    for (const level of ['moderate', 'critical', 'moderate', 'none', 'none'] as const) {
      memory.tell(level);
      expect(cache.bytes).toBeLessThanOrEqual(cache.stats().maxBytes);
      clock.advance(1000);
      history(cache);
      expect(cache.bytes).toBeLessThanOrEqual(cache.stats().maxBytes);
      const { entries, sets, removals } = cache.stats();
      expect(sets).toBe(entries + Object.values(removals).reduce((sum, count) => sum + count, 0));
    }
    expect(cache.size).toBeGreaterThan(0);
  });
});

describe('a large cache under pressure', () => {
  const MOST = 256;

  function large(options: CacheOptions<number> = {}): Parts {
    return full({ maxEntries: 4000, ...options });
  }

  it('never gives up more than a batch at once, whatever it is used for', async () => {
    const { cache, memory } = large();
    const operations: (() => unknown)[] = [
      () => {
        memory.tell('critical');
      },
      () => cache.set('new', 1),
      () => cache.getOrConvert('newer', () => 1),
      () => cache.getOrConvert('k3999', () => 1),
      () => cache.set('k3998', 1),
      () => cache.get('k3997'),
    ];
    let before = cache.size;
    const steps: number[] = [];
    for (let i = 0; cache.size > 2000 && i < 100; i++) {
      await operations[i % operations.length]?.();
      steps.push(before - cache.size);
      before = cache.size;
    }
    expect(Math.max(...steps)).toBeLessThanOrEqual(MOST);
    expect(cache.size).toBeLessThanOrEqual(2000);
    expect(steps.length).toBeLessThan(20);
  });

  it('does not grow while it still has to shrink, neither by entries nor by bytes', () => {
    const { cache, memory } = large({ maxEntries: 4000, maxBytes: '100MB', policy: 'lru' });
    memory.tell('critical');
    for (let i = 0; i < 10; i++) {
      const { size, bytes } = cache;
      cache.set(`large ${String(i)}`, i, { size: '2MB' });
      expect(cache.size).toBeLessThanOrEqual(size);
      expect(cache.bytes).toBeLessThanOrEqual(Math.max(bytes, cache.stats().maxBytes));
      expect(cache.get(`large ${String(i)}`)).toBe(i);
    }
  });

  it('goes on to shrink when it is only read', () => {
    const { cache, memory } = large();
    memory.tell('critical');
    const sizes = [cache.size];
    for (let i = 1; i <= 10 * MOST; i++) {
      cache.get('k3999');
      if (i % MOST === 0) sizes.push(cache.size);
    }
    expect(sizes.slice(0, 9)).toEqual([3744, 3488, 3232, 2976, 2720, 2464, 2208, 2000, 2000]);
  });

  it('has shrunk at once when it is told new limits', () => {
    const { cache, memory } = large();
    memory.tell('critical');
    cache.resize({ maxEntries: 1000 });
    expect(cache.size).toBe(500);
  });

  it('tells onRemove of a batch before the operation ends that had it given up', async () => {
    let told = 0;
    const { cache, memory } = large({ onRemove: () => (told += 1) });
    memory.tell('critical');
    const seen = [told];
    expect(await cache.getOrConvert('k3999', () => -1)).toBe(3999);
    seen.push(told);
    cache.get('k3999');
    expect(seen).toEqual([256, 512]);
    expect(told).toBe(512);
  });

  it('may be closed by onRemove in the midst of it, and nothing gets in then', async () => {
    for (const act of [
      (cache: ConversionCache<number>) => Promise.resolve().then(() => cache.set('new', 1)),
      (cache: ConversionCache<number>) => cache.getOrConvert('new', () => 1),
    ]) {
      let armed = false;
      const { cache, memory } = large({
        onRemove: () => {
          if (armed) cache.close();
        },
      });
      memory.tell('critical');
      armed = true;
      await expect(act(cache)).rejects.toEqual(expect.objectContaining({ code: 'ERR_PERF_CACHE_CLOSED' }));
      expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0, inFlight: 0 });
    }
  });
});

describe('memory that was given', () => {
  it('is listened to once, until close', () => {
    const { cache, memory } = full();
    expect([memory.subscriptions, memory.listeners.size]).toEqual([1, 1]);
    cache.close();
    cache.close();
    expect([memory.subscriptions, memory.listeners.size]).toEqual([1, 0]);
  });

  it('may be the same for several caches', () => {
    const memory = new FakeMemory();
    const [one, other] = [full({ memory }), full({ memory })];
    memory.tell('critical');
    one.cache.close();
    expect([other.cache.size, memory.listeners.size]).toEqual([50, 1]);
  });

  it('may tell at once, while it is subscribed to, and after close', () => {
    const memory = new FakeMemory();
    let last: () => void = () => undefined;
    vi.spyOn(memory, 'subscribe').mockImplementation((listener) => {
      last = listener;
      listener();
      return () => undefined;
    });
    const { cache } = full({ memory });
    memory.pressure = 'critical';
    last();
    expect(cache.size).toBe(50);
    cache.close();
    expect(last).not.toThrow();
  });

  it('is not listened to, nor looked at, unless the cache is to shrink', () => {
    const memory = new FakeMemory();
    const look = vi.spyOn(memory, 'pressure', 'get').mockReturnValue('critical');
    const { cache } = full({ memory, shrinkUnderPressure: false, ...REFUSING });
    use(cache, 1000);
    expect([memory.subscriptions, look.mock.calls.length, cache.size]).toEqual([0, 0, 100]);
    expect(cache.stats().maxEntries).toBe(100);
  });

  it('is looked at in use, though it tells of nothing', () => {
    const { cache, memory, clock } = full(REFUSING);
    memory.pressure = 'critical';
    clock.advance(1000);
    use(cache);
    expect(cache.size).toBe(50);
  });

  it('is looked at when the cache is only read, though not each time', () => {
    const { cache, memory, clock } = full();
    memory.pressure = 'critical';
    clock.advance(1000);
    for (let i = 0; i < 8 * 256; i++) cache.get('k99');
    expect(cache.size).toBe(50);
  });
});

describe('the memory of the process, where none was given', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('is looked at in use and not subscribed to, so that no timer runs', () => {
    const memory = sharedSystemMemory();
    const subscribe = vi.spyOn(memory, 'subscribe');
    const timer = vi.spyOn(globalThis, 'setInterval');
    const look = vi.spyOn(memory, 'pressure', 'get').mockReturnValue('critical');
    const before = process.getActiveResourcesInfo();
    const { cache, clock } = full({ ...REFUSING, memory: undefined } as object);
    clock.advance(1000);
    use(cache);
    expect(look).toHaveBeenCalled();
    expect(cache.size).toBeLessThan(100);
    expect([subscribe.mock.calls.length, timer.mock.calls.length]).toEqual([0, 0]);
    expect(process.getActiveResourcesInfo()).toEqual(before);
    cache.close();
  });
});
