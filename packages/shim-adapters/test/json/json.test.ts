import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorIndex } from '../../src/json/error-index.js';
import { jsonAdapter } from '../../src/json/adapter.js';
import type { ConversionResult } from '../../src/result.js';
import type { ColumnTable } from '../../src/table/column-table.js';
import { content } from '../cells.js';
import { tableOf } from '../column-of.js';
import { failure, request, tableIn, textIn } from '../requests.js';

const adapter = jsonAdapter();

function read(
  value: unknown,
  from: 'json' | 'ndjson' = 'json',
  rest: Parameters<typeof request>[3] = {},
): Promise<ConversionResult> {
  return adapter.convert(request(from, 'columns', value, rest));
}

async function write(table: ColumnTable, to: 'json' | 'ndjson' = 'json'): Promise<string> {
  return textIn(await adapter.convert(request('columns', to, table)));
}

describe('what is a table', () => {
  const expected = [
    ['a', ['number 1', 'number 2']],
    ['b', ['string x', 'null']],
  ];

  test.each([
    ['text', '[{"a":1,"b":"x"},{"a":2,"b":null}]'],
    ['bytes', Buffer.from('[{"a":1,"b":"x"},{"a":2,"b":null}]')],
    ['bytes with a byte order mark', Buffer.from('\ufeff[{"a":1,"b":"x"},{"a":2}]')],
    ['an array of records', [{ a: 1, b: 'x' }, { a: 2 }]],
    ['an object of arrays', { a: [1, 2], b: ['x', null] }],
    ['text of an object of arrays', '{"a":[1,2],"b":["x",null]}'],
  ])('%s', async (_name, value) => {
    expect(content(tableIn(await read(value)))).toEqual(expected);
  });

  test.each([
    '1',
    '"text"',
    'null',
    '{}',
    '{"a":1}',
    '{"a":[1],"b":[1,2]}',
    '{"a":[1],"b":{"0":1,"length":1}}',
  ])('%s is none', async (text) => {
    const error = await failure(() => read(text));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(error.message).toMatch(/the JSON is not a table/);
  });

  test('records must be objects', async () => {
    const error = await failure(() => read('[{"a":1},2]'));
    expect(error.message).toContain('record 2 must be an object');
  });

  test('an empty array is an empty table, whatever columns are asked for', async () => {
    expect(tableIn(await read('[]')).length).toBe(0);
    expect(tableIn(await read('[]', 'json', { columns: ['a'] })).names).toEqual(['a']);
  });

  test('rows and columns of an object of arrays are selected too', async () => {
    const result = await read({ a: [1, 2, 3], b: [4, 5, 6] }, 'json', {
      columns: ['b'],
      options: { offset: 1, limit: 1 },
    });
    expect(content(tableIn(result))).toEqual([['b', ['number 5']]]);
  });
});

describe('values', () => {
  test('nested and mixed values are kept as JSON, which is told', async () => {
    const result = await read('[{"a":{"x":[1,{"y":null}]}},{"a":"text"},{"a":1.5},{"a":null},{"a":true}]');
    expect(tableIn(result).fields).toEqual([{ name: 'a', type: 'json' }]);
    expect(
      tableIn(result)
        .rows()
        .map(({ a }) => a),
    ).toEqual([{ x: [1, { y: null }] }, 'text', 1.5, null, true]);
    expect(result.warnings).toMatchObject([{ code: 'nested-as-json', column: 'a', lossy: false }]);
    expect(await write(tableIn(result))).toBe(
      '[{"a":{"x":[1,{"y":null}]}},{"a":"text"},{"a":1.5},{"a":null},{"a":true}]',
    );
  });

  test('dates are text', async () => {
    expect(tableIn(await read('[{"a":"2024-01-01"}]')).fields).toEqual([{ name: 'a', type: 'utf8' }]);
  });

  test.each([
    [
      'integers that JSON.parse rounds are counted',
      '[{"a":9007199254740993,"b":-9007199254740993},{"a":1}]',
      2,
    ],
    ['integers that it does not round are not', '[{"a":9007199254740992,"b":1152921504606846976}]', 0],
    ['nor are digits inside text', '[{"a":"x, 9007199254740993 ,","b":"\\"[9007199254740993]"}]', 0],
    ['nor the digits of decimals', '[{"a":0.1234567890123456789,"b":1e12,"c":1.5}]', 0],
    ['nested ones are counted', '[{"a":[9007199254740993,{"b": 9007199254740995}]}]', 2],
    ['integers beyond every double are', `[{"a":${'9'.repeat(400)}}]`, 1],
  ])('%s', async (_name, text, count) => {
    const { warnings, quality } = await read(text);
    const rounded = warnings.filter(({ code }) => code === 'integer-rounded');
    expect(rounded.map((warning) => [warning.count, warning.lossy])).toEqual(
      count === 0 ? [] : [[count, true]],
    );
    expect(quality < 1).toBe(count > 0);
  });

  test('what is no JSON inside of values given in memory is a loss with a name', async () => {
    const values = [
      new Map([[1, 2]]),
      new Set([1]),
      /x/,
      [new Date(0)],
      [1n],
      [NaN],
      [-0],
      [undefined],
      { f: () => 1 },
    ];
    for (const value of values) {
      const { warnings } = await read([{ a: value }, { a: {} }]);
      expect(warnings).toContainEqual(
        expect.objectContaining({ code: 'not-json', column: 'a', count: 1, lossy: true }),
      );
    }
  });

  test('a value that contains itself is a typed error', async () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect((await failure(() => read([{ a: loop }]))).code).toBe('ERR_PERF_CONVERT_FAILED');
  });
});

