import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as hyparquet from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import * as writer from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bounds } from '../../src/bounds.js';
import { resolveLimits } from '../../src/limits.js';
import { Losses } from '../../src/losses.js';
import { jsonAdapter } from '../../src/json/adapter.js';
import { parquetAdapter } from '../../src/parquet/adapter.js';
import type { ParquetFile } from '../../src/parquet/file.js';
import { ParquetReader } from '../../src/parquet/reader.js';
import type { AnyRequest } from '../../src/request.js';
import { concatTables } from '../../src/table/concat.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { failure, fullRegistry, request, tableIn, textIn } from '../requests.js';

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
    readInto(target: Uint8Array, start: number) {
      const part = bytes.subarray(start, start + target.length);
      target.set(part);
      file.fetched += part.length;
      file.reads += 1;
      return Promise.resolve(part.length);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return file;
}

async function fetched(
  selection: Parameters<ParquetReader['table']>[0],
): Promise<{ bytes: number; table: ColumnTable }> {
  const file = counted(fourGroups());
  const footer = counted(fourGroups());
  await hyparquet.parquetMetadataAsync(footer);
  const reader = await ParquetReader.open(file, resolveLimits());
  using bounds = new Bounds({});
  const table = await reader.table(selection, bounds.context(new Losses()));
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

describe('types that Parquet has under other names', () => {
  async function thereAndBack(
    table: ColumnTable,
  ): Promise<{ back: ColumnTable; codes: string[]; quality: number }> {
    const there = await adapter.convert(request('columns', 'parquet', table));
    const back = await adapter.convert(request('parquet', 'columns', there.data));
    const codes = [...there.warnings, ...back.warnings].map(({ code }) => code);
    return { back: tableIn(back), codes, quality: there.quality * back.quality };
  }

  test('decimals keep every digit', async () => {
    const table = new ColumnTable([
      {
        layout: 'decimal',
        field: { name: 'd', type: 'decimal', precision: 38, scale: 2 },
        length: 3,
        nullCount: 1,
        validity: Uint8Array.of(0b101),
        words: 2,
        values: BigUint64Array.of(125n, 0n, 0n, 0n, 2n ** 64n - 50n, 2n ** 64n - 1n),
      },
    ]);
    const { back, quality } = await thereAndBack(table);
    expect(content(back)).toEqual([['d', ['string 1.25', 'null', 'string -0.50']]]);
    expect(back.fields).toEqual(table.fields);
    expect(quality).toBe(1);
  });

  test('decimals of other writers are read from integers and bytes', async () => {
    const decimal = {
      converted_type: 'DECIMAL',
      precision: 18,
      scale: 3,
      repetition_type: 'REQUIRED',
    } as const;
    const bytes = writer.parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 3 },
        { ...decimal, name: 'i', type: 'INT32' },
        { ...decimal, name: 'l', type: 'INT64' },
        { ...decimal, name: 'b', type: 'BYTE_ARRAY' },
      ],
      columnData: ['i', 'l', 'b'].map((name) => ({ name, data: [1500n, -1n, 0n] })),
    });
    const back = tableIn(await adapter.convert(request('parquet', 'columns', new Uint8Array(bytes))));
    const cells = ['string 1.500', 'string -0.001', 'string 0.000'];
    expect(content(back)).toEqual([
      ['i', cells],
      ['l', cells],
      ['b', cells],
    ]);
    expect(back.fields.map(({ nullable }) => nullable)).toEqual([false, false, false]);
  });

  test('bytes stay bytes', async () => {
    const values = [new Uint8Array([0xff, 0, 0xc3]), new Uint8Array()];
    const rows = await fullRegistry().convert(
      request(
        'rows',
        'parquet',
        values.map((b) => ({ b })),
      ),
    );
    const back = await adapter.convert(request('parquet', 'columns', rows.data));
    expect(tableIn(back).fields).toEqual([{ name: 'b', type: 'binary' }]);
    expect(
      tableIn(back)
        .rows()
        .map(({ b }) => b),
    ).toEqual(values);
  });

  test('zones, seconds, columns of nulls and the pairs of a column come back to this package', async () => {
    const table = new ColumnTable(
      [
        columnOf({ name: 't', type: 'timestamp', unit: 'second', timezone: 'Europe/Berlin' }, [1n, null]),
        columnOf({ name: 'n', type: 'null' }, [null, null]),
        columnOf({ name: 'm', type: 'int32', metadata: [['unit', 'm/s']] }, [1, 2]),
        columnOf({ name: 'r', type: 'int32', nullable: false }, [1, 2]),
      ],
      2,
      new Map([['origin', 'here']]),
    );
    const { back } = await thereAndBack(table);
    expect(back.fields).toEqual(table.fields);
    expect(content(back)).toEqual(content(table));
    expect([...back.metadata]).toEqual([['origin', 'here']]);
  });

  test('lists and structs are written as JSON, which is told', async () => {
    const table = new ColumnTable([
      {
        layout: 'list',
        field: { name: 'l', type: 'list' },
        length: 2,
        nullCount: 1,
        validity: Uint8Array.of(0b01),
        offsets: Int32Array.of(0, 2, 2),
        child: columnOf({ name: 'item', type: 'int32' }, [7, null]),
      },
    ]);
    const { back, codes, quality } = await thereAndBack(table);
    expect(codes).toEqual(['nested-as-json']);
    expect(quality).toBe(1);
    const json = await jsonAdapter().convert(request('columns', 'json', back));
    expect(textIn(json)).toBe('[{"l":[7,null]},{"l":null}]');
  });

  test('text that repeats is a dictionary again, across pages and row groups', async () => {
    const values = Array.from({ length: 5000 }, (_, i) => (i % 11 === 0 ? null : `v${String(i % 5)}`));
    const bytes = writer.parquetWriteBuffer({
      columnData: [{ name: 't', data: values, type: 'STRING' }],
      rowGroupSize: 1000,
      pageSize: 500,
    });
    const back = tableIn(await adapter.convert(request('parquet', 'columns', new Uint8Array(bytes))));
    const column = back.column('t');
    expect(column.layout === 'dictionary' && column.dictionary.length).toBe(5);
    expect(back.rows().map(({ t }) => t)).toEqual(values);
  });

  test('text that is none is refused by column', async () => {
    const bytes = writer.parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 1 },
        { name: 't', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      ],
      columnData: [{ name: 't', data: [Uint8Array.of(0xff, 0xfe)] }],
    });
    const error = await failure(() => adapter.convert(request('parquet', 'columns', new Uint8Array(bytes))));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(error.message).toContain("column 't' holds text that is not UTF-8");
  });
});

