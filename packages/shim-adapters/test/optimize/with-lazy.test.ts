import { LazyLoadingManager } from '@perf/lazy';
import { afterEach, describe, expect, it } from 'vitest';
import { csvAdapter } from '../../src/csv/adapter.js';
import { defaultRegistry } from '../../src/default-registry.js';
import { defineAdapter } from '../../src/define-adapter.js';
import { optimize } from '../../src/optimize/optimized-converter.js';
import { withLazy } from '../../src/optimize/with-lazy.js';
import type { AnyRequest } from '../../src/request.js';
import { tableOf } from '../column-of.js';
import { tableIn } from '../requests.js';
import { countedAdapter } from './counted-adapter.js';
import { gate, turn } from './gate.js';

const asked: AnyRequest = { source: { value: 'a,b\n1,x\n2,y\n' }, from: 'csv', to: 'columns' };
const managers: LazyLoadingManager[] = [];

function newManager(): LazyLoadingManager {
  const manager = new LazyLoadingManager({ memory: false });
  managers.push(manager);
  return manager;
}

afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.close()));
});

describe('open', () => {
  it('converts nothing', async () => {
    const { adapter, requests } = countedAdapter();
    const table = withLazy(adapter, newManager()).open(asked);
    await turn();
    expect(table.isLoaded).toBe(false);
    expect(requests).toEqual([]);
  });

  it('gives a handle that converts on first use, once for all who ask', async () => {
    const { adapter, requests } = countedAdapter();
    const table = withLazy(adapter, newManager()).open(asked);
    const [one, other] = await Promise.all([table.load(), table.load()]);
    expect(one).toBe(other);
    expect(table.value).toBe(one);
    expect(tableIn({ data: one }).names).toEqual(['a', 'b']);
    expect(requests).toEqual([asked]);
  });

  it('gives a handle that converts again after an unload', async () => {
    const { adapter, requests } = countedAdapter();
    const table = withLazy(adapter, newManager()).open(asked);
    await table.load();
    table.unload();
    expect(table.isLoaded).toBe(false);
    expect(tableIn({ data: await table.load() }).length).toBe(2);
    expect(requests).toHaveLength(2);
  });

  it('tells a failure to each who loads, and tries again for the next', async () => {
    let healthy = false;
    const { adapter } = countedAdapter({
      before: () => {
        if (!healthy) throw new Error('not yet');
      },
    });
    const table = withLazy(adapter, newManager()).open(asked);
    await expect(table.load()).rejects.toMatchObject({ code: 'ERR_PERF_CONVERT_FAILED' });
    healthy = true;
    await expect(table.load()).resolves.toBeDefined();
  });

  it('hands the abort of the last who waits on to the conversion', async () => {
    const signals: AbortSignal[] = [];
    const { adapter } = countedAdapter({
      before: ({ signal }) => {
        const stopped = gate();
        if (signal !== undefined) signals.push(signal);
        signal?.addEventListener('abort', () => stopped.fail(new Error('stopped')));
        return stopped.promise;
      },
    });
    const table = withLazy(adapter, newManager()).open(asked);
    const mine = new AbortController();
    const load = expect(table.load({ signal: mine.signal })).rejects.toThrow('enough');
    while (signals.length === 0) await turn();
    mine.abort(new Error('enough'));
    await load;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('column', () => {
  it('converts that column alone, and keeps it', async () => {
    const { adapter, requests } = countedAdapter();
    const table = withLazy(adapter, newManager()).open(asked);
    const column = await table.column('b');
    expect(requests).toEqual([{ ...asked, columns: ['b'] }]);
    expect(table.isLoaded).toBe(false);
    expect(await table.column('b')).toBe(column);
    expect(requests).toHaveLength(1);
    expect(column).toMatchObject({ field: { name: 'b', type: 'utf8' }, length: 2 });
  });

  it('is the one that the loaded table has', async () => {
    const { adapter } = countedAdapter();
    const table = withLazy(adapter, newManager()).open(asked);
    const whole = tableIn({ data: await table.load() });
    expect(await table.column('a')).toEqual(whole.column('a'));
  });

  it('keeps to the rows of the request', async () => {
    const { adapter } = countedAdapter();
    const table = withLazy(adapter, newManager()).open({ ...asked, options: { offset: 1, limit: 1 } });
    expect(await table.column('a')).toMatchObject({ length: 1 });
  });

  it('comes from the table also where the request asks for another format', async () => {
    const adapter = defineAdapter({
      id: 'two-ways',
      version: '1',
      steps: [
        { from: 'csv', to: 'json', mbPerSecond: 1, growth: 1, convert: () => new Uint8Array() },
        {
          from: 'csv',
          to: 'columns',
          mbPerSecond: 1,
          growth: 1,
          convert: () => tableOf({ a: ['int32', [7]] }),
        },
      ],
    });
    const text = withLazy(adapter, newManager()).open({ ...asked, to: 'json' });
    expect(await text.column('a')).toMatchObject({ field: { name: 'a' } });
  });

  it('is refused by name when there is none, or when the request leaves it out', async () => {
    const { adapter, requests } = countedAdapter();
    const lazy = withLazy(adapter, newManager());
    await expect(lazy.open(asked).column('c')).rejects.toMatchObject({ code: 'ERR_PERF_CONVERT_NO_COLUMN' });
    const narrow = lazy.open({ ...asked, columns: ['a'] });
    await expect(narrow.column('b')).rejects.toMatchObject({
      code: 'ERR_PERF_CONVERT_NO_COLUMN',
      message: "column 'b' was not asked for; the request names a",
    });
    expect(requests).toHaveLength(1);
  });

  it('is an error where the adapter gives no table', async () => {
    const adapter = defineAdapter({
      id: 'liar',
      version: '1',
      steps: [{ from: 'csv', to: 'columns', mbPerSecond: 1, growth: 1, convert: () => [1, 2] }],
    });
    const table = withLazy(adapter, newManager()).open(asked);
    await expect(table.column('a')).rejects.toMatchObject({ code: 'ERR_PERF_CONVERT_FAILED' });
  });
});

describe('a table that is loaded', () => {
  it('gives its columns without converting anything again', async () => {
    const { adapter, requests } = countedAdapter();
    const table = withLazy(adapter, newManager()).open(asked);
    await table.load();
    const column = await table.column('b');
    expect(column).toBe(tableIn({ data: table.value }).column('b'));
    expect(requests).toHaveLength(1);
    await expect(table.column('z')).rejects.toMatchObject({ code: 'ERR_PERF_CONVERT_NO_COLUMN' });
  });

  it('gives slices of itself as batches', async () => {
    const { adapter, requests } = countedAdapter();
    const table = withLazy(adapter, newManager()).open(asked);
    await table.load();
    let rows = 0;
    for await (const batch of table.batches()) rows += batch.rows;
    expect([rows, requests.length]).toEqual([2, 1]);
  });

  it('without rows is one batch without rows', async () => {
    const table = withLazy(csvAdapter(), newManager()).open({ ...asked, source: { value: 'a,b\n' } });
    await table.load();
    const seen: number[] = [];
    for await (const { rows, data } of table.batches()) seen.push(rows, tableIn({ data }).names.length);
    expect(seen).toEqual([0, 2]);
  });
});

describe('the batches of a table', () => {
  it('are streamed by an adapter that can, and the table is not held', async () => {
    const text = `a,b\n${Array.from({ length: 200_000 }, (_, row) => `${String(row)},x`).join('\n')}\n`;
    const table = withLazy(csvAdapter(), newManager()).open({ ...asked, source: { value: text } });
    const seen: number[] = [];
    for await (const { data, rows } of table.batches()) {
      expect(tableIn({ data }).length).toBe(rows);
      seen.push(rows);
    }
    expect(seen.reduce((sum, rows) => sum + rows, 0)).toBe(200_000);
    expect(seen.length).toBeGreaterThan(1);
    expect(table.isLoaded).toBe(false);
  });

  it('of any other target come from the whole', async () => {
    const value = tableIn({ data: await withLazy(csvAdapter(), newManager()).open(asked).load() });
    const text = withLazy(csvAdapter(), newManager()).open({ source: { value }, from: 'columns', to: 'csv' });
    const seen: string[] = [];
    for await (const { data } of text.batches()) seen.push(Buffer.from(data as Uint8Array).toString());
    expect(seen).toEqual(['a,b\n1,x\n2,y\n']);
    expect(text.isLoaded).toBe(true);
  });

  it('of a converter are those of its stream, and end with it', async () => {
    const converter = optimize(defaultRegistry(), { lazy: newManager() });
    const table = converter.open({ source: { value: 'a\n1\n' }, from: 'csv', to: 'ndjson' });
    const seen: unknown[] = [];
    for await (const { data } of table.batches()) seen.push(Buffer.from(data as Uint8Array).toString());
    expect([seen, converter.stats().streams]).toEqual([['{"a":1}\n'], 1]);
    await converter.close();
    await expect(table.batches()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'ERR_PERF_CONVERT_CLOSED',
    });
  });
});
