import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCsv } from '../../src/csv/reader.js';
import { writeCsv } from '../../src/csv/writer.js';
import { Losses } from '../../src/losses.js';
import type { ConversionOptions } from '../../src/request.js';
import type { ColumnTable } from '../../src/table/column-table.js';
import { ColumnTable as Table } from '../../src/table/column-table.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { failure } from '../requests.js';

function write(table: ColumnTable, options: ConversionOptions = {}): string {
  return Buffer.from(writeCsv(table, new Losses(), options)).toString('utf8');
}

describe('fields', () => {
  test('are quoted only where they must be', () => {
    const table = tableOf({ t: ['utf8', ['plain', 'a,b', 'a"b', 'a\nb', 'a\rb', '', null, ' ']] });
    expect(write(table)).toBe('t\nplain\n"a,b"\n"a""b"\n"a\nb"\n"a\rb"\n""\n\n \n');
  });

  test('with another delimiter in them are quoted, so that it is not taken for this one', () => {
    const table = tableOf({ 'a;b;c': ['utf8', ['x;y;z']], d: ['int32', [1]] });
    expect(write(table)).toBe('"a;b;c",d\n"x;y;z",1\n');
    expect(content(readCsv(Buffer.from(write(table)), new Losses()))).toEqual(content(table));
  });

  test('from a dictionary look the same as from plain text', () => {
    const values = ['a', 'b,c', '', null, 'a'];
    const field = { name: 't', type: 'utf8' } as const;
    expect(write(new Table([columnOf(field, values, true)]))).toBe(
      write(new Table([columnOf(field, values)])),
    );
  });

  test('of numbers use the shortest text that reads back as the same value', () => {
    const table = tableOf({ f: ['float64', [0.1, 1e21, 2 ** 60, 2 ** 53, -0, 1e-7, NaN, -Infinity]] });
    expect(write(table)).toBe(
      'f\n0.1\n1e+21\n1.152921504606847e+18\n9.007199254740992e+15\n-0\n1e-7\nNaN\n-Infinity\n',
    );
  });

  test('of 64-bit integers are written in full', () => {
    const table = tableOf({ i: ['int64', [-(2n ** 63n), -1n, 0n, 2n ** 31n, 2n ** 53n + 1n]] });
    expect(write(table)).toBe('i\n-9223372036854775808\n-1\n0\n2147483648\n9007199254740993\n');
  });
});

describe('options', () => {
  test('delimiter, header and null token', () => {
    const table = tableOf({ a: ['int32', [1, null]], b: ['utf8', ['x;y', 'NA']] });
    expect(write(table, { delimiter: ';', header: false, nullTokens: ['NA'] })).toBe('1;"x;y"\nNA;"NA"\n');
  });

  test('a value that looks like a null token is quoted, whatever its type', () => {
    const table = tableOf({ n: ['int32', [0, 1, null]], b: ['bool', [true, false, null]] });
    const options = { nullTokens: ['0', 'true'] };
    expect(write(table, options)).toBe('n,b\n"0","true"\n1,false\n0,0\n');
    expect(content(readCsv(Buffer.from(write(table, options)), new Losses(), options))).toEqual(
      content(table),
    );
  });

  test('a value with the delimiter in it is quoted, whatever its type', () => {
    const time = columnOf({ name: 't', type: 'timestamp', unit: 'second' }, [0n]);
    expect(write(new Table([time]), { delimiter: ':' })).toBe('t\n"1970-01-01T00:00:00"\n');
    expect(write(tableOf({ n: ['float64', [-1.5, 2]] }), { delimiter: '.' })).toBe('n\n"-1.5"\n2\n');
  });

  test('that are bad are refused', async () => {
    const table = tableOf({ a: ['int32', [1]] });
    expect((await failure(() => write(table, { delimiter: 'ab' }))).code).toBe(
      'ERR_PERF_CONVERT_INVALID_OPTION',
    );
    expect((await failure(() => write(table, { nullTokens: [','] }))).code).toBe(
      'ERR_PERF_CONVERT_INVALID_OPTION',
    );
  });

  test('the same options read back what they wrote', () => {
    const options = fc
      .record({
        delimiter: fc.constantFrom(',', ';', '\t', '|', ':', ' ', '-', '0', 'e'),
        nullTokens: fc.constantFrom([''], ['NA'], ['0'], ['', 'NULL'], ['true', '1']),
      })
      .filter(({ delimiter, nullTokens }) => !nullTokens.some((token) => token.includes(delimiter)));
    fc.assert(
      fc.property(arbitraryTable({ minColumns: 1 }), options, (table, given) => {
        const [there, back] = [new Losses(), new Losses()];
        const result = readCsv(writeCsv(table, there, given), back, given);
        const lost = new Set(there.warnings.filter(({ lossy }) => lossy).map(({ column }) => column));
        content(table).forEach(([name, cells], i) => {
          if (!lost.has(name)) expect(content(result)[i]?.[1]).toEqual(cells);
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('what CSV cannot say has a name', () => {
  const cases: [code: string, lossy: boolean, table: ColumnTable][] = [
    ['text-as-type', true, tableOf({ c: ['utf8', ['1', '2', null]] })],
    ['text-as-type', true, tableOf({ c: ['utf8', ['true']] })],
    ['text-as-type', true, tableOf({ c: ['utf8', ['2024-01-01']] })],
    ['text-as-type', true, new Table([columnOf({ name: 'c', type: 'utf8' }, ['1', '1', '2'], true)])],
    ['text-as-type', true, tableOf({ c: ['json', ['"1"', '"2"']] })],
    ['json-as-text', true, tableOf({ c: ['json', ['{"a":1}']] })],
    ['integer-as-text', true, tableOf({ c: ['uint64', [2n ** 63n]] })],
    ['time-as-text', true, tableOf({ c: ['date', [2_932_897]] })],
    ['time-out-of-range', true, tableOf({ c: ['date', [2 ** 31 - 1]] })],
    [
      'timezone-as-utc',
      false,
      new Table([columnOf({ name: 'c', type: 'timestamp', unit: 'second', timezone: 'Asia/Tokyo' }, [1n])]),
    ],
    ['rows-dropped', false, new Table([], 2)],
    ['metadata-dropped', false, new Table([], 0, new Map([['k', 'v']]))],
  ];
  test.each(cases)('%s', (code, lossy, table) => {
    const losses = new Losses();
    writeCsv(table, losses);
    expect(losses.warnings.map((warning) => [warning.code, warning.lossy])).toEqual([[code, lossy]]);
    expect(losses.quality < 1).toBe(lossy);
  });

  test('text of which one value is clearly text loses nothing', () => {
    const losses = new Losses();
    writeCsv(tableOf({ c: ['utf8', ['1', '2', 'x']] }), losses);
    expect(losses.warnings).toEqual([]);
  });
});
