import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConversionCache } from '@perf/cache';
import { MemoryPool } from '@perf/lazy';
import { afterAll, describe, expect, it } from 'vitest';
import type { ConvertOptions } from '../../src/adapter.js';
import { defineAdapter } from '../../src/define-adapter.js';
import { ConversionError } from '../../src/errors.js';
import { tableFromRecords } from '../../src/table/records.js';
import { Losses } from '../../src/losses.js';
import { optimize } from '../../src/optimize/optimized-converter.js';
import type { OptimizeParts } from '../../src/optimize/parts.js';
import type { PlanLike, SelectionContext } from '../../src/optimize/ports.js';
import { AdapterRegistry } from '../../src/registry.js';
import type { AnyRequest } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import type { ColumnTable } from '../../src/table/column-table.js';
import { content } from '../cells.js';
import { failure, fullRegistry, request, tableIn, textIn } from '../requests.js';
import { FailingExecutor, FixedSelector } from './stub-parts.js';

const folder = mkdtempSync(join(tmpdir(), 'strategies-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LINES = Array.from({ length: 200_000 }, (_, i) => `${String(i)},x${String(i % 100)}`).join('\n');
const CSV = `a,b\n${LINES}\n`;
const path = join(folder, 'large.csv');
writeFileSync(path, CSV);
const large: AnyRequest = { source: { path }, from: 'csv', to: 'ndjson' };

/** What the registry gives for the same request. */
const plain = (asked: AnyRequest): Promise<ConversionResult> => fullRegistry().convert(asked);

function forced(strategy: string, parts: OptimizeParts = {}) {
  const selector = new FixedSelector(strategy);
  return { selector, converter: optimize(fullRegistry(), { selector, ...parts }) };
}

/** The registry with its reader of CSV watched: the largest piece of the source that was in memory at a time. */
function watched(): { registry: AdapterRegistry; wholeReads: () => number; batches: () => number } {
  let [whole, batches] = [0, 0];
  const registry = new AdapterRegistry();
  for (const adapter of fullRegistry().adapters) {
    if (adapter.id !== 'csv') {
      registry.register(adapter);
      continue;
    }
    registry.register({
      ...adapter,
      convert: (asked, options) => {
        if (asked.from === 'csv') whole += 1;
        return adapter.convert(asked, options);
      },
      async *convertStream(asked, options) {
        for await (const batch of adapter.convertStream?.(asked, options) ?? []) {
          batches += 1;
          yield batch;
        }
      },
    });
  }
  return { registry, wholeReads: () => whole, batches: () => batches };
}

describe('the strategy streaming', () => {
  it('reads the source batch by batch, and never as a whole', async () => {
    const { registry, wholeReads, batches } = watched();
    const converter = optimize(registry, { selector: new FixedSelector('streaming') });
    const result = await converter.convert(large);
    expect([wholeReads(), batches()]).toEqual([0, 4]);
    expect(textIn(result)).toBe(textIn(await plain(large)));
    expect(converter.stats()).toMatchObject({ strategies: { streaming: 1, 'cache-first': 0 }, fallbacks: 0 });
  });

  it('gives everything that a conversion in one go gives', async () => {
    for (const to of ['columns', 'csv', 'json', 'ndjson'] as const) {
      const asked: AnyRequest = { ...large, to, options: { limit: 150_000, offset: 3 }, columns: ['b'] };
      const { converter } = forced('streaming');
      const [streamed, whole] = [await converter.convert(asked), await plain(asked)];
      const { data: _a, durationMs: _b, bytes: _c, ...facts } = streamed;
      const { data: _d, durationMs: _e, bytes: _f, ...expected } = whole;
      expect(facts).toEqual(expected);
      if (to === 'columns') expect(content(tableIn(streamed))).toEqual(content(tableIn(whole)));
      if (to === 'csv' || to === 'json') expect(textIn(streamed)).toBe(textIn(whole));
    }
  });

  it('converts the whole where the first batch does not tell a type, or a later one has another', async () => {
    const nulls = `a,b\n${'1,\n'.repeat(70_000)}1,5\n`;
    const floats = `a\n${'1\n'.repeat(70_000)}1.5\n`;
    for (const value of [nulls, floats]) {
      const asked: AnyRequest = { source: { value }, from: 'csv', to: 'columns' };
      const { converter, selector } = forced('streaming');
      expect(content(tableIn(await converter.convert(asked)))).toEqual(content(tableIn(await plain(asked))));
      expect(converter.stats()).toMatchObject({
        strategies: { streaming: 0, 'cache-first': 1 },
        fallbacks: 1,
      });
      expect(selector.told).toMatchObject([
        { outcome: { error: { code: 'ERR_PERF_CONVERT_TYPE_MISMATCH' }, strategy: 'cache-first' } },
      ]);
    }
  });

  it('keeps to the bounds of its caller', async () => {
    const { converter } = forced('streaming');
    const tooLarge = await failure(() => converter.convert(large, { maxBytes: '1MB' }));
    expect(tooLarge.code).toBe('ERR_PERF_CONVERT_MEMORY_EXCEEDED');
    let now = 0;
    const clock = { now: () => (now += 100) };
    const tooLate = await failure(() => converter.convert(large, { timeout: 500, clock }));
    expect(tooLate.code).toBe('ERR_PERF_CONVERT_TIMEOUT');
  });

  it('is not there for what cannot be streamed, nor for what can be read only once', async () => {
    const { converter, selector } = forced('cache-first');
    await converter.convert(request('json', 'columns', '[{"a":1}]'));
    const stream = (async function* () {
      yield await Promise.resolve(Buffer.from('a\n1\n'));
    })();
    await converter.convert({ source: { stream }, from: 'csv', to: 'columns' });
    for (const { context } of selector.asked) expect(context.available).not.toContain('streaming');
  });
});

describe('the strategy memory-pool', () => {
  it('converts in buffers of the pool, the second time in the same ones', async () => {
    using pool = new MemoryPool();
    const { converter } = forced('memory-pool', { pool });
    const first = await converter.convert(large);
    const { fresh, leased } = pool.stats();
    expect(fresh).toBeGreaterThan(0);
    expect(leased).toBe(0);
    const second = await converter.convert(large);
    expect(pool.stats()).toMatchObject({ fresh, leased: 0 });
    expect(pool.stats().reused).toBeGreaterThan(0);
    expect(textIn(first)).toBe(textIn(await plain(large)));
    expect(textIn(second)).toBe(textIn(first));
    expect(converter.stats().strategies['memory-pool']).toBe(2);
  });

  it('gives nothing of the pool away: a result stays what it was', async () => {
    using pool = new MemoryPool();
    const { converter } = forced('memory-pool', { pool, cache: new ConversionCache<ConversionResult>() });
    const small = request('csv', 'json', 'a\n1\n2\n');
    const { data } = await converter.convert(small);
    await converter.convert(request('csv', 'json', 'a\n7\n8\n9\n'));
    pool.trim();
    expect(Buffer.from(data as Uint8Array).toString()).toBe('[{"a":1},{"a":2}]');
    expect((await converter.convert(small)).data).toBe(data);
  });

  it('leaves memory to a caller who says where it is to come from', async () => {
    using pool = new MemoryPool();
    const { converter } = forced('memory-pool', { pool });
    let asked = 0;
    const allocate = (bytes: number): Uint8Array => {
      asked += 1;
      return new Uint8Array(bytes);
    };
    await converter.convert(large, { allocate });
    expect([asked > 0, pool.stats().fresh]).toEqual([true, 0]);
  });

  it('gives its buffers back when the conversion fails', async () => {
    using pool = new MemoryPool();
    const { converter } = forced('memory-pool', { pool });
    const broken = join(folder, 'broken.csv');
    writeFileSync(broken, 'a\n"1\n');
    const error = await failure(() =>
      converter.convert({ source: { path: broken }, from: 'csv', to: 'json' }),
    );
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(pool.stats()).toMatchObject({ leased: 0 });
  });

  it('is not there for tables, whose memory is that of the source', async () => {
    using pool = new MemoryPool();
    const { converter, selector } = forced('cache-first', { pool });
    await converter.convert({ ...large, to: 'columns' });
    await converter.convert(large);
    const available = selector.asked.map(({ context }) => context.available.includes('memory-pool'));
    expect(available).toEqual([false, true]);
  });
});

const twoRows = (): ColumnTable => tableFromRecords([{ a: 1 }, { a: 2 }], new Losses(), {});

/** An adapter whose conversion looks after its bounds a few times, while the clock goes on. */
function slowAdapter(clock: { ms: number }, stepMs: number, heldBytes = 0) {
  const runs: ConvertOptions[] = [];
  const adapter = defineAdapter({
    id: 'slow',
    version: '1',
    steps: [
      {
        from: 'csv',
        to: 'columns',
        mbPerSecond: 1000,
        growth: 1,
        convert(_request, context) {
          runs.push(context);
          for (let i = 0; i < 10; i++) {
            clock.ms += stepMs;
            context.checkpoint(heldBytes * i);
          }
          return twoRows();
        },
        async *stream() {
          yield await Promise.resolve(twoRows());
        },
      },
    ],
  });
  return { runs, registry: new AdapterRegistry().register(adapter) };
}

describe('the strategy adaptive', () => {
  const asked = request('csv', 'columns', 'a\n1\n2\n');
  const ways = (converter: ReturnType<typeof optimize>) => converter.stats().strategies;

  it('stays right here while the work keeps to its estimate', async () => {
    const clock = { ms: 0 };
    const { registry, runs } = slowAdapter(clock, 1);
    const converter = optimize(registry, {
      selector: new FixedSelector('adaptive'),
      clock: { now: () => clock.ms },
    });
    expect(content(tableIn(await converter.convert(asked)))).toEqual([['a', ['number 1', 'number 2']]]);
    expect(runs).toHaveLength(1);
    expect(ways(converter).adaptive).toBe(1);
  });

  it('goes on batch by batch when it holds more than twice what was expected', async () => {
    const clock = { ms: 0 };
    const { registry, runs } = slowAdapter(clock, 1, 2 ** 22);
    const converter = optimize(registry, { selector: new FixedSelector('adaptive') });
    expect(content(tableIn(await converter.convert(asked)))).toEqual([['a', ['number 1', 'number 2']]]);
    expect(runs).toHaveLength(1);
    expect(ways(converter)).toMatchObject({ adaptive: 1, 'cache-first': 0 });
  });

  it('goes on elsewhere when it takes more than twice as long, and back here when that fails', async () => {
    const { converter, selector } = forced('adaptive', { executor: new FailingExecutor() });
    // The estimate that the selector gives is nothing at all, so the least that is waited for counts.
    Object.assign(selector.plan, { estimates: [{ strategy: 'cache-first', missMs: 0 }] });
    const many: AnyRequest = { source: { value: CSV.repeat(1) }, from: 'csv', to: 'columns' };
    let now = 0;
    const result = await converter.convert(many, { clock: { now: () => (now += 10) } });
    expect(tableIn(result).length).toBe(200_000);
    expect(converter.stats()).toMatchObject({ fallbacks: 1, strategies: { 'cache-first': 1, adaptive: 0 } });
  });

  it('keeps to the bounds of its caller, which are no reason to go on', async () => {
    const { converter } = forced('adaptive');
    const error = await failure(() => converter.convert({ ...large, to: 'columns' }, { maxBytes: 1000 }));
    expect(error.code).toBe('ERR_PERF_CONVERT_MEMORY_EXCEEDED');
  });
});

describe('a strategy of your own', () => {
  const own = (run: () => Promise<ConversionResult>, can = true) => ({
    strategies: [{ name: 'native', can: () => can, run }],
  });
  const asked = request('csv', 'columns', 'a\n1\n');

  it('is offered to the selector, carried out and counted', async () => {
    const ready = await plain(asked);
    const { converter, selector } = forced(
      'native',
      own(() => Promise.resolve(ready)),
    );
    expect((await converter.convert(asked)).data).toBe(ready.data);
    expect(selector.asked[0]?.context.available).toContain('native');
    expect(converter.stats().strategies['native']).toBe(1);
  });

  it('that fails is followed by a conversion right here, and told as a failure', async () => {
    const { converter, selector } = forced(
      'native',
      own(() => Promise.reject(new Error('no library'))),
    );
    expect(tableIn(await converter.convert(asked)).length).toBe(1);
    expect(selector.told).toMatchObject([
      { outcome: { error: { message: 'no library' }, strategy: 'cache-first' } },
    ]);
  });

  it.each([['streaming'], ['cache-first'], ['twice', 'twice']])(
    'has a name of its own: %s is refused',
    (...names) => {
      const strategies = names.map((name) => ({ name, can: () => true, run: () => plain(asked) }));
      expect(() => optimize(fullRegistry(), { strategies })).toThrow(
        'strategies must have names of their own',
      );
    },
  );

  it('is left out where it cannot', async () => {
    const { converter, selector } = forced(
      'native',
      own(() => Promise.reject(new Error('no')), false),
    );
    await converter.convert(asked);
    expect(selector.asked[0]?.context.available).not.toContain('native');
    expect(converter.stats()).toMatchObject({ fallbacks: 0, strategies: { native: 0, 'cache-first': 1 } });
  });
});

describe('fallbacks', () => {
  it('are taken in the order of the plan, each once, until one succeeds', async () => {
    const tried: string[] = [];
    const failing = (name: string) => ({
      name,
      can: () => true,
      run: () => {
        tried.push(name);
        return Promise.reject(new ConversionError('ERR_PERF_CONVERT_FAILED', name));
      },
    });
    const plan: PlanLike = { strategy: 'one', fallbacks: ['two', 'streaming', 'three'], reason: 'a test' };
    const converter = optimize(fullRegistry(), {
      selector: { select: () => plan, feedback: () => undefined, explain: () => '' },
      strategies: [failing('one'), failing('two'), failing('three')],
    });
    await converter.convert(large);
    expect(tried).toEqual(['one', 'two']);
    expect(converter.stats()).toMatchObject({ fallbacks: 2, strategies: { streaming: 1 } });
  });

  it('end with a conversion right here, whose error is the one that counts', async () => {
    const { converter } = forced('streaming');
    const error = await failure(() =>
      converter.convert({ source: { value: 'a\n"1\n' }, from: 'csv', to: 'json' }),
    );
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
  });
});

describe('memory', () => {
  const reader = (usedBytes: number, pressure: 'none' | 'critical') => ({
    read: () => ({ usedBytes, limitBytes: 2 ** 30 }),
    pressure,
  });

  /** A selector that refuses every limit, and remembers what it was asked. */
  function picky() {
    const contexts: SelectionContext[] = [];
    const plan: PlanLike = { strategy: 'cache-first', fallbacks: [], reason: 'a test' };
    return {
      contexts,
      select(_: unknown, context: SelectionContext): PlanLike {
        contexts.push(context);
        if (context.memoryLimit !== undefined) throw new Error('nothing fits');
        return plan;
      },
      feedback: () => undefined,
      explain: () => '',
    };
  }

  it('that is free is a limit for large conversions, but no reason to refuse one', async () => {
    const selector = picky();
    const converter = optimize(fullRegistry(), { selector, memory: reader(2 ** 30 - 1000, 'critical') });
    const hints = { sourceBytes: 2 ** 26 };
    await converter.convert({ ...request('csv', 'columns', 'a\n1\n'), hints });
    expect(selector.contexts.map(({ memoryLimit }) => memoryLimit)).toEqual([1000, undefined]);
    expect(selector.contexts[0]?.memoryPressure).toBe('critical');
  });

  it('is not read for small ones', async () => {
    const selector = picky();
    const memory = {
      pressure: 'none' as const,
      read: () => {
        throw new Error('must not be read');
      },
    };
    await optimize(fullRegistry(), { selector, memory }).convert(request('csv', 'columns', 'a\n1\n'));
    expect(selector.contexts).toMatchObject([{ memoryPressure: 'none' }]);
  });
});
