import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Ledger, MemoryPool, type MemoryPoolOptions } from '../../src/index.js';
import { outcomeOf, settle } from '../fixtures/deferred.js';
import { HandMemory } from '../fixtures/hand-memory.js';
import { HandClock, HandTimers } from '../fixtures/time.js';

const KB = 1024;

function setUp(o: MemoryPoolOptions = {}) {
  const clock = new HandClock();
  const timers = new HandTimers();
  const memory = new HandMemory();
  const ledger = new Ledger();
  return {
    clock,
    timers,
    memory,
    ledger,
    pool: new MemoryPool({ clock, timers, memory, ledger, ...o }),
  };
}

function withCode(code: string): Error {
  return expect.objectContaining({ code }) as Error;
}

describe('a lease', () => {
  it.each([0, -0, 1, 4095, 4096, 4097, 1_000_003])('of %d bytes has exactly those', (bytes) => {
    const { pool } = setUp();
    using lease = pool.acquire(bytes);
    expect([lease.bytes.length, lease.byteLength, lease.bytes.byteOffset]).toEqual([bytes + 0, bytes, 0]);
    expect(lease.buffer.byteLength).toBeGreaterThanOrEqual(bytes);
  });

  it('is given back by using, and its memory lent again', () => {
    const { pool } = setUp();
    {
      using lease = pool.acquire(10 * KB);
      lease.bytes.fill(7);
      expect(pool.stats()).toMatchObject({ leased: 1, fresh: 1, reused: 0, idle: 0 });
    }
    expect(pool.stats()).toMatchObject({ leased: 0, leasedBytes: 0, idle: 1, idleBytes: 10 * KB });
    using again = pool.acquire(9 * KB + 1);
    expect(again.bytes[0]).toBe(7);
    expect(pool.stats()).toMatchObject({ leased: 1, fresh: 1, reused: 1, idle: 0 });
  });

  it('cannot be released twice; using after a release is no second one', () => {
    const { pool } = setUp();
    using lease = pool.acquire(1);
    lease.release();
    expect(lease.released).toBe(true);
    expect(() => {
      lease.release();
    }).toThrow(withCode('ERR_PERF_LAZY_RELEASED'));
    expect(pool.stats()).toMatchObject({ leased: 0, idle: 1 });
  });

  it('gives out nothing once it is released, and what it gave out before is empty', () => {
    const { pool } = setUp();
    const lease = pool.acquire(5000);
    const { bytes, buffer } = lease;
    const other = new Float64Array(buffer, 0, 4);
    lease.release();
    expect(() => lease.bytes).toThrow(withCode('ERR_PERF_LAZY_RELEASED'));
    expect(() => lease.buffer).toThrow(withCode('ERR_PERF_LAZY_RELEASED'));
    expect([bytes.length, buffer.byteLength, other.length]).toEqual([0, 0, 0]);
    using next = pool.acquire(5000);
    next.bytes.fill(1);
    bytes[0] = 99;
    expect(next.bytes[0]).toBe(1);
  });

  it('whose memory was moved away says so, and the pool does without it', () => {
    const { pool, ledger } = setUp();
    const lease = pool.acquire(5000);
    structuredClone(lease.buffer, { transfer: [lease.buffer] });
    expect(() => lease.bytes).toThrow('moved to another thread');
    lease.release();
    expect(pool.stats()).toMatchObject({ leased: 0, leasedBytes: 0, idle: 0, moved: 1 });
    expect(ledger.bytes).toBe(0);
  });

  it('is zeroed where that is asked for, or always', () => {
    const { pool } = setUp();
    pool.acquire(8).bytes.fill(9);
    using dirty = pool.acquire(8);
    dirty.bytes.fill(9);
    dirty.release();
    using clean = pool.acquire(8, { zero: true });
    expect(new Uint8Array(clean.buffer).every((byte) => byte === 0)).toBe(true);
    const always = setUp({ zero: true }).pool;
    const first = always.acquire(8);
    first.bytes.fill(9);
    first.release();
    expect([...always.acquire(8).bytes]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...always.acquire(8, { zero: false }).bytes]).toHaveLength(8);
  });

  it.each([Number.NaN, -1, 1.5, 2 ** 53 + 2, Infinity, '8', undefined])('of %s bytes is refused', (bytes) => {
    const { pool } = setUp();
    expect(() => Reflect.apply(pool.acquire, pool, [bytes]) as unknown).toThrow(
      withCode('ERR_PERF_LAZY_OPTION'),
    );
  });

  it('that the system has no memory for is refused with what to do', () => {
    const { pool } = setUp({ maxBytes: Infinity });
    expect(() => pool.acquire(2 ** 52)).toThrow(withCode('ERR_PERF_LAZY_POOL_EXHAUSTED'));
    expect(() => pool.acquire(2 ** 52, { zero: true })).toThrow('ask for less');
    expect(pool.stats()).toMatchObject({ leased: 0, leasedBytes: 0 });
  });

  it('with unknown options is refused', () => {
    const { pool } = setUp();
    expect(() => Reflect.apply(pool.acquire, pool, [8, { zeroed: true }]) as unknown).toThrow('zeroed');
    expect(() => Reflect.apply(pool.acquire, pool, [8, { zero: 1 }]) as unknown).toThrow('zero');
  });
});

