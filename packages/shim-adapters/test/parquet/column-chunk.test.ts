import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { Codecs } from '../../src/parquet/compression/codecs.js';
import { FixedSink } from '../../src/parquet/columns/fixed-sink.js';
import type { ChunkMetadata } from '../../src/parquet/footer-reader.js';
import { ByteWindow, type ByteSource } from '../../src/parquet/pages/byte-window.js';
import { ColumnChunk } from '../../src/parquet/pages/column-chunk.js';
import { RunRoom } from '../../src/parquet/pages/run-room.js';
import type { StoredType } from '../../src/parquet/pages/stored-type.js';
import { PARQUET_PEERS } from '../../src/parquet/peers.js';
import { cells } from '../cells.js';
import { dataPage, dataPageV2, dictionaryPage, indexPage, int32s, varint } from './page-bytes.js';

const REQUIRED: StoredType = { physical: 'INT32', width: 4, conversion: undefined, isOptional: false };
const OPTIONAL: StoredType = { ...REQUIRED, isOptional: true };

interface Chunk {
  readonly pages: readonly Uint8Array[];
  readonly values: number;
  readonly stored?: StoredType;
  readonly metadata?: Partial<ChunkMetadata>;
}

function chunkOf(storedBytes: number, values: number): ChunkMetadata {
  const place = { dataOffset: 0, dictionaryOffset: undefined, storedBytes };
  return { physical: 'INT32', path: ['c'], codec: 'UNCOMPRESSED', values, ...place };
}

function sourceOf(bytes: Uint8Array): ByteSource & { readonly reads: number[] } {
  const reads: number[] = [];
  return {
    byteLength: bytes.length,
    reads,
    readInto(target, start) {
      const part = bytes.subarray(start, start + target.length);
      target.set(part);
      reads.push(part.length);
      return Promise.resolve(part.length);
    },
  };
}

async function read(
  { pages, values, stored = REQUIRED, metadata = {} }: Chunk,
  from = 0,
  to = values,
): Promise<string[]> {
  const bytes = Buffer.concat(pages);
  const sink = new FixedSink({ name: 'c', type: 'int32' }, 'int32', to - from);
  const chunk = new ColumnChunk(
    new ByteWindow(sourceOf(bytes)),
    { ...chunkOf(bytes.length, values), ...metadata },
    stored,
    await new Codecs(PARQUET_PEERS).decompress(metadata.codec ?? 'UNCOMPRESSED'),
    new RunRoom(),
  );
  await chunk.read(from, to, 0, (page) => {
    sink.add(page);
  });
  return cells(sink.finish());
}

const numbers = (...values: readonly number[]): string[] => values.map((value) => `number ${String(value)}`);

it('pages of both versions follow one another', async () => {
  const pages = [dataPage(2, int32s(1, -2)), dataPageV2(1, int32s(3))];
  expect(await read({ pages, values: 3 })).toEqual(numbers(1, -2, 3));
});

it('pages without values and pages of an index are passed over', async () => {
  const pages = [indexPage(9), dataPage(0, int32s()), dataPage(1, int32s(7)), indexPage(0)];
  expect(await read({ pages, values: 1 })).toEqual(numbers(7));
});

it('a dictionary serves until its column goes on without it', async () => {
  const indexed = Buffer.from([1, 0b11, 0b0000_0101]);
  const pages = [dictionaryPage(2, int32s(10, 20)), dataPage(3, indexed, {}, 8), dataPage(1, int32s(30))];
  expect(await read({ pages, values: 4 })).toEqual(numbers(20, 10, 20, 30));
});

it('a page of the second version may be stored as it is in a column that is compressed', async () => {
  const pages = [dataPageV2(2, int32s(1, 2), { 7: false })];
  expect(await read({ pages, values: 2, metadata: { codec: 'SNAPPY' } })).toEqual(numbers(1, 2));
});

it('a run of levels counts only as far as its page has values', async () => {
  const levels = Buffer.concat([varint(2 ** 31 - 2), Buffer.from([1])]);
  const body = Buffer.concat([int32s(levels.length), levels, int32s(5, 6)]);
  expect(await read({ pages: [dataPage(2, body)], values: 2, stored: OPTIONAL })).toEqual(numbers(5, 6));
});

it('a header with long statistics is read piece by piece', async () => {
  const pages = [dataPage(1, int32s(4), { 9: Buffer.alloc(100_000) })];
  expect(await read({ pages, values: 1 })).toEqual(numbers(4));
});

it('a checksum that is right is passed, one that is wrong is told', async () => {
  const body = int32s(1, 2);
  const pages = [dataPage(2, body, { 4: crc32(body) | 0 })];
  expect(await read({ pages, values: 2 })).toEqual(numbers(1, 2));
  const wrong = [dataPage(2, body, { 4: (crc32(body) ^ 1) | 0 })];
  await expect(read({ pages: wrong, values: 2 })).rejects.toThrow('checksum differs');
});