describe('writing', () => {
  test('is what JSON.stringify writes of the rows', async () => {
    const strings = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constant(null)), {
      minLength: 1,
      maxLength: 5,
    });
    const numbers = fc.array(fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.integer()), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), strings, numbers, async (name, texts, floats) => {
        const positive = floats.map((value) => value + 0);
        for (const table of [tableOf({ [name]: ['utf8', texts] }), tableOf({ n: ['float64', positive] })]) {
          expect(await write(table)).toBe(JSON.stringify(table.rows()));
          expect(await write(table, 'ndjson')).toBe(
            table
              .rows()
              .map((row) => `${JSON.stringify(row)}\n`)
              .join(''),
          );
        }
      }),
    );
  });

  test('NaN and the infinities become null, by name and number', async () => {
    const table = tableOf({ f: ['float64', [NaN, Infinity, -Infinity, 1]], g: ['float64', [1, 2, 3, 4]] });
    const result = await adapter.convert(request('columns', 'json', table));
    expect(textIn(result)).toBe('[{"f":null,"g":1},{"f":null,"g":2},{"f":null,"g":3},{"f":1,"g":4}]');
    expect(result.warnings).toMatchObject([
      { code: 'non-finite-as-null', column: 'f', count: 3, lossy: true },
    ]);
    expect(result.quality).toBe(1 - 3 / 8);
  });

  test('64-bit integers in full, -0 as -0, dates in ISO 8601', async () => {
    const table = tableOf({ i: ['int64', [2n ** 63n - 1n]], z: ['float64', [-0]], d: ['date', [-1]] });
    expect(await write(table)).toBe('[{"i":9223372036854775807,"z":-0,"d":"1969-12-31"}]');
  });

  test('JSON with line breaks in it stays on its line', async () => {
    const table = tableOf({ j: ['json', ['{\n  "a":\r\n[1, "x\\ny"]\n}']] });
    const text = await write(table, 'ndjson');
    expect(text.split('\n')).toHaveLength(2);
    expect(JSON.parse(text)).toEqual({ j: { a: [1, 'x\ny'] } });
  });

  test('no rows and no columns', async () => {
    expect(await write(tableOf({}))).toBe('[]');
    expect(await write(tableOf({}), 'ndjson')).toBe('');
  });
});

describe('NDJSON', () => {
  test('takes LF, CRLF, blank lines and a last line without an end', async () => {
    const result = await read('{"a":1}\r\n\n  {"a":2}\n\t\n{"a":3}', 'ndjson');
    expect(content(tableIn(result))).toEqual([['a', ['number 1', 'number 2', 'number 3']]]);
  });

  test('tells the line that is broken, and its byte offset', async () => {
    for (const [text, line, offset] of [
      ['{"a":"é"}\n{"a":}\n', 2, 11],
      ['\ufeff{"a":1}\n\n{"a":1}{', 3, 12],
      ['{"a":1', 1, 0],
      ['{"a":\n1}', 1, 0],
    ] as const) {
      const error = await failure(() => read(text, 'ndjson'));
      expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
      expect(error.position).toEqual({ line, offset });
      expect(error.message).toContain(`NDJSON line ${String(line)}`);
    }
  });

  test('a line that is no record is refused by number', async () => {
    expect((await failure(() => read('{"a":1}\n[1]\n', 'ndjson'))).message).toContain('record 2');
  });
});

describe('broken JSON', () => {
  test.each([
    ['[\n{"a":1},\n{"a":}\n]', 3, 16],
    ['[{"a": x}]', 1, 7],
    ['[{"a":1}', 1, 8],
    ['[{"a":1},\n]', 2, 10],
    ['[{"é":1}]\n]', 2, 11],
    ['\ufeff[\nnul]', 2, 5],
    ['[{"a":01}]', 1, 7],
    ['[{"a":"\n"}]', 1, 6],
    ["[{'a':1}]", 1, 2],
    ['[{"a" 1}]', 1, 6],
    ['[{"a":1 "b":2}]', 1, 8],
    ['', 1, 0],
    [' \n ', 2, 3],
  ])('%j is broken in line %i at byte %i', async (text, line, offset) => {
    const error = await failure(() => read(text));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(error.position).toEqual({ line, offset });
    expect(error.message).toContain(`line ${String(line)}`);
  });

  test('the place found is where the text stops being the beginning of JSON', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '1',
      'true',
      ' ',
      '"',
      '\\',
      '-',
      'x',
      'null',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const index = errorIndex(text);
        expect(index).toBeLessThanOrEqual(text.length);
        if (valid) expect(index).toBe(text.length);
      }),
      { numRuns: 5000 },
    );
  });

  test('deep nesting is found as well as parsed', () => {
    const depth = 50_000;
    expect(errorIndex(`${'['.repeat(depth)}x`)).toBe(depth);
  });

  test('bytes that are not UTF-8 are refused', async () => {
    for (const from of ['json', 'ndjson'] as const) {
      const error = await failure(() => read(Buffer.from('[{"a":"é"}]', 'latin1'), from));
      expect(error.message).toContain('not valid UTF-8');
    }
  });
});
