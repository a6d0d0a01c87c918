import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetMetadataAsync } from 'hyparquet';
import { expect, it } from 'vitest';
import { duckdbAdapter } from '../../src/duckdb/adapter.js';
import { parquetAdapter } from '../../src/parquet/adapter.js';
import { AdapterRegistry } from '../../src/registry.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { columnOf } from '../column-of.js';
import { failure, tableIn } from '../requests.js';

const adapter = duckdbAdapter({ memoryLimit: '128MB', threads: 1 });

async function written(table: ColumnTable): Promise<Uint8Array<ArrayBuffer>> {
  const { data } = await adapter.convert({ source: { value: table }, from: 'columns', to: 'parquet' });
  if (!(data instanceof Uint8Array)) throw new TypeError('not bytes');
  return new Uint8Array(data);
}

async function writerOf(table: ColumnTable): Promise<string | undefined> {
  return (await parquetMetadataAsync((await written(table)).buffer)).created_by;
}

const numbers = new ColumnTable([columnOf({ name: 'a', type: 'float64' }, [1.5, null, 3])]);

it('writes what DuckDB has the same types and values for', async () => {
  expect(await writerOf(numbers)).toMatch(/DuckDB/);
});

it.each([
  ['-0', new ColumnTable([columnOf({ name: 'a', type: 'float64' }, [-0, 1])])],
  ['names apart in case', new ColumnTable(['a', 'A'].map((name) => columnOf({ name, type: 'int32' }, [1])))],
  ['seconds', new ColumnTable([columnOf({ name: 'a', type: 'timestamp', unit: 'second' }, [1n])])],
  ['json', new ColumnTable([columnOf({ name: 'a', type: 'json' }, ['{"b": 1}'])])],
  ['the largest date', new ColumnTable([columnOf({ name: 'a', type: 'date' }, [2 ** 31 - 1])])],
  ['no columns', new ColumnTable([], 0)],
])('leaves to JavaScript what DuckDB takes otherwise: %s', async (_what, table) => {
  expect(await writerOf(table)).not.toMatch(/DuckDB/);
});

it('keeps milliseconds with a zone, a promise of no nulls and pairs by a note in the file', async () => {
  const field = {
    name: 'a "b"',
    type: 'timestamp',
    unit: 'millisecond',
    timezone: 'Europe/Berlin',
    nullable: false,
  } as const;
  const table = new ColumnTable(
    [columnOf(field, [-1n, 0n, 1_700_000_000_001n])],
    3,
    new Map([["it's", "'x'"]]),
  );
  expect(await writerOf(table)).toMatch(/DuckDB/);
  const value = await written(table);
  for (const reader of [adapter, parquetAdapter()]) {
    const back = tableIn(await reader.convert({ source: { value }, from: 'parquet', to: 'columns' }));
    expect(back.fields).toEqual([field]);
    expect([...back.metadata]).toEqual([["it's", "'x'"]]);
    expect(back.column('a "b"')).toMatchObject({ values: new BigInt64Array([-1n, 0n, 1_700_000_000_001n]) });
  }
});

it('reads the one file of that path, whatever the path looks like', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'perf-paths-'));
  try {
    const place = join(folder, 'a=7');
    await mkdir(place);
    for (const [name, first] of [
      ['x*.parquet', 1],
      ['xy.parquet', 2],
      ["it's.parquet", 3],
    ] as const) {
      const path = join(place, name);
      await writeFile(
        path,
        await written(new ColumnTable([columnOf({ name: 'a', type: 'int32' }, [first])])),
      );
      const back = tableIn(await adapter.convert({ source: { path }, from: 'parquet', to: 'columns' }));
      expect(back.rows()).toEqual([{ a: first }]);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('leaves no file behind, whether it converts or fails', async () => {
  const before = await ours();
  await written(numbers);
  const value = new Uint8Array(100);
  await failure(() => adapter.convert({ source: { value }, from: 'parquet', to: 'columns' }));
  expect(await ours()).toEqual(before);

  async function ours(): Promise<string[]> {
    return (await readdir(tmpdir())).filter((name) => name.startsWith(`perf-duckdb-`));
  }
});

it('tells what is wrong with a file as the reader in JavaScript does', async () => {
  const value = (await written(numbers)).fill(0xff, 4, 24);
  const request = { source: { value }, from: 'parquet', to: 'columns' } as const;
  const [native, javascript] = await Promise.all(
    [adapter, parquetAdapter()].map((reader) => failure(() => reader.convert(request))),
  );
  expect(native?.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
  expect(native?.message).toBe(javascript?.message);
});

it('ends with the signal', async () => {
  const controller = new AbortController();
  const onProgress = (): void => {
    controller.abort();
  };
  const value = new ColumnTable([
    columnOf(
      { name: 'a', type: 'int32' },
      Array.from({ length: 5000 }, (_, i) => i),
    ),
  ]);
  const request = { source: { value }, from: 'columns', to: 'parquet' } as const;
  const error = await failure(() => adapter.convert(request, { signal: controller.signal, onProgress }));
  expect(error.code).toBe('ERR_PERF_CONVERT_ABORTED');
});

it('is chosen by cost: not beside Parquet in JavaScript, which is expected to be faster, but where it is alone', () => {
  const routeOf = (registry: AdapterRegistry): string | undefined =>
    registry.path({
      source: { value: numbers },
      from: 'columns',
      to: 'parquet',
      hints: { sourceBytes: 100_000_000 },
    })?.hops[0]?.adapter.id;
  expect(routeOf(new AdapterRegistry().register(adapter))).toBe('duckdb');
  expect(routeOf(new AdapterRegistry().register(adapter).register(parquetAdapter()))).toBe('parquet');
});

it.each([
  ['threads of 0', { threads: 0 }],
  ['a memory limit that is none', { memoryLimit: 'much' }],
  ['an unknown option', { cores: 2 }],
])('refuses %s', async (_what, options) => {
  const error = await failure(() => duckdbAdapter(options as object));
  expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
});
