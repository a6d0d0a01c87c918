import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultRegistry } from '../../src/default-registry.js';
import { ConversionError } from '../../src/errors.js';
import type { AnyRequest } from '../../src/request.js';
import { concatTables } from '../../src/table/concat.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { content } from '../cells.js';

const registry = defaultRegistry();

async function* pieces(text: string, bytes: number): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text, 'utf8');
  for (let at = 0; at < all.length; at += bytes) {
    yield await Promise.resolve(new Uint8Array(all.subarray(at, at + bytes)));
  }
}

async function tables(request: AnyRequest, batchRows?: number): Promise<ColumnTable[]> {
  const found: ColumnTable[] = [];
  for await (const { data, rows, offset } of registry.stream(
    request,
    batchRows === undefined ? {} : { batchRows },
  )) {
    if (!(data instanceof ColumnTable)) throw new Error('a batch is no table');
    expect(rows).toBe(data.length);
    expect(offset).toBe(found.reduce((sum, table) => sum + table.length, 0));
    found.push(data);
  }
  return found;
}

async function failure(work: Promise<unknown>): Promise<ConversionError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ConversionError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const csv = (text: string, options: AnyRequest['options'] = {}, pieceBytes = 7): AnyRequest => ({
  source: { stream: pieces(text, pieceBytes) },
  from: 'csv',
  to: 'columns',
  options: { delimiter: ',', ...options },
});

describe('CSV as a stream', () => {
  const cell = fc.oneof(
    fc.constantFrom(
      '',
      '""',
      '1',
      '2.5',
      '9007199254740993',
      'true',
      '2024-05-01',
      'é',
      '"a ""b"", c"',
      '"x\ny"',
    ),
    fc.integer().map(String),
    fc.double({ noNaN: true }).map(String),
  );
  const text = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc
      .tuple(
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 12 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
      )
      .map(([rows, lineBreak, last]) => {
        const header = Array.from({ length: width }, (_, i) => `c${String(i)}`);
        return [header, ...rows].map((row) => row.join(',')).join(lineBreak) + (last ? lineBreak : '');
      }),
  );

  test('is the whole, whatever the pieces, when all rows settle the types', async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.integer({ min: 1, max: 40 }),
        fc.record({ offset: fc.integer({ min: 0, max: 4 }), limit: fc.integer({ min: 0, max: 14 }) }),
        async (given, pieceBytes, options) => {
          const streamed = concatTables(await tables(csv(given, options, pieceBytes)));
          const { data } = await registry.convert(csv(given, options));
          const whole = data instanceof ColumnTable ? data : new ColumnTable([]);
          expect(content(streamed)).toEqual(content(whole));
        },
      ),
      { numRuns: 400 },
    );
  });

  test('is the same text in batches of any number of rows', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (given, batchRows) => {
        const names = given.split(/\r\n|\r|\n/, 1)[0]?.split(',') ?? [];
        const types = Object.fromEntries(names.map((name) => [name, 'utf8' as const]));
        const batches = await tables(csv(given, { types }), batchRows);
        expect(batches.slice(0, -1).every((table) => table.length === batchRows)).toBe(true);
        const { data } = await registry.convert(csv(given, { types }));
        const whole = data instanceof ColumnTable ? data : new ColumnTable([]);
        expect(content(concatTables(batches))).toEqual(content(whole));
      }),
      { numRuns: 300 },
    );
  });

  test('gives one table without rows where there is only a header', async () => {
    const found = await tables(csv('a,b\n'));
    expect(found.map(({ names, length }) => [names, length])).toEqual([[['a', 'b'], 0]]);
  });

  test('takes a column that begins with nothing but nulls for text', async () => {
    const found = await tables(csv('a,b\n1,\n2,\n3,x\n'), 2);
    expect(found.map((table) => table.column('b').field.type)).toEqual(['utf8', 'utf8']);
  });

  test('refuses a later cell that does not fit, with its row, place and the remedy', async () => {
    const error = await failure(tables(csv('a\n1\n2\n"3\n3"\n'), 2));
    expect(error.code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
    expect(error.message).toContain("column 'a', row 3");
    expect(error.message).toContain('options.types');
    expect(error.position).toEqual({ line: 4, offset: 7, column: 'a' });
  });

  test('tells where the text is no UTF-8', async () => {
    const bytes = new Uint8Array([0x61, 0x0a, 0xff, 0x0a]);
    const source = { value: bytes };
    const error = await failure(tables({ source, from: 'csv', to: 'columns' }));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
  });
});
