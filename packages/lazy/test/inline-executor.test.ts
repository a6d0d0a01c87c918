import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { InlineExecutor } from '../src/index.js';
import { executorConformance, TASKS } from './conformance/executor.js';

executorConformance('InlineExecutor', () => new InlineExecutor());

describe('InlineExecutor', () => {
  it('has one thread', () => {
    expect(new InlineExecutor().concurrency).toBe(1);
  });

  it('neither copies nor moves', async () => {
    const args = { buffer: new ArrayBuffer(8) };
    const result = await new InlineExecutor().run({
      module: TASKS,
      export: 'echo',
      args,
      transfer: [args.buffer],
    });
    expect(result).toBe(args);
    expect(args.buffer.byteLength).toBe(8);
  });

  it('lets the task watch the signal', async () => {
    const abort = new AbortController();
    const executor = new InlineExecutor();
    const running = executor.run(
      { module: TASKS, export: 'untilAborted', args: 0 },
      { signal: abort.signal },
    );
    const failed = expect(running).rejects.toThrow('stop');
    // The task listens as soon as it runs; nothing else here ever does.
    while (getEventListeners(abort.signal, 'abort').length === 0) await new Promise(setImmediate);
    abort.abort(new Error('stop'));
    await failed;
  });

  it('honours a signal that fires while the task runs, though the task returns', async () => {
    const abort = new AbortController();
    const task = { module: TASKS, export: 'unimpressed', args: 0 };
    const running = new InlineExecutor().run(task, { signal: abort.signal });
    const failed = expect(running).rejects.toThrow('stop');
    while (getEventListeners(abort.signal, 'abort').length === 0) await new Promise(setImmediate);
    abort.abort(new Error('stop'));
    await failed;
  });

  it('does not begin a task whose signal fires while its module is being imported', async () => {
    const abort = new AbortController();
    const task = { module: TASKS, export: 'untilAborted', args: 0 };
    const running = new InlineExecutor().run(task, { signal: abort.signal });
    abort.abort(new Error('meanwhile'));
    await expect(running).rejects.toThrow('meanwhile');
  });
});
