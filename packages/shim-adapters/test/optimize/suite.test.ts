import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { createOptimizerSuite, type SuiteOptions } from '../../src/optimize/suite.js';
import { content } from '../cells.js';
import { turn } from './gate.js';
import { failure, tableIn, textIn } from '../requests.js';

const folder = mkdtempSync(join(tmpdir(), 'suite-'));
afterAll(() => rmSync(folder, { recursive: true }));

const csv = 'id,city,price\n1,Zürich,1.25\n2,Lima,\n3,"a ""quoted"", name",-0.5\n';

describe('the intent of a suite', () => {
  const large = `a,b\n${'12345,some text that repeats\n'.repeat(60_000)}`;
  const asked = { source: { value: large, id: 'large' }, from: 'csv', to: 'json' } as const;

  it('low-memory keeps what is large compressed, and works on one thread', async () => {
    await using suite = createOptimizerSuite({ intent: 'low-memory' });
    await suite.converter.convert(asked);
    await turn();
    await suite.cache.settled();
    expect(suite.cache.stats().compression.entries).toBe(1);
    expect(suite.executor.concurrency).toBe(1);
    expect(suite.pool.stats().maxBytes).toBe(500 * 2 ** 16);
  });

  it('predictable has one eviction policy, and takes the same way every time', async () => {
    await using suite = createOptimizerSuite({ intent: 'predictable' });
    for (let i = 0; i < 5; i++) {
      await suite.converter.convert({ ...asked, source: { value: large, id: String(i) } });
    }
    expect(suite.cache.stats().policy).toBe('lru');
    expect(suite.converter.stats().strategies['cache-first']).toBe(5);
    expect(await suite.converter.explain(asked)).toContain('what a predictable selection always takes here');
  });

  it('balanced and fast leave what is below their thresholds as it is', async () => {
    for (const intent of ['balanced', 'fast'] as const) {
      await using suite = createOptimizerSuite({ intent });
      await suite.converter.convert(asked);
      await suite.cache.settled();
      expect(suite.cache.stats().compression.entries).toBe(0);
    }
  });

  it('gives way to what is said outright', async () => {
    await using suite = createOptimizerSuite({ intent: 'low-memory', compressAbove: false, threads: 3 });
    await suite.converter.convert(asked);
    await suite.cache.settled();
    expect([suite.cache.stats().compression.entries, suite.executor.concurrency]).toEqual([0, 3]);
  });

  it('is one of four', async () => {
    const error = await failure(() => createOptimizerSuite({ intent: 'best' } as unknown as SuiteOptions));
    expect(error.message).toContain("intent must be one of 'fast', 'low-memory', 'balanced', 'predictable'");
  });
});

describe('what the selector of a suite has learned', () => {
  it('goes into the next one', async () => {
    const small = { source: { value: 'a\n1\n' }, from: 'csv', to: 'json' } as const;
    await using first = createOptimizerSuite();
    await first.converter.convert(small);
    const state: unknown = JSON.parse(JSON.stringify(first.selector));
    await using second = createOptimizerSuite({ state });
    expect(second.selector.stats().restored).toBe(1);
  });
});

describe('a suite', () => {
  it('takes a file through every format and back, and answers repeats from its cache', async () => {
    await using suite = createOptimizerSuite();
    const path = join(folder, 'cities.csv');
    writeFileSync(path, csv);
    const { converter } = suite;
    const source = { path };
    const table = tableIn(await converter.convert({ source, from: 'csv', to: 'columns' }));
    for (const to of ['parquet', 'arrow-ipc', 'json', 'ndjson'] as const) {
      const there = await converter.convert({ source, from: 'csv', to });
      const back = await converter.convert({ source: { value: there.data }, from: to, to: 'columns' });
      expect(content(tableIn(back))).toEqual(content(table));
    }
    const again = await converter.convert({ source, from: 'csv', to: 'columns' });
    expect(again.data).toBe(table);
    expect(converter.stats()).toMatchObject({ conversions: 10, cacheHits: 1, failures: 0, fallbacks: 0 });
    expect(suite.cache.size).toBe(9);
    // What the cache answers needs no decision.
    expect(suite.selector.stats().decisions).toBe(9);
  });

  it('hashes rows, which have no identity of their own', async () => {
    await using suite = createOptimizerSuite();
    for (let i = 0; i < 2; i++) {
      await suite.converter.convert({ source: { value: [{ a: 1 }] }, from: 'rows', to: 'csv' });
    }
    expect(suite.converter.stats()).toMatchObject({ cacheHits: 1, uncacheable: 0 });
  });

  it('opens files column by column', async () => {
    await using suite = createOptimizerSuite();
    const path = join(folder, 'lazy.csv');
    writeFileSync(path, csv);
    const table = suite.converter.open({ source: { path }, from: 'csv', to: 'columns' });
    expect(await table.column('city')).toMatchObject({ length: 3 });
    expect(suite.lazy.stats()).toMatchObject({ columnLoads: 1, loads: 0 });
  });

  it('measures with its benchmark', async () => {
    await using suite = createOptimizerSuite();
    const { name, samples } = await suite.benchmark.measure('hit', () => suite.cache.has('x'), {
      budget: '10ms',
    });
    expect([name, samples > 0]).toEqual(['hit', true]);
  });

  it('keeps large results compressed', async () => {
    await using suite = createOptimizerSuite({ compressAbove: '1KB' });
    const text = `a\n${'repeated value\n'.repeat(1000)}`;
    const asked = { source: { value: text }, from: 'csv', to: 'json' } as const;
    const first = await suite.converter.convert(asked);
    await suite.cache.settled();
    expect(suite.cache.stats().compression.entries).toBe(1);
    expect(textIn(await suite.converter.convert(asked))).toBe(textIn(first));
    expect(suite.compression.stats()).toMatchObject({
      decompress: { completed: expect.any(Number) as unknown },
    });
    expect(suite.converter.stats().cacheHits).toBe(1);
  });
});

