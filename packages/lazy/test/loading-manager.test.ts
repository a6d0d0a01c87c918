import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it, vi } from 'vitest';
import { InlineExecutor, LazyLoadingManager, type Executor, type Task } from '../src/index.js';
import { TASKS } from './conformance/executor.js';
import { ControlledAdapter } from './fixtures/adapter.js';
import { outcomeOf, settle } from './fixtures/deferred.js';
import { HandClock, HandTimers } from './fixtures/time.js';

function setUp(o: ConstructorParameters<typeof LazyLoadingManager>[0] = {}) {
  const clock = new HandClock();
  const timers = new HandTimers();
  return { clock, timers, manager: new LazyLoadingManager({ clock, timers, memory: false, ...o }) };
}

/** Yields a buffer of as many bytes as it is asked for, at once. */
const buffers = {
  convert: (bytes: number) => new ArrayBuffer(bytes),
  estimateCost: (bytes: number) => ({ bytes, durationMs: 1 }),
};

describe('convert', () => {
  it('has loaded what weighs no more than the threshold, and lets the rest wait', async () => {
    const { manager } = setUp({ threshold: 100 });
    const sizes = [0, 100, 101];
    const made = await Promise.all(sizes.map((bytes) => manager.convert(buffers, bytes)));
    expect(made.map((lazy) => lazy.state.status)).toEqual(['loaded', 'loaded', 'idle']);
    expect(made[1]?.value.byteLength).toBe(100);
    await expect(made[2]?.load()).resolves.toHaveProperty('byteLength', 101);
  });

  it('takes the threshold of a single call over its own', async () => {
    const { manager } = setUp({ threshold: 100 });
    expect((await manager.convert(buffers, 50, { threshold: 10 })).isLoaded).toBe(false);
    expect((await manager.convert(buffers, 500, { threshold: '1KB' })).isLoaded).toBe(true);
  });

  it.each([
    ['gives none', {}],
    ['states NaN', { estimateCost: () => ({ bytes: Number.NaN, durationMs: 0 }) }],
    ['states less than nothing', { estimateCost: () => ({ bytes: -1, durationMs: 0 }) }],
    [
      'throws',
      {
        estimateCost: () => {
          throw new Error('no idea');
        },
      },
    ],
  ])('lets what nobody can estimate wait, unless there is no threshold: the adapter %s', async (_, part) => {
    const { manager } = setUp();
    const adapter = { convert: () => 1, ...part };
    expect((await manager.convert(adapter, 0)).isLoaded).toBe(false);
    expect(manager.stats().unestimated).toBe(1);
    expect((await manager.convert(adapter, 0, { threshold: Infinity })).isLoaded).toBe(true);
  });

  it('does not count the first load as an access', async () => {
    const { manager } = setUp();
    expect((await manager.convert(buffers, 1)).state).toMatchObject({ status: 'loaded', accesses: 0 });
  });

  it('rejects when loading at once fails', async () => {
    const { manager } = setUp();
    const adapter = new ControlledAdapter<string>(1);
    const converting = expect(manager.convert(adapter, 0)).rejects.toThrow('broken');
    await settle();
    adapter.last.reject(new Error('broken'));
    await converting;
  });

  it('stops waiting when its signal fires', async () => {
    const { manager } = setUp();
    const adapter = new ControlledAdapter<string>(1);
    const abort = new AbortController();
    const converting = expect(manager.convert(adapter, 0, { signal: abort.signal })).rejects.toThrow('stop');
    await settle();
    abort.abort(new Error('stop'));
    await converting;
    expect(adapter.last.signal?.aborted).toBe(true);
  });

  it('corrects estimates by what was really seen, adapter by adapter', async () => {
    const { manager } = setUp({ threshold: 100 });
    const tenfold = { ...buffers, convert: (bytes: number) => new ArrayBuffer(bytes * 10) };
    expect((await manager.convert(tenfold, 50)).isLoaded).toBe(true);
    expect((await manager.convert(tenfold, 50)).isLoaded).toBe(false);
    expect((await manager.convert(tenfold, 9)).isLoaded).toBe(true);
    expect((await manager.convert(buffers, 50)).isLoaded).toBe(true);
  });

  it('learns nothing from a weight of zero', async () => {
    const { manager } = setUp({ threshold: 100 });
    const empty = { ...buffers, convert: () => new ArrayBuffer(0) };
    await manager.convert(empty, 50);
    expect((await manager.convert(empty, 101)).isLoaded).toBe(false);
  });
});

