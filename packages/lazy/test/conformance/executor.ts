import { describe, expect, it } from 'vitest';
import type { Executor } from '../../src/index.js';

export const TASKS: string = new URL('../fixtures/tasks.mjs', import.meta.url).href;

/** What every executor must do, wherever it runs its tasks. */
export function executorConformance(name: string, executor: () => Executor): void {
  const run = (name: string, args: unknown, signal?: AbortSignal): Promise<unknown> =>
    executor().run({ module: TASKS, export: name, args }, { signal });

  describe(`${name} as an executor`, () => {
    it('calls the named export with the args and resolves to what it returns', async () => {
      await expect(run('echo', { a: [1, 2], big: 2n ** 70n, none: undefined })).resolves.toEqual({
        a: [1, 2],
        big: 2n ** 70n,
        none: undefined,
      });
    });

    it('resolves to undefined for a task that returns nothing', async () => {
      await expect(run('echo', undefined)).resolves.toBeUndefined();
    });

    it('calls the default export by that name', async () => {
      await expect(run('default', 1)).resolves.toEqual({ default: 1 });
    });

    it('accepts an absolute path as the module', async () => {
      const module = new URL(TASKS).pathname;
      await expect(executor().run({ module, export: 'echo', args: 'here' })).resolves.toBe('here');
    });

    it('gives the task a signal that has not fired', async () => {
      await expect(run('context', {})).resolves.toEqual({ isSignal: true, aborted: false });
    });

    it('hands over the value of transferring(), unwrapped', async () => {
      const result = await run('fill', { bytes: 3, value: 7 });
      expect(result).toEqual({ column: new Uint8Array([7, 7, 7]) });
    });

    it('rejects with the name, message, code, plain fields and cause of what the task threw', async () => {
      const error = await run('fail', { message: 'went wrong' }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name: 'OddError', message: 'went wrong', code: 'E_ODD', line: 7 });
      const { cause } = error as Error;
      expect(cause).toBeInstanceOf(TypeError);
      expect(cause).toMatchObject({ message: 'below', code: 'E_BELOW' });
    });

    it('rejects with a thrown string or undefined as it is', async () => {
      await expect(run('failWith', { what: 'string' })).rejects.toBe('plain text');
      await expect(run('failWith', { what: 'undefined' })).rejects.toBeUndefined();
    });

    it('survives an error that is its own cause', async () => {
      await expect(run('failWith', { what: 'circle' })).rejects.toMatchObject({ message: 'round' });
    });

    it.each(['missing', 'notAFunction'])('says so when the export is %s', async (name) => {
      await expect(run(name, {})).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_TASK' });
    });

    it('says so when the module cannot be imported, and why', async () => {
      const task = { module: 'file:///nowhere/at-all.mjs', export: 'echo', args: 1 };
      const error = await executor()
        .run(task)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'ERR_PERF_LAZY_TASK' });
      expect((error as Error).cause).toBeInstanceOf(Error);
    });

    it.each([
      [{ module: './tasks.mjs', export: 'echo', args: 1 }, 'task.module'],
      [{ module: '', export: 'echo', args: 1 }, 'task.module'],
      [{ module: TASKS, export: '', args: 1 }, 'task.export'],
    ])('refuses %j', async (task, field) => {
      const refused = executor().run(task);
      await expect(refused).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_OPTION' });
      await expect(refused).rejects.toThrow(field);
    });

    it('rejects with the reason of a signal that has fired before', async () => {
      const reason = new Error('too late');
      await expect(run('echo', 1, AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    it('wraps a reason that is not an error', async () => {
      await expect(run('echo', 1, AbortSignal.abort('enough'))).rejects.toMatchObject({
        code: 'ERR_PERF_LAZY_ABORTED',
        cause: 'enough',
      });
    });
  });
}
