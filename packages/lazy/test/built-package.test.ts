import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TASKS } from './conformance/executor.js';

const built = JSON.stringify(new URL('../dist/index.js', import.meta.url).href);
const tasks = JSON.stringify(TASKS);

/** Runs a script in a process of its own, which must end by itself, and returns the lines it printed. */
async function run(script: string, ...flags: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, '--input-type=module', '--eval', `import * as lazy from ${built};\n${script}`],
    { timeout: 15_000 },
  );
  return stdout.trim().split('\n');
}

describe('the built package, in a process of its own', () => {
  it('loads no pool, no thread and no timer on import, only for the first task', async () => {
    const lines = await run(`
      const { createRequire } = await import('node:module');
      const { cache } = createRequire(import.meta.url);
      const look = () => [
        Object.keys(cache).some((file) => file.includes('piscina')),
        process.getActiveResourcesInfo().filter((kind) => /timeout|immediate|message|worker/i.test(kind)).length > 0,
      ].join();
      console.log(look());
      const manager = new lazy.LazyLoadingManager();
      const executor = new lazy.WorkerExecutor({ threads: 1 });
      console.log(look());
      const running = executor.run({ module: ${tasks}, export: 'echo', args: 1 });
      while (executor.stats().threads === 0) await new Promise(setImmediate);
      console.log(look());
      await running;
    `);
    expect(lines).toEqual(['false,false', 'false,false', 'true,true']);
  });

  it('finds its worker entry, converts there, closes, and lets the process end', async () => {
    const lines = await run(`
      const executor = new lazy.WorkerExecutor({ threads: 2 });
      const manager = new lazy.LazyLoadingManager({ executor });
      const adapter = {
        convert: () => { throw new Error('must not run here'); },
        task: (numbers) => ({ module: ${tasks}, export: 'double', args: { column: Uint8Array.from(numbers) } }),
      };
      const doubled = manager.createLazyConverter(adapter, [1, 2, 3]);
      console.log((await doubled.load()).join());
      await manager.close();
      await executor.close();
      console.log(executor.stats().threads);
    `);
    expect(lines).toEqual(['2,4,6', '0']);
  });

  it('lets the process end with idle threads and loaded values that nobody closed', async () => {
    const lines = await run(`
      const executor = new lazy.WorkerExecutor({ threads: 2, idleTimeout: Infinity });
      const manager = new lazy.LazyLoadingManager({ executor });
      const adapter = { convert: () => 'here', task: (args) => ({ module: ${tasks}, export: 'echo', args }) };
      const made = [1, 2, 3].map((n) => manager.createLazyConverter(adapter, n));
      console.log((await Promise.all(made.map((one) => one.load()))).join());
    `);
    expect(lines).toEqual(['1,2,3']);
  });

  it('keeps the process alive while a task runs', async () => {
    const lines = await run(`
      const executor = new lazy.WorkerExecutor({ threads: 1 });
      executor.run({ module: ${tasks}, export: 'fill', args: { bytes: 1000, value: 1 } })
        .then(({ column }) => console.log(column.length));
    `);
    expect(lines).toEqual(['1000']);
  });

  it('can wait for a close right after an abort, with nothing else going on', async () => {
    const lines = await run(`
      const executor = new lazy.WorkerExecutor({ threads: 1 });
      const flag = new Int32Array(new SharedArrayBuffer(4));
      const abort = new AbortController();
      const spinning = executor.run({ module: ${tasks}, export: 'spin', args: { flag } }, { signal: abort.signal });
      spinning.catch((error) => console.log(error.name));
      while (Atomics.load(flag, 0) === 0) await new Promise(setImmediate);
      abort.abort();
      await executor.close();
      console.log('closed');
    `);
    expect(lines).toEqual(['AbortError', 'closed']);
  });

  it('is back at the start after a thousand rounds of everything: heap, buffers, threads, handles, books', async () => {
    const lines = await run(
      `
      const ledger = new lazy.Ledger();
      const executor = new lazy.WorkerExecutor({ threads: 1 });
      const handles = () => process.getActiveResourcesInfo().filter((kind) => !/^(Pipe|TTY|Message)/.test(kind)).length;
      const buffers = { convert: (n) => new Float64Array(n), column: async (n, name) => new Float64Array(n) };
      const moved = { convert: () => 0, task: (n) => ({ module: ${tasks}, export: 'fill', args: { bytes: n, value: 1 } }) };
      async function rounds(count) {
        for (let i = 0; i < count; i += 1) {
          try { await roundAndClose(i); } catch (error) { if (error.name !== 'AbortError') throw error; }
        }
        for (let i = 0; i < 20; i += 1) { globalThis.gc(); await new Promise(setImmediate); }
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        return { heapUsed, arrayBuffers, handles: handles(), threads: executor.stats().threads, books: ledger.bytes };
      }
      async function roundAndClose(i) {
        const open = [];
        const keep = (made) => { open.push(made); return made; };
        const { MemoryMonitor, MemoryPool, LazyLoadingManager, StreamingConverter } = lazy;
        const monitor = keep(new MemoryMonitor({ ledger }));
        const pool = keep(new MemoryPool({ ledger, memory: monitor }));
        const manager = keep(new LazyLoadingManager({ ledger, memory: monitor, executor }));
        const converter = keep(new StreamingConverter({ ledger, memory: monitor, pool }));
        try {
          const made = manager.createLazyConverter(buffers, 1000);
          await made.load();
          await made.map((all) => all.slice(0, 10)).load();
          await made.column('a');
          if (i % 20 === 0) await manager.createLazyConverter(moved, 1000).load();
          const abort = new AbortController();
          const batches = Array.from({ length: 5 }, (_, n) => ({ data: n, rows: 1, bytes: 8 }));
          const stage = { concurrency: 2, run: (batch, { allocate }) => ({ ...batch, data: allocate(5000) }) };
          const ends = converter.run(batches, [stage], { signal: abort.signal });
          for await (const { data } of ends) if (data.length === 5000 && i % 3 === 0) abort.abort();
        } finally {
          for (const made of open.reverse()) await made.close();
        }
      }
      await rounds(1000);
      const before = await rounds(1);
      const after = await rounds(1000);
      console.log(after.heapUsed - before.heapUsed < 1_000_000 || after.heapUsed - before.heapUsed);
      console.log(Math.abs(after.arrayBuffers - before.arrayBuffers) < 100_000 || after.arrayBuffers - before.arrayBuffers);
      console.log(after.handles - before.handles, after.threads, after.books);
      await executor.close();
      console.log(executor.stats().threads);
    `,
      '--expose-gc',
    );
    expect(lines).toEqual(['true', 'true', '0 1 0', '0']);
  });
});