describe('the bound of a pool', () => {
  it('is on what is lent and idle together: idle buffers make room, lent ones do not', () => {
    const { pool } = setUp({ maxBytes: 40 * KB, maxIdleBytes: Infinity });
    const small = [4, 4, 4].map((size) => pool.acquire(size * KB));
    for (const lease of small) lease.release();
    expect(pool.stats().idleBytes).toBe(12 * KB);
    using large = pool.acquire(32 * KB);
    expect(pool.stats()).toMatchObject({ leasedBytes: 32 * KB, idleBytes: 8 * KB, trimmed: 1 });
    expect(() => pool.acquire(10 * KB)).toThrow(withCode('ERR_PERF_LAZY_POOL_EXHAUSTED'));
    expect(() => pool.acquire(10 * KB)).toThrow('32.0 KB of 40.0 KB are on loan');
    expect(pool.stats()).toMatchObject({ refused: 2, peakBytes: 40 * KB });
    large.release();
    pool.acquire(10 * KB).release();
  });

  it('lets half of it lie idle, those that waited longest going first', () => {
    const { pool, clock } = setUp({ maxBytes: 16 * KB });
    const leases = [4, 4, 8].map((size) => pool.acquire(size * KB));
    for (const lease of leases) {
      lease.release();
      clock.time += 1;
    }
    expect(pool.stats()).toMatchObject({ idle: 1, idleBytes: 8 * KB, trimmed: 2 });
  });
});

