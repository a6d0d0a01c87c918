import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { column, read } from './read.js';

describe('a cell is a value only when writing the value gives the same value back', () => {
  test.each([
    ['0', 'int32', 'number 0'],
    ['-1', 'int32', 'number -1'],
    ['2147483647', 'int32', 'number 2147483647'],
    ['-2147483648', 'int32', 'number -2147483648'],
    ['2147483648', 'int64', 'number 2147483648'],
    ['9007199254740993', 'int64', 'number 9007199254740993'],
    ['-9007199254740993', 'int64', 'number -9007199254740993'],
    ['9223372036854775807', 'int64', 'number 9223372036854775807'],
    ['-9223372036854775808', 'int64', 'number -9223372036854775808'],
    ['1.5', 'float64', 'number 1.5'],
    ['1.50', 'float64', 'number 1.5'],
    ['-0', 'float64', 'number -0'],
    ['-0.0', 'float64', 'number -0'],
    ['1e3', 'float64', 'number 1000'],
    ['1E-7', 'float64', 'number 1e-7'],
    ['0.30000000000000004', 'float64', 'number 0.30000000000000004'],
    ['882.2564086914062', 'float64', 'number 882.2564086914062'],
    ['1.7976931348623157e+308', 'float64', `number ${String(BigInt(Number.MAX_VALUE))}`],
    ['5e-324', 'float64', 'number 5e-324'],
    ['NaN', 'float64', 'number NaN'],
    ['Infinity', 'float64', 'number Infinity'],
    ['-Infinity', 'float64', 'number -Infinity'],
    ['true', 'bool', 'boolean true'],
    ['false', 'bool', 'boolean false'],
    ['1970-01-01', 'date', 'date 0'],
    ['0000-01-01', 'date', 'date -62167219200000'],
    ['2024-02-29', 'date', 'date 1709164800000'],
    ['1969-12-31', 'date', 'date -86400000'],
    ['9999-12-31', 'date', 'date 253402214400000'],
    ['2024-05-01T10:20:30', 'timestamp', 'date 1714558830000'],
    ['2024-05-01T10:20:30Z', 'timestamp', 'date 1714558830000'],
    ['2024-05-01T10:20:30.123Z', 'timestamp', 'date 1714558830123'],
    ['1969-12-31T23:59:59.999', 'timestamp', 'date -1'],
    ['2024-05-01T10:20:30.123456Z', 'timestamp', 'number 1714558830123456'],
    ['1969-12-31T23:59:59.999999999', 'timestamp', 'number -1'],
  ])('%s is %s', (text, type, value) => {
    expect(column([text])).toEqual([type, value]);
  });

  test.each([
    '007',
    '00',
    '-00',
    '-01',
    '+1',
    '1_000',
    '1,000'.replace(',', ' '),
    '0x10',
    '1.',
    '.5',
    '-.5',
    '-',
    '1e',
    '1e+',
    '1e999',
    '-1e999',
    '1e-999',
    '1.2345678901234567e-320',
    '9223372036854775808',
    '-9223372036854775809',
    '12345678901234567890',
    '18446744073709551615',
    '99999999999999999999',
    '9007199254740993.0',
    '0.123456789012345678',
    '1.0000000000000000000',
    'nan',
    'inf',
    'infinity',
    '-NaN',
    'True',
    'TRUE',
    'yes',
    'null',
    '2024-02-30',
    '2023-02-29',
    '1900-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
    '2024-1-1',
    '2024-01-011',
    '2024-01-01T24:00:00Z',
    '2024-01-01T10:60:00Z',
    '2024-01-01T10:20:60Z',
    '2024-01-01 10:20:30',
    '2024-01-01t10:20:30',
    '2024-02-30T10:20:30Z',
    '2024-05-01T10:20:30.12Z',
    '2024-05-01T10:20:30.1234Z',
    '3024-05-01T10:20:30.123456789Z', // beyond 64 bits of nanoseconds
    '2024-05-01T10:20:30+02:00',
    ' 1',
    '1 ',
    '１',
    '=1+1',
  ])('%s stays text', (text) => {
    expect(column([text])).toEqual(['utf8', `string ${text}`]);
  });

  test('quotes do not make a number text: many programs quote everything', () => {
    expect(column(['"1"', '"2"'])).toEqual(['int32', 'number 1', 'number 2']);
  });

  test('any double is read back from the text that JavaScript gives it', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        fc.pre(!Number.isInteger(value) || Math.abs(value) < 2 ** 53);
        const text = Object.is(value, -0) ? '-0' : String(value);
        expect(read(`c\n0.5\n${text}\n`).rows()).toEqual([{ c: 0.5 }, { c: value }]);
      }),
      { numRuns: 2000 },
    );
  });

  test('a number is never read as another number', () => {
    const number = fc.stringMatching(/^-?\d{1,21}(\.\d{1,21})?(e[+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(number, (text) => {
        const value = read(`c\n${text}\n`).rows()[0]?.c;
        if (typeof value === 'string') expect(value).toBe(text);
        else if (/^-?\d+$/.test(text) && text !== '-0') expect(String(value)).toBe(text);
        else expect(value).toBe(Number(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('the calendar is that of Date', () => {
    fc.assert(
      fc.property(fc.integer({ min: -719_528, max: 2_932_896 }), (day) => {
        const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
        expect(column([text])).toEqual(['date', `date ${String(day * 86_400_000)}`]);
      }),
    );
  });
});

describe('the type of a column is the narrowest that holds every cell', () => {
  test.each([
    [['1', '2', 'x'], 'utf8'],
    [['1', '3000000000'], 'int64'],
    [['1', '1.5'], 'float64'],
    [['9007199254740993', '1'], 'int64'],
    [['9007199254740993', '0.5'], 'utf8'],
    [['true', '1'], 'utf8'],
    [['true', 'True'], 'utf8'],
    [['2024-01-01', '2024-02-30'], 'utf8'],
    [['2024-01-01', '2024-01-01T00:00:00'], 'utf8'],
    [['2024-01-01T00:00:00', '2024-01-01T00:00:00Z'], 'utf8'],
    [['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.000Z'], 'utf8'],
    [['1', '', '2'], 'int32'],
    [['1', '""', '2'], 'utf8'],
    [['', ''], 'null'],
    [[], 'null'],
    [['1', '-0'], 'float64'],
    [['1', '007'], 'utf8'],
  ])('%j is %s', (cells, type) => {
    expect(column(cells)[0]).toBe(type);
  });

  test('one late cell decides: no sample is trusted', () => {
    const cells = Array.from({ length: 20_000 }, (_, i) => String(i));
    expect(column([...cells, 'x'])[0]).toBe('utf8');
    expect(column([...cells, '9007199254740993']).at(-1)).toBe('number 9007199254740993');
  });
});
