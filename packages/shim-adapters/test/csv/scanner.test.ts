import { describe, expect, test } from 'vitest';
import { ConversionError } from '../../src/errors.js';
import { read } from './read.js';
import { content } from '../cells.js';

/** Every line of a text as a row of texts, null as null. */
function lines(text: string, delimiter = ','): (string | null)[][] {
  const table = read(text, { header: false, delimiter, types: {} });
  const columns = content(table).map(([, list]) => list);
  return Array.from({ length: table.length }, (_, i) =>
    columns.map((column) => (column[i] === 'null' ? null : (column[i] ?? '').replace(/^string /, ''))),
  );
}

function broken(text: string): ConversionError {
  try {
    read(text, { delimiter: ',' });
  } catch (error) {
    if (error instanceof ConversionError) return error;
  }
  throw new Error('the text was read');
}

describe('records and fields (RFC 4180)', () => {
  test.each([
    [
      'plain fields',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'no line break at the end',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'CRLF',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'CR alone',
      'a,b\rc,d\r',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'line breaks of all kinds in one text',
      'a,b\r\nc,d\re,f\ng,h',
      [
        ['a', 'b'],
        ['c', 'd'],
        ['e', 'f'],
        ['g', 'h'],
      ],
    ],
    ['quoted fields', '"a","b"\n', [['a', 'b']]],
    ['a delimiter in quotes', '"a,b",c\n', [['a,b', 'c']]],
    ['doubled quotes', '"a ""b""",""""\n', [['a "b"', '"']]],
    ['line breaks in quotes, as they are', '"a\nb","c\r\nd","e\rf"\n', [['a\nb', 'c\r\nd', 'e\rf']]],
    ['a quote inside an unquoted field', '5" pipe,b\n', [['5" pipe', 'b']]],
    ['spaces belong to fields', ' a , b \n', [[' a ', ' b ']]],
    [
      'nothing is null, "" is empty',
      ',""\nx,y\n',
      [
        [null, ''],
        ['x', 'y'],
      ],
    ],
    [
      'an empty last field',
      'a,b\nc,\n',
      [
        ['a', 'b'],
        ['c', null],
      ],
    ],
    [
      'an empty last field at the very end',
      'a,b\nc,',
      [
        ['a', 'b'],
        ['c', null],
      ],
    ],
    [
      'a quoted field at the very end',
      'a,b\nc,"d"',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'blank lines between records',
      'a,b\n\n\r\nc,d\n\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['with one column a blank line is a null', 'a\n\nb\n', [['a'], [null], ['b']]],
    [
      'only delimiters',
      ',\n,\n',
      [
        [null, null],
        [null, null],
      ],
    ],
    [
      'text beyond ASCII',
      'é,😀\n"e\u0301","\u2028"\n',
      [
        ['é', '😀'],
        ['e\u0301', '\u2028'],
      ],
    ],
    ['a byte order mark is not data', '\ufeffa,b\n', [['a', 'b']]],
    ['a byte order mark before a quote', '\ufeff"a",b\n', [['a', 'b']]],
    ['a second byte order mark is', '\ufeff\ufeffa,b\n', [['\ufeffa', 'b']]],
    ['NUL bytes are ordinary', 'a\0b,c\n', [['a\0b', 'c']]],
    ['nothing at all', '', []],
    ['a byte order mark alone', '\ufeff', []],
  ])('%s', (_name, text, expected) => {
    expect(lines(text)).toEqual(expected);
  });

  test('more fields than the first guess of their number', () => {
    const text = `${'a,'.repeat(99)}a\n`.repeat(500);
    expect(lines(text)).toHaveLength(500);
  });

  test('a field longer than any buffer to begin with', () => {
    const long = 'x'.repeat(300_000);
    expect(lines(`"${long}",${long}\n`)).toEqual([[long, long]]);
  });
});

describe('broken text tells line and byte offset', () => {
  test.each([
    ['too few fields', 'a,b\n1,2\n3\n', 3, 8, /the line has 1 field, the first line has 2$/],
    ['too many fields', 'a,b\n1,2,3\n', 2, 4, /3 fields, the first line has 2/],
    ['too many fields because of a last delimiter', 'a,b\n1,2,', 2, 4, /3 fields/],
    ['a ragged record that begins with a quote', 'a,b\n"1"\n', 2, 4, /1 field/],
    ['a ragged record after a multi-line one', 'a,b\n"x\ny",2\n3\n', 4, 12, /1 field/],
    ['a ragged record that has several lines itself', 'a,b\n"x\ny"\n', 2, 4, /1 field/],
    ['a quote that is never closed', 'a,b\n1,"x\ny\n', 2, 6, /never closed/],
    ['a lone quote at the end', 'a\n"', 2, 2, /never closed/],
    ['text after a closing quote', 'a,b\n"1"x,2\n', 2, 7, /follows a closing quote/],
    ['a quote after a closing quote and a space', 'a,b\n"1" ,2\n', 2, 7, /follows a closing quote/],
    ['offsets count bytes, not characters', 'é,b\n1\n', 2, 5, /1 field/],
    ['a byte order mark counts', '\ufeffa,b\n1\n', 2, 7, /1 field/],
    ['lines ended by CR', 'a,b\r1,2\r3', 3, 8, /1 field/],
    ['CR inside quotes', 'a,b\r"x\ry",2\r3', 4, 12, /1 field/],
    ['CRLF inside quotes is one line', 'a,b\r\n"x\r\ny",2\r\n3', 4, 15, /1 field/],
  ])('%s', (_name, text, line, offset, message) => {
    const error = broken(text);
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(error.position).toEqual({ line, offset });
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`line ${String(line)} (byte ${String(offset)})`);
  });
});
