import fc from 'fast-check';
import type { Encoding } from 'hyparquet';
import { parquetWriteBuffer, type BasicType } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { parquetAdapter } from '../../src/parquet/adapter.js';
import { cell, cells } from '../cells.js';
import { request, tableIn } from '../requests.js';

const adapter = parquetAdapter();
const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n, 2n ** 53n + 1n),
);
const text = fc.oneof(
  fc.constantFrom('', 'a', 'ab', 'é', '😀'),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);

const COLUMNS: readonly (readonly [BasicType, fc.Arbitrary<unknown>, readonly Encoding[]])[] = [
  ['INT32', fc.integer(), ['PLAIN', 'RLE_DICTIONARY', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT']],
  ['INT64', int64, ['PLAIN', 'RLE_DICTIONARY', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT']],
  ['FLOAT', fc.float(), ['PLAIN', 'RLE_DICTIONARY', 'BYTE_STREAM_SPLIT']],
  ['DOUBLE', fc.double(), ['PLAIN', 'RLE_DICTIONARY', 'BYTE_STREAM_SPLIT']],
  ['BOOLEAN', fc.boolean(), ['PLAIN', 'RLE']],
  ['STRING', text, ['PLAIN', 'RLE_DICTIONARY', 'DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY']],
];
const cases = COLUMNS.flatMap(([type, value, encodings]) =>
  encodings.map((encoding) => ({ type, value, encoding })),
);

/** Values that repeat at times, so that every kind of run comes up. */
function runsOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> {
  const run = fc.tuple(
    fc.option(value, { freq: 4 }),
    fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 })),
  );
  return fc
    .array(run, { maxLength: 60 })
    .map((runs) => runs.flatMap(([each, times]) => Array.from({ length: times }, () => each)));
}

describe('what is written comes back, whatever its encoding', () => {
  test.each(cases)('$type as $encoding', async ({ type, value, encoding }) => {
    await fc.assert(
      fc.asyncProperty(
        runsOf(value),
        fc.constantFrom('UNCOMPRESSED', 'SNAPPY'),
        fc.constantFrom(40, 400, 2 ** 20),
        fc.integer({ min: 1, max: 3000 }),
        fc.tuple(fc.nat(1), fc.nat(1)),
        async (data, codec, pageSize, rowGroupSize, [from, until]) => {
          const given = from === 1 ? data.map((each) => each ?? null) : data.filter((each) => each !== null);
          const bytes = parquetWriteBuffer({
            columnData: [{ name: 'c', data: given, type, encoding, nullable: from === 1 }],
            codec,
            pageSize,
            rowGroupSize,
          });
          const whole = tableIn(await adapter.convert(request('parquet', 'columns', new Uint8Array(bytes))));
          expect(cells(whole.column('c'))).toEqual(given.map(cell));
          // A part that begins and ends within pages.
          const offset = Math.floor(given.length / 3);
          const limit = until === 1 ? Math.floor(given.length / 4) : 1;
          const part = await adapter.convert({
            ...request('parquet', 'columns', new Uint8Array(bytes)),
            options: { offset, limit },
          });
          expect(cells(tableIn(part).column('c'))).toEqual(given.slice(offset, offset + limit).map(cell));
        },
      ),
      { numRuns: 60 },
    );
  });
});
