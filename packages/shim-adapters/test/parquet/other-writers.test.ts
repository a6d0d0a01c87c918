import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import type { CompressionCodec } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parquetAdapter } from '../../src/parquet/adapter.js';
import { nanoseconds } from '../../src/parquet/pages/conversions.js';
import { storedTypeOf } from '../../src/parquet/pages/stored-type.js';
import { fieldOfParquet } from '../../src/parquet/parquet-type.js';
import type { ColumnTable } from '../../src/table/column-table.js';
import { cell, cells, content } from '../cells.js';
import { request, tableIn } from '../requests.js';

const adapter = parquetAdapter();
const ROWS = 5000;
const CODECS = ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'] as const;
let folder = '';
let duckdb: DuckDBInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perf-parquet-'));
  duckdb = await DuckDBInstance.create(':memory:');
});
afterAll(async () => {
  duckdb.closeSync();
  await rm(folder, { recursive: true });
});

async function read(bytes: Uint8Array): Promise<ColumnTable> {
  return tableIn(await adapter.convert(request('parquet', 'columns', bytes)));
}

async function byDuckDb(query: string, options: string): Promise<ColumnTable> {
  const path = join(folder, 'file.parquet');
  const connection = await duckdb.connect();
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet, ${options})`);
  connection.closeSync();
  return await read(await readFile(path));
}

describe('files of DuckDB', () => {
  const query = `SELECT i::INTEGER AS i,
      CASE WHEN i % 7 = 0 THEN NULL ELSE (i * 1000003)::BIGINT END AS l,
      i / 8.0::DOUBLE AS f,
      'text ' || (i % 13) AS t,
      'only ' || i AS u,
      i % 3 = 0 AS b,
      (i / 100)::DECIMAL(9, 2) AS d9,
      CASE WHEN i % 5 = 0 THEN NULL ELSE (i - 2500)::DECIMAL(30, 3) END AS d30
    FROM range(${String(ROWS)}) r(i)`;
  const index = Array.from({ length: ROWS }, (_, i) => i);
  const expected = [
    ['i', index],
    ['l', index.map((i) => (i % 7 === 0 ? null : i * 1_000_003))],
    ['f', index.map((i) => i / 8)],
    ['t', index.map((i) => `text ${String(i % 13)}`)],
    ['u', index.map((i) => `only ${String(i)}`)],
    ['b', index.map((i) => i % 3 === 0)],
    ['d9', index.map((i) => (i / 100).toFixed(2))],
    ['d30', index.map((i) => (i % 5 === 0 ? null : `${String(i - 2500)}.000`))],
  ] as const;

  it.each(['V1', 'V2'].flatMap((version) => CODECS.map((codec) => [version, codec] as const)))(
    'version %s, %s',
    async (version, codec) => {
      const table = await byDuckDb(query, `PARQUET_VERSION ${version}, COMPRESSION ${codec}`);
      for (const [name, values] of expected)
        expect(cells(table.column(name)), name).toEqual(values.map(cell));
    },
  );

  it('UUIDs are text', async () => {
    const uuid = '00112233-4455-6677-8899-aabbccddeeff';
    const table = await byDuckDb(`SELECT '${uuid}'::UUID AS u UNION ALL SELECT NULL`, 'COMPRESSION snappy');
    expect(content(table)).toEqual([['u', [`string ${uuid}`, 'null']]]);
  });
});

describe('codecs that Node has itself', () => {
  const values = Array.from({ length: ROWS }, (_, i) => `text ${String(i)}`);
  const compressors: Partial<Record<CompressionCodec, (bytes: Uint8Array) => Uint8Array>> = {
    GZIP: (bytes) => zlib.gzipSync(bytes),
    BROTLI: (bytes) =>
      zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
  };

  it.each(['GZIP', 'BROTLI'] as const)('%s', async (codec) => {
    const columnData = [{ name: 't', data: values, type: 'STRING' as const, encoding: 'PLAIN' as const }];
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, codec, compressors, pageSize: 5000 }));
    expect(cells((await read(bytes)).column('t'))).toEqual(values.map(cell));
  });

  it.each(['GZIP', 'BROTLI'] as const)(
    '%s that grows beyond what its page promises is an error',
    async (codec) => {
      const bomb = (bytes: Uint8Array): Uint8Array =>
        compressors[codec]?.(Buffer.concat([bytes, Buffer.alloc(2 ** 20)])) ?? bytes;
      const columnData = [{ name: 't', data: values, type: 'STRING' as const, encoding: 'PLAIN' as const }];
      const bytes = parquetWriteBuffer({ columnData, codec, compressors: { [codec]: bomb } });
      await expect(read(new Uint8Array(bytes))).rejects.toMatchObject({ code: 'ERR_PERF_CONVERT_BAD_INPUT' });
    },
  );
});

describe('types of their own', () => {
  it('floats of 16 bits', async () => {
    const halves = [0, -0, 1, -2.5, 2 ** -24, 65_504, Infinity, -Infinity, NaN, null];
    const bytes = parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 1 },
        {
          name: 'h',
          type: 'FIXED_LEN_BYTE_ARRAY',
          type_length: 2,
          logical_type: { type: 'FLOAT16' },
          repetition_type: 'OPTIONAL',
        },
      ],
      columnData: [{ name: 'h', data: halves }],
    });
    expect(content(await read(new Uint8Array(bytes)))).toEqual([['h', halves.map(cell)]]);
  });

  it('times of 96 bits: nanoseconds of the day, then a Julian day', () => {
    const bytes = new DataView(new ArrayBuffer(24));
    bytes.setBigInt64(0, 1n, true);
    bytes.setInt32(8, 2_440_588, true);
    bytes.setBigInt64(12, 86_399_999_999_999n, true);
    bytes.setInt32(20, 2_440_587, true);
    expect([...nanoseconds(new Uint8Array(bytes.buffer), 2)]).toEqual([1n, -1n]);
  });

  it.each([
    ['INT_8', 'INT64'],
    ['DATE', 'DOUBLE'],
    ['UINT_64', 'INT32'],
    ['TIMESTAMP_MILLIS', 'BYTE_ARRAY'],
  ] as const)('%s that is stored as %s is refused', (converted, type) => {
    const element = { name: 'c', physical: type, converted };
    const field = fieldOfParquet(element);
    if (field === undefined) throw new TypeError('no field');
    expect(() => storedTypeOf(element, field)).toThrow(/is declared as .* and stored as/);
  });
});