const EMPTY = int32s(1, 2);
it.each<[what: string, chunk: Chunk, message: RegExp]>([
  ['too few pages', { pages: [dataPage(1, int32s(1))], values: 2 }, /has 1 of 2 values/],
  ['more values than the column', { pages: [dataPage(2, EMPTY)], values: 1 }, /more values than the column/],
  ['too few bytes', { pages: [dataPage(3, EMPTY)], values: 3 }, /ends too early/],
  ['a size beyond the column', { pages: [dataPage(2, EMPTY, { 3: 900 })], values: 2 }, /beyond its column/],
  ['a size below 0', { pages: [dataPage(2, EMPTY, { 3: -1 })], values: 2 }, /lacks the size/],
  ['values below 0', { pages: [dataPage(-1, EMPTY)], values: 2 }, /lacks the number/],
  ['no dictionary', { pages: [dataPage(2, Buffer.from([1, 3, 0]), {}, 8)], values: 2 }, /no dictionary/],
  [
    'two dictionaries',
    { pages: [dictionaryPage(1, int32s(1)), dictionaryPage(1, int32s(1))], values: 2 },
    /more than one dictionary/,
  ],
  [
    'an index beyond the dictionary',
    { pages: [dictionaryPage(1, int32s(1)), dataPage(2, Buffer.from([1, 3, 2]), {}, 8)], values: 2 },
    /not in the dictionary/,
  ],
  [
    'a dictionary of more values than bytes',
    { pages: [dictionaryPage(2 ** 30, int32s(1))], values: 2 },
    /ends too early/,
  ],
  [
    'a dictionary of more bits than bytes',
    {
      pages: [dictionaryPage(2 ** 31 - 1, Buffer.of(1))],
      values: 2,
      stored: { physical: 'BOOLEAN', width: 0, conversion: undefined, isOptional: false },
      metadata: { physical: 'BOOLEAN' },
    },
    /ends too early/,
  ],
  ['an encoding of text', { pages: [dataPage(2, EMPTY, {}, 7)], values: 2 }, /encoding 7/],
  ['no such encoding', { pages: [dataPage(2, EMPTY, {}, 99)], values: 2 }, /encoding 99/],
  [
    'levels beyond the page',
    { pages: [dataPageV2(2, EMPTY, { 5: 99 })], values: 2, stored: OPTIONAL },
    /ends too early/,
  ],
  [
    'a level beyond 1',
    {
      pages: [dataPage(2, Buffer.concat([int32s(2), Buffer.from([4, 3]), EMPTY]))],
      values: 2,
      stored: OPTIONAL,
    },
    /defined deeper/,
  ],
  [
    'more bytes than can come of it',
    { pages: [dataPage(2, EMPTY, { 2: 2 ** 30 })], values: 2, metadata: { codec: 'SNAPPY' } },
    /more bytes than its compression can give/,
  ],
  [
    'an unknown compression',
    { pages: [dataPage(2, EMPTY)], values: 2, metadata: { codec: 'LZO' } },
    /LZO, which cannot be read/,
  ],
])('%s is an error', async (_what, chunk, message) => {
  await expect(read(chunk)).rejects.toThrow(message);
});

it.each<[what: string, metadata: Partial<ChunkMetadata>, message: RegExp]>([
  ['before the file', { dataOffset: -1 }, /outside of the file/],
  ['beyond the file', { storedBytes: 10_000 }, /outside of the file/],
  ['of another type', { physical: 'DOUBLE' }, /another type/],
])('a chunk %s is an error', async (_what, metadata, message) => {
  await expect(read({ pages: [dataPage(2, EMPTY)], values: 2, metadata })).rejects.toThrow(message);
});

it('pages before the wanted rows are not fetched, and none after them', async () => {
  const page = dataPage(50_000, Buffer.alloc(200_000));
  const pages = Array.from({ length: 40 }, () => page);
  pages[20] = dataPage(50_000, Buffer.from(Int32Array.from({ length: 50_000 }, (_, i) => i).buffer));
  const source = sourceOf(Buffer.concat(pages));
  const chunk = new ColumnChunk(
    new ByteWindow(source),
    chunkOf(source.byteLength, 2_000_000),
    REQUIRED,
    (bytes) => bytes,
    new RunRoom(),
  );
  const sink = new FixedSink({ name: 'c', type: 'int32' }, 'int32', 3);
  await chunk.read(1_000_007, 1_000_010, 0, (each) => {
    sink.add(each);
  });
  expect(cells(sink.finish())).toEqual(numbers(7, 8, 9));
  const fetched = source.reads.reduce((sum, bytes) => sum + bytes, 0);
  expect(fetched).toBeLessThan(source.byteLength / 4);
});