describe('its options', () => {
  it('that do not exist are refused by name', async () => {
    const misspelt: object = { maxByte: 1 };
    const error = await failure(() => createOptimizerSuite(misspelt));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
    expect(error.message).toContain("'maxByte'");
  });

  it.each<[SuiteOptions, string, string]>([
    [{ maxBytes: 'much' }, 'ERR_PERF_CONVERT_INVALID_OPTION', 'maxBytes'],
    [{ maxBytes: -1 }, 'ERR_PERF_CONVERT_INVALID_OPTION', 'maxBytes'],
    [{ maxEntries: 0 }, 'ERR_PERF_CACHE_INVALID_OPTION', 'maxEntries'],
    [{ compressAbove: 'big' }, 'ERR_PERF_CACHE_INVALID_OPTION', 'compressAbove'],
    [{ threads: 0 }, 'ERR_PERF_LAZY_OPTION', 'threads'],
    [{ seed: -1 }, 'ERR_PERF_SELECTOR_INVALID_OPTION', 'seed'],
  ])('%j is refused with the field in the message', (options, code, field) => {
    const refusal = { code, message: expect.stringContaining(field) as unknown };
    expect(() => createOptimizerSuite(options)).toThrow(expect.objectContaining(refusal));
  });

  it('bound the cache and the lazy manager, each', async () => {
    await using suite = createOptimizerSuite({
      maxBytes: '64KB',
      maxEntries: 2,
      compressAbove: false,
      threads: 1,
    });
    expect(suite.cache.stats()).toMatchObject({ maxBytes: 65_536, maxEntries: 2 });
    expect(suite.lazy.stats().maxBytes).toBe(65_536);
    expect(suite.executor.concurrency).toBe(1);
    for (const size of [1000, 2000, 3000]) {
      const value = `a\n${'x'.repeat(size)}\n`;
      await suite.converter.convert({ source: { value }, from: 'csv', to: 'json' });
    }
    expect(suite.cache.size).toBe(2);
    const value = `a\n${'x'.repeat(100_000)}\n`;
    const { bytes } = await suite.converter.convert({ source: { value }, from: 'csv', to: 'json' });
    expect(bytes).toBeGreaterThan(100_000);
    expect(suite.cache.bytes).toBeLessThanOrEqual(65_536);
  });
});

describe('close', () => {
  it('closes every part, and again does nothing', async () => {
    const suite = createOptimizerSuite();
    await suite.close();
    await suite.close();
    const { converter, cache, lazy, compression, executor } = suite;
    const asked = { source: { value: 'a\n1\n' }, from: 'csv', to: 'json' } as const;
    await expect(converter.convert(asked)).rejects.toMatchObject({ code: 'ERR_PERF_CONVERT_CLOSED' });
    expect(() => cache.get('x')).toThrow(expect.objectContaining({ code: 'ERR_PERF_CACHE_CLOSED' }));
    expect(() => lazy.cleanup()).toThrow(expect.objectContaining({ code: 'ERR_PERF_LAZY_CLOSED' }));
    expect(() => compression.compressSync(new Uint8Array(1))).toThrow(
      expect.objectContaining({ code: 'ERR_PERF_COMPRESSION_CLOSED' }),
    );
    const task = { module: import.meta.url, export: 'none', args: null };
    await expect(executor.run(task)).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_CLOSED' });
  });
});

describe('the built suite, in a process of its own', () => {
  const built = JSON.stringify(new URL('../../dist/optimize/suite.js', import.meta.url).href);

  /** Runs a script that must end by itself, and returns the lines it printed. */
  async function run(script: string): Promise<string[]> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', `import { createOptimizerSuite } from ${built};\n${script}`],
      { timeout: 15_000, cwd: import.meta.dirname },
    );
    return stdout.trim().split('\n');
  }

  it('converts, moves work to threads, closes, and lets the process end', async () => {
    const lines = await run(`
      const suite = createOptimizerSuite({ threads: 2 });
      const source = { value: ${JSON.stringify(csv)}, id: 'cities', version: '1' };
      const { data } = await suite.registry.convert({ source, from: 'csv', to: 'parquet' });
      const request = { source: { value: data }, from: 'parquet', to: 'columns', hints: { sourceBytes: 2 ** 30 } };
      const back = await suite.converter.convert(request);
      console.log(back.data.rows()[0].city);
      const { strategies, fallbacks } = suite.converter.stats();
      console.log(strategies.parallel, fallbacks, suite.executor.stats().completed);
      await suite.close();
      console.log(suite.executor.stats().threads);
    `);
    expect(lines).toEqual(['Zürich', '1 0 1', '0']);
  });

  it('lets the process end without a close as well', async () => {
    const lines = await run(`
      const suite = createOptimizerSuite({ threads: 1 });
      const table = suite.converter.open({ source: { value: 'a\\n1\\n' }, from: 'csv', to: 'columns' });
      console.log((await table.load()).length);
    `);
    expect(lines).toEqual(['1']);
  });

  it('starts no thread and no timer by being made', async () => {
    const lines = await run(`
      const suite = createOptimizerSuite();
      const busy = process.getActiveResourcesInfo().filter((kind) => /timeout|immediate|message|worker/i.test(kind));
      console.log(suite.executor.stats().threads, busy.length);
    `);
    expect(lines).toEqual(['0 0']);
  });
});
