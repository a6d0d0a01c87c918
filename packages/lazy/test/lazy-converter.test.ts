import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { LazyLoadingManager, type Convertible, type LazyConverter } from '../src/index.js';
import { ControlledAdapter } from './fixtures/adapter.js';
import { deferred, outcomeOf, settle } from './fixtures/deferred.js';
import { HandClock } from './fixtures/time.js';

function setUp(o: ConstructorParameters<typeof LazyLoadingManager>[0] = {}) {
  const clock = new HandClock();
  const manager = new LazyLoadingManager({ clock, memory: false, ...o });
  const adapter = new ControlledAdapter<string>(10);
  return { clock, manager, adapter, lazy: manager.createLazyConverter(adapter, 'request') };
}

async function loaded(lazy: LazyConverter<string>, adapter: ControlledAdapter<string>, value = 'value') {
  const loading = lazy.load();
  await settle();
  adapter.last.resolve(value);
  return await loading;
}

describe('a column of a value that is on its way', () => {
  it('is picked from it, and not converted a second time', async () => {
    const { manager } = setUp();
    const gate = deferred<{ a: number }>();
    let columns = 0;
    const lazy = manager.createLazyConverter(
      {
        convert: () => gate.promise,
        column: () => {
          columns += 1;
          return Promise.resolve(0);
        },
      },
      0,
      { pick: (value, name) => Reflect.get(value, name) as unknown },
    );
    const whole = lazy.load();
    const column = lazy.column('a');
    await settle();
    gate.resolve({ a: 7 });
    await expect(column).resolves.toBe(7);
    await whole;
    expect(columns).toBe(0);
  });
});