describe('createLazyConverter', () => {
  it('asks the adapter nothing until it is used', async () => {
    const { manager } = setUp();
    const estimateCost = vi.fn(() => ({ bytes: 1, durationMs: 1 }));
    manager.createLazyConverter({ convert: () => 1, estimateCost }, 0);
    await settle();
    expect(estimateCost).not.toHaveBeenCalled();
  });

  it('begins in the background what fits a threshold it is given', async () => {
    const { manager } = setUp();
    const small = manager.createLazyConverter(buffers, 10, { threshold: 100 });
    const large = manager.createLazyConverter(buffers, 1000, { threshold: 100 });
    expect([small.state.status, large.state.status]).toEqual(['queued', 'idle']);
    await settle();
    expect(small.isLoaded).toBe(true);
  });

  it('keeps a failure in the background on record for whoever comes', async () => {
    const { manager } = setUp();
    const adapter = { ...buffers, convert: () => Promise.reject(new Error('broken')) };
    const lazy = manager.createLazyConverter(adapter, 10, { threshold: 100 });
    await settle();
    expect(lazy.state).toMatchObject({ status: 'failed', error: { message: 'broken' } });
  });

  it.each([
    ['an adapter without convert', {}, {}],
    ['no adapter', null, {}],
    ['an unknown option', buffers, { treshold: 1 }],
    ['a threshold that is none', buffers, { threshold: 'large' }],
  ])('refuses %s', (_, adapter, o: object) => {
    const { manager } = setUp();
    const refuse = expect.objectContaining({ code: 'ERR_PERF_LAZY_OPTION' }) as Error;
    expect(() => manager.createLazyConverter(adapter as typeof buffers, 0, o)).toThrow(refuse);
  });
});

describe('the queue', () => {
  it('runs as many conversions at once as allowed, columns included', async () => {
    const { manager } = setUp({ concurrency: 2 });
    const adapter = Object.assign(new ControlledAdapter<string>(1), {
      column: () => new Promise<never>(() => undefined),
    });
    const [a, b, c] = [1, 2, 3].map((n) => manager.createLazyConverter(adapter, n));
    for (const loading of [a?.column('x'), b?.load(), c?.load()]) if (loading) outcomeOf<unknown>(loading);
    await settle();
    expect(adapter.calls.map((call) => call.request)).toEqual([2]);
    expect(manager.stats()).toMatchObject({ loading: 2, queued: 1 });
    expect(c?.state.status).toBe('queued');
  });

  it('lets what is waited for go before what is only prepared, unless told otherwise', async () => {
    const { manager } = setUp({ concurrency: 1 });
    const adapter = new ControlledAdapter<string>(1);
    const make = (name: string) => manager.createLazyConverter(adapter, name);
    outcomeOf(make('first').load());
    await settle();
    outcomeOf(manager.preload(make('prepared')));
    outcomeOf(make('waited for').load());
    outcomeOf(manager.preload(make('urgently prepared'), { priority: 9 }));
    const promoted = make('prepared, then waited for');
    outcomeOf(manager.preload(promoted));
    outcomeOf(promoted.load({ priority: 5 }));
    for (let n = 0; n < 4; n += 1) {
      adapter.last.resolve('done');
      await settle();
    }
    expect(adapter.calls.map((call) => call.request)).toEqual([
      'first',
      'urgently prepared',
      'prepared, then waited for',
      'waited for',
      'prepared',
    ]);
  });

  it('refuses what finds no room, and says so', async () => {
    const { manager } = setUp({ concurrency: 1, maxQueue: 1 });
    const adapter = new ControlledAdapter<string>(1);
    const [, , third] = [1, 2, 3].map((n) => {
      const lazy = manager.createLazyConverter(adapter, n);
      return { lazy, outcome: outcomeOf(lazy.load()) };
    });
    await settle();
    expect(third?.outcome.now).toMatchObject({ error: { code: 'ERR_PERF_LAZY_QUEUE_FULL' } });
    expect(third?.lazy.state).toMatchObject({ status: 'failed', attempts: 0 });
    expect(manager.stats()).toMatchObject({ refused: 1, failed: 0 });
  });

  it('keeps the place of a conversion that was given up but has not stopped', async () => {
    const { manager } = setUp({ concurrency: 1 });
    const adapter = new ControlledAdapter<string>(1);
    const stubborn = manager.createLazyConverter(adapter, 'stubborn');
    outcomeOf(stubborn.load());
    await settle();
    expect(manager.cancel(stubborn)).toBe(true);
    outcomeOf(manager.createLazyConverter(adapter, 'next').load());
    await settle();
    expect(manager.stats()).toMatchObject({ loading: 1, queued: 1, cancelled: 1 });
    adapter.last.resolve('at last');
    await settle();
    expect(adapter.last.request).toBe('next');
    expect(stubborn.isLoaded).toBe(false);
  });
});

