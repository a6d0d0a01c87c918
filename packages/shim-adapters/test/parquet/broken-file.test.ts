import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConversionError } from '../../src/errors.js';
import { parquetAdapter } from '../../src/parquet/adapter.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { columnOf } from '../column-of.js';
import { failure, request, tableIn } from '../requests.js';

const adapter = parquetAdapter();
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

const ROWS = 50;
const index = Array.from({ length: ROWS }, (_, i) => i);
const table = new ColumnTable([
  columnOf({ name: 'i', type: 'int32' }, index),
  columnOf(
    { name: 'l', type: 'int64' },
    index.map((i) => (i % 5 === 0 ? null : BigInt(i) ** 9n)),
  ),
  columnOf(
    { name: 'f', type: 'float64' },
    index.map((i) => i / 3),
  ),
  columnOf(
    { name: 't', type: 'utf8' },
    index.map((i) => (i % 7 === 0 ? null : `text ${String(i % 9)}`)),
  ),
  columnOf(
    { name: 'b', type: 'bool' },
    index.map((i) => i % 2 === 0),
  ),
  columnOf({ name: 's', type: 'timestamp', unit: 'microsecond' }, index.map(BigInt)),
]);

const CODECS = ['UNCOMPRESSED', 'SNAPPY'] as const;

/** A file with a column in every encoding. */
function written(codec: (typeof CODECS)[number]): Uint8Array {
  const numbers = Int32Array.from(index);
  const wide = BigInt64Array.from(index, (i) => BigInt(i) ** 9n);
  const texts = index.map((i) => (i % 7 === 0 ? null : `text ${String(i % 9)}`));
  const columnData = [
    { name: 'plain', data: numbers, type: 'INT32', encoding: 'PLAIN' },
    { name: 'split', data: Float64Array.from(index), type: 'DOUBLE', encoding: 'BYTE_STREAM_SPLIT' },
    { name: 'deltas', data: numbers, type: 'INT32', encoding: 'DELTA_BINARY_PACKED' },
    { name: 'wide deltas', data: wide, type: 'INT64', encoding: 'DELTA_BINARY_PACKED' },
    { name: 'dictionary', data: texts, type: 'STRING', encoding: 'RLE_DICTIONARY' },
    { name: 'texts', data: texts, type: 'STRING', encoding: 'PLAIN' },
    { name: 'lengths', data: texts, type: 'STRING', encoding: 'DELTA_LENGTH_BYTE_ARRAY' },
    { name: 'prefixes', data: texts, type: 'STRING', encoding: 'DELTA_BYTE_ARRAY' },
    { name: 'flags', data: index.map((i) => i % 3 === 0), type: 'BOOLEAN', encoding: 'RLE' },
  ] as const;
  return new Uint8Array(parquetWriteBuffer({ columnData: [...columnData], codec, pageSize: 100 }));
}

async function whole(): Promise<Uint8Array> {
  const { data } = await adapter.convert(request('columns', 'parquet', table));
  if (data instanceof Uint8Array) return data;
  throw new TypeError('no bytes');
}

function footerStart(bytes: Uint8Array): number {
  return bytes.length - 8 - new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);
}

/** The table read, or the error; anything but a ConversionError fails the test. */
async function outcome(bytes: Uint8Array): Promise<ColumnTable | ConversionError> {
  try {
    return tableIn(await adapter.convert(request('parquet', 'columns', bytes)));
  } catch (error) {
    if (error instanceof ConversionError) return error;
    throw error;
  }
}

describe('broken Parquet', () => {
  test('cut short anywhere is a typed error', async () => {
    const bytes = await whole();
    for (let length = 0; length < bytes.length; length += 7) {
      const found = await outcome(bytes.subarray(0, length));
      expect(found, String(length)).toBeInstanceOf(ConversionError);
    }
  });

  test.each<[part: string, from: (bytes: Uint8Array) => number, to: (bytes: Uint8Array) => number]>([
    ['the footer', footerStart, (bytes) => bytes.length],
    ['the pages', () => 0, footerStart],
  ])('with bytes of %s changed: a typed error, or a table of all its rows', async (_part, from, to) => {
    for (const codec of CODECS) {
      const bytes = written(codec);
      const change = fc.record({
        at: fc.integer({ min: from(bytes), max: to(bytes) - 1 }),
        flip: fc.integer({ min: 1, max: 255 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
          const broken = bytes.slice();
          for (const { at, flip } of changes) broken[at] = (broken[at] ?? 0) ^ flip;
          const found = await outcome(broken);
          if (found instanceof ColumnTable) {
            for (const column of found.columns) expect(column.length).toBe(found.length);
          }
        }),
        { numRuns: 300 },
      );
    }
    expect(unhandled).toEqual([]);
  });

  test.each([
    ['nothing', new Uint8Array(0)],
    ['one byte', new Uint8Array(1)],
    ['the magic alone', Buffer.from('PAR1')],
    ['the magic twice', Buffer.from('PAR1PAR1')],
    [
      'a footer longer than the file',
      Buffer.concat([Buffer.from('PAR1'), Buffer.from([255, 255, 255, 127]), Buffer.from('PAR1')]),
    ],
    [
      'a footer of zeros',
      Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(32), Buffer.from([32, 0, 0, 0]), Buffer.from('PAR1')]),
    ],
    ['an encrypted footer', Buffer.from('PAR1....PARE')],
    ['text', Buffer.from('a,b\n1,2\n'.repeat(20))],
  ])('%s is not Parquet', async (_name, bytes) => {
    const error = await failure(() => adapter.convert(request('parquet', 'columns', bytes)));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
  });

  test.each([
    ['the file', 'indexOf'],
    ['its row group', 'lastIndexOf'],
  ] as const)(
    'a footer that promises one row more for %s is refused before any is read',
    async (_of, find) => {
      const bytes = Buffer.from(await whole());
      const footer = bytes.subarray(footerStart(bytes));
      // The number of rows: an i64 (type 6) of the next field (1), as a zigzag varint.
      const at = footer[find](Buffer.from([0x16, ROWS * 2]));
      expect(at).toBeGreaterThan(0);
      footer[at + 1] = (ROWS + 1) * 2;
      const error = await failure(() => adapter.convert(request('parquet', 'columns', bytes)));
      expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
      expect(error.message).toMatch(
        /broken: (a row group and its columns differ|the row groups do not add up)/,
      );
    },
  );
});
