import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects, type FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { needs } from '@perf/tooling-vitest/needs';
import { describe, expect, it } from 'vitest';
import { parquetAdapter, type ParquetOptions } from '../../src/parquet/index.js';
import { Bounds } from '../../src/bounds.js';
import { resolveLimits } from '../../src/limits.js';
import { Losses } from '../../src/losses.js';
import { openParquetFile } from '../../src/parquet/file.js';
import type { ParquetPeers } from '../../src/parquet/peers.js';
import { ParquetReader } from '../../src/parquet/reader.js';
import { readFooter } from '../../src/parquet/footer-reader.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { cell, content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { failure, request, tableIn } from '../requests.js';

async function written(table: ColumnTable, options?: ParquetOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { data } = await parquetAdapter(options).convert(request('columns', 'parquet', table));
  if (data instanceof Uint8Array) return Uint8Array.from(data);
  throw new TypeError('no bytes');
}

async function back(bytes: Uint8Array): Promise<ColumnTable> {
  return tableIn(await parquetAdapter().convert(request('parquet', 'columns', bytes)));
}

async function footerOf(table: ColumnTable, options?: ParquetOptions): Promise<FileMetaData> {
  return parquetMetadata((await written(table, options)).buffer);
}

const ROWS = 5000;
const index = Array.from({ length: ROWS }, (_, i) => i);