describe('preload and cancel', () => {
  it('loads without counting an access', async () => {
    const { manager } = setUp();
    const lazy = manager.createLazyConverter(buffers, 8);
    await manager.preload(lazy);
    expect(lazy.state).toMatchObject({ status: 'loaded', accesses: 0 });
  });

  it('really stops what waits and what runs', async () => {
    const { manager } = setUp({ concurrency: 1 });
    const adapter = new ControlledAdapter<string>(1);
    const [running, waiting] = [
      manager.createLazyConverter(adapter, 1),
      manager.createLazyConverter(adapter, 2),
    ];
    const outcomes = [
      outcomeOf(running.load()),
      outcomeOf(waiting.load()),
      outcomeOf(manager.preload(waiting)),
    ];
    await settle();
    expect([manager.cancel(running), manager.cancel(waiting)]).toEqual([true, true]);
    expect([manager.cancel(running), manager.cancel(waiting)]).toEqual([false, false]);
    await settle();
    expect(adapter.last.signal?.aborted).toBe(true);
    for (const { now } of outcomes) expect(now).toMatchObject({ error: { code: 'ERR_PERF_LAZY_CANCELLED' } });
    adapter.last.resolve('late');
    await settle();
    expect(adapter.calls).toHaveLength(1);
  });

  it('has nothing to cancel once it is loaded', async () => {
    const { manager } = setUp();
    const lazy = await manager.convert(buffers, 8);
    expect(manager.cancel(lazy)).toBe(false);
    expect(lazy.isLoaded).toBe(true);
  });

  it('refuses converters of another manager', async () => {
    const { manager } = setUp();
    const other = setUp().manager.createLazyConverter(buffers, 8);
    await expect(manager.preload(other)).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_FOREIGN' });
    expect(() => manager.cancel(other)).toThrow(
      expect.objectContaining({ code: 'ERR_PERF_LAZY_FOREIGN' }) as Error,
    );
  });
});

