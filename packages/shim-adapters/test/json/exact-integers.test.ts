import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonAdapter } from '../../src/json/adapter.js';
import type { Format } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import { cells } from '../cells.js';
import { request, tableIn, textIn } from '../requests.js';

const adapter = jsonAdapter();
const BIG = '9007199254740993';

function read(text: string, exactIntegers = true, from: Format = 'json'): Promise<ConversionResult> {
  return adapter.convert(request(from, 'columns', text, { options: { exactIntegers } }));
}

/** The column `a` of these values as its type and its cells. */
async function columnA(...values: readonly string[]): Promise<[type: string, cells: string[]]> {
  const result = await read(`[${values.map((value) => `{"a":${value}}`).join(',')}]`);
  const column = tableIn(result).column('a');
  return [column.field.type, cells(column)];
}

describe('integers beyond 2^53', () => {
  test('are rounded by default, which is counted', async () => {
    const result = await read(`[{"a":${BIG}}]`, false);
    expect(result.warnings).toMatchObject([{ code: 'integer-rounded', count: 1, lossy: true }]);
    expect(tableIn(result).rows()).toEqual([{ a: 9_007_199_254_740_992 }]);
  });

  test.each(['json', 'ndjson'] as const)('are 64-bit integers on request, in %s', async (from) => {
    const text = from === 'json' ? `[{"a":${BIG}},{"a":-5}]` : `{"a":${BIG}}\n{"a":-5}\n`;
    const result = await read(text, true, from);
    expect(tableIn(result).fields).toEqual([{ name: 'a', type: 'int64' }]);
    expect(cells(tableIn(result).column('a'))).toEqual([`number ${BIG}`, 'number -5']);
    expect([result.quality, result.warnings]).toEqual([1, []]);
  });

  test('in an object of arrays as well', async () => {
    expect(tableIn(await read(`{"a":[${BIG},null]}`)).fields).toEqual([{ name: 'a', type: 'int64' }]);
  });

  test('above 2^63 are unsigned', async () => {
    expect(await columnA('18446744073709551615', '1')).toEqual([
      'uint64',
      ['number 18446744073709551615', 'number 1'],
    ]);
  });

  test('that no 64 bits hold, or among other values, are kept as JSON with every digit', async () => {
    for (const values of [
      ['18446744073709551617', '-1'],
      [BIG, '1.5'],
      [BIG, '"text"'],
      [BIG, 'true'],
    ]) {
      const source = `[${values.map((value) => `{"a":${value}}`).join(',')}]`;
      const table = tableIn(await read(source));
      expect(table.fields).toEqual([{ name: 'a', type: 'json' }]);
      expect(textIn(await adapter.convert(request('columns', 'json', table)))).toBe(source);
    }
  });

  test('within nested values are kept with every digit', async () => {
    const source = `[{"a":{"b":[${BIG},"x"],"c":"${BIG}"}},{"a":null}]`;
    const table = tableIn(await read(source));
    expect(textIn(await adapter.convert(request('columns', 'json', table)))).toBe(source);
  });

  test('that stand in a string are a string, be it written with escapes or not', async () => {
    expect(await columnA(`"${BIG}"`, `"a ${BIG} b"`, `"\\"${BIG}"`)).toEqual([
      'utf8',
      [`string ${BIG}`, `string a ${BIG} b`, `string "${BIG}`],
    ]);
  });

  test('that a double holds are whole numbers all the same: its shortest text has other digits', async () => {
    expect(await columnA('68194999451065328')).toEqual(['int64', ['number 68194999451065328']]);
    expect((await columnA('9007199254740991'))[0]).toBe('float64');
  });

  test('with a fraction or an exponent are no integers', async () => {
    expect((await columnA(`${BIG}.5`, `${BIG}e2`, '12345678901234567890e-1'))[0]).toBe('float64');
  });

  test('a text is refused exactly when JSON.parse refuses it', async () => {
    const fixed = [
      `{"a":[0${BIG}]}`,
      `[{"a":0${BIG}}]`,
      `[{${BIG}:1}]`,
      `[{"a":1,${BIG}:1}]`,
      `[{"a":-${BIG}}]`,
      `[{"a":--${BIG}}]`,
      `[{"a":+${BIG}}]`,
      `[{"a":.${BIG}}]`,
      `[{"a":tru${BIG}}]`,
      `[{"a":${BIG}x}]`,
      `[{"a":1 ${BIG}}]`,
      `[{"a":${BIG} , "b":[ ${BIG} ] }]`,
    ];
    const edit = fc.record({
      at: fc.nat(40),
      put: fc.constantFrom('', '0', '-', '"', ':', ',', '{', ' ', BIG),
    });
    const edited = fc
      .tuple(
        fc.constantFrom(`[{"a":${BIG},"b":"x"}]`, `[{"a":[${BIG},1]}]`),
        fc.array(edit, { maxLength: 3 }),
      )
      .map(([text, edits]) =>
        edits.reduce<string>((so, { at, put }) => `${so.slice(0, at)}${put}${so.slice(at + 1)}`, text),
      );
    const agree = async (text: string): Promise<void> => {
      let parsed: unknown;
      try {
        parsed = JSON.parse(text);
      } catch {
        const error = await read(text).then(
          () => undefined,
          (cause: unknown) => cause,
        );
        expect(error, text).toMatchObject({ code: 'ERR_PERF_CONVERT_BAD_INPUT' });
        return;
      }
      const table = await read(text).then(tableIn, () => undefined);
      if (table === undefined) return;
      const names = Object.keys((Array.isArray(parsed) ? (parsed[0] as object | undefined) : parsed) ?? {});
      expect(table.names, text).toEqual(names);
    };
    for (const text of fixed) await agree(text);
    await fc.assert(fc.asyncProperty(edited, agree), { numRuns: 500 });
  });

  test('what JSON cannot say beside them is counted once', async () => {
    const value = [{ a: { f: NaN } }, { a: { f: 1 } }];
    const [plain, exact] = await Promise.all(
      [false, true].map((exactIntegers) =>
        adapter.convert(request('json', 'columns', value, { options: { exactIntegers } })),
      ),
    );
    expect([exact?.quality, exact?.warnings]).toEqual([plain?.quality, plain?.warnings]);
  });

  test('there and back is the identity, whatever stands beside them', async () => {
    const value = fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
      fc.string().map((text) => JSON.stringify(text)),
      fc.constantFrom('null', `"${BIG}"`, `[${BIG}]`, '1'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 6 }), async (values) => {
        const source = `[${values.map((text) => `{"a":${text}}`).join(',')}]`;
        const table = tableIn(await read(source));
        const written = textIn(await adapter.convert(request('columns', 'json', table)));
        const plain = (text: string): string => text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '""');
        expect(plain(written)).toBe(plain(source));
        expect(JSON.parse(written)).toEqual(JSON.parse(source));
      }),
      { numRuns: 300 },
    );
  });
});
