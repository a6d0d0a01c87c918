import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as hyparquet from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import * as writer from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Losses } from '../../src/losses.js';
import { jsonAdapter } from '../../src/json/adapter.js';
import { parquetAdapter } from '../../src/parquet/adapter.js';
import type { ParquetFile } from '../../src/parquet/file.js';
import { readParquet } from '../../src/parquet/reader.js';
import type { AnyRequest } from '../../src/request.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { failure, request, tableIn, textIn } from '../requests.js';

const adapter = parquetAdapter();
const ROWS = 400;

/** Four columns of 400 rows in row groups of 100. */
function fourGroups(): Uint8Array {
  const index = Array.from({ length: ROWS }, (_, i) => i);
  const bytes = writer.parquetWriteBuffer({
    columnData: [
      { name: 'id', data: Int32Array.from(index), type: 'INT32' },
      { name: 'f', data: index.map((i) => i / 8), type: 'DOUBLE' },
      {
        name: 'text',
        data: index.map((i) => (i % 7 === 0 ? null : `row ${String((i * 7919) % ROWS)}`)),
        type: 'STRING',
      },
      { name: 'flag', data: index.map((i) => i % 3 === 0), type: 'BOOLEAN' },
    ],
    rowGroupSize: 100,
  });
  return new Uint8Array(bytes);
}

/** A file that counts the bytes that are asked of it. */
function counted(bytes: Uint8Array): ParquetFile & { fetched: number; reads: number } {
  const file = {
    byteLength: bytes.length,
    fetched: 0,
    reads: 0,
    slice(start: number, end: number = bytes.length) {
      const part = Uint8Array.from(bytes.subarray(start, end));
      file.fetched += part.length;
      file.reads += 1;
      return Promise.resolve(part.buffer);
    },
  };
  return file;
}

async function fetched(
  options: Parameters<typeof readParquet>[3],
): Promise<{ bytes: number; table: ColumnTable }> {
  const file = counted(fourGroups());
  const footer = counted(fourGroups());
  await hyparquet.parquetMetadataAsync(footer);
  const table = await readParquet({ parquet: hyparquet, compressors }, file, new Losses(), options);
  return { bytes: file.fetched - footer.fetched, table };
}

describe('only what a request needs is read', () => {
  test('one column of four', async () => {
    const all = await fetched({});
    const one = await fetched({ columns: ['flag'] });
    expect(content(one.table)).toEqual(content(all.table.select(['flag'])));
    expect(one.bytes).toBeLessThan(all.bytes / 10);
  });

  test('one row group of four', async () => {
    const all = await fetched({});
    const some = await fetched({ offset: 110, limit: 50 });
    expect(content(some.table)).toEqual(content(all.table.slice(110, 160)));
    expect(some.bytes).toBeLessThan(all.bytes / 3);
  });

  test.each([[{ limit: 0 }], [{ offset: ROWS }], [{ offset: ROWS * 10, limit: 5 }], [{ columns: [] }]])(
    'nothing at all for %j',
    async (options) => {
      expect((await fetched(options)).bytes).toBe(0);
    },
  );

  test('rows that cross row groups come in order', async () => {
    const { table } = await fetched({ offset: 95, limit: 210, columns: ['id', 'text'] });
    const all = await fetched({});
    expect(content(table)).toEqual(content(all.table.select(['id', 'text']).slice(95, 305)));
  });

  test('an abort is heard between row groups', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const error = await failure(() =>
      adapter.convert(request('parquet', 'columns', fourGroups()), {
        signal: controller.signal,
        onProgress({ done, total, unit }) {
          expect([total, unit]).toEqual([ROWS, 'rows']);
          seen.push(done);
          if (done === 200) controller.abort();
        },
      }),
    );
    expect(error.code).toBe('ERR_PERF_CONVERT_ABORTED');
    expect(seen).toEqual([100, 200]);
  });
});

describe('split and merge', () => {
  const whole = request('parquet', 'columns', fourGroups());

  async function inParts(given: AnyRequest, parts: number): Promise<{ merged: ColumnTable; count: number }> {
    if (adapter.split === undefined || adapter.merge === undefined)
      throw new Error('the adapter cannot split');
    const requests = await adapter.split(given, parts);
    const results = await Promise.all(requests.map((part) => adapter.convert(part)));
    return { merged: tableIn(adapter.merge(results)), count: requests.length };
  }

  test.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
    [9, 4],
  ])('into %i parts gives %i, and together they are the whole', async (parts, count) => {
    const result = await inParts(whole, parts);
    expect(result.count).toBe(count);
    expect(content(result.merged)).toEqual(content(tableIn(await adapter.convert(whole))));
  });

  test('of a selection are that selection', async () => {
    const selection = { columns: ['text', 'id'], options: { offset: 150, limit: 170 } };
    const part = { ...whole, ...selection };
    const result = await inParts(part, 3);
    expect(result.count).toBeGreaterThan(1);
    expect(content(result.merged)).toEqual(content(tableIn(await adapter.convert(part))));
  });

  test('beyond the end are no rows', async () => {
    const part = { ...whole, options: { offset: ROWS + 1 } };
    expect((await inParts(part, 3)).merged.length).toBe(0);
  });

  test('of another conversion are that one request', async () => {
    const other = request('columns', 'parquet', tableOf({ a: ['int32', [1]] }));
    expect(await adapter.split?.(other, 4)).toEqual([other]);
  });
});

