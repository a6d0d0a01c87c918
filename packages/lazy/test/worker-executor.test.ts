import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { WorkerExecutor, type RunOptions, type WorkerExecutorOptions } from '../src/index.js';
import { executorConformance, TASKS } from './conformance/executor.js';
import { outcomeOf, settle } from './fixtures/deferred.js';

const shared = new WorkerExecutor({ threads: 1 });
afterAll(() => shared.close());

executorConformance('WorkerExecutor', () => shared);

const open: WorkerExecutor[] = [];
function workers(o: WorkerExecutorOptions = {}): WorkerExecutor {
  const executor = new WorkerExecutor({ threads: 1, ...o });
  open.push(executor);
  return executor;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((executor) => executor.close()));
});

function task(name: string, args: unknown, transfer?: ArrayBuffer[]) {
  return { module: TASKS, export: name, args, ...(transfer && { transfer }) };
}

/** A word in shared memory that a task sets or waits for. */
function word(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4));
}
async function set(flag: Int32Array<SharedArrayBuffer>): Promise<void> {
  while (Atomics.load(flag, 0) === 0) await new Promise(setImmediate);
}
function openGate(gate: Int32Array<SharedArrayBuffer>): void {
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
}

/** A task that has begun and ends when told to. */
async function begun(executor: WorkerExecutor, answer: unknown, o: RunOptions = {}) {
  const [flag, gate] = [word(), word()];
  const result = executor.run(task('gated', { flag, gate, answer }), o);
  const outcome = outcomeOf(result);
  await set(flag);
  return { result, outcome, end: () => openGate(gate) };
}

