import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { LazyError, LazyLoadingManager, type RetryOptions } from '../src/index.js';
import { ControlledAdapter } from './fixtures/adapter.js';
import { outcomeOf, settle } from './fixtures/deferred.js';
import { HandClock, HandTimers } from './fixtures/time.js';

function setUp(retry: RetryOptions, random = 0) {
  const clock = new HandClock();
  const timers = new HandTimers();
  const manager = new LazyLoadingManager({
    clock,
    timers,
    retry,
    memory: false,
    concurrency: 1,
    random: () => random,
  });
  const adapter = new ControlledAdapter<string>(10);
  return { timers, manager, adapter, lazy: manager.createLazyConverter(adapter, 'request') };
}

/** Lets the conversion under way fail. */
async function fail(adapter: ControlledAdapter<string>, error = new Error('not now')): Promise<Error> {
  await settle();
  adapter.last.reject(error);
  await settle();
  return error;
}

describe('a load that fails', () => {
  it('is tried again after longer and longer waits, and those who wait hear of the last failure only', async () => {
    const { timers, adapter, lazy, manager } = setUp({
      retries: 4,
      delay: '100ms',
      factor: 3,
      maxDelay: '1s',
    });
    const loading = outcomeOf(lazy.load());
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await fail(adapter);
      expect(loading.now).toBe('pending');
      waits.push(...timers.pass());
    }
    const error = await fail(adapter, new Error('never'));
    expect(waits).toEqual([100, 300, 900, 1000]);
    expect(loading.now).toEqual({ error });
    expect(lazy.state).toMatchObject({ status: 'failed', attempts: 5, error });
    expect(manager.stats()).toMatchObject({ failed: 1, retries: 4, loads: 0 });
  });

  it('succeeds when a later attempt does', async () => {
    const { timers, adapter, lazy, manager } = setUp({ retries: 2 });
    const loading = lazy.load();
    const error = await fail(adapter);
    expect(lazy.state).toMatchObject({ status: 'queued', attempts: 1, error });
    timers.pass();
    await settle();
    expect(lazy.state.status).toBe('loading');
    adapter.last.resolve('at last');
    await expect(loading).resolves.toBe('at last');
    expect(lazy.state).toMatchObject({ status: 'loaded', attempts: 2, error: undefined });
    expect(manager.stats()).toMatchObject({ failed: 0, retries: 1, loads: 1 });
  });

  it('keeps no place while it waits to be tried again', async () => {
    const { adapter, lazy, manager } = setUp({ retries: 1 });
    const loading = outcomeOf(lazy.load());
    await fail(adapter);
    const other = new ControlledAdapter<string>(1);
    const another = manager.createLazyConverter(other, 0).load();
    await settle();
    other.last.resolve('meanwhile');
    await expect(another).resolves.toBe('meanwhile');
    expect(loading.now).toBe('pending');
  });

  it('waits less at random, by the jitter at most', async () => {
    const { timers, adapter, lazy } = setUp({ retries: 1, delay: 1000, jitter: 0.5 }, 0.5);
    lazy.load().catch(() => undefined);
    await fail(adapter);
    expect(timers.pass()).toEqual([750]);
  });

  it('is not tried again without being asked to, or when the error is not worth it', async () => {
    const once = setUp({});
    const first = outcomeOf(once.lazy.load());
    const error = await fail(once.adapter);
    expect(first.now).toEqual({ error });
    const seen: [unknown, number][] = [];
    const choosy = setUp({
      retries: 9,
      when: (why, attempts) => {
        seen.push([why, attempts]);
        return attempts < 2;
      },
    });
    const second = outcomeOf(choosy.lazy.load());
    const one = await fail(choosy.adapter);
    choosy.timers.pass();
    const two = await fail(choosy.adapter);
    expect(second.now).toEqual({ error: two });
    expect(seen).toEqual([
      [one, 1],
      [two, 2],
    ]);
  });

  it.each(['ERR_PERF_LAZY_QUEUE_FULL', 'ERR_PERF_LAZY_TASK', 'ERR_PERF_LAZY_OPTION'] as const)(
    'with %s fails at once, as it would again',
    async (code) => {
      const { adapter, lazy } = setUp({ retries: 9 });
      const loading = outcomeOf(lazy.load());
      const error = await fail(adapter, new LazyError(code, 'refused'));
      expect(loading.now).toEqual({ error });
    },
  );

  it('with a lost worker is tried again', async () => {
    const { adapter, lazy, timers } = setUp({ retries: 9 });
    lazy.load().catch(() => undefined);
    await fail(adapter, new LazyError('ERR_PERF_LAZY_WORKER_LOST', 'gone'));
    expect(timers.waiting.size).toBe(1);
  });

  it('retries columns in the same way', async () => {
    const { timers, manager } = setUp({ retries: 1 });
    let attempts = 0;
    const lazy = manager.createLazyConverter(
      {
        convert: () => 0,
        column: (_, name) => {
          attempts += 1;
          return attempts === 1 ? Promise.reject(new Error('not now')) : Promise.resolve(name);
        },
      },
      0,
    );
    const column = lazy.column('price');
    await settle();
    timers.pass();
    await expect(column).resolves.toBe('price');
  });

  it('takes the retries of a single converter over those of its manager', async () => {
    const { manager, timers } = setUp({ retries: 9 });
    const adapter = new ControlledAdapter<string>(1);
    const loading = outcomeOf(manager.createLazyConverter(adapter, 0, { retry: { retries: 0 } }).load());
    const error = await fail(adapter);
    expect([loading.now, timers.waiting.size]).toEqual([{ error }, 0]);
  });

  it('says on the channel when it will be tried again', async () => {
    const { adapter, lazy, timers } = setUp({ retries: 1, delay: 250 });
    const events: unknown[] = [];
    const listen = (event: unknown): void => {
      events.push(event);
    };
    subscribe('perf:lazy', listen);
    lazy.load().catch(() => undefined);
    await fail(adapter);
    timers.pass();
    await fail(adapter);
    unsubscribe('perf:lazy', listen);
    expect(events).toMatchObject([
      { type: 'queued' },
      { type: 'retrying', durationMs: 250 },
      { type: 'failed' },
    ]);
  });
});