describe('cleanup', () => {
  it('unloads what was not used for idleTimeout, and nothing a millisecond earlier', async () => {
    const { manager, clock } = setUp({ idleTimeout: '30m' });
    const [a, b] = await Promise.all([manager.convert(buffers, 8), manager.convert(buffers, 8)]);
    clock.time += 60_000;
    expect(b.value.byteLength).toBe(8);
    clock.time += 29 * 60_000 - 1;
    expect(manager.cleanup()).toBe(0);
    clock.time += 1;
    expect(manager.cleanup()).toBe(1);
    expect([a.state.status, b.state.status]).toEqual(['unloaded', 'loaded']);
    expect(manager.stats().unloaded).toEqual({ asked: 0, idle: 1, memory: 0, closed: 0 });
  });

  it('counts idleness from the arrival of a value that nobody has used yet', async () => {
    const { manager, clock } = setUp({ idleTimeout: 10 });
    const lazy = manager.createLazyConverter(buffers, 8);
    clock.time += 100;
    await manager.preload(lazy);
    expect(manager.cleanup()).toBe(0);
    clock.time += 10;
    expect(manager.cleanup()).toBe(1);
  });

  it('unloads nothing when the clock has jumped backwards', async () => {
    const { manager, clock } = setUp({ idleTimeout: 10 });
    const lazy = await manager.convert(buffers, 8);
    clock.time -= 10_000;
    expect(manager.cleanup()).toBe(0);
    expect(lazy.isLoaded).toBe(true);
  });

  it('never unloads for idleness when told so', async () => {
    const { manager, clock } = setUp({ idleTimeout: Infinity });
    await manager.convert(buffers, 8);
    clock.time = Number.MAX_SAFE_INTEGER;
    expect(manager.cleanup()).toBe(0);
  });

  it('unloads kept columns as well', async () => {
    const { manager, clock } = setUp({ idleTimeout: 10 });
    const adapter = { convert: () => 1, column: () => Promise.resolve(new Float64Array(1)) };
    const lazy = manager.createLazyConverter(adapter, 0);
    await lazy.column('a');
    clock.time += 10;
    expect(manager.cleanup()).toBe(1);
    expect(lazy.state).toMatchObject({ status: 'unloaded', bytes: 0 });
  });

  it('runs by itself, only while anything is held', async () => {
    const { manager, clock, timers } = setUp({ idleTimeout: '1m', cleanupInterval: '5m' });
    const lazy = manager.createLazyConverter(buffers, 8);
    expect(timers.running.size).toBe(0);
    await lazy.load();
    expect([...timers.running.values()]).toEqual([300_000]);
    await manager.convert(buffers, 8);
    expect(timers.running.size).toBe(1);
    clock.time += 60_000;
    timers.fire();
    expect(lazy.state.status).toBe('unloaded');
    expect(timers.running.size).toBe(0);
    await lazy.load();
    expect(timers.running.size).toBe(1);
  });

  it('lets go after thirty minutes by default, found within five, and not of what was used meanwhile', async () => {
    const { manager, clock, timers } = setUp();
    const [forgotten, used] = [0, 1].map(() => manager.createLazyConverter(buffers, 8));
    await forgotten?.load();
    await used?.load();
    const minutes = (count: number): void => {
      for (let minute = 0; minute < count; minute += 5) {
        clock.time += 5 * 60_000;
        timers.fire();
      }
    };
    minutes(15);
    expect(used?.value.byteLength).toBe(8);
    minutes(10);
    expect([forgotten?.isLoaded, used?.isLoaded]).toEqual([true, true]);
    minutes(5);
    expect([forgotten?.isLoaded, used?.isLoaded]).toEqual([false, true]);
    minutes(15);
    expect([used?.isLoaded, timers.running.size]).toEqual([false, 0]);
  });

  it('does not run by itself when the interval is endless', async () => {
    const { manager, timers } = setUp({ cleanupInterval: Infinity });
    await manager.convert(buffers, 8);
    expect(timers.running.size).toBe(0);
  });
});

