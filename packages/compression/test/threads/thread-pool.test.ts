import { describe, expect, it } from 'vitest';
import type { BlockJob } from '../../src/columnar/job.js';
import { ThreadPool } from '../../src/threads/thread-pool.js';
import type { Outcome, Thread } from '../../src/threads/thread.js';
import { codeOfRejection } from '../forge.js';

/** A thread that the test drives. */
class FakeThread implements Thread {
  readonly jobs: BlockJob[] = [];
  ended = false;
  #done: ((outcome: Outcome) => void) | undefined;
  #expired: (() => void) | undefined;

  run(job: BlockJob, done: (outcome: Outcome) => void): void {
    this.#expired = undefined;
    this.jobs.push(job);
    this.#done = done;
  }
  rest(expired: () => void): void {
    this.#expired = expired;
  }
  end(): Promise<void> {
    this.ended = true;
    return Promise.resolve();
  }
  answer(outcome: Outcome): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(outcome);
  }
  expire(): void {
    this.#expired?.();
  }
  get busy(): boolean {
    return this.#done !== undefined;
  }
}

function setUp(width = 2): { pool: ThreadPool; threads: FakeThread[] } {
  const threads: FakeThread[] = [];
  const start = (): Thread => {
    const thread = new FakeThread();
    threads.push(thread);
    return thread;
  };
  return { pool: new ThreadPool(width, start, ({ bytes }) => bytes.map((byte) => byte + 100)), threads };
}

const job = (name: number): BlockJob => ({
  direction: 'encode',
  type: 'Uint8Array',
  level: 'fast',
  bytes: Uint8Array.of(name),
});
const done = (name: number): Outcome => ({ kind: 'done', result: Uint8Array.of(name) });

describe('a pool of threads', () => {
  it('starts none before there is work, and no more than it may', async () => {
    const { pool, threads } = setUp();
    expect(pool.threads).toBe(0);
    const results = [1, 2, 3].map((name) => pool.run(job(name), undefined));
    await Promise.resolve();
    expect([threads.length, pool.threads]).toEqual([2, 2]);
    expect(threads.map(({ jobs }) => jobs.length)).toEqual([1, 1]);
    threads[1]?.answer(done(20));
    expect(threads[1]?.jobs.map(({ bytes }) => bytes[0])).toEqual([2, 3]);
    threads[1]?.answer(done(30));
    threads[0]?.answer(done(10));
    expect((await Promise.all(results)).map((bytes) => bytes[0])).toEqual([10, 20, 30]);
  });

  it('gives the next job to a thread that rests', async () => {
    const { pool, threads } = setUp();
    const first = pool.run(job(1), undefined);
    await Promise.resolve();
    threads[0]?.answer(done(1));
    await first;
    void pool.run(job(2), undefined);
    await Promise.resolve();
    expect(threads).toHaveLength(1);
    expect(threads[0]?.jobs).toHaveLength(2);
  });

  it('ends a thread that had nothing to do for a while, and starts another when there is work', async () => {
    const { pool, threads } = setUp();
    const first = pool.run(job(1), undefined);
    await Promise.resolve();
    threads[0]?.answer(done(1));
    await first;
    threads[0]?.expire();
    expect([threads[0]?.ended, pool.threads]).toEqual([true, 0]);
    const second = pool.run(job(2), undefined);
    await Promise.resolve();
    threads[1]?.answer(done(2));
    expect(await second).toEqual(Uint8Array.of(2));
  });

  it('passes on what a job said went wrong', async () => {
    const { pool, threads } = setUp();
    const result = codeOfRejection(pool.run(job(1), undefined));
    await Promise.resolve();
    threads[0]?.answer({ kind: 'done', result: 'a block is not what its filters write' });
    expect(await result).toBe('CORRUPT');
    expect(threads[0]?.ended).toBe(false);
  });
});

describe('a job that is given up', () => {
  it('leaves the line at once', async () => {
    const { pool, threads } = setUp(1);
    const controller = new AbortController();
    const first = pool.run(job(1), undefined);
    const second = codeOfRejection(pool.run(job(2), controller.signal));
    const third = pool.run(job(3), undefined);
    await Promise.resolve();
    controller.abort();
    expect(await second).toBe('ABORTED');
    threads[0]?.answer(done(1));
    threads[0]?.answer(done(3));
    await Promise.all([first, third]);
    expect(threads[0]?.jobs.map(({ bytes }) => bytes[0])).toEqual([1, 3]);
  });

  it('ends on its thread when it runs, unheard, and the next one follows', async () => {
    const { pool, threads } = setUp(1);
    const controller = new AbortController();
    const first = codeOfRejection(pool.run(job(1), controller.signal));
    const second = pool.run(job(2), undefined);
    await Promise.resolve();
    controller.abort();
    expect(await first).toBe('ABORTED');
    expect(threads[0]?.jobs).toHaveLength(1);
    threads[0]?.answer(done(1));
    threads[0]?.answer(done(2));
    expect(await second).toEqual(Uint8Array.of(2));
    expect(threads[0]?.ended).toBe(false);
  });

  it('never begins when the signal has fired', async () => {
    const { pool, threads } = setUp();
    expect(await codeOfRejection(pool.run(job(1), AbortSignal.abort()))).toBe('ABORTED');
    expect(threads).toHaveLength(0);
  });
});

describe('a thread that dies', () => {
  it('loses its job, and another thread does the next', async () => {
    const { pool, threads } = setUp(1);
    const first = codeOfRejection(pool.run(job(1), undefined));
    const second = pool.run(job(2), undefined);
    await Promise.resolve();
    threads[0]?.answer({ kind: 'lost', begun: true, cause: new Error('out of memory') });
    expect(await first).toBe('THREAD');
    expect(pool.threads).toBe(1);
    threads[1]?.answer(done(2));
    expect(await second).toEqual(Uint8Array.of(2));
  });

  it('while it rests is not given work', async () => {
    const { pool, threads } = setUp(1);
    const first = pool.run(job(1), undefined);
    await Promise.resolve();
    threads[0]?.answer(done(1));
    await first;
    threads[0]?.expire();
    const second = pool.run(job(2), undefined);
    await Promise.resolve();
    expect(threads).toHaveLength(2);
    threads[1]?.answer(done(2));
    await second;
  });

  it('before it began leaves the work to the event loop, for good', async () => {
    const { pool, threads } = setUp(1);
    const results = [1, 2].map((name) => pool.run(job(name), undefined));
    await Promise.resolve();
    threads[0]?.answer({ kind: 'lost', begun: false, cause: new Error('no such file') });
    expect((await Promise.all(results)).map((bytes) => bytes[0])).toEqual([101, 102]);
    expect([pool.unavailable, pool.threads]).toEqual([true, 0]);
    expect(await pool.run(job(3), undefined)).toEqual(Uint8Array.of(103));
    expect(threads).toHaveLength(1);
  });
});

describe('close', () => {
  it('ends every thread and refuses what waits', async () => {
    const { pool, threads } = setUp(1);
    void pool.run(job(1), undefined).catch(() => undefined);
    const second = codeOfRejection(pool.run(job(2), undefined));
    await Promise.resolve();
    await pool.close();
    expect(await second).toBe('THREAD');
    expect([threads[0]?.ended, pool.threads]).toEqual([true, 0]);
  });
});
