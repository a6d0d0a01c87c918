import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { TaskQueue } from '../src/task-queue.js';
import { deferred, outcomeOf, settle } from './fixtures/deferred.js';

function queue(concurrency = 1, maxQueue = 10): TaskQueue {
  return new TaskQueue({ what: 'the queue', concurrency, maxQueue });
}
const plain = { priority: () => 0 };

describe('TaskQueue', () => {
  it('never begins before run has returned', async () => {
    let begun = false;
    const done = queue().run(() => {
      begun = true;
      return Promise.resolve(1);
    }, plain);
    expect(begun).toBe(false);
    await expect(done).resolves.toBe(1);
  });

  it('asks for priorities only when a place is free, so that urgency may grow', async () => {
    const q = queue();
    const gate = deferred<undefined>();
    const order: string[] = [];
    const urgency = { a: 0, b: 1 };
    const note = (name: string) => () => Promise.resolve(order.push(name));
    void q.run(() => gate.promise, plain);
    await settle();
    const all = [
      q.run(note('a'), { priority: () => urgency.a }),
      q.run(note('b'), { priority: () => urgency.b }),
    ];
    urgency.a = 2;
    gate.resolve(undefined);
    await Promise.all(all);
    expect(order).toEqual(['a', 'b']);
  });

  it('still runs what nobody waits for urgently any more', async () => {
    await expect(queue().run(() => Promise.resolve('ran'), { priority: () => -Infinity })).resolves.toBe(
      'ran',
    );
  });

  it('counts free places as room, even when nothing may wait', async () => {
    const q = queue(2, 0);
    const gate = deferred<undefined>();
    const running = [q.run(() => gate.promise, plain), q.run(() => gate.promise, plain)];
    await expect(q.run(() => gate.promise, plain)).rejects.toMatchObject({
      code: 'ERR_PERF_LAZY_QUEUE_FULL',
    });
    gate.resolve(undefined);
    await Promise.all(running);
    await expect(q.run(() => Promise.resolve(1), plain)).resolves.toBe(1);
  });

  it('makes room when waiting work is aborted, and forgets the signal', async () => {
    const q = queue(1, 1);
    const gate = deferred<undefined>();
    void q.run(() => gate.promise, plain);
    await settle();
    const abort = new AbortController();
    const waiting = q.run(() => Promise.resolve(1), { ...plain, signal: abort.signal });
    const stopped = expect(waiting).rejects.toThrow();
    abort.abort();
    await stopped;
    expect(q.waiting).toBe(0);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    gate.resolve(undefined);
  });

  it('keeps the place of running work, whatever its signal says', async () => {
    const q = queue();
    const gate = deferred<string>();
    const abort = new AbortController();
    const running = q.run(() => gate.promise, { ...plain, signal: abort.signal });
    const next = outcomeOf(q.run(() => Promise.resolve('next'), plain));
    await settle();
    abort.abort();
    await settle();
    expect([q.running, next.now]).toEqual([1, 'pending']);
    gate.resolve('ended in its own time');
    await expect(running).resolves.toBe('ended in its own time');
    await settle();
    expect(next.now).toEqual({ value: 'next' });
  });

  it('goes on after work that failed', async () => {
    const q = queue();
    await expect(q.run(() => Promise.reject(new Error('no')), plain)).rejects.toThrow('no');
    await expect(q.run(() => Promise.resolve(2), plain)).resolves.toBe(2);
  });

  it('closes: refuses what waits and what comes, waits for what runs', async () => {
    const q = queue();
    const gate = deferred<number>();
    const running = q.run(() => gate.promise, plain);
    await settle();
    const waiting = expect(q.run(() => Promise.resolve(2), plain)).rejects.toMatchObject({
      code: 'ERR_PERF_LAZY_CLOSED',
    });
    const closing = [outcomeOf(q.close()), outcomeOf(q.close())];
    await waiting;
    await expect(q.run(() => Promise.resolve(3), plain)).rejects.toMatchObject({
      code: 'ERR_PERF_LAZY_CLOSED',
    });
    expect(closing.map((c) => c.now)).toEqual(['pending', 'pending']);
    gate.resolve(1);
    await expect(running).resolves.toBe(1);
    await settle();
    expect(closing.map((c) => c.now)).toEqual([{ value: undefined }, { value: undefined }]);
  });

  describe('that waits when it is full', () => {
    it('refuses nothing: lets in those who came first, and runs the most urgent of those it let in', async () => {
      const q = new TaskQueue({ what: 'the queue', concurrency: 1, maxQueue: 1, whenFull: 'wait' });
      const order: string[] = [];
      const gates = new Map<string, ReturnType<typeof deferred<undefined>>>();
      const run = (name: string, priority: number): Promise<undefined> =>
        q.run(
          () => {
            order.push(name);
            const gate = deferred<undefined>();
            gates.set(name, gate);
            return gate.promise;
          },
          { priority: () => priority },
        );
      const all = [run('a', 0), run('b', 0), run('c', 0), run('d', 1), run('e', 9)];
      for (let ended = 0; ended < 5; ended += 1) {
        await settle();
        gates.get(order.at(-1) ?? '')?.resolve(undefined);
      }
      await Promise.all(all);
      expect(order).toEqual(['a', 'b', 'd', 'e', 'c']);
    });

    it('counts them as waiting, and forgets those who leave', async () => {
      const q = new TaskQueue({ what: 'the queue', concurrency: 1, maxQueue: 0, whenFull: 'wait' });
      const gate = deferred<number>();
      void q.run(() => gate.promise, plain);
      await settle();
      const abort = new AbortController();
      const left = outcomeOf(q.run(() => Promise.resolve(1), { ...plain, signal: abort.signal }));
      const stays = q.run(() => Promise.resolve(2), plain);
      expect(q.waiting).toBe(2);
      abort.abort(new Error('bored'));
      await settle();
      expect([q.waiting, left.now]).toMatchObject([1, { error: { message: 'bored' } }]);
      gate.resolve(0);
      await expect(stays).resolves.toBe(2);
    });

    it('turns them away when it closes', async () => {
      const q = new TaskQueue({ what: 'the queue', concurrency: 1, maxQueue: 0, whenFull: 'wait' });
      const gate = deferred<number>();
      void q.run(() => gate.promise, plain);
      await settle();
      const waiting = outcomeOf(q.run(() => Promise.resolve(1), plain));
      const closing = q.close();
      await settle();
      expect(waiting.now).toMatchObject({ error: { code: 'ERR_PERF_LAZY_CLOSED' } });
      gate.resolve(0);
      await closing;
    });
  });
});
