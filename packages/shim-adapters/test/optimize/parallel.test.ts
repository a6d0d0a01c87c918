import { threadId } from 'node:worker_threads';
import { ConversionCache } from '@perf/cache';
import { InlineExecutor, WorkerExecutor } from '@perf/lazy';
import { OptimizationSelector } from '@perf/selector';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ShimAdapter } from '../../src/adapter.js';
import { defineAdapter, type StepContext } from '../../src/define-adapter.js';
import { ConversionError } from '../../src/errors.js';
import { optimize } from '../../src/optimize/optimized-converter.js';
import type { Executor } from '../../src/optimize/ports.js';
import { AdapterRegistry } from '../../src/registry.js';
import type { AnyRequest, ConversionOptions, Format } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import { content } from '../cells.js';
import { tableOf } from '../column-of.js';
import { failure, fullRegistry, request, tableIn, textIn } from '../requests.js';
import { countedAdapter } from './counted-adapter.js';
import { gate, turn } from './gate.js';
import { FailingExecutor, FixedSelector } from './stub-parts.js';

const THREADS = new URL('../fixtures/threads.mjs', import.meta.url).href;
const workers = new WorkerExecutor({ threads: 2 });
afterAll(() => workers.close());

const asked: AnyRequest = { source: { value: 'a,b\n1,x\n2,y\n' }, from: 'csv', to: 'json' };

/** A registry of one adapter that is found elsewhere under `exported`, and runs `convert` when it is used here. */
function elsewhere(
  exported: string,
  convert: (request: AnyRequest, context: StepContext) => unknown = mustNotRunHere,
  id = exported.replace('Adapter', ''),
): AdapterRegistry {
  const adapter = defineAdapter({
    id,
    version: '1',
    module: { url: THREADS, export: exported },
    steps: [{ from: 'csv', to: 'json', mbPerSecond: 1, growth: 1, convert }],
  });
  return new AdapterRegistry().register(adapter);
}

function mustNotRunHere(): never {
  throw new Error('must not run here');
}

function parallel(registry: AdapterRegistry, executor: Executor, selector = new FixedSelector('parallel')) {
  return { converter: optimize(registry, { executor, selector }), selector };
}