describe('maxBytes', () => {
  /** Takes as long as it is told, by moving the clock. */
  function timed(clock: HandClock) {
    return {
      convert: ({ bytes, ms }: { bytes: number; ms: number }) => {
        clock.time += ms;
        return new ArrayBuffer(bytes);
      },
      estimateCost: ({ bytes, ms }: { bytes: number; ms: number }) => ({ bytes, durationMs: ms }),
    };
  }

  it('is kept as soon as a value arrives: the one least worth its bytes goes', async () => {
    const { manager, clock } = setUp({ maxBytes: 250 });
    const adapter = timed(clock);
    const dear = await manager.convert(adapter, { bytes: 100, ms: 1000 });
    const cheap = await manager.convert(adapter, { bytes: 100, ms: 1 });
    const newest = await manager.convert(adapter, { bytes: 100, ms: 1 });
    expect([dear, cheap, newest].map((lazy) => lazy.isLoaded)).toEqual([true, false, true]);
    expect(manager.stats()).toMatchObject({
      held: 2,
      heldBytes: 200,
      maxBytes: 250,
      unloaded: { memory: 1 },
    });
  });

  it('prefers the one used longest ago among equals', async () => {
    const { manager, clock } = setUp({ maxBytes: 250 });
    const adapter = timed(clock);
    const [a, b] = [
      await manager.convert(adapter, { bytes: 100, ms: 1 }),
      await manager.convert(adapter, { bytes: 100, ms: 1 }),
    ];
    clock.time += 10;
    await a.load();
    await manager.convert(adapter, { bytes: 100, ms: 1 });
    expect([a.isLoaded, b.isLoaded]).toEqual([true, false]);
  });

  it('prefers one large value to many small ones that cost the same', async () => {
    const { manager, clock } = setUp({ maxBytes: 1000 });
    const adapter = timed(clock);
    const large = await manager.convert(adapter, { bytes: 800, ms: 5 });
    const small = await manager.convert(adapter, { bytes: 100, ms: 5 });
    await manager.convert(adapter, { bytes: 200, ms: 5 });
    expect([large.isLoaded, small.isLoaded]).toEqual([false, true]);
  });

  it('gives up a dear value that was not used for long before a cheap one that is in use', async () => {
    const { manager, clock } = setUp({ maxBytes: 250 });
    const adapter = timed(clock);
    const dear = await manager.convert(adapter, { bytes: 100, ms: 50 });
    clock.time += 10_000;
    const fresh = await manager.convert(adapter, { bytes: 100, ms: 2 });
    await manager.convert(adapter, { bytes: 100, ms: 2 });
    expect([dear.isLoaded, fresh.isLoaded]).toEqual([false, true]);
  });

  it('spares what has just arrived, until the next cleanup', async () => {
    const { manager } = setUp({ maxBytes: 100 });
    const huge = await manager.convert(buffers, 1000);
    expect(huge.value.byteLength).toBe(1000);
    expect(manager.cleanup()).toBe(1);
    expect(huge.state.status).toBe('unloaded');
  });

  it('never takes what is being read or reloaded', async () => {
    const { manager } = setUp({ maxBytes: 100 });
    const first = await manager.convert(buffers, 80);
    const reading = first.read(async (value) => {
      await manager.convert(buffers, 90);
      return [value.byteLength, first.isLoaded];
    });
    await expect(reading).resolves.toEqual([80, true]);
  });

  it('does not touch what weighs nothing, because that frees nothing', async () => {
    const { manager } = setUp({ maxBytes: 100 });
    const light = await manager.convert(buffers, 0);
    await manager.convert(buffers, 1000);
    expect(light.isLoaded).toBe(true);
  });

  it('unloads nothing when there is no bound', async () => {
    const { manager } = setUp({ maxBytes: Infinity, threshold: Infinity, sizeOf: () => 1e15 });
    const made = await Promise.all([1, 2, 3].map((n) => manager.convert(buffers, n)));
    expect(made.every((lazy) => lazy.isLoaded)).toBe(true);
  });

  it('asks sizeOf first, then the value, then the adapter, and calls the rest 0', async () => {
    const { manager } = setUp({
      sizeOf: (value) => (value === 'asked' ? 77 : Number.NaN),
      threshold: Infinity,
    });
    const yields = (value: unknown, bytes?: number) => ({
      convert: () => value,
      ...(bytes !== undefined && { estimateCost: () => ({ bytes, durationMs: 0 }) }),
    });
    const weights = await Promise.all(
      [yields('asked', 5), yields('text', 5), yields({ rows: [] }, 5), yields({ rows: [] })].map(
        async (adapter) => (await manager.convert(adapter, 0)).state.bytes,
      ),
    );
    expect(weights).toEqual([77, 4, 5, 0]);
  });
});

