import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonAdapter } from '../../src/json/adapter.js';
import type { AnyRequest, Source } from '../../src/request.js';
import { concatTables } from '../../src/table/concat.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { content } from '../cells.js';
import { tableOf } from '../column-of.js';
import { failure, fullRegistry, request, tableIn, textIn } from '../requests.js';

const registry = fullRegistry();
const adapter = jsonAdapter();

async function tables(
  source: Source | string,
  rest: Partial<AnyRequest> = {},
  batchRows = 65_536,
): Promise<ColumnTable[]> {
  const given = typeof source === 'string' ? { value: source } : source;
  const wanted: AnyRequest = { source: given, from: 'ndjson', to: 'columns', ...rest };
  const found: ColumnTable[] = [];
  for await (const batch of registry.stream(wanted, { batchRows })) found.push(tableIn(batch));
  return found;
}

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const TEXT = '{"a":1,"b":"x"}\n\n{"a":null,"b":"é"}\r\n{"b":"z","a":3}';

describe('reading table by table', () => {
  test.each([1, 2, 3, 7, 1000])('gives the records as they are, in pieces of %i bytes', async (size) => {
    const found = await tables({ stream: pieces(TEXT, size) }, {}, 2);
    expect(found.map(({ length }) => length)).toEqual([2, 1]);
    const whole = tableIn(await adapter.convert(request('ndjson', 'columns', TEXT)));
    expect(content(concatTables(found))).toEqual(content(whole));
  });

  test('only the wanted columns and rows', async () => {
    const found = await tables(TEXT, { columns: ['b'], options: { offset: 1, limit: 1 } }, 1);
    expect(content(concatTables(found))).toEqual([['b', ['string é']]]);
  });

  test('nothing is one table without columns', async () => {
    expect((await tables('')).map((table) => [table.length, table.names])).toEqual([[0, []]]);
  });

  test('later integers are widened, missing ones are null', async () => {
    const found = await tables(
      '{"a":1.5,"b":9007199254740993}\n{"a":2}\n{"b":null}\n',
      { options: { exactIntegers: true } },
      1,
    );
    expect(found.map((table) => table.fields.map(({ type }) => type))).toEqual(
      new Array(3).fill(['float64', 'int64']),
    );
    expect(content(concatTables(found))).toEqual([
      ['a', ['number 1.5', 'number 2', 'null']],
      ['b', ['number 9007199254740993', 'null', 'null']],
    ]);
  });

  test('a column of mixed values takes everything', async () => {
    const found = await tables('{"a":[1]}\n{"a":2}\n{"a":"x"}\n', {}, 1);
    expect(content(concatTables(found))).toEqual([['a', ['json [1]', 'number 2', 'string x']]]);
  });

  test('a value of another type than the first batch has is told with its records', async () => {
    const error = await failure(() => tables('{"a":1}\n{"a":2}\n{"a":"x"}\n', {}, 2));
    expect(error.code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
    expect(error.message).toContain("column 'a' is int32 in the first batch and utf8 in records 3 to 3");
  });

  test('a column that appears later is told by name', async () => {
    const error = await failure(() => tables('{"a":1}\n{"a":2,"b":3}\n', {}, 1));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_SCHEMA');
    expect(error.message).toContain("column 'b' appears only in records 2 to 2");
  });

  test('columns that are not wanted may come, go and change their type', async () => {
    const text = '{"a":1,"b":1}\n{"a":2,"b":"x","c":[]}\n{"c":1}\n';
    const found = await tables(text, { columns: ['a'] }, 1);
    expect(content(concatTables(found))).toEqual([['a', ['number 1', 'number 2', 'null']]]);
  });

  test('a wanted column that is not there is refused by name; of no records it is empty, as read whole', async () => {
    const error = await failure(() => tables('{"a":1}\n', { columns: ['nope'] }));
    expect(error.code).toBe('ERR_PERF_CONVERT_NO_COLUMN');
    const [only] = await tables('', { columns: ['a'] });
    const whole = tableIn(await adapter.convert(request('ndjson', 'columns', '', { columns: ['a'] })));
    expect([only?.names, only?.length]).toEqual([whole.names, whole.length]);
  });

  test('a broken line is told by its number and byte, wherever pieces end', async () => {
    for (const size of [1, 5, 100]) {
      const error = await failure(() => tables({ stream: pieces('{"a":1}\n{"é":2}\n{oops\n', size) }));
      expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
      expect(error.position).toEqual({ line: 3, offset: 17 });
    }
  });

  test('progress ends at the bytes of the source', async () => {
    const seen: number[] = [];
    const wanted: AnyRequest = { source: { value: TEXT }, from: 'ndjson', to: 'columns' };
    for await (const batch of registry.stream(wanted, { onProgress: ({ done }) => seen.push(done) })) {
      expect(batch.rows).toBe(3);
    }
    expect(seen.at(-1)).toBe(Buffer.byteLength(TEXT));
  });
});

describe('writing table by table', () => {
  const written = async (to: 'json' | 'ndjson', ...given: ColumnTable[]): Promise<string> => {
    const stream = async function* (): AsyncGenerator<ColumnTable> {
      for (const table of given) yield await Promise.resolve(table);
    };
    let text = '';
    const target = request('columns', to, new ColumnTable([]));
    for await (const piece of adapter.encodeStream?.(stream(), target) ?? []) text += textIn(piece);
    return text;
  };

  test.each(['json', 'ndjson'] as const)('%s is what is written at once', async (to) => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable({ minColumns: 1 }), fc.nat(12), async (table, cut) => {
        const whole = textIn(await adapter.convert(request('columns', to, table)));
        expect(await written(to, table.slice(0, cut), table.slice(cut))).toBe(whole);
      }),
      { numRuns: 200 },
    );
  });

  test('no tables are an empty array', async () => {
    expect(await written('json')).toBe('[]');
    expect(await written('ndjson')).toBe('');
    expect(await written('json', tableOf({ a: ['int8', []] }))).toBe('[]');
  });
});

