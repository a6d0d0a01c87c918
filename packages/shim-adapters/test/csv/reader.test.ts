import { describe, expect, test } from 'vitest';
import { csvAdapter } from '../../src/csv/adapter.js';
import { detectDelimiter } from '../../src/csv/dialect.js';
import type { ConversionOptions } from '../../src/request.js';
import type { ColumnType } from '../../src/table/column.js';
import { content } from '../cells.js';
import { failure, request, tableIn } from '../requests.js';
import { column, read } from './read.js';

/** Options as a program without types would give them. */
function untyped(options: object): ConversionOptions {
  return Object.assign<ConversionOptions, object>({}, options);
}

describe('the header', () => {
  test('names the columns', () => {
    expect(read('a,"b ""x""",é\n1,2,3\n').names).toEqual(['a', 'b "x"', 'é']);
  });

  test('may be absent', () => {
    expect(content(read('1,2\n3,4\n', { header: false }))).toEqual([
      ['column_1', ['number 1', 'number 3']],
      ['column_2', ['number 2', 'number 4']],
    ]);
  });

  test('may repeat names and leave some out; the new ones are told', async () => {
    const result = await csvAdapter().convert(request('csv', 'columns', 'a,a,,a_2,a\n1,2,3,4,5\n'));
    expect(tableIn(result).names).toEqual(['a', 'a_2', 'column_3', 'a_2_2', 'a_3']);
    expect(result.warnings.map(({ code, column: name }) => [code, name])).toEqual([
      ['column-renamed', 'a_2'],
      ['column-renamed', 'column_3'],
      ['column-renamed', 'a_2_2'],
      ['column-renamed', 'a_3'],
    ]);
    expect(result.quality).toBe(1);
  });

  test('alone makes a table of no rows', () => {
    const table = read('a,b\n');
    expect([table.names, table.length]).toEqual([['a', 'b'], 0]);
  });

  test('is the first line that is not blank', () => {
    expect(content(read('\n\r\n\na,b\n1,2\n'))).toEqual([
      ['a', ['number 1']],
      ['b', ['number 2']],
    ]);
  });

  test('without a header the first blank line of one column is a null', () => {
    expect(content(read('\n1\n', { header: false }))).toEqual([['column_1', ['null', 'number 1']]]);
  });
});

describe('the delimiter', () => {
  test.each([
    ['a,b\n1,2\n', ','],
    ['a;b\n1,5;2,5\n', ';'],
    ['a\tb\n1\t2\n', '\t'],
    ['a|b\n1|2\n', '|'],
    ['a;b;c\n1;2,5;x\n', ';'],
    ['"a;b",c\n"1;2",3\n', ','],
    ['a\n1\n', ','],
    ['', ','],
    ['a;b\r\n1;2\r\n\r\n', ';'],
    ['"x\n,\n,",b\n1,2\n', ','],
  ])('of %j is %j', (text, delimiter) => {
    expect(detectDelimiter(Buffer.from(text), 0)).toBe(delimiter);
  });

  test('given, is not looked for', () => {
    expect(read('a;b,c\n1;2,3\n', { delimiter: ',' }).names).toEqual(['a;b', 'c']);
    expect(read('a:b\n1:2\n', { delimiter: ':' }).names).toEqual(['a', 'b']);
  });

  test.each(['', ',,', '"', '\n', '\r', 'é', '\u0080', 5, null])('%j is refused', async (delimiter) => {
    const options = untyped({ delimiter });
    const error = await failure(() => read('a,b\n', options));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
    expect(error.message).toContain('options.delimiter');
  });
});