describe('waiting for memory', () => {
  it('ends in the order of asking, as others give back', async () => {
    const { pool } = setUp({ maxBytes: 8 * KB });
    const first = pool.acquire(8 * KB);
    const second = outcomeOf(pool.acquireAsync(8 * KB));
    const third = outcomeOf(pool.acquireAsync(4 * KB));
    await settle();
    expect([second.now, third.now, pool.stats().waiting]).toEqual(['pending', 'pending', 2]);
    // Nobody passes those who wait.
    expect(() => pool.acquire(1)).toThrow(withCode('ERR_PERF_LAZY_POOL_EXHAUSTED'));
    first.release();
    await settle();
    expect(second.now).toMatchObject({ value: { byteLength: 8 * KB } });
    expect(third.now).toBe('pending');
    if (typeof second.now === 'object' && 'value' in second.now) second.now.value.release();
    await settle();
    expect(third.now).toMatchObject({ value: { byteLength: 4 * KB } });
  });

  it('is over at once where there is room', async () => {
    const { pool } = setUp();
    using lease = await pool.acquireAsync(10, { zero: true });
    expect([...lease.bytes]).toEqual(Array.from({ length: 10 }, () => 0));
  });

  it('is given up by a signal, before and while, and lets the next one in', async () => {
    const { pool } = setUp({ maxBytes: 8 * KB });
    const reason = new Error('bored');
    await expect(pool.acquireAsync(1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    using held = pool.acquire(4 * KB);
    const controller = new AbortController();
    const large = outcomeOf(pool.acquireAsync(8 * KB, { signal: controller.signal }));
    const small = outcomeOf(pool.acquireAsync(4 * KB));
    await settle();
    expect(small.now).toBe('pending');
    controller.abort(reason);
    await settle();
    expect(large.now).toEqual({ error: reason });
    expect(small.now).toMatchObject({ value: { byteLength: 4 * KB } });
    expect([held.released, getEventListeners(controller.signal, 'abort')]).toEqual([false, []]);
  });

  it('for more than there can ever be is refused at once', async () => {
    const { pool } = setUp({ maxBytes: 8 * KB });
    await expect(pool.acquireAsync(9 * KB)).rejects.toThrow(withCode('ERR_PERF_LAZY_POOL_EXHAUSTED'));
  });

  it('is turned away by close', async () => {
    const { pool } = setUp({ maxBytes: 4 * KB });
    const lease = pool.acquire(1);
    const waiting = outcomeOf(pool.acquireAsync(1));
    pool.close();
    await settle();
    expect(waiting.now).toMatchObject({ error: { code: 'ERR_PERF_LAZY_CLOSED' } });
    lease.release();
  });
});

describe('a scope', () => {
  it('gives everything back at once, and what it gave out is empty then', () => {
    const { pool } = setUp();
    const scope = pool.scope();
    const { allocate, allocateBuffer } = scope;
    const views = [allocate(10), allocate(5000)];
    expect(views.map(({ length }) => length)).toEqual([10, 5000]);
    expect(allocateBuffer(5000).byteLength).toBe(5 * KB);
    expect([scope.bytes, pool.stats().leased]).toEqual([10_010, 3]);
    scope[Symbol.dispose]();
    scope[Symbol.dispose]();
    expect(views.map(({ length }) => length)).toEqual([0, 0]);
    expect(pool.stats()).toMatchObject({ leased: 0, idle: 3 });
    expect(() => allocate(1)).toThrow(withCode('ERR_PERF_LAZY_CLOSED'));
  });

  it('never refuses: what the pool has no room for is fresh', () => {
    const { pool } = setUp({ maxBytes: 4 * KB });
    using scope = pool.scope();
    scope.allocate(4 * KB);
    expect(scope.allocate(6 * KB).length).toBe(6 * KB);
    expect(pool.stats()).toMatchObject({ leased: 1, unpooled: 1, refused: 0 });
  });

  it('gives fresh memory zeroed, too, where the pool always does', () => {
    using scope = setUp({ maxBytes: 0, zero: true }).pool.scope();
    expect(scope.allocate(64 * KB).every((byte) => byte === 0)).toBe(true);
  });

  it('says so when the system has no such memory', () => {
    using scope = setUp().pool.scope();
    expect(() => scope.allocate(2 ** 52)).toThrow(withCode('ERR_PERF_LAZY_POOL_EXHAUSTED'));
  });

  it.each([-1, Number.NaN, 0.5])('refuses %d bytes', (bytes) => {
    using scope = setUp().pool.scope();
    expect(() => scope.allocate(bytes)).toThrow(withCode('ERR_PERF_LAZY_OPTION'));
  });
});

describe('a buffer from elsewhere', () => {
  it('is taken in when it is of a size of the pool, and is empty for its giver', () => {
    const { pool } = setUp();
    const buffer = new ArrayBuffer(8 * KB);
    expect(pool.adopt(buffer)).toBe(true);
    expect([buffer.byteLength, pool.stats().idleBytes]).toEqual([0, 8 * KB]);
    pool.acquire(8 * KB);
    expect(pool.stats().reused).toBe(1);
  });

  it('that is shared, or gone already, is left alone', () => {
    const { pool } = setUp();
    const gone = new ArrayBuffer(4 * KB);
    structuredClone(gone, { transfer: [gone] });
    const shared = new SharedArrayBuffer(4 * KB);
    expect(pool.adopt(gone)).toBe(false);
    expect(Reflect.apply(pool.adopt, pool, [shared])).toBe(false);
    expect([shared.byteLength, pool.stats().idle]).toEqual([4 * KB, 0]);
  });

  it.each([undefined, null, 4096, new Uint8Array(2)])('that is none is refused: %s', (value) => {
    const { pool } = setUp();
    expect(() => Reflect.apply(pool.adopt, pool, [value]) as unknown).toThrow(
      withCode('ERR_PERF_LAZY_OPTION'),
    );
  });

  it.each([0, 100, 9001])('of %d bytes is left alone', (bytes) => {
    const { pool } = setUp();
    const buffer = new ArrayBuffer(bytes);
    expect([pool.adopt(buffer), buffer.byteLength]).toEqual([false, bytes]);
  });
});

describe('what lies idle', () => {
  it('goes when nobody wanted it for long enough, and only that', () => {
    const { pool, clock, timers } = setUp({ idleTimeout: '1m' });
    const [a, b] = [pool.acquire(4 * KB), pool.acquire(8 * KB)];
    a.release();
    expect([...timers.running.values()]).toEqual([30_000]);
    clock.time += 40_000;
    b.release();
    timers.fire();
    expect(pool.stats().idle).toBe(2);
    clock.time += 20_000;
    timers.fire();
    expect(pool.stats()).toMatchObject({ idle: 1, idleBytes: 8 * KB, trimmed: 1 });
    clock.time += 60_000;
    timers.fire();
    expect([pool.stats().idle, timers.running.size]).toEqual([0, 0]);
  });

  it('stays when the clock goes back, and for ever when told so', () => {
    const { pool, clock, timers } = setUp({ idleTimeout: '1m' });
    pool.acquire(1).release();
    clock.time = -1e9;
    timers.fire();
    expect(pool.stats().idle).toBe(1);
    const endless = setUp({ idleTimeout: Infinity });
    endless.pool.acquire(1).release();
    expect(endless.timers.running.size).toBe(0);
  });

  it('goes by half when memory is scarce, altogether when that is critical', () => {
    const { pool, memory } = setUp();
    const leases = Array.from({ length: 4 }, () => pool.acquire(4 * KB));
    expect(memory.listeners.size).toBe(0);
    for (const lease of leases) lease.release();
    memory.become('moderate');
    expect(pool.stats().idleBytes).toBe(8 * KB);
    memory.become('critical');
    expect([pool.stats().idleBytes, memory.listeners.size]).toEqual([0, 0]);
  });

  it('goes on demand, down to what is to stay', () => {
    const { pool } = setUp();
    const leases = Array.from({ length: 4 }, () => pool.acquire(4 * KB));
    for (const lease of leases) lease.release();
    expect(pool.trim(5 * KB)).toBe(12 * KB);
    expect(pool.trim()).toBe(4 * KB);
    expect(pool.trim()).toBe(0);
  });
});

describe('what is to stay at a trim', () => {
  it.each([-1, Number.NaN, '5MB', null])('must be bytes: %s is refused', (keep) => {
    const { pool } = setUp();
    pool.acquire(1).release();
    expect(() => Reflect.apply(pool.trim, pool, [keep]) as unknown).toThrow(withCode('ERR_PERF_LAZY_OPTION'));
    expect(pool.stats().idle).toBe(1);
  });
});

describe('closing a pool', () => {
  it('lets go of what is idle, still takes back what is lent, and refuses everything else', () => {
    const { pool, ledger, timers, memory } = setUp();
    const [lent, idle] = [pool.acquire(4 * KB), pool.acquire(4 * KB)];
    const scope = pool.scope();
    idle.release();
    pool.close();
    pool.close();
    expect(pool.stats()).toMatchObject({ idle: 0, leased: 1 });
    expect([timers.running.size, memory.listeners.size, ledger.bytes]).toEqual([0, 0, 4 * KB]);
    lent.release();
    expect([pool.stats().leased, ledger.bytes, ledger.entries()]).toEqual([0, 0, []]);
    const closed = withCode('ERR_PERF_LAZY_CLOSED');
    expect(() => pool.acquire(1)).toThrow(closed);
    expect(() => pool.scope()).toThrow(closed);
    expect(() => scope.allocate(1)).toThrow(closed);
    expect(() => pool.trim()).toThrow(closed);
    expect(() => pool.adopt(new ArrayBuffer(4096))).toThrow(closed);
  });
});

describe('bad options of a pool', () => {
  it.each<[string, object]>([
    ['maxBytes', { maxBytes: -1 }],
    ['maxIdleBytes', { maxIdleBytes: 'some' }],
    ['idleTimeout', { idleTimeout: 'later' }],
    ['zero', { zero: 'yes' }],
    ['memory', { memory: {} }],
    ['onLeak', { onLeak: 1 }],
    ['clock', { clock: 1 }],
    ['timers', { timers: {} }],
    ['size', { size: 1 }],
  ])('are refused at once: %s', (word, options) => {
    const make = (): unknown => new MemoryPool(options);
    expect(make).toThrow(withCode('ERR_PERF_LAZY_OPTION'));
    expect(make).toThrow(word);
  });
});
