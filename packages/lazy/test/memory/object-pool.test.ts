import { describe, expect, it } from 'vitest';
import { ObjectPool, type ObjectPoolOptions } from '../../src/index.js';

function setUp(o: Partial<ObjectPoolOptions<string[]>> = {}) {
  let made = 0;
  const pool = new ObjectPool<string[]>({
    create: () => {
      made += 1;
      return [`made ${String(made)}`];
    },
    ...o,
  });
  return { pool };
}

describe('a pool of objects', () => {
  it('lends what was given back last, reset', () => {
    const { pool } = setUp({
      reset: (list) => {
        list.length = 0;
      },
    });
    const [first, second] = [pool.acquire(), pool.acquire()];
    const { value } = second;
    value.push('used');
    first.release();
    second.release();
    using again = pool.acquire();
    expect(again.value).toBe(value);
    expect(again.value).toEqual([]);
    expect(pool.stats()).toEqual({ leased: 1, idle: 1, created: 2, reused: 1, destroyed: 0 });
  });

  it('refuses a second release and any use after the first; using after it is none', () => {
    const { pool } = setUp();
    using lease = pool.acquire();
    lease.release();
    const released = expect.objectContaining({ code: 'ERR_PERF_LAZY_RELEASED' }) as Error;
    expect(() => {
      lease.release();
    }).toThrow(released);
    expect(() => lease.value).toThrow(released);
    expect(pool.stats()).toMatchObject({ leased: 0, idle: 1 });
  });

  it('lets go of an object that cannot be reset, and says why', () => {
    const failure = new Error('broken');
    const gone: string[][] = [];
    const { pool } = setUp({
      reset: () => {
        throw failure;
      },
      destroy: (list) => gone.push(list),
    });
    const lease = pool.acquire();
    expect(() => {
      lease.release();
    }).toThrow(failure);
    expect(gone).toEqual([['made 1']]);
    expect(pool.stats()).toMatchObject({ leased: 0, idle: 0, destroyed: 1 });
  });

  it('keeps no more than it may, trims, and after a close keeps nothing', () => {
    const gone: string[][] = [];
    const { pool } = setUp({ maxIdle: 2, destroy: (list) => gone.push(list) });
    const leases = [pool.acquire(), pool.acquire(), pool.acquire(), pool.acquire()];
    for (const lease of leases.slice(0, 3)) lease.release();
    expect([pool.stats().idle, gone]).toEqual([2, [['made 3']]]);
    expect(pool.trim(1)).toBe(1);
    pool.close();
    pool.close();
    expect(pool.stats()).toMatchObject({ leased: 1, idle: 0 });
    leases[3]?.release();
    expect(pool.stats()).toMatchObject({ leased: 0, idle: 0, destroyed: 4 });
    expect(() => pool.acquire()).toThrow(expect.objectContaining({ code: 'ERR_PERF_LAZY_CLOSED' }) as Error);
  });

  it('lends `undefined` as any other object', () => {
    let made = 0;
    const pool = new ObjectPool<undefined>({
      create: () => {
        made += 1;
        return undefined;
      },
    });
    pool.acquire().release();
    expect([pool.acquire().value, made]).toEqual([undefined, 1]);
  });

  it('passes on what making one throws, and counts nothing', () => {
    const failure = new Error('no');
    const { pool } = setUp({
      create: () => {
        throw failure;
      },
    });
    expect(() => pool.acquire()).toThrow(failure);
    expect(pool.stats()).toMatchObject({ leased: 0, created: 0 });
  });

  it.each([-1, Number.NaN, 0.5])('refuses to trim to %d, and keeps what it has', (keep) => {
    const { pool } = setUp();
    pool.acquire().release();
    expect(() => pool.trim(keep)).toThrow(expect.objectContaining({ code: 'ERR_PERF_LAZY_OPTION' }) as Error);
    expect(pool.stats().idle).toBe(1);
  });

  it.each<[string, object]>([
    ['create', {}],
    ['maxIdle', { create: () => 0, maxIdle: -1 }],
    ['min', { create: () => 0, min: 1 }],
  ])('refuses bad options: %s', (word, options) => {
    expect(() => Reflect.construct(ObjectPool, [options]) as unknown).toThrow(word);
  });
});
