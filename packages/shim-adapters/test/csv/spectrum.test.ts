import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvAdapter } from '../../src/csv/adapter.js';
import type { ConversionOptions } from '../../src/request.js';
import { failure, request, tableIn } from '../requests.js';

const adapter = csvAdapter();

async function texts(
  csv: Uint8Array | string,
  options: ConversionOptions,
): Promise<Record<string, unknown>[]> {
  return tableIn(await adapter.convert(request('csv', 'columns', csv, { options }))).rows();
}

function allText(names: readonly string[]): ConversionOptions {
  return { nullTokens: [], types: Object.fromEntries(names.map((name) => [name, 'utf8' as const])) };
}

describe('csv-spectrum, the published corpus', () => {
  const folder = dirname(createRequire(import.meta.url).resolve('csv-spectrum'));
  const names = readdirSync(join(folder, 'csvs')).map((file) => file.replace('.csv', ''));

  test('is there', () => {
    expect(names.length).toBeGreaterThan(10);
  });

  // Its JSON tells of another record than its CSV.
  const unlike = 'location_coordinates';

  test.each(names.filter((name) => name !== unlike))('%s', async (name) => {
    const csv = readFileSync(join(folder, 'csvs', `${name}.csv`));
    const expected = JSON.parse(readFileSync(join(folder, 'json', `${name}.json`), 'utf8')) as Record<
      string,
      string
    >[];
    expect(await texts(csv, allText(Object.keys(expected[0] ?? {})))).toEqual(expected);
  });
});

describe('csv-parse finds the same cells', () => {
  const cell = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom(
      '',
      ' ',
      '"',
      '""',
      ',',
      '\n',
      '\r\n',
      'a"b',
      'é😀',
      '\ufeffx',
      "it's",
      '=1',
      '007',
      'NaN',
    ),
  );
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const written = fc.tuple(cell, fc.boolean()).map(([text, always]) => ({
    text,
    // A lone empty cell in a line of its own would be a blank line.
    raw: always || text === '' || /[",\r\n]|^\s|\s$|^\ufeff/.test(text) ? quoted(text) : text,
  }));

  test.each(['\n', '\r\n'])('in any records that end with %j', async (end) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }).chain((width) =>
          fc.array(fc.array(written, { minLength: width, maxLength: width }), {
            minLength: 1,
            maxLength: 8,
          }),
        ),
        fc.boolean(),
        async (records, closed) => {
          const lines = records.map((record) => record.map(({ raw }) => raw).join(','));
          const csv = lines.join(end) + (closed ? end : '');
          const names = (records[0] ?? []).map((_, i) => `column_${String(i + 1)}`);
          const options = { ...allText(names), header: false, delimiter: ',' };
          const ours = (await texts(csv, options)).map((row) => Object.values(row));
          expect(ours).toEqual(parse(csv, { record_delimiter: end }));
          expect(ours).toEqual(records.map((record) => record.map(({ text }) => text)));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('hostile files', () => {
  const read = (csv: Uint8Array | string, options: ConversionOptions = {}): Promise<unknown> =>
    adapter.convert(request('csv', 'columns', csv, { options }));

  test.each<[string, Uint8Array | string, object]>([
    ['a quote that is never closed', 'a,b\n1,"2\n3,4\n', { line: 2, offset: 6 }],
    ['text behind a closed quote', 'a,b\n1,"2"x\n', { line: 2 }],
    ['a record that is too short', 'a,b\n1,2\n3\n', { line: 3 }],
    ['a record that is too long', 'a,b\n1,2,3\n', { line: 2 }],
  ])('%s is told with its place', async (_name, csv, place) => {
    const error = await failure(() => read(csv));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(error.position).toMatchObject(place);
  });

  test('bytes that are no UTF-8 are refused', async () => {
    for (const bytes of [Uint8Array.of(0x61, 0x0a, 0xff), Buffer.from('a\n\xe9\n', 'latin1')]) {
      expect((await failure(() => read(bytes))).code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    }
  });

  test.each([
    ['nothing', '', 0, 0],
    ['a byte order mark', '\ufeff', 0, 0],
    ['line breaks', '\n\n\r\n', 0, 0],
    ['a header alone', 'a,b', 2, 0],
    ['a header and a line break', 'a,b\n', 2, 0],
    ['delimiters', ',,,\n,,,\n', 4, 1],
    ['NUL bytes', 'a\n\0\n', 1, 1],
    ['three kinds of line breaks', 'a\n1\r\n2\n3', 1, 3],
    ['one column called like a property', '__proto__\n1\n', 1, 1],
  ])('%s', async (_name, csv, columns, rows) => {
    const table = tableIn(await adapter.convert(request('csv', 'columns', csv)));
    expect([table.columns.length, table.length]).toEqual([columns, rows]);
  });

  test('a field of 10 MB is a field like any other', async () => {
    const long = 'x'.repeat(10 * 2 ** 20);
    const [row] = await texts(`a,b\n"${long}",1\n`, {});
    expect(row).toEqual({ a: long, b: 1 });
  });

  test('limits hold', async () => {
    const wide = Array.from({ length: 1001 }, (_, i) => `c${String(i)}`).join(',');
    for (const [csv, limits] of [
      [wide, { columns: 1000 }],
      ['a\n1\n2\n3\n', { rows: 2 }],
      [`a\n${'x'.repeat(101)}\n`, { fieldBytes: 100 }],
    ] as const) {
      expect((await failure(() => read(csv, { limits }))).code).toBe('ERR_PERF_CONVERT_TOO_LARGE');
    }
  });

  test('repeated and missing names get numbers, which is told', async () => {
    const { data, warnings } = await adapter.convert(request('csv', 'columns', 'a,a,,a_2\n1,2,3,4\n'));
    expect(tableIn({ data }).names).toEqual(['a', 'a_2', 'column_3', 'a_2_2']);
    expect(warnings.map(({ code }) => code)).toEqual(['column-renamed', 'column-renamed', 'column-renamed']);
  });
});