describe('types', () => {
  test('the file declares them, and other readers find the values', async () => {
    const table = new ColumnTable([
      columnOf({ name: 'i', type: 'int64' }, [2n ** 53n + 1n, null]),
      columnOf({ name: 't', type: 'timestamp', unit: 'millisecond', timezone: 'UTC' }, [0n, null]),
      columnOf({ name: 'd', type: 'date' }, [1, null]),
      columnOf({ name: 'j', type: 'json' }, ['{"n":9007199254740993}', null]),
    ]);
    const { data } = await adapter.convert(request('columns', 'parquet', table));
    if (!(data instanceof Uint8Array)) throw new TypeError('no bytes');
    const rows = await hyparquet.parquetReadObjects({ file: counted(data), compressors });
    expect(rows.map(({ i, t, d }) => [i, t, d].map((value: unknown) => value ?? null))).toEqual([
      [2n ** 53n + 1n, new Date(0), new Date(86_400_000)],
      [null, null, null],
    ]);
    const back = tableIn(await adapter.convert(request('parquet', 'columns', data)));
    expect(back.fields).toEqual(table.fields);
    const json = await jsonAdapter().convert(request('columns', 'json', back.select(['j'])));
    expect(textIn(json)).toBe('[{"j":{"n":9007199254740993}},{"j":null}]');
  });

  test('seconds become milliseconds, which is told', async () => {
    const table = new ColumnTable([
      columnOf({ name: 't', type: 'timestamp', unit: 'second' }, [1n, 2n ** 62n]),
    ]);
    const there = await adapter.convert(request('columns', 'parquet', table));
    expect(there.warnings.map(({ code, lossy }) => [code, lossy])).toEqual([
      ['unit-widened', false],
      ['time-out-of-range', true],
    ]);
    const back = tableIn(await adapter.convert(request('parquet', 'columns', there.data)));
    expect(content(back)).toEqual([['t', ['date 1000', 'null']]]);
  });

  test('0 and -0 stay apart in a column that repeats them', async () => {
    const values = Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 0 : -0));
    const table = tableOf({ z: ['float64', values] });
    const there = await adapter.convert(request('columns', 'parquet', table));
    expect(content(tableIn(await adapter.convert(request('parquet', 'columns', there.data))))).toEqual(
      content(table),
    );
  });

  test('a column of a type without a layout is read value by value, which is told', async () => {
    const bytes = writer.parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 1 },
        { name: 'list', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type: 'INT32', repetition_type: 'OPTIONAL' },
      ],
      columnData: [{ name: 'list', data: [[1, 2], [], [3]] }],
    });
    const result = await adapter.convert(request('parquet', 'columns', new Uint8Array(bytes)));
    expect(content(tableIn(result))).toEqual([['list', ['json [1,2]', 'json []', 'json [3]']]]);
    expect(result.warnings).toContainEqual(
      expect.objectContaining({ code: 'type-generalised', column: 'list' }),
    );
  });
});

describe('a path', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parquet-'));
    await writeFile(join(folder, 'whole.parquet'), fourGroups());
    await writeFile(join(folder, 'cut.parquet'), fourGroups().subarray(0, 1000));
    await writeFile(join(folder, 'empty.parquet'), '');
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const reading = (name: string): AnyRequest => ({
    source: { path: join(folder, name) },
    from: 'parquet',
    to: 'columns',
  });

  test('is read in parts, with the same result as the bytes', async () => {
    const part = { columns: ['text'], options: { offset: 10, limit: 5 } };
    const fromPath = await adapter.convert({ ...reading('whole.parquet'), ...part });
    const fromBytes = await adapter.convert(request('parquet', 'columns', fourGroups(), part));
    expect(content(tableIn(fromPath))).toEqual(content(tableIn(fromBytes)));
  });

  test.each([
    ['missing.parquet', 'ERR_PERF_CONVERT_UNREADABLE', /no such file/],
    ['.', 'ERR_PERF_CONVERT_UNREADABLE', /it is a directory/],
    ['whole.parquet/inside', 'ERR_PERF_CONVERT_UNREADABLE', /not a directory/],
    ['cut.parquet', 'ERR_PERF_CONVERT_BAD_INPUT', /not Parquet/],
    ['empty.parquet', 'ERR_PERF_CONVERT_BAD_INPUT', /not Parquet/],
  ])('%s is %s', async (name, code, message) => {
    const error = await failure(() => adapter.convert(reading(name)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});