describe('the strategy parallel', () => {
  it('runs the conversion on another thread', async () => {
    const { converter, selector } = parallel(elsewhere('whereAdapter'), workers);
    const result = await converter.convert({ ...asked, metadata: { trace: 1 } });
    const where: unknown = JSON.parse(textIn(result));
    expect(where).toMatchObject({ isMainThread: false });
    expect(where).not.toMatchObject({ threadId });
    expect(result).toMatchObject({
      format: 'json',
      metadata: { trace: 1 },
      route: [{ from: 'csv', to: 'json', adapter: 'where', version: '1' }],
    });
    expect(converter.stats()).toMatchObject({ strategies: { parallel: 1, 'cache-first': 0 }, fallbacks: 0 });
    expect(selector.told).toHaveLength(1);
    expect(selector.told[0]?.outcome).not.toHaveProperty('error');
  });

  it('is where adaptive goes on with work that outruns its estimate', async () => {
    let begun = 0;
    const registry = elsewhere('whereAdapter', (_request, { checkpoint }) => {
      begun += 1;
      for (;;) checkpoint();
    });
    let now = 0;
    const selector = new FixedSelector('adaptive');
    const converter = optimize(registry, { executor: workers, selector });
    const result = await converter.convert(asked, { clock: { now: () => (now += 1) } });
    expect([begun, now >= 25]).toEqual([1, true]);
    expect(JSON.parse(textIn(result))).toMatchObject({ isMainThread: false });
    expect(converter.stats()).toMatchObject({ fallbacks: 0, strategies: { adaptive: 1, parallel: 0 } });
  });

  it('is not taken when the selector says otherwise', async () => {
    const registry = elsewhere('whereAdapter', () => Buffer.from('"here"'));
    const { converter } = parallel(registry, workers, new FixedSelector('cache-first'));
    expect(textIn(await converter.convert(asked))).toBe('"here"');
    expect(converter.stats().strategies).toMatchObject({ parallel: 0, 'cache-first': 1 });
  });

  it('brings the rest of the route home where its format cannot move: rows are made here', async () => {
    const { converter } = parallel(fullRegistry(), workers);
    const result = await converter.convert({ ...asked, to: 'rows', columns: ['b'], options: { offset: 1 } });
    expect(result.data).toEqual([{ b: 'y' }]);
    expect(result.route.map(({ to }) => to)).toEqual(['columns', 'rows']);
    expect(result.metadata).toEqual({ rows: 1, columns: ['b'] });
    expect(converter.stats().strategies.parallel).toBe(1);
  });

  it('carries warnings and quality of both sides of the border', async () => {
    const value = '[{"a":9007199254740993,"b":1},{"b":2}]';
    const json = request('json', 'rows', value);
    const plain = await fullRegistry().convert(json);
    const { converter } = parallel(fullRegistry(), workers);
    const result = await converter.convert(json);
    expect(result.warnings).toEqual(plain.warnings);
    expect(result.quality).toBe(plain.quality);
    expect(plain.warnings.map(({ code }) => code)).toContain('integer-rounded');
  });

  it('takes tables there and back', async () => {
    const table = tableOf({
      a: ['int64', [2n ** 63n - 1n, null]],
      b: ['utf8', ['é', null]],
      c: ['bool', [true, null]],
    });
    const { converter } = parallel(fullRegistry(), workers);
    const csv = await converter.convert(request('columns', 'csv', table.slice(0, 2)));
    expect(textIn(csv)).toBe('a,b,c\n9223372036854775807,é,true\n,,\n');
    expect(converter.stats().strategies.parallel).toBe(1);
    expect(table.column('a').length).toBe(2);
  });

  it.each(['ndarray', 'sparse', 'time-series'] as const)('takes %s there and back', async (format) => {
    const table = tableOf({ t: ['timestamp', [0n, 1000n]], a: ['float64', [0, 2.5]] });
    const given = format === 'time-series' ? table : table.select(['a']);
    const there = parallel(fullRegistry(), workers).converter;
    const made = await there.convert(request('columns', format, given));
    expect(made.data).toEqual((await fullRegistry().convert(request('columns', format, given))).data);
    const back = await there.convert(request(format, 'csv', made.data));
    expect(textIn(back)).toBe(textIn(await fullRegistry().convert(request(format, 'csv', made.data))));
    expect(there.stats().strategies.parallel).toBe(2);
  });

  it('leaves the bytes of the caller where they are', async () => {
    const bytes = Buffer.from('a,b\n1,x\n');
    const { converter } = parallel(fullRegistry(), workers);
    await converter.convert({ ...asked, source: { value: bytes } });
    expect(bytes.toString()).toBe('a,b\n1,x\n');
  });
});

describe('what the selector is told of the means', () => {
  async function means(registry: AdapterRegistry, one: AnyRequest, executor: Executor = workers) {
    const selector = new FixedSelector('cache-first');
    await optimize(registry, { executor, selector }).explain(one);
    const { cores, parts, available } = selector.previewed[0] ?? {};
    return { cores, parts, available };
  }
  const inline = { cores: 1, parts: 1 };
  const whole = { cores: 2, parts: 1, available: ['cache-first', 'streaming', 'parallel', 'adaptive'] };

  it('a source that can be cut has as many parts as there are threads', async () => {
    const parquet: AnyRequest = { source: { path: 'a.parquet' }, from: 'parquet', to: 'csv' };
    expect(await means(fullRegistry(), parquet)).toEqual({ ...whole, parts: 2 });
    expect(await means(fullRegistry(), asked)).toEqual(whole);
  });

  it('what cannot leave the thread is only offered inline', async () => {
    const stream = { ...asked, source: { stream: noBytes() } };
    const alone = { ...inline, available: ['cache-first'] };
    expect(await means(fullRegistry(), stream)).toEqual(alone);
    expect(await means(fullRegistry(), request('rows', 'columns', [{ a: 1 }]))).toEqual(alone);
    const { adapter } = countedAdapter();
    const homely = new AdapterRegistry().register(adapter);
    expect(await means(homely, { ...asked, to: 'columns' })).toEqual(alone);
    expect(await means(fullRegistry(), { ...asked, to: 'csv' })).toEqual(alone);
  });
});