describe('a written file', () => {
  it('is read to the same values by another reader', async () => {
    const each = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> =>
      fc.array(fc.option(value), { minLength: 40, maxLength: 40 });
    const columns = fc.record({
      int32: each(fc.integer()),
      int64: each(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      float64: each(fc.double()),
      utf8: each(fc.string({ unit: 'grapheme' })),
      bool: each(fc.boolean()),
    });
    await fc.assert(
      fc.asyncProperty(columns, fc.integer({ min: 1, max: 3 }), async (columns, times) => {
        // Once, or so often that a dictionary is worth it.
        const repeated = <T>(values: readonly T[]): T[] => Array.from({ length: times }, () => values).flat();
        const table = new ColumnTable([
          columnOf({ name: 'int32', type: 'int32' }, repeated(columns.int32)),
          columnOf({ name: 'int64', type: 'int64' }, repeated(columns.int64)),
          columnOf({ name: 'float64', type: 'float64' }, repeated(columns.float64)),
          columnOf({ name: 'utf8', type: 'utf8' }, repeated(columns.utf8)),
          columnOf({ name: 'bool', type: 'bool' }, repeated(columns.bool)),
        ]);
        const found = await parquetReadObjects({ file: (await written(table)).buffer, compressors });
        expect(table.names.map((name) => [name, found.map((row) => cell(row[name]))])).toEqual(
          content(table),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('comes back as it was, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryTable(),
        fc.constantFrom('snappy', 'gzip', 'none'),
        async (table, compression) => {
          const there = await parquetAdapter({ compression }).convert(request('columns', 'parquet', table));
          const again = await parquetAdapter().convert(request('parquet', 'columns', there.data));
          if (there.quality === 1) expect(content(tableIn(again))).toEqual(content(table));
          expect(tableIn(again).length).toBe(table.length);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('has a dictionary where values repeat, and none where they do not', async () => {
    const footer = await footerOf(
      tableOf({
        few: ['int64', index.map((i) => BigInt(i % 10))],
        many: ['int64', index.map((i) => BigInt(i) ** 3n)],
        fewTexts: ['utf8', index.map((i) => `text ${String(i % 10)}`)],
        manyTexts: ['utf8', index.map((i) => `text ${String(i)}`)],
      }),
    );
    const chunks = footer.row_groups[0]?.columns.map(({ meta_data: chunk }) => chunk);
    expect(chunks?.map((chunk) => chunk?.dictionary_page_offset !== undefined)).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(chunks?.map((chunk) => chunk?.encodings.includes('RLE_DICTIONARY'))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('keeps every bit of floats: -0 and NaNs with a payload', async () => {
    const bits = new BigUint64Array([0n, 2n ** 63n, 0x7ff8_0000_0000_0001n, 0xfff0_0000_0000_0001n]);
    const few = new BigUint64Array(2000).map((_, i) => bits[i % 4] ?? 0n);
    for (const source of [bits, few]) {
      const values = new Float64Array(source.buffer);
      const column = {
        layout: 'fixed',
        field: { name: 'f', type: 'float64' },
        length: values.length,
        nullCount: 0,
        validity: undefined,
        values,
      } as const;
      const found = (await back(await written(new ColumnTable([column])))).column('f');
      if (found.layout !== 'fixed' || !(found.values instanceof Float64Array))
        throw new TypeError('no floats');
      expect(new BigUint64Array(found.values.slice().buffer)).toEqual(source);
    }
  });

  it('tells the smallest and largest values of each row group, and how many are null', async () => {
    const footer = await footerOf(
      tableOf({
        i: ['int32', [3, null, -5]],
        u: ['uint32', [3, 2 ** 32 - 1, 7]],
        l: ['int64', [2n ** 62n, -(2n ** 62n), null]],
        w: ['uint64', [2n ** 63n, 1n, 2n]],
        f: ['float64', [NaN, 0, null]],
        nan: ['float64', [NaN, NaN, null]],
        t: ['utf8', ['b', 'é', 'a']],
        long: ['utf8', ['x'.repeat(65), 'a', null]],
        b: ['bool', [true, true, null]],
        none: ['int32', [null, null, null]],
      }),
    );
    const found = footer.row_groups[0]?.columns.map(({ meta_data: chunk }) => {
      const { min_value: min, max_value: max, null_count: nulls } = chunk?.statistics ?? {};
      return [min, max, Number(nulls)];
    });
    expect(found).toEqual([
      [-5, 3, 1],
      [3, 2 ** 32 - 1, 0],
      [-(2n ** 62n), 2n ** 62n, 1],
      [1n, 2n ** 63n, 0],
      [-0, 0, 1],
      [undefined, undefined, 1],
      ['a', 'é', 0],
      ['a', undefined, 1],
      [true, true, 1],
      [undefined, undefined, 3],
    ]);
  });

  it('stores a column as it is where compression saves hardly anything', async () => {
    let state = 1;
    const noise = index.map(() => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state | 0;
    });
    const footer = await footerOf(
      tableOf({ noise: ['int32', noise], text: ['utf8', index.map((i) => `row ${String(i)}`)] }),
    );
    expect(footer.row_groups[0]?.columns.map(({ meta_data: chunk }) => chunk?.codec)).toEqual([
      'UNCOMPRESSED',
      'SNAPPY',
    ]);
  });

  it('is cut into pages and row groups', async () => {
    const rows = 300_001;
    const table = tableOf({ i: ['int32', Array.from({ length: rows }, (_, i) => i)] });
    const bytes = await written(table);
    await using file = await openParquetFile(request('parquet', 'columns', bytes), undefined);
    const footer = await readFooter(file);
    expect(footer.groups.map((group) => group.rows)).toEqual([300_000, 1]);
    const part = await parquetAdapter().convert({
      ...request('parquet', 'columns', bytes),
      options: { offset: 299_999, limit: 2 },
    });
    expect(content(tableIn(part))).toEqual([['i', ['number 299999', 'number 300000']]]);
  });

  it('promises no nulls only for a column that cannot get any', async () => {
    const required = columnOf({ name: 'r', type: 'int32', nullable: false }, [1, 2]);
    const seconds = columnOf({ name: 's', type: 'timestamp', unit: 'second', nullable: false }, [
      1n,
      2n ** 62n,
    ]);
    const bytes = await written(new ColumnTable([required, seconds]));
    const { schema } = parquetMetadata(bytes.buffer);
    expect(schema.slice(1).map(({ repetition_type: repetition }) => repetition)).toEqual([
      'REQUIRED',
      'OPTIONAL',
    ]);
    expect(content(await back(bytes))[1]).toEqual(['s', ['date 1000', 'null']]);
  });

  it('has decimals in as many bytes as their digits need, however wide they are in memory', async () => {
    const decimal = (precision: number, scale: number, ...values: bigint[]): ColumnTable =>
      new ColumnTable([
        {
          layout: 'decimal',
          field: { name: 'd', type: 'decimal', precision, scale },
          length: values.length / 4,
          nullCount: 0,
          validity: undefined,
          words: 4,
          values: BigUint64Array.from(values),
        },
      ]);
    const ones = 2n ** 64n - 1n;
    const narrow = decimal(20, 2, 125n, 0n, 0n, 0n, ones, ones, ones, ones);
    expect(content(await back(await written(narrow)))).toEqual([['d', ['string 1.25', 'string -0.01']]]);
    // 38 digits and two zeros take more than 16 bytes.
    const wide = decimal(38, -2, ones, 2n ** 62n, 0n, 0n);
    expect(content(await back(await written(wide)))).toEqual(content(wide));
    const tooWide = decimal(20, 2, 0n, 0n, 1n, 0n);
    const error = await failure(() => written(tooWide));
    expect(error.code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
  });

  it('has zeros before the point written out, which Parquet has no words for', async () => {
    const table = new ColumnTable([
      {
        layout: 'decimal',
        field: { name: 'd', type: 'decimal', precision: 5, scale: -2 },
        length: 2,
        nullCount: 0,
        validity: undefined,
        words: 2,
        values: BigUint64Array.of(12n, 0n, 2n ** 64n - 3n, 2n ** 64n - 1n),
      },
    ]);
    expect(content(await back(await written(table)))).toEqual([['d', ['string 1200', 'string -300']]]);
  });
});

describe('compression', () => {
  const table = tableOf({ t: ['utf8', index.map((i) => `text ${String(i)}`)] });

  it.each(['snappy', 'gzip', 'none'] as const)('%s', async (compression) => {
    const names = { snappy: 'SNAPPY', gzip: 'GZIP', none: 'UNCOMPRESSED' };
    const bytes = await written(table, { compression });
    expect(parquetMetadata(bytes.buffer).row_groups[0]?.columns[0]?.meta_data?.codec).toBe(
      names[compression],
    );
    expect(content(await back(bytes))).toEqual(content(table));
  });

  it('zstd, which a Node without it refuses', async (test) => {
    if (!('zstdCompressSync' in zlib))
      expect(() => parquetAdapter({ compression: 'zstd' })).toThrow(/needs Node 22\.15/);
    needs(test, 'zstd');
    const bytes = await written(table, { compression: 'zstd' });
    expect(parquetMetadata(bytes.buffer).row_groups[0]?.columns[0]?.meta_data?.codec).toBe('ZSTD');
    expect(content(await back(bytes))).toEqual(content(table));
  });

  it('another name is refused at once', () => {
    const options: object = { compression: 'lzma' };
    expect(() => parquetAdapter(options)).toThrow(/compression must be snappy, gzip, zstd or none/);
  });

  it('is part of the version by which results are told apart', () => {
    const versions = (['snappy', 'gzip', 'none'] as const).map(
      (compression) => parquetAdapter({ compression }).version,
    );
    expect(new Set(versions).size).toBe(3);
  });
});

describe('peers', () => {
  const asked = (): Promise<never> => Promise.reject(new Error('a peer was asked for'));
  const peers: ParquetPeers = { nested: asked, compressors: asked };

  it('none is needed for columns that are flat', async () => {
    const table = tableOf({ t: ['utf8', index.map((i) => `text ${String(i)}`)], i: ['int32', index] });
    for (const compression of ['snappy', 'gzip', 'none'] as const) {
      const bytes = await written(table, { compression });
      await using file = await openParquetFile(request('parquet', 'columns', bytes), undefined);
      const reader = await ParquetReader.open(file, resolveLimits(), peers);
      using bounds = new Bounds({});
      expect(content(await reader.table({}, bounds.context(new Losses())))).toEqual(content(table));
    }
  });
});

describe('bounds', () => {
  const bytes = written(tableOf({ t: ['utf8', ['short', 'x'.repeat(1000)]], i: ['int64', [1n, 2n]] }));

  it('a value longer than fieldBytes is refused', async () => {
    const options = { limits: { fieldBytes: 999 } };
    const wanted = request('parquet', 'columns', await bytes, { options });
    const error = await failure(() => parquetAdapter().convert(wanted));
    expect(error.code).toBe('ERR_PERF_CONVERT_TOO_LARGE');
    expect(error.message).toMatch(/has 1000 bytes.*options\.limits\.fieldBytes/);
  });

  it('what the columns take at least is compared with maxBytes before any is read', async () => {
    await using file = await openParquetFile(request('parquet', 'columns', await bytes), undefined);
    const reader = await ParquetReader.open(file, resolveLimits());
    using bounds = new Bounds({ maxBytes: 23 });
    const reads: number[] = [];
    const { readInto } = file;
    file.readInto = (target, start) => {
      reads.push(start);
      return readInto(target, start);
    };
    const error = await failure(() => reader.table({}, bounds.context(new Losses())));
    expect(error.code).toBe('ERR_PERF_CONVERT_MEMORY_EXCEEDED');
    expect(reads).toEqual([]);
  });
});