describe('streams', () => {
  const registry = fullRegistry();

  async function tables(rest: Partial<AnyRequest>, batchRows = 65_536): Promise<ColumnTable[]> {
    const found: ColumnTable[] = [];
    const wanted: AnyRequest = { ...request('parquet', 'columns', fourGroups()), ...rest };
    for await (const batch of registry.stream(wanted, { batchRows })) found.push(tableIn(batch));
    return found;
  }

  test('a file is read row group by row group', async () => {
    const found = await tables({});
    expect(found.map(({ length }) => length)).toEqual([100, 100, 100, 100]);
    const whole = tableIn(await adapter.convert(request('parquet', 'columns', fourGroups())));
    expect(content(concatTables(found))).toEqual(content(whole));
  });

  test('large row groups are cut, and only the wanted rows and columns are read', async () => {
    const found = await tables({ columns: ['text'], options: { offset: 90, limit: 150 } }, 40);
    expect(found.map(({ length }) => length)).toEqual([10, 40, 40, 20, 40]);
    const whole = tableIn(await adapter.convert(request('parquet', 'columns', fourGroups())));
    expect(content(concatTables(found))).toEqual(content(whole.select(['text']).slice(90, 240)));
  });

  test('no rows are a table that tells its columns', async () => {
    const [only, more] = await tables({ options: { limit: 0 } });
    expect([only?.length, only?.names, more]).toEqual([0, ['id', 'f', 'text', 'flag'], undefined]);
  });

  test('a file is written row group by row group, and any reader reads it', async () => {
    const lines = Array.from({ length: 250 }, (_, i) => `${String(i)},t${String(i % 3)}`);
    const csv = `a,b\n${lines.join('\n')}\n`;
    const pieces: Uint8Array[] = [];
    for await (const { data } of registry.stream(request('csv', 'parquet', csv), { batchRows: 100 })) {
      if (data instanceof Uint8Array) pieces.push(data);
    }
    expect(pieces).toHaveLength(4);
    const bytes = Buffer.concat(pieces);
    const metadata = await hyparquet.parquetMetadataAsync(counted(bytes));
    expect(metadata.row_groups.map((group) => Number(group.num_rows))).toEqual([100, 100, 50]);
    const rows = await hyparquet.parquetReadObjects({ file: counted(bytes), compressors });
    expect(rows.at(-1)).toEqual({ a: 249, b: 't0' });
  });

  test('nulls may turn up after the first table, tables of other columns may not', async () => {
    const write = async (...given: ColumnTable[]): Promise<number> => {
      let bytes = 0;
      const stream = async function* (): AsyncGenerator<ColumnTable> {
        for (const table of given) yield await Promise.resolve(table);
      };
      const target = request('columns', 'parquet', new ColumnTable([]));
      for await (const piece of adapter.encodeStream?.(stream(), target) ?? []) bytes += piece.bytes;
      return bytes;
    };
    const promised = new ColumnTable([columnOf({ name: 'a', type: 'int32', nullable: false }, [1])]);
    expect(await write(promised, tableOf({ a: ['int32', [null, 2]] }))).toBeGreaterThan(0);
    expect(await write()).toBeGreaterThan(0);
    const moments = (unit: 'second' | 'millisecond'): ColumnTable =>
      new ColumnTable([columnOf({ name: 'a', type: 'timestamp', unit }, [1n])]);
    const units = await failure(() => write(moments('second'), moments('millisecond')));
    expect(units.code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
    for (const odd of [
      tableOf({ b: ['int32', [1]] }),
      tableOf({ a: ['utf8', ['x']] }),
      new ColumnTable([], 1),
    ]) {
      const error = await failure(() => write(promised, odd));
      expect(error.code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
    }
  });
});

describe('limits', () => {
  test.each([[{ rows: ROWS - 1 }], [{ columns: 3 }]])(
    '%j is told before anything is read',
    async (limits) => {
      const wanted = request('parquet', 'columns', fourGroups(), { options: { limits } });
      expect((await failure(() => adapter.convert(wanted))).code).toBe('ERR_PERF_CONVERT_TOO_LARGE');
    },
  );
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
