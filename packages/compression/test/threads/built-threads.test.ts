import { getHeapStatistics } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { Compressor, type Executor } from '../../src/index.js';
import type { blockTask } from '../../src/columnar/task.js';
import { codeOfRejection, reseal } from '../forge.js';
import { sameBytes } from '../samples.js';

// Threads of the built package, whose entry Node loads by itself.

const numbers = (length: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => ((i * 7919) % 100_003) / 100);
const large = numbers(1_000_000);

describe('large typed arrays', () => {
  it('are worked on by threads, into the same frames as on the spot', async () => {
    const compressor = new Compressor({ threads: 2 });
    const frame = await compressor.compress(large);
    expect(compressor.stats().threads).toBeGreaterThan(0);
    expect(compressor.stats().missing).not.toContain('threads');
    expect(sameBytes(frame, compressor.compressSync(large))).toBe(true);
    expect(sameBytes(await compressor.decompress(frame), large)).toBe(true);
    await compressor.close();
    expect(compressor.stats().threads).toBe(0);
  });

  it('are worked on here when there are to be no threads', async () => {
    const compressor = new Compressor({ threads: 0 });
    const frame = await compressor.compress(large);
    expect(sameBytes(await compressor.decompress(frame), large)).toBe(true);
    expect(compressor.stats().threads).toBe(0);
    await compressor.close();
  });

  it('go through the executor that was passed in', async () => {
    const tasks: { module: string; export: string; transfer?: ArrayBuffer[] }[] = [];
    const executor: Executor = {
      concurrency: 3,
      async run<R>(task: {
        module: string;
        export: string;
        args: unknown;
        transfer?: ArrayBuffer[];
      }): Promise<R> {
        tasks.push(task);
        const loaded = (await import(task.module)) as Record<string, typeof blockTask>;
        const run = loaded[task.export];
        const args = structuredClone(task.args, { transfer: task.transfer ?? [] }) as Parameters<
          typeof blockTask
        >[0];
        if (run === undefined) throw new Error(`no export ${task.export}`);
        return run(args).value as R;
      },
    };
    const compressor = new Compressor({ executor });
    const frame = await compressor.compress(large);
    expect(tasks).toHaveLength(8);
    expect(sameBytes(await compressor.decompress(frame), large)).toBe(true);
    expect(tasks).toHaveLength(16);
    expect(compressor.stats().threads).toBe(0);
    await compressor.close();
  });

  it.each([
    ['gives something else', () => Promise.resolve(5), 'THREAD'],
    ['says why there is nothing', () => Promise.resolve('a block is not what its filters write'), 'CORRUPT'],
    ['fails', () => Promise.reject(new Error('no worker could be started')), 'THREAD'],
  ] as const)('fail clearly when an executor %s', async (_, run, code) => {
    const executor: Executor = { concurrency: 1, run: <R>() => run() as Promise<R> };
    const compressor = new Compressor({ executor });
    expect(await codeOfRejection(compressor.compress(large))).toBe(code);
    await compressor.close();
  });

  it('are aborted when the executor was told so', async () => {
    const controller = new AbortController();
    const executor: Executor = {
      concurrency: 1,
      run: (_, o) =>
        new Promise((_resolve, reject) => {
          o?.signal?.addEventListener('abort', () => reject(new Error('stopped')));
          controller.abort();
        }),
    };
    const compressor = new Compressor({ executor });
    expect(await codeOfRejection(compressor.compress(large, { signal: controller.signal }))).toBe('ABORTED');
    await compressor.close();
  });

  it('whose frames were forged are refused by the thread, which goes on', async () => {
    const compressor = new Compressor({ codec: 'columnar', threads: 1 });
    const frame = await compressor.compress(large);
    // The filter of the first block becomes one that nobody has.
    const forged = frame.slice();
    forged[32 + 1 + 4] = 200;
    expect(await codeOfRejection(compressor.decompress(reseal(forged)))).toBe('CORRUPT');
    expect(sameBytes(await compressor.decompress(frame), large)).toBe(true);
    expect(compressor.stats().threads).toBe(1);
    await compressor.close();
  });
});

describe('many calls at once, some of them given up', () => {
  it('leave no thread and no memory behind', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const compressor = new Compressor({ threads: 2, concurrency: 4 });
    const calls = Array.from({ length: 24 }, (_, index) => {
      const controller = new AbortController();
      const call = compressor.compress(numbers(300_000), { signal: controller.signal });
      if (index % 3 === 0) setTimeout(() => controller.abort(), index);
      return call.then(
        (frame) => compressor.decompressSync(frame).byteLength,
        (error: unknown) => (error as { code: string }).code,
      );
    });
    const results = await Promise.all(calls);
    for (const result of results) expect([2_400_000, 'ERR_PERF_COMPRESSION_ABORTED']).toContain(result);
    await compressor.close();
    expect(compressor.stats()).toMatchObject({ running: 0, queued: 0, threads: 0 });
    expect(getHeapStatistics().number_of_detached_contexts).toBe(0);
    globalThis.gc?.();
    if (globalThis.gc !== undefined) {
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 2 ** 20);
    }
  });
});