describe('parquet, cut into parts', () => {
  const ROWS = 310_000;
  let parquet: Uint8Array;

  beforeAll(async () => {
    // The writer begins a row group every 300,000 rows.
    const table = tableOf({
      id: ['int32', Array.from({ length: ROWS }, (_, i) => i)],
      half: ['float64', Array.from({ length: ROWS }, (_, i) => (i % 1000 === 0 ? null : i / 2))],
    });
    parquet = (await fullRegistry().convert({ source: { value: table }, from: 'columns', to: 'parquet' }))
      .data;
  }, 60_000);

  it.each<[string, Format, ConversionOptions, string[] | undefined]>([
    ['all of it', 'columns', {}, undefined],
    ['some rows across a border', 'columns', { offset: 299_990, limit: 20 }, undefined],
    ['one column, and on to csv', 'csv', { offset: 290_000, limit: 20_000 }, ['half']],
    ['no rows', 'columns', { offset: 300_000, limit: 0 }, undefined],
    ['rows beyond the end', 'columns', { offset: ROWS + 5 }, undefined],
  ])('gives what one thread gives: %s', async (_, to, options, columns) => {
    const one: AnyRequest = {
      source: { value: parquet },
      from: 'parquet',
      to,
      options,
      ...(columns === undefined ? {} : { columns }),
    };
    const inline = await fullRegistry().convert(one);
    const { converter } = parallel(fullRegistry(), workers);
    const cut = await converter.convert(one);
    expect(converter.stats().strategies.parallel).toBe(1);
    expect(converter.stats().fallbacks).toBe(0);
    expect(cut.metadata).toEqual(inline.metadata);
    if (to === 'csv') expect(textIn(cut)).toBe(textIn(inline));
    else expect(content(tableIn(cut))).toEqual(content(tableIn(inline)));
  });

  it('runs as many tasks as there are parts', async () => {
    const before = workers.stats().completed;
    const { converter } = parallel(fullRegistry(), workers);
    await converter.convert({ source: { value: parquet }, from: 'parquet', to: 'columns', columns: ['id'] });
    expect(workers.stats().completed - before).toBe(2);
  });
});

describe('a part that fails', () => {
  it('calls off the others, and its error is the one that counts', async () => {
    const groups = await twoGroups();
    const broken = Object.assign(new Error('the file is broken'), { code: 'ERR_PERF_CONVERT_BAD_INPUT' });
    const signals: (AbortSignal | undefined)[] = [];
    const executor: Executor = {
      concurrency: 2,
      run(_task, options) {
        signals.push(options?.signal);
        if (signals.length === 1) return Promise.reject(broken);
        return new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => {
            reject(new Error('called off'));
          });
        });
      },
    };
    const caller = new AbortController();
    const { converter } = parallel(fullRegistry(), executor);
    const one: AnyRequest = { source: { value: groups }, from: 'parquet', to: 'columns' };
    await expect(converter.convert(one, { signal: caller.signal })).rejects.toBe(broken);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
    expect(caller.signal.aborted).toBe(false);
  });

  it('is one of all, when the caller aborts: they hear of it at once', async () => {
    const groups = await twoGroups();
    const executor: Executor = {
      concurrency: 2,
      run: (_task, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => {
            reject(new Error('called off'));
          });
        }),
    };
    const caller = new AbortController();
    const { converter } = parallel(fullRegistry(), executor);
    const one: AnyRequest = { source: { value: groups }, from: 'parquet', to: 'columns' };
    const running = failure(() => converter.convert(one, { signal: caller.signal }));
    await turn();
    caller.abort(new Error('enough'));
    expect((await running).code).toBe('ERR_PERF_CONVERT_ABORTED');
  });
});

/** A small Parquet file of two row groups. */
async function twoGroups(): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const { data } of fullRegistry().stream(request('csv', 'parquet', 'a\n1\n2\n'), {
    batchRows: 1,
  })) {
    if (data instanceof Uint8Array) pieces.push(data);
  }
  return Buffer.concat(pieces);
}