describe('giving up a load that waits to be tried again', () => {
  it.each<[string, (x: ReturnType<typeof setUp> & { abort: AbortController }) => unknown, object]>([
    [
      'its last caller leaves',
      ({ abort }) => {
        abort.abort(new Error('bored'));
      },
      { message: 'bored' },
    ],
    ['it is cancelled', ({ manager, lazy }) => manager.cancel(lazy), { code: 'ERR_PERF_LAZY_CANCELLED' }],
    [
      'it is closed',
      ({ lazy }) => {
        lazy.close();
      },
      { code: 'ERR_PERF_LAZY_CLOSED' },
    ],
    ['the manager is closed', ({ manager }) => manager.close(), { code: 'ERR_PERF_LAZY_CLOSED' }],
  ])('ends the wait: %s', async (_, giveUp, error) => {
    const made = setUp({ retries: 5 });
    const abort = new AbortController();
    const loading = outcomeOf(made.lazy.load({ signal: abort.signal }));
    await fail(made.adapter);
    expect(made.timers.waiting.size).toBe(1);
    await giveUp({ ...made, abort });
    await settle();
    expect(loading.now).toMatchObject({ error });
    expect(made.timers.waiting.size).toBe(0);
    expect(made.adapter.calls).toHaveLength(1);
  });
});

describe('bad options of retries', () => {
  it.each<[string, object]>([
    ['retries', { retries: -1 }],
    ['retries', { retries: 1.5 }],
    ['delay', { delay: 'soon' }],
    ['factor', { factor: 0.5 }],
    ['factor', { factor: Number.NaN }],
    ['jitter', { jitter: 2 }],
    ['maxDelay', { maxDelay: -1 }],
    ['when', { when: true }],
    ['tries', { tries: 1 }],
  ])('are refused at once: %s', (word, retry) => {
    const { manager } = setUp({});
    expect(() => new LazyLoadingManager({ retry })).toThrow(word);
    expect(() => manager.createLazyConverter({ convert: () => 0 }, 0, { retry })).toThrow(
      expect.objectContaining({ code: 'ERR_PERF_LAZY_OPTION' }) as Error,
    );
  });
});
