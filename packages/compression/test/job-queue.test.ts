import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { JobQueue } from '../src/job-queue.js';
import { codeOfRejection } from './forge.js';

interface Job {
  readonly run: () => Promise<string>;
  finish(): void;
  fail(error: Error): void;
}

/** A job that ends when it is told to, and notes when it begins. */
function job(name: string, begun: string[]): Job {
  const { promise, resolve, reject } = deferred();
  return {
    run: () => {
      begun.push(name);
      return promise;
    },
    finish: () => resolve(name),
    fail: reject,
  };
}

function deferred(): {
  promise: Promise<string>;
  resolve: (value: string) => void;
  reject: (error: Error) => void;
} {
  let settle: { resolve: (value: string) => void; reject: (error: Error) => void } | undefined;
  const promise = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) throw new Error('a promise runs its executor at once');
  return { promise, ...settle };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('JobQueue', () => {
  it('runs as many jobs as it may, the others in the order of the calls', async () => {
    const queue = new JobQueue(2, 10);
    const begun: string[] = [];
    const jobs = ['a', 'b', 'c', 'd', 'e'].map((name) => job(name, begun));
    const results = jobs.map(({ run }) => queue.run(run, undefined));
    await turn();
    expect(begun).toEqual(['a', 'b']);
    expect([queue.running, queue.queued]).toEqual([2, 3]);
    jobs[1]?.finish();
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const { finish } of jobs) finish();
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([queue.running, queue.queued]).toEqual([0, 0]);
  });

  it('lets no newcomer overtake one that was promised the place', async () => {
    const queue = new JobQueue(1, 10);
    const begun: string[] = [];
    const [first, second, third] = [job('first', begun), job('second', begun), job('third', begun)];
    const results = [queue.run(first.run, undefined), queue.run(second.run, undefined)];
    first.finish();
    await results[0];
    results.push(queue.run(third.run, undefined));
    await turn();
    expect(begun).toEqual(['first', 'second']);
    second.finish();
    third.finish();
    await Promise.all(results);
    expect(begun).toEqual(['first', 'second', 'third']);
  });

  it('passes the place on when a job fails, also at once', async () => {
    const queue = new JobQueue(1, 10);
    const bad = queue.run(() => Promise.reject(new Error('bad')), undefined);
    const worse = queue.run(() => {
      throw new Error('worse');
    }, undefined);
    const good = queue.run(() => Promise.resolve('good'), undefined);
    await expect(bad).rejects.toThrow('bad');
    await expect(worse).rejects.toThrow('worse');
    expect(await good).toBe('good');
    expect(queue.running).toBe(0);
  });

  it('refuses one more than may wait, and takes it again when there is room', async () => {
    const queue = new JobQueue(1, 1);
    const first = job('first', []);
    const running = queue.run(first.run, undefined);
    const waiting = queue.run(() => Promise.resolve('second'), undefined);
    expect(await codeOfRejection(queue.run(() => Promise.resolve('third'), undefined))).toBe('QUEUE_FULL');
    first.finish();
    await Promise.all([running, waiting]);
    expect(await queue.run(() => Promise.resolve('fourth'), undefined)).toBe('fourth');
  });

  it('takes an aborted job out of the line, and holds nothing of it', async () => {
    const queue = new JobQueue(1, 10);
    const begun: string[] = [];
    const first = job('first', begun);
    const running = queue.run(first.run, undefined);
    const controller = new AbortController();
    const doomed = queue.run(job('doomed', begun).run, controller.signal);
    const last = job('last', begun);
    const later = queue.run(last.run, controller.signal.aborted ? undefined : new AbortController().signal);
    controller.abort(new Error('enough'));
    await expect(doomed).rejects.toMatchObject({
      code: 'ERR_PERF_COMPRESSION_ABORTED',
      cause: new Error('enough'),
    });
    expect(queue.queued).toBe(1);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    first.finish();
    last.finish();
    await Promise.all([running, later]);
    expect(begun).toEqual(['first', 'last']);
  });

  it('listens to a signal only while its job waits', async () => {
    const queue = new JobQueue(1, 10);
    const { signal } = new AbortController();
    const first = job('first', []);
    const running = queue.run(first.run, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    const waiting = queue.run(() => Promise.resolve('second'), signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    first.finish();
    await Promise.all([running, waiting]);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('closes when what runs has ended, refuses what waits and what comes, and closes once', async () => {
    const queue = new JobQueue(1, 10);
    const first = job('first', []);
    const { signal } = new AbortController();
    const running = queue.run(first.run, undefined);
    const waiting = codeOfRejection(queue.run(() => Promise.resolve('second'), signal));
    let idle = false;
    const closing = queue.close().then(() => {
      idle = true;
    });
    expect(queue.close()).toBe(queue.close());
    expect(await waiting).toBe('CLOSED');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(await codeOfRejection(queue.run(() => Promise.resolve('third'), undefined))).toBe('CLOSED');
    await turn();
    expect(idle).toBe(false);
    first.finish();
    expect(await running).toBe('first');
    await closing;
    expect(idle).toBe(true);
  });
});