describe('with an executor', () => {
  const doubling = {
    convert: vi.fn(() => new Uint8Array([0])),
    task: (numbers: number[]): Task | undefined =>
      numbers.length === 0
        ? undefined
        : { module: TASKS, export: 'double', args: { column: new Uint8Array(numbers) } },
  };

  it('runs there what the adapter has a task for', async () => {
    const { manager } = setUp({ executor: new InlineExecutor() });
    const lazy = manager.createLazyConverter(doubling, [1, 2]);
    await expect(lazy.load()).resolves.toEqual(new Uint8Array([2, 4]));
    expect(doubling.convert).not.toHaveBeenCalled();
    expect(manager.stats()).toMatchObject({ executed: 1, loads: 1 });
  });

  it('passes what comes back through restore', async () => {
    const { manager } = setUp({ executor: new InlineExecutor() });
    const restore = (result: unknown): string => `restored ${String(result)}`;
    const adapter = {
      convert: () => 'inline',
      task: () => ({ module: TASKS, export: 'echo', args: 7 }),
      restore,
    };
    await expect(manager.createLazyConverter(adapter, 0).load()).resolves.toBe('restored 7');
  });

  it('converts in this thread what has no task, unrestored', async () => {
    const { manager } = setUp({ executor: new InlineExecutor() });
    await expect(manager.createLazyConverter(doubling, []).load()).resolves.toEqual(new Uint8Array([0]));
    expect(manager.stats().executed).toBe(0);
  });

  it('asks for no task without one', async () => {
    const { manager } = setUp();
    const task = vi.fn(() => undefined);
    await manager.createLazyConverter({ convert: () => 1, task }, 0).load();
    expect(task).not.toHaveBeenCalled();
  });

  it('hands over priority and signal, and makes a new task for each attempt', async () => {
    const seen: { priority: number | undefined; signal: AbortSignal | undefined }[] = [];
    const executor: Executor = {
      concurrency: 1,
      run: (_task, o) => {
        seen.push({ priority: o?.priority, signal: o?.signal });
        return seen.length === 1 ? Promise.reject(new Error('lost')) : new Promise(() => undefined);
      },
    };
    const { manager } = setUp({ executor });
    const task = vi.fn(() => ({ module: TASKS, export: 'echo', args: 0 }));
    const lazy = manager.createLazyConverter({ convert: () => 1, task }, 0);
    await expect(lazy.load({ priority: 4 })).rejects.toThrow('lost');
    outcomeOf(lazy.load());
    await settle();
    expect(seen.map((s) => s.priority)).toEqual([4, 0]);
    expect(task).toHaveBeenCalledTimes(2);
    manager.cancel(lazy);
    expect(seen.map((s) => s.signal?.aborted)).toEqual([false, true]);
  });
});

describe('closing a manager', () => {
  it('waits for what runs, whose callers get their values, and refuses what waits', async () => {
    const { manager, timers } = setUp({ concurrency: 1 });
    const adapter = new ControlledAdapter<string>(1);
    const [running, waiting, idle] = [1, 2, 3].map((n) => manager.createLazyConverter(adapter, n));
    if (!running || !waiting || !idle) throw new Error('unreachable');
    const first = outcomeOf(running.load());
    const second = outcomeOf(waiting.load());
    await settle();
    const closed = outcomeOf(manager.close());
    await settle();
    expect([running, waiting, idle].map((lazy) => lazy.state.status)).toEqual(['closed', 'closed', 'closed']);
    expect(second.now).toMatchObject({ error: { code: 'ERR_PERF_LAZY_CLOSED' } });
    expect([closed.now, first.now]).toEqual(['pending', 'pending']);
    adapter.last.resolve('value');
    await settle();
    expect([closed.now, first.now]).toEqual([{ value: undefined }, { value: 'value' }]);
    expect(running.isLoaded).toBe(false);
    expect(manager.stats()).toMatchObject({ held: 0, heldBytes: 0, loading: 0, queued: 0, failed: 0 });
    expect(timers.running.size).toBe(0);
  });

  it('waits for mapping functions as well', async () => {
    const { manager } = setUp();
    let finish: () => void = () => undefined;
    const mapped = manager.createLazyConverter(buffers, 8).map(
      () =>
        new Promise<string>((resolve) => {
          finish = () => resolve('mapped');
        }),
    );
    const outcome = outcomeOf(mapped.load());
    await settle();
    const closed = outcomeOf(manager.close());
    await settle();
    expect(closed.now).toBe('pending');
    finish();
    await settle();
    expect([closed.now, outcome.now]).toEqual([{ value: undefined }, { value: 'mapped' }]);
    expect(manager.stats()).toMatchObject({ held: 0, heldBytes: 0 });
  });

  it('lets go of everything, stops its timer, and refuses whatever comes', async () => {
    const { manager, timers } = setUp();
    const lazy = await manager.convert(buffers, 8);
    const closing = manager.close();
    expect(timers.running.size).toBe(0);
    expect(manager.close()).toBe(closing);
    await closing;
    const closed = { code: 'ERR_PERF_LAZY_CLOSED' };
    expect(manager.stats()).toMatchObject({ held: 0, unloaded: { closed: 1 } });
    await expect(lazy.load()).rejects.toMatchObject(closed);
    await expect(manager.preload(lazy)).rejects.toMatchObject(closed);
    await expect(manager.convert(buffers, 8)).rejects.toMatchObject(closed);
    expect(() => manager.createLazyConverter(buffers, 8)).toThrow(expect.objectContaining(closed) as Error);
    expect(() => manager.cleanup()).toThrow(expect.objectContaining(closed) as Error);
    expect(manager.cancel(lazy)).toBe(false);
  });

  it('leaves the executor it was given open', async () => {
    const executor = { concurrency: 1, run: vi.fn(), close: vi.fn() };
    await setUp({ executor }).manager.close();
    expect(executor.close).not.toHaveBeenCalled();
  });

  it('happens at the end of an await using block', async () => {
    let kept: LazyLoadingManager;
    {
      await using manager = setUp().manager;
      kept = manager;
    }
    expect(() => kept.cleanup()).toThrow();
  });
});