describe('when the executor fails', () => {
  it('the conversion runs here, and is told to the selector as a failure', async () => {
    const executor = new FailingExecutor();
    const { converter, selector } = parallel(fullRegistry(), executor);
    const result = await converter.convert({ ...asked, metadata: { trace: 1 } });
    expect(textIn(result)).toBe('[{"a":1,"b":"x"},{"a":2,"b":"y"}]');
    expect(result.metadata).toEqual({ rows: 2, columns: ['a', 'b'], trace: 1 });
    expect(executor.tasks).toBe(1);
    expect(converter.stats()).toMatchObject({
      conversions: 1,
      failures: 0,
      fallbacks: 1,
      strategies: { 'cache-first': 1, parallel: 0 },
    });
    expect(selector.told).toEqual([
      {
        plan: selector.plan,
        outcome: {
          durationMs: expect.any(Number) as unknown,
          error: executor.error,
          strategy: 'cache-first',
        },
      },
    ]);
  });

  it.each<[string, Executor]>([
    ['something that is no result', { concurrency: 2, run: <R>() => Promise.resolve(42 as R) }],
    ['nothing', { concurrency: 1, run: <R>() => Promise.resolve(undefined as R) }],
  ])('or returns %s, the conversion runs here', async (_, executor) => {
    const { converter } = parallel(fullRegistry(), executor);
    expect(textIn(await converter.convert(asked))).toContain('"a":1');
    expect(converter.stats().fallbacks).toBe(1);
  });

  it('or the module of an adapter is not there, or holds none, the conversion runs here', async () => {
    for (const exported of ['missing', 'notAnAdapter']) {
      const { converter } = parallel(
        elsewhere(exported, () => Buffer.from('"here"')),
        workers,
      );
      expect(textIn(await converter.convert(asked))).toBe('"here"');
      expect(converter.stats()).toMatchObject({ fallbacks: 1, failures: 0 });
    }
  });

  it('or a part of several is lost, the whole is converted here', async () => {
    let tasks = 0;
    const losing: Executor = {
      concurrency: 3,
      run: <R>(...[task, o]: Parameters<Executor['run']>): Promise<R> =>
        ++tasks === 2 ? Promise.reject(new Error('lost')) : new InlineExecutor().run<R>(task, o),
    };
    const table = tableOf({ a: ['int32', [1, 2, 3]] });
    const merging: ShimAdapter = {
      ...(fullRegistry().adapters.find(({ id }) => id === 'csv') ?? countedAdapter().adapter),
      split: (one) => Promise.resolve([one, one, one]),
      merge: (results) => ({ ...first(results), data: table }),
    };
    const { converter } = parallel(new AdapterRegistry().register(merging), losing);
    const { data } = await converter.convert({ ...asked, to: 'columns' });
    expect(tableIn({ data }).names).toEqual(['a', 'b']);
    expect(tasks).toBe(3);
    expect(converter.stats().fallbacks).toBe(1);
  });
});

describe('the real selector', () => {
  let small: AnyRequest;

  beforeAll(async () => {
    const table = tableOf({ id: ['int32', [1, 2, 3]] });
    const { data } = await fullRegistry().convert({
      source: { value: table },
      from: 'columns',
      to: 'parquet',
    });
    small = { source: { value: data }, from: 'parquet', to: 'columns' };
  });

  it('decides for threads where much can be divided, for here where little is to be done', async () => {
    const selector = new OptimizationSelector({ explore: 0 });
    const converter = optimize(fullRegistry(), { executor: workers, selector });
    await converter.convert({ ...small, hints: { sourceBytes: 2 ** 30 } });
    expect(converter.stats().strategies).toMatchObject({ parallel: 1, 'cache-first': 0 });
    const other = optimize(fullRegistry(), { executor: workers, selector: new OptimizationSelector() });
    await other.convert(asked);
    expect(other.stats().strategies).toMatchObject({ parallel: 0, 'cache-first': 1 });
  });

  it('turns away from threads that fail', async () => {
    const selector = new OptimizationSelector({ explore: 0 });
    const executor = new FailingExecutor();
    const converter = optimize(fullRegistry(), { executor, selector });
    for (let i = 0; i < 20; i++) await converter.convert({ ...small, hints: { sourceBytes: 2 ** 30 } });
    expect(executor.tasks).toBeGreaterThan(0);
    expect(executor.tasks).toBeLessThan(20);
    expect(selector.stats().failures).toBe(executor.tasks);
    expect(converter.stats()).toMatchObject({ failures: 0, fallbacks: executor.tasks });
  });
});