describe('null tokens', () => {
  test('are unquoted texts that mean null', () => {
    const options = { nullTokens: ['NA', 'null'] };
    expect(column(['1', 'NA', 'null', '2'], options)).toEqual([
      'int32',
      'number 1',
      'null',
      'null',
      'number 2',
    ]);
    expect(column(['"NA"', 'NA', 'x'], options)).toEqual(['utf8', 'string NA', 'null', 'string x']);
  });

  test('replace the default: nothing is then empty text', () => {
    expect(read('a,b\n,NA\n', { nullTokens: ['NA'] }).rows()).toEqual([{ a: '', b: null }]);
    expect(read('a,b\n,x\n', { nullTokens: [] }).rows()).toEqual([{ a: '', b: 'x' }]);
  });

  test.each([[['a,b']], [['"']], [['\n']], [[1]], ['NA'], [{}]])('%j are refused', async (nullTokens) => {
    const options = untyped({ nullTokens, delimiter: ',' });
    const error = await failure(() => read('a,b\n', options));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
    expect(error.message).toContain('options.nullTokens');
  });

  test('a header option that is no boolean is refused', async () => {
    const options = untyped({ header: 'no' });
    expect((await failure(() => read('a\n', options))).code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
  });
});

describe('types that the caller gives', () => {
  test.each<[ColumnType, string, string]>([
    ['utf8', '1', 'string 1'],
    ['utf8', '007', 'string 007'],
    ['int8', '-128', 'number -128'],
    ['int16', '32767', 'number 32767'],
    ['int32', '1', 'number 1'],
    ['int64', '1', 'number 1'],
    ['uint8', '255', 'number 255'],
    ['uint16', '65535', 'number 65535'],
    ['uint32', '4294967295', 'number 4294967295'],
    ['uint64', '9223372036854775808', 'number 9223372036854775808'],
    ['uint64', '18446744073709551615', 'number 18446744073709551615'],
    ['float32', '0.5', 'number 0.5'],
    ['float64', '1', 'number 1'],
    ['bool', 'true', 'boolean true'],
    ['date', '2024-02-29', 'date 1709164800000'],
    ['timestamp', '2024-02-29T00:00:00Z', 'date 1709164800000'],
    ['json', '"{""a"":[1]}"', 'json {"a":[1]}'],
    ['json', '1', 'number 1'],
  ])('%s for %s', (type, text, value) => {
    expect(column([text, ''], { types: { c: type } })).toEqual([type, value, 'null']);
  });

  test.each<[ColumnType, string]>([
    ['int8', '128'],
    ['int8', '-129'],
    ['int16', '32768'],
    ['int32', '2147483648'],
    ['int32', '1.5'],
    ['int32', '007'],
    ['int64', '9223372036854775808'],
    ['int64', '-9223372036854775809'],
    ['uint8', '-1'],
    ['uint8', '256'],
    ['uint16', '65536'],
    ['uint32', '4294967296'],
    ['uint64', '-1'],
    ['uint64', '18446744073709551616'],
    ['float32', '1e39'],
    ['float64', '1e999'],
    ['float64', 'x'],
    ['bool', 'TRUE'],
    ['date', '2024-02-30'],
    ['timestamp', '2024-02-29'],
    ['json', '{a:1}'],
    ['json', '{'],
    ['null', 'x'],
  ])('a cell that is no %s (%s) is refused with its row', async (type, text) => {
    const error = await failure(() => column(['', text], { types: { c: type } }));
    expect(error.code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
    expect(error.message).toContain(`column 'c', row 2: '${text}' is not of the type '${type}'`);
  });

  test.each<ColumnType>(['int8', 'int64', 'uint64', 'float32', 'bool', 'date', 'timestamp', 'utf8', 'json'])(
    '%s holds for a column of nulls, and of nothing',
    (type) => {
      expect(column([''], { types: { c: type } })).toEqual([type, 'null']);
      expect(column([], { types: { c: type } })).toEqual([type]);
    },
  );

  test('of a column that is not there are refused', async () => {
    const error = await failure(() => read('a\n1\n', { types: { b: 'int32' } }));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
    expect(error.message).toMatch(/'b'.*columns are a/);
  });

  test('that do not exist are refused', async () => {
    for (const type of ['integer', 'toString', '__proto__', '']) {
      const options = untyped({ types: Object.fromEntries([['a', type]]) });
      const error = await failure(() => read('a\n1\n', options));
      expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
      expect(error.message).toContain('types are null, bool, int8');
    }
  });
});

describe('the part that is asked for', () => {
  test('what lies behind the limit is not even read', () => {
    expect(read('a,b\n1,2\n3,4\n"', { limit: 2 }).length).toBe(2);
  });

  test('types come from the selected rows', () => {
    expect(read('a\n1\n2\nx\n', { limit: 2 }).fields).toEqual([{ name: 'a', type: 'int32' }]);
  });
});

describe('bytes', () => {
  test.each([
    ['Latin-1', Buffer.from('a\né\n', 'latin1')],
    ['UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le').subarray(0, 9)],
    ['an overlong form', Buffer.from([0x61, 0x0a, 0xc0, 0x80])],
    ['a surrogate', Buffer.from([0x61, 0x0a, 0xed, 0xa0, 0x80])],
    ['a character cut in two', Buffer.from('a\né').subarray(0, 3)],
  ])('%s are not UTF-8', async (_name, bytes) => {
    const error = await failure(() => read(bytes));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(error.message).toContain('not valid UTF-8');
  });

  test('shared between threads', () => {
    const text = Buffer.from('n,t\n1,"é ""x"""\n2,\ufeffmark\n', 'utf8');
    const shared = new Uint8Array(new SharedArrayBuffer(text.length));
    shared.set(text);
    expect(content(read(shared))).toEqual(content(read(text)));
  });

  test('in the middle of a larger buffer', () => {
    const text = Buffer.from('xxxa,b\n1,2\nyyy');
    expect(content(read(text.subarray(3, -3)))).toEqual(content(read('a,b\n1,2\n')));
  });

  test('that were transferred away are named as such', async () => {
    const bytes = new TextEncoder().encode('a\n1\n');
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    const error = await failure(() => csvAdapter().convert(request('csv', 'columns', bytes)));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(error.message).toContain('detached');
  });

  test('that are none are an empty table, not a detached one', async () => {
    const result = await csvAdapter().convert(request('csv', 'columns', new Uint8Array(0)));
    expect(tableIn(result).names).toEqual([]);
  });

  test('of the source are not kept alive by the table', () => {
    const bytes = Buffer.from('n,t\n1,some text\n');
    const table = read(bytes);
    bytes.fill(0x78);
    expect(table.rows()).toEqual([{ n: 1, t: 'some text' }]);
  });
});