describe('the channel perf:lazy', () => {
  async function listening(run: () => Promise<unknown>): Promise<unknown[]> {
    const seen: unknown[] = [];
    const listen = (message: unknown): void => {
      seen.push(message);
    };
    subscribe('perf:lazy', listen);
    try {
      await run();
    } finally {
      unsubscribe('perf:lazy', listen);
    }
    return seen;
  }

  it('tells the life of a value', async () => {
    const { manager, clock } = setUp();
    const adapter = {
      ...buffers,
      convert: (bytes: number) => {
        clock.time += 5;
        return new ArrayBuffer(bytes);
      },
    };
    const lazy = manager.createLazyConverter(adapter, 8);
    const seen = await listening(async () => {
      await lazy.load();
      clock.time += 100;
      lazy.unload();
    });
    expect(seen).toEqual([
      { type: 'queued', id: lazy.id, bytes: 8, durationMs: 0 },
      { type: 'loaded', id: lazy.id, bytes: 8, durationMs: 5 },
      { type: 'unloaded', id: lazy.id, bytes: 8, durationMs: 100, cause: 'asked' },
    ]);
  });

  it('tells failures, cancellations and columns', async () => {
    const { manager, clock } = setUp();
    const adapter = new ControlledAdapter<string>(1);
    const lazy = manager.createLazyConverter(adapter, 0);
    const columns = manager.createLazyConverter(
      { convert: () => 1, column: () => Promise.resolve(new Uint8Array(3)) },
      0,
    );
    const seen = await listening(async () => {
      const failing = lazy.load().catch(() => undefined);
      await settle();
      clock.time += 7;
      adapter.last.reject(new Error('broken'));
      await failing;
      const cancelled = lazy.load().catch(() => undefined);
      manager.cancel(lazy);
      await cancelled;
      await columns.column('a');
    });
    expect(seen).toEqual([
      { type: 'queued', id: lazy.id, bytes: 1, durationMs: 0 },
      { type: 'failed', id: lazy.id, bytes: 0, durationMs: 7 },
      { type: 'queued', id: lazy.id, bytes: 1, durationMs: 0 },
      { type: 'cancelled', id: lazy.id, bytes: 0, durationMs: 0 },
      { type: 'queued', id: columns.id, bytes: 0, durationMs: 0, column: 'a' },
      { type: 'loaded', id: columns.id, bytes: 3, durationMs: 0, column: 'a' },
    ]);
  });
});

describe('stats', () => {
  it('is a frozen snapshot, all the way down', () => {
    const stats = setUp().manager.stats();
    expect(Object.isFrozen(stats)).toBe(true);
    expect(Object.isFrozen(stats.unloaded)).toBe(true);
  });

  it('counts every outcome once', async () => {
    const { manager } = setUp();
    const adapter = new ControlledAdapter<string>(1);
    const lazy = manager.createLazyConverter(adapter, 0);
    const mapped = lazy.map(String);
    const all = [lazy.load(), mapped.load()].map((loading) => loading.catch(() => undefined));
    await settle();
    adapter.last.reject(new Error('broken'));
    await Promise.all(all);
    const again = mapped.load();
    await settle();
    adapter.last.resolve('value');
    await again;
    expect(manager.stats()).toMatchObject({ created: 2, loads: 2, failed: 2, cancelled: 0, held: 2 });
  });
});