describe('bad input', () => {
  it('is final: no second try, its code kept across the thread', async () => {
    const { converter, selector } = parallel(elsewhere('brokenAdapter'), workers);
    await expect(converter.convert(asked)).rejects.toMatchObject({
      name: 'ConversionError',
      code: 'ERR_PERF_CONVERT_BAD_INPUT',
      message: 'line 3 is broken',
    });
    expect(converter.stats()).toMatchObject({ failures: 1, fallbacks: 0 });
    expect(selector.told).toEqual([]);
  });

  it.each([
    'ERR_PERF_CONVERT_BAD_INPUT',
    'ERR_PERF_CONVERT_NO_COLUMN',
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    'ERR_PERF_CONVERT_INVALID_OPTION',
    'ERR_PERF_CONVERT_INVALID_REQUEST',
    'ERR_PERF_CONVERT_MISSING_PEER',
    'ERR_PERF_CONVERT_TOO_LARGE',
    'ERR_PERF_CONVERT_UNREADABLE',
  ] as const)('%s is told as it is', async (code) => {
    const error = new ConversionError(code, 'of the input');
    const { converter } = parallel(elsewhere('whereAdapter'), new FailingExecutor(error));
    expect(await failure(() => converter.convert(asked))).toBe(error);
    expect(converter.stats().fallbacks).toBe(0);
  });

  it('found while cutting is final as well', async () => {
    const value = Buffer.from('PAR1 but nothing more');
    const { converter } = parallel(fullRegistry(), workers);
    const error = await failure(() =>
      converter.convert({ source: { value }, from: 'parquet', to: 'columns' }),
    );
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(converter.stats()).toMatchObject({ failures: 1, fallbacks: 0 });
  });
});

describe('an abort', () => {
  it('stops the thread, in the middle of whatever it does, and is no reason to try again', async () => {
    const { converter, selector } = parallel(elsewhere('endlessAdapter'), workers);
    const mine = new AbortController();
    const before = workers.stats();
    const running = failure(() => converter.convert(asked, { signal: mine.signal }));
    while (workers.stats().running === 0) await turn();
    mine.abort('enough');
    const error = await running;
    expect([error.code, error.cause]).toEqual(['ERR_PERF_CONVERT_ABORTED', 'enough']);
    expect(workers.stats().aborted - before.aborted).toBe(1);
    expect(converter.stats()).toMatchObject({ failures: 1, fallbacks: 0 });
    expect(selector.told).toEqual([]);
  });

  it('of one of two who wait leaves the conversion to the other', async () => {
    const cache = new ConversionCache<ConversionResult>();
    const held = gate();
    const inline = new InlineExecutor();
    const executor: Executor = {
      concurrency: 1,
      run: async <R>(...[task, o]: Parameters<Executor['run']>): Promise<R> => {
        await held.promise;
        return inline.run<R>(task, o);
      },
    };
    const converter = optimize(fullRegistry(), { cache, executor, selector: new FixedSelector('parallel') });
    const mine = new AbortController();
    const leaving = failure(() => converter.convert(asked, { signal: mine.signal }));
    const staying = converter.convert(asked);
    mine.abort();
    expect((await leaving).code).toBe('ERR_PERF_CONVERT_ABORTED');
    held.open();
    expect(textIn(await staying)).toContain('"a":1');
    expect(converter.stats()).toMatchObject({ strategies: { parallel: 1 }, fallbacks: 0 });
  });
});

function first(results: readonly ConversionResult[]): ConversionResult {
  const [result] = results;
  if (result === undefined) throw new Error('no results');
  return result;
}

async function* noBytes(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield new Uint8Array();
}