describe('limits', () => {
  const deep = (levels: number): string => `[{"a":${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}}]`;

  test('nesting beyond 256 levels is refused with its place, not by a stack that overflows', async () => {
    expect(tableIn(await adapter.convert(request('json', 'columns', deep(256)))).length).toBe(1);
    for (const levels of [257, 100_000]) {
      const error = await failure(() => adapter.convert(request('json', 'columns', deep(levels))));
      expect(error.code).toBe('ERR_PERF_CONVERT_TOO_LARGE');
      expect(error.position).toEqual({ line: 1, offset: 260 });
    }
  });

  test('brackets in strings are no levels', async () => {
    const text = JSON.stringify([{ a: '['.repeat(1000) + '\\"{' }]);
    expect(tableIn(await adapter.convert(request('json', 'columns', text))).length).toBe(1);
  });

  test.each([
    ['nesting', { nesting: 1 }, '[{"a":[1]}]'],
    ['strings', { fieldBytes: 3 }, '[{"a":"1234"}]'],
    ['rows', { rows: 1 }, '[{"a":1},{"a":2}]'],
    ['columns', { columns: 1 }, '[{"a":1,"b":2}]'],
  ])('%s as the request says', async (_name, limits, text) => {
    const lines = text.slice(1, -1).replaceAll('},{', '}\n{');
    for (const [from, value] of [
      ['json', text],
      ['ndjson', lines],
    ] as const) {
      const error = await failure(() =>
        adapter.convert(request(from, 'columns', value, { options: { limits } })),
      );
      expect(error.code).toBe('ERR_PERF_CONVERT_TOO_LARGE');
    }
    const error = await failure(() => tables(lines, { options: { limits } }));
    expect(error.code).toBe('ERR_PERF_CONVERT_TOO_LARGE');
  });
});

describe('names that objects have', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''])(
    '%j is a plain name',
    async (name) => {
      const text = `[{${JSON.stringify(name)}:1}]`;
      const table = tableIn(await adapter.convert(request('json', 'columns', text)));
      expect(table.names).toEqual([name]);
      expect(textIn(await adapter.convert(request('columns', 'json', table)))).toBe(text);
    },
  );
});