describe('WorkerExecutor', () => {
  it('starts nothing before the first task', async () => {
    const executor = workers();
    expect(executor.stats().threads).toBe(0);
    await executor.run(task('echo', 1));
    expect(executor.stats()).toMatchObject({ threads: 1, completed: 1, running: 0, queued: 0 });
  });

  it('states its threads as concurrency', () => {
    expect(workers({ threads: 3 }).concurrency).toBe(3);
  });

  it('moves buffers to the worker: the sender keeps none of them', async () => {
    const column = new Uint8Array([1, 2, 3]);
    const result = await workers().run(task('double', { column }, [column.buffer]));
    expect(result).toEqual(new Uint8Array([2, 4, 6]));
    expect(column.byteLength).toBe(0);
  });

  it('moves buffers back: the worker keeps none of them', async () => {
    const executor = workers();
    await expect(executor.run(task('fill', { bytes: 1 << 20, value: 1 }))).resolves.toHaveProperty(
      ['column', 'byteLength'],
      1 << 20,
    );
    await expect(executor.run(task('lengthOfLastFill', 0))).resolves.toBe(0);
  });

  it('copies what is not to be moved', async () => {
    const column = new Uint8Array([1, 2, 3]);
    await workers().run(task('echo', { column }));
    expect(column).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('shares memory that can be shared, both ways', async () => {
    const memory = new Uint8Array(new SharedArrayBuffer(4));
    const back = await shared.run<Uint8Array>(task('writeInto', { memory }));
    expect([...memory]).toEqual([1, 2, 3, 4]);
    back[0] = 9;
    expect(memory[0]).toBe(9);
  });

  describe('moves a buffer only once', () => {
    const refusal = {
      code: 'ERR_PERF_LAZY_OPTION',
      message: expect.stringContaining('task.transfer[') as unknown,
    };

    it('however often it is named', async () => {
      const { buffer } = new Uint8Array(8);
      await expect(workers().run(task('echo', { buffer }, [buffer, buffer]))).rejects.toMatchObject(refusal);
      expect(buffer.byteLength).toBe(8);
    });

    it('when it is gone already, instead of sending an empty one', async () => {
      const buffer = new ArrayBuffer(8);
      structuredClone(buffer, { transfer: [buffer] });
      await expect(workers().run(task('echo', { buffer }, [buffer]))).rejects.toMatchObject(refusal);
    });

    it('when it is promised to a task that has not begun', async () => {
      const executor = workers();
      const { buffer } = new Uint8Array([1, 2]);
      const first = executor.run(task('echo', { buffer }, [buffer]));
      await expect(executor.run(task('echo', { buffer }, [buffer]))).rejects.toMatchObject(refusal);
      await expect(first).resolves.toEqual({ buffer: new Uint8Array([1, 2]).buffer });
    });

    it('but again when the task it was promised to never began', async () => {
      const executor = workers();
      const abort = new AbortController();
      const { buffer } = new Uint8Array([1, 2]);
      const first = executor.run(task('echo', { buffer }, [buffer]), { signal: abort.signal });
      const stopped = expect(first).rejects.toThrow();
      abort.abort();
      await stopped;
      await expect(executor.run(task('echo', { buffer }, [buffer]))).resolves.toHaveProperty('buffer');
    });

    it('and an empty one as any other', async () => {
      const buffer = new ArrayBuffer(0);
      await expect(workers().run(task('echo', { buffer }, [buffer]))).resolves.toEqual({
        buffer: new ArrayBuffer(0),
      });
    });
  });

  it('says so when args or results cannot be sent, and goes on', async () => {
    const executor = workers();
    const cannot = { code: 'ERR_PERF_LAZY_CLONE' };
    await expect(executor.run(task('echo', () => 1))).rejects.toMatchObject(cannot);
    await expect(executor.run(task('cannotBeSent', 0))).rejects.toMatchObject(cannot);
    await expect(executor.run(task('badTransfer', 0))).rejects.toMatchObject(cannot);
    await expect(executor.run(task('echo', 'fine'))).resolves.toBe('fine');
    expect(executor.stats()).toMatchObject({ failed: 3, completed: 1, lost: 0 });
  });

  it('turns a thrown symbol or function, which no clone can carry, into its description', async () => {
    await expect(workers().run(task('failWith', { what: 'symbol' }))).rejects.toBe('Symbol(odd)');
    await expect(workers().run(task('failWith', { what: 'function' }))).rejects.toBe('a function');
  });

  it.each(['hang', 'spin'])(
    'stops a running task that would %s for ever, and only that one',
    async (name) => {
      const executor = workers({ threads: 2 });
      const other = await begun(executor, 'other');
      const [flag, abort] = [word(), new AbortController()];
      const running = executor.run(task(name, { flag }), { signal: abort.signal });
      const stopped = expect(running).rejects.toThrow('no more');
      await set(flag);
      abort.abort(new Error('no more'));
      await stopped;
      await expect(executor.run(task('echo', 'next'))).resolves.toBe('next');
      expect(other.outcome.now).toBe('pending');
      other.end();
      await expect(other.result).resolves.toBe('other');
      expect(executor.stats()).toMatchObject({ aborted: 1, completed: 2, lost: 0 });
    },
  );

  it('never begins a waiting task whose signal fires', async () => {
    const executor = workers();
    const first = await begun(executor, 1);
    const [flag, abort] = [word(), new AbortController()];
    const waiting = executor.run(task('hang', { flag }), { signal: abort.signal });
    await settle();
    abort.abort(new Error('not any more'));
    await expect(waiting).rejects.toThrow('not any more');
    first.end();
    await first.result;
    await executor.run(task('echo', 1));
    expect(Atomics.load(flag, 0)).toBe(0);
  });

  it('gives up a task whose thread is still starting', async () => {
    const executor = workers();
    const abort = new AbortController();
    const cold = executor.run(task('echo', 1), { signal: abort.signal });
    const stopped = expect(cold).rejects.toThrow('changed my mind');
    // The pool is loaded and its first thread on the way, but no thread answers within these turns.
    while (executor.stats().threads === 0) await new Promise(setImmediate);
    abort.abort(new Error('changed my mind'));
    await stopped;
    await expect(executor.run(task('echo', 'after'))).resolves.toBe('after');
  });

  it.each([
    ['exits with 0', 'exit', { code: 0 }],
    ['exits with 3', 'exit', { code: 3 }],
    ['throws where nobody catches', 'crash', {}],
    ['runs out of memory', 'eat', {}],
  ])('loses only the task that %s', async (_, name, args) => {
    const executor = workers({ threads: 2, maxHeapBytes: '32MB' });
    const other = await begun(executor, 'unharmed');
    const lost = await executor.run(task(name, args)).catch((error: unknown) => error);
    expect(lost).toMatchObject({ code: 'ERR_PERF_LAZY_WORKER_LOST' });
    expect((lost as Error).cause).toBeInstanceOf(Error);
    other.end();
    await expect(other.result).resolves.toBe('unharmed');
    await expect(executor.run(task('echo', 'again'))).resolves.toBe('again');
    expect(executor.stats()).toMatchObject({ lost: 1, completed: 2, failed: 0 });
  });

  it('rejects every task whose thread cannot start, instead of keeping it for ever', async () => {
    const executor = workers({ threads: 2, entry: new URL('fixtures/broken-worker.mjs', import.meta.url) });
    const both = await Promise.allSettled([executor.run(task('echo', 1)), executor.run(task('echo', 2))]);
    for (const one of both) {
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'ERR_PERF_LAZY_WORKER_LOST' } });
    }
    expect(executor.stats()).toMatchObject({ lost: 2, running: 0 });
  });

  it('names the file when the worker entry is missing, and looks again next time', async () => {
    const executor = workers({ entry: '/nowhere/worker.js' });
    for (const attempt of [1, 2]) {
      const error = await executor.run(task('echo', attempt)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'ERR_PERF_LAZY_WORKER_MISSING' });
      expect((error as Error).message).toContain('/nowhere/worker.js');
    }
    expect(executor.stats()).toMatchObject({ failed: 2, threads: 0 });
  });

  it('runs the most urgent of the waiting tasks first, equals in the order they came', async () => {
    const executor = workers();
    const first = await begun(executor, 'first');
    const ended: unknown[] = [];
    const priorities: [string, number | undefined][] = [
      ['low', -1],
      ['normal', undefined],
      ['high', 5],
      ['normal too', 0],
    ];
    const waiting = priorities.map(async ([name, priority]) => {
      ended.push(await executor.run(task('echo', name), { priority }));
    });
    await settle();
    first.end();
    await Promise.all(waiting);
    expect(ended).toEqual(['high', 'normal', 'normal too', 'low']);
  });

  it('refuses a priority that is not a number', async () => {
    await expect(workers().run(task('echo', 1), { priority: Number.NaN })).rejects.toMatchObject({
      code: 'ERR_PERF_LAZY_OPTION',
    });
  });

  it('refuses a task that finds the queue full', async () => {
    const executor = workers({ maxQueue: 1 });
    const first = await begun(executor, 1);
    const second = executor.run(task('echo', 2));
    await expect(executor.run(task('echo', 3))).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_QUEUE_FULL' });
    first.end();
    await expect(Promise.all([first.result, second])).resolves.toEqual([1, 2]);
    expect(executor.stats()).toMatchObject({ refused: 1, completed: 2 });
  });

  it('accepts as many tasks as it has threads when nothing may wait', async () => {
    const executor = workers({ threads: 2, maxQueue: 0 });
    await expect(Promise.all([1, 2].map((n) => executor.run(task('echo', n))))).resolves.toEqual([1, 2]);
  });

  it('lets idle threads go', async () => {
    const executor = workers({ idleTimeout: 0 });
    await executor.run(task('echo', 1));
    while (executor.stats().threads > 0) await new Promise(setImmediate);
    await expect(executor.run(task('echo', 2))).resolves.toBe(2);
  });

  it('gives a frozen snapshot', () => {
    expect(Object.isFrozen(workers().stats())).toBe(true);
  });
});