describe('a LazyConverter', () => {
  it('converts nothing until it is asked', async () => {
    const { lazy, adapter } = setUp();
    await settle();
    expect(adapter.calls).toEqual([]);
    expect(lazy.isLoaded).toBe(false);
    expect(lazy.state).toEqual({
      status: 'idle',
      createdAt: 1000,
      loadedAt: undefined,
      lastAccessAt: undefined,
      accesses: 0,
      columnAccesses: {},
      bytes: 0,
      durationMs: undefined,
      error: undefined,
      attempts: 0,
    });
  });

  it('is never thenable: awaiting it does not load it', async () => {
    const { lazy, adapter } = setUp();
    expect('then' in lazy).toBe(false);
    expect(await Promise.resolve(lazy)).toBe(lazy);
    expect(adapter.calls).toEqual([]);
  });

  it('goes from queued over loading to loaded, and records it', async () => {
    const { lazy, adapter, clock } = setUp();
    const loading = lazy.load();
    expect(lazy.state).toMatchObject({ status: 'queued', attempts: 0 });
    await settle();
    expect(lazy.state).toMatchObject({ status: 'loading', attempts: 1 });
    expect(adapter.last.request).toBe('request');
    clock.time = 1250;
    adapter.last.resolve('value');
    await expect(loading).resolves.toBe('value');
    expect(lazy.value).toBe('value');
    expect(lazy.isLoaded).toBe(true);
    expect(lazy.state).toEqual({
      status: 'loaded',
      createdAt: 1000,
      loadedAt: 1250,
      lastAccessAt: 1250,
      accesses: 2,
      columnAccesses: {},
      bytes: 5,
      durationMs: 250,
      error: undefined,
      attempts: 1,
    });
  });

  it('shows its state as a frozen snapshot', async () => {
    const { lazy, adapter } = setUp();
    const before = lazy.state;
    await loaded(lazy, adapter);
    expect(Object.isFrozen(before)).toBe(true);
    expect(before.status).toBe('idle');
  });

  it('converts once, however many ask at the same time and later', async () => {
    const { lazy, adapter } = setUp();
    const all = [lazy.load(), lazy.load()];
    await settle();
    all.push(lazy.load());
    adapter.last.resolve('value');
    await expect(Promise.all(all)).resolves.toEqual(['value', 'value', 'value']);
    await lazy.load();
    expect(adapter.calls).toHaveLength(1);
  });

  it('holds undefined like any other value', async () => {
    const manager = new LazyLoadingManager({ memory: false });
    const lazy = manager.createLazyConverter({ convert: () => undefined }, 0);
    await lazy.load();
    expect(lazy.isLoaded).toBe(true);
    expect(lazy.value).toBeUndefined();
  });

  it('says why a load failed, and tries again at the next', async () => {
    const { lazy, adapter } = setUp();
    const error = new Error('broken file');
    const failing = Promise.allSettled([lazy.load(), lazy.load()]);
    await settle();
    adapter.last.reject(error);
    expect(await failing).toEqual([
      { status: 'rejected', reason: error },
      { status: 'rejected', reason: error },
    ]);
    expect(lazy.state).toMatchObject({ status: 'failed', error, attempts: 1 });
    expect(() => lazy.value).toThrow(
      expect.objectContaining({ code: 'ERR_PERF_LAZY_NOT_LOADED', cause: error }) as Error,
    );
    await loaded(lazy, adapter);
    expect(lazy.state).toMatchObject({ status: 'loaded', error: undefined, attempts: 2 });
  });

  it('rejects with what a conversion throws at once, even when that is undefined', async () => {
    const convert = () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the worst an adapter can do
      throw undefined;
    };
    const lazy = new LazyLoadingManager({ memory: false }).createLazyConverter({ convert }, 0);
    await expect(lazy.load()).rejects.toBeUndefined();
    expect(lazy.state.status).toBe('failed');
  });

  it('refuses to hand out a value that is not there', () => {
    const { lazy } = setUp();
    expect(() => lazy.value).toThrow(expect.objectContaining({ code: 'ERR_PERF_LAZY_NOT_LOADED' }) as Error);
    expect(lazy.state.accesses).toBe(0);
  });

  it('lets each caller leave by its own signal', async () => {
    const { lazy, adapter } = setUp();
    const abort = new AbortController();
    const leaving = lazy.load({ signal: abort.signal });
    const staying = lazy.load();
    await settle();
    const left = expect(leaving).rejects.toThrow('bye');
    abort.abort(new Error('bye'));
    await left;
    expect(adapter.last.signal?.aborted).toBe(false);
    adapter.last.resolve('value');
    await expect(staying).resolves.toBe('value');
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('gives the conversion up when nobody waits any more, and starts anew for the next', async () => {
    const { lazy, adapter } = setUp();
    const abort = new AbortController();
    const leaving = expect(lazy.load({ signal: abort.signal })).rejects.toThrow();
    await settle();
    const [first] = adapter.calls;
    abort.abort();
    await leaving;
    expect(first?.signal?.aborted).toBe(true);
    expect(lazy.state).toMatchObject({ status: 'idle', attempts: 1 });
    const again = lazy.load();
    first?.resolve('too late');
    await settle();
    adapter.last.resolve('fresh');
    await expect(again).resolves.toBe('fresh');
    expect(adapter.calls).toHaveLength(2);
  });

  it('begins nothing for a signal that has fired before, not even when loaded', async () => {
    const { lazy, adapter } = setUp();
    const signal = AbortSignal.abort(new Error('before'));
    await expect(lazy.load({ signal })).rejects.toThrow('before');
    expect(lazy.state).toMatchObject({ status: 'idle' });
    await loaded(lazy, adapter);
    await expect(lazy.load({ signal })).rejects.toThrow('before');
  });

  it('refuses a priority that is not a number', async () => {
    const { lazy } = setUp();
    await expect(lazy.load({ priority: Number.NaN })).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_OPTION' });
  });

  describe('unloaded', () => {
    it('lets go of the value and converts again by the same recipe', async () => {
      const { lazy, adapter } = setUp();
      await loaded(lazy, adapter);
      lazy.unload();
      expect(lazy.state).toMatchObject({ status: 'unloaded', bytes: 0, loadedAt: 1000 });
      expect(() => lazy.value).toThrow(
        expect.objectContaining({ code: 'ERR_PERF_LAZY_NOT_LOADED' }) as Error,
      );
      await expect(loaded(lazy, adapter, 'again')).resolves.toBe('again');
      expect(adapter.last.request).toBe('request');
      expect(lazy.state).toMatchObject({ status: 'loaded', attempts: 2 });
    });

    it('stays as it is when nothing is held, and does not disturb a load', async () => {
      const { lazy, adapter } = setUp();
      lazy.unload();
      expect(lazy.state.status).toBe('idle');
      const loading = lazy.load();
      await settle();
      lazy.unload();
      expect(lazy.state.status).toBe('loading');
      adapter.last.resolve('value');
      await expect(loading).resolves.toBe('value');
    });

    it('is unloaded again after a reload that was given up', async () => {
      const { lazy, adapter } = setUp();
      await loaded(lazy, adapter);
      lazy.unload();
      const abort = new AbortController();
      const leaving = expect(lazy.load({ signal: abort.signal })).rejects.toThrow();
      abort.abort();
      await leaving;
      expect(lazy.state.status).toBe('unloaded');
    });
  });

  describe('closed', () => {
    it('rejects who waits, stops the conversion, and refuses everything after', async () => {
      const { lazy, adapter, manager } = setUp();
      const closed = { code: 'ERR_PERF_LAZY_CLOSED' };
      const loading = expect(lazy.load()).rejects.toMatchObject(closed);
      await settle();
      lazy.close();
      await loading;
      expect(adapter.last.signal?.aborted).toBe(true);
      adapter.last.resolve('late');
      await settle();
      expect(lazy.state).toMatchObject({ status: 'closed', bytes: 0 });
      expect(lazy.isLoaded).toBe(false);
      await expect(lazy.load()).rejects.toMatchObject(closed);
      await expect(lazy.read(() => 1)).rejects.toMatchObject(closed);
      await expect(lazy.column('a')).rejects.toMatchObject(closed);
      expect(() => lazy.value).toThrow(expect.objectContaining(closed) as Error);
      expect(() => lazy.map(String)).toThrow(expect.objectContaining(closed) as Error);
      expect(() => lazy.unload()).toThrow(expect.objectContaining(closed) as Error);
      expect(manager.stats()).toMatchObject({ held: 0, heldBytes: 0 });
    });

    it('closes once', async () => {
      const { lazy, adapter, manager } = setUp();
      await loaded(lazy, adapter);
      lazy.close();
      lazy.close();
      expect(manager.stats().unloaded.closed).toBe(1);
    });

    it('happens at the end of a using block', () => {
      const { manager, adapter } = setUp();
      let kept: LazyConverter<string>;
      {
        using lazy = manager.createLazyConverter(adapter, 0);
        kept = lazy;
      }
      expect(kept.state.status).toBe('closed');
    });
  });

  describe('read', () => {
    it('hands the value over and keeps it from being unloaded until the reader is done', async () => {
      const { lazy, adapter, manager, clock } = setUp({ idleTimeout: 100 });
      await loaded(lazy, adapter);
      const gate = deferred<string>();
      const reading = lazy.read(async (value) => value + (await gate.promise));
      await settle();
      clock.time += 1000;
      expect(manager.cleanup()).toBe(0);
      gate.resolve('!');
      await expect(reading).resolves.toBe('value!');
      expect(manager.cleanup()).toBe(1);
    });

    it('lets go after a reader that threw', async () => {
      const { lazy, adapter, manager, clock } = setUp({ idleTimeout: 100 });
      await loaded(lazy, adapter);
      await expect(lazy.read(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
      clock.time += 1000;
      expect(manager.cleanup()).toBe(1);
    });
  });

  describe('map', () => {
    it('runs nothing until it is loaded, then loads its parent first', async () => {
      const { lazy, adapter } = setUp();
      const fn = vi.fn((text: string) => text.length);
      const length = lazy.map(fn);
      await settle();
      expect(fn).not.toHaveBeenCalled();
      const loading = length.load();
      expect(length.state.status).toBe('queued');
      await settle();
      adapter.last.resolve('four');
      await expect(loading).resolves.toBe(4);
      expect(lazy.state).toMatchObject({ status: 'loaded', accesses: 1 });
      await length.load();
      expect(fn).toHaveBeenCalledOnce();
    });

    it('chains, and works with a single place to run', async () => {
      const { lazy, adapter } = setUp({ concurrency: 1, maxQueue: 0 });
      const chain = lazy.map((s) => s.length).map((n) => Promise.resolve(n * 2));
      const loading = chain.load();
      await settle();
      adapter.last.resolve('four');
      await expect(loading).resolves.toBe(8);
    });

    it('keeps its own value when the parent is unloaded or closed', async () => {
      const { lazy, adapter } = setUp();
      const length = lazy.map((s) => s.length);
      const loading = length.load();
      await settle();
      adapter.last.resolve('four');
      await loading;
      lazy.close();
      expect(length.value).toBe(4);
      length.unload();
      await expect(length.load()).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_CLOSED' });
    });

    it('fails with the error of its parent, or its own, and tries again', async () => {
      const { lazy, adapter } = setUp();
      let broken = true;
      const mapped = lazy.map((s) => {
        if (broken) throw new RangeError('cannot map');
        return s;
      });
      const first = expect(mapped.load()).rejects.toThrow('no file');
      await settle();
      adapter.last.reject(new Error('no file'));
      await first;
      const second = expect(mapped.load()).rejects.toThrow('cannot map');
      await settle();
      adapter.last.resolve('value');
      await second;
      expect(mapped.state).toMatchObject({ status: 'failed', attempts: 1 });
      broken = false;
      await expect(mapped.load()).resolves.toBe('value');
    });

    it('gives its parent up when its last caller leaves', async () => {
      const { lazy, adapter } = setUp();
      const abort = new AbortController();
      const leaving = expect(lazy.map(String).load({ signal: abort.signal })).rejects.toThrow();
      await settle();
      abort.abort();
      await leaving;
      expect(adapter.last.signal?.aborted).toBe(true);
      expect(lazy.state.status).toBe('idle');
    });

    it('is as urgent as who waits for it', async () => {
      const { manager, adapter } = setUp({ concurrency: 1 });
      outcomeOf(manager.createLazyConverter(adapter, 'first').load());
      await settle();
      const [low, high] = ['low', 'high'].map((request) => manager.createLazyConverter(adapter, request));
      if (low === undefined || high === undefined) throw new Error('unreachable');
      outcomeOf(low.load());
      outcomeOf(high.map(String).load({ priority: 1 }));
      await settle();
      adapter.last.resolve('done');
      await settle();
      expect(adapter.calls.map((call) => call.request)).toEqual(['first', 'high']);
    });

    it('refuses what is not a function', () => {
      const { lazy } = setUp();
      const given: unknown = 'not a function';
      expect(() => lazy.map(given as () => void)).toThrow(
        expect.objectContaining({ code: 'ERR_PERF_LAZY_OPTION' }) as Error,
      );
    });
  });
});

describe('column', () => {
  class Columns implements Convertible<Record<string, number[]>> {
    readonly asked: string[] = [];
    readonly gates = new Map<string, ReturnType<typeof deferred<Float64Array>>>();
    whole = 0;

    convert() {
      this.whole += 1;
      return { a: [1], b: [2] };
    }

    column(_: unknown, name: string) {
      this.asked.push(name);
      const gate = deferred<Float64Array>();
      this.gates.set(name, gate);
      return gate.promise;
    }
  }
  const pick = (table: Record<string, number[]>, name: string): unknown => table[name];

  it('converts that column only, once, and keeps it', async () => {
    const manager = new LazyLoadingManager({ memory: false });
    const adapter = new Columns();
    const lazy = manager.createLazyConverter(adapter, 0);
    const both = [lazy.column('a'), lazy.column('a')];
    await settle();
    const column = new Float64Array(4);
    adapter.gates.get('a')?.resolve(column);
    expect(await Promise.all(both)).toEqual([column, column]);
    expect(await lazy.column('a')).toBe(column);
    expect(adapter).toMatchObject({ asked: ['a'], whole: 0 });
    expect(lazy.state).toMatchObject({ status: 'idle', bytes: 32, accesses: 3, attempts: 0 });
    expect(manager.stats()).toMatchObject({ held: 1, heldBytes: 32, columnLoads: 1, loads: 0 });
    const another = lazy.column('b');
    await settle();
    adapter.gates.get('b')?.resolve(new Float64Array(1));
    await another;
    expect(manager.stats()).toMatchObject({ held: 1, heldBytes: 40, columnLoads: 2 });
  });

  it('lets each caller leave, and stops the column when the last has left', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const adapter: Convertible<number> = {
      convert: () => 1,
      column: (_request, _name, o) => {
        signals.push(o?.signal);
        return new Promise(() => undefined);
      },
    };
    const lazy = new LazyLoadingManager({ memory: false }).createLazyConverter(adapter, 0);
    const abort = new AbortController();
    const leaving = expect(lazy.column('a', { signal: abort.signal })).rejects.toThrow();
    await settle();
    abort.abort();
    await leaving;
    expect(signals[0]?.aborted).toBe(true);
  });

  it('forgets kept columns when unloaded', async () => {
    const adapter = new Columns();
    const lazy = new LazyLoadingManager({ memory: false }).createLazyConverter(adapter, 0);
    const first = lazy.column('a');
    await settle();
    adapter.gates.get('a')?.resolve(new Float64Array(1));
    await first;
    lazy.unload();
    expect(lazy.state).toMatchObject({ status: 'unloaded', bytes: 0 });
    void lazy.column('a');
    await settle();
    expect(adapter.asked).toEqual(['a', 'a']);
  });

  it('tries again after a failure, and leaves the state of the whole alone', async () => {
    const adapter = new Columns();
    const lazy = new LazyLoadingManager({ memory: false }).createLazyConverter(adapter, 0);
    const failing = expect(lazy.column('a')).rejects.toThrow('no');
    await settle();
    adapter.gates.get('a')?.reject(new Error('no'));
    await failing;
    expect(lazy.state).toMatchObject({ status: 'idle', error: undefined });
    void lazy.column('a');
    await settle();
    expect(adapter.asked).toEqual(['a', 'a']);
  });

  it('picks from the whole once that is loaded, and keeps no column beside it', async () => {
    const adapter = new Columns();
    const manager = new LazyLoadingManager({
      memory: false,
      sizeOf: (v) => (v instanceof Float64Array ? 8 : 100),
    });
    const lazy = manager.createLazyConverter(adapter, 0, { pick });
    const early = lazy.column('a');
    await settle();
    adapter.gates.get('a')?.resolve(new Float64Array(1));
    await early;
    await lazy.load();
    expect(lazy.state.bytes).toBe(100);
    await expect(lazy.column('b')).resolves.toEqual([2]);
    expect(adapter.asked).toEqual(['a']);
  });

  it('loads the whole to pick from when the adapter cannot do columns', async () => {
    const convert = vi.fn(() => ({ a: [1], b: [2] }));
    const lazy = new LazyLoadingManager({ memory: false }).createLazyConverter({ convert }, 0, { pick });
    await expect(Promise.all([lazy.column('a'), lazy.column('b')])).resolves.toEqual([[1], [2]]);
    expect(convert).toHaveBeenCalledOnce();
    expect(lazy.isLoaded).toBe(true);
  });

  it('says so when there is neither a column() nor a pick', async () => {
    const lazy = new LazyLoadingManager({ memory: false }).createLazyConverter({ convert: () => 1 }, 0);
    await expect(lazy.column('a')).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_NO_COLUMN' });
    expect(lazy.state.status).toBe('idle');
  });

  it('treats names such as __proto__ as names', async () => {
    const adapter = new Columns();
    const lazy = new LazyLoadingManager({ memory: false }).createLazyConverter(adapter, 0);
    const odd = lazy.column('__proto__');
    await settle();
    const column = new Float64Array(1);
    adapter.gates.get('__proto__')?.resolve(column);
    await expect(odd).resolves.toBe(column);
  });
});