describe('closing a WorkerExecutor', () => {
  it('waits for what runs, refuses what waits, and leaves no thread', async () => {
    const executor = workers();
    const running = await begun(executor, 'done');
    const waiting = executor.run(task('echo', 1));
    const refused = expect(waiting).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_CLOSED' });
    const closing = executor.close();
    const closed = outcomeOf(closing);
    await refused;
    await settle();
    expect(closed.now).toBe('pending');
    running.end();
    await closing;
    await expect(running.result).resolves.toBe('done');
    expect(executor.stats()).toMatchObject({ threads: 0, running: 0, queued: 0, completed: 1, refused: 1 });
  });

  it('waits for a task whose thread is still starting', async () => {
    const executor = workers();
    const cold = executor.run(task('echo', 'made it'));
    while (executor.stats().threads === 0) await new Promise(setImmediate);
    await executor.close();
    await expect(cold).resolves.toBe('made it');
    expect(executor.stats().threads).toBe(0);
  });

  it('refuses a task that was queued in the same turn', async () => {
    const executor = workers();
    const early = executor.run(task('echo', 1));
    const refused = expect(early).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_CLOSED' });
    await executor.close();
    await refused;
  });

  it('waits for the threads of aborted tasks as well', async () => {
    const executor = workers();
    const [flag, abort] = [word(), new AbortController()];
    const spinning = executor.run(task('spin', { flag }), { signal: abort.signal });
    const stopped = expect(spinning).rejects.toThrow();
    await set(flag);
    abort.abort();
    await stopped;
    await executor.close();
    expect(executor.stats().threads).toBe(0);
  });

  it('does nothing when nothing was started, and nothing more the second time', async () => {
    const executor = workers();
    const closing = executor.close();
    expect(executor.close()).toBe(closing);
    await closing;
    await expect(executor.run(task('echo', 1))).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_CLOSED' });
  });

  it('happens at the end of an await using block', async () => {
    let kept: WorkerExecutor;
    {
      await using executor = workers();
      kept = executor;
      await executor.run(task('echo', 1));
    }
    expect(kept.stats().threads).toBe(0);
  });
});
