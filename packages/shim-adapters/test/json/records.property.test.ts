import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConversionError } from '../../src/errors.js';
import { readRecords } from '../../src/json/record-table.js';
import { parseJson, parseNdjson } from '../../src/json/text-reader.js';
import { resolveLimits } from '../../src/limits.js';
import { Losses, type ConversionWarning } from '../../src/losses.js';
import type { ColumnTable } from '../../src/table/column-table.js';
import { tableFromRecords } from '../../src/table/records.js';
import { cells } from '../cells.js';

const limits = resolveLimits({ nesting: 6, fieldBytes: 60 });

interface Outcome {
  readonly fields?: ColumnTable['fields'];
  readonly cells?: readonly (readonly string[])[];
  readonly rows?: number;
  readonly quality?: number;
  readonly warnings?: readonly ConversionWarning[];
  readonly error?: string;
}

function outcomeOf(table: ColumnTable, losses: Losses): Outcome {
  const warnings = losses.warnings.toSorted((a, b) =>
    `${a.code} ${a.column ?? ''}`.localeCompare(`${b.code} ${b.column ?? ''}`),
  );
  return {
    fields: table.fields,
    cells: table.columns.map(cells),
    rows: table.length,
    quality: losses.quality,
    warnings,
  };
}

/** What parsing all of it gives. */
function parsed(text: Uint8Array, isLines: boolean): Outcome {
  const losses = new Losses();
  try {
    const records: unknown = isLines
      ? parseNdjson(text, losses, { limits })
      : parseJson(text, losses, { limits });
    if (!Array.isArray(records)) return { error: 'no array' };
    return outcomeOf(tableFromRecords(records, losses), losses);
  } catch (error) {
    if (error instanceof ConversionError) return { error: error.code };
    throw error;
  }
}

/** What reading records gives; undefined when it leaves them to the parser. */
function read(text: Uint8Array, isLines: boolean): Outcome | undefined {
  const losses = new Losses();
  const options = { limits, columns: undefined, isLines, checkpoint: () => undefined };
  const table = readRecords(text, losses, options);
  return table === undefined ? undefined : outcomeOf(table, losses);
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', 'plain', 'a "quoted" \\ one', 'é\n\u2028', '\ud800', 'x'.repeat(61)),
);
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom(
    '-0',
    '0',
    '1e3',
    '1.0',
    '-0.0',
    '1E+2',
    '1e999',
    '9007199254740993',
    '12345678901234567890',
    '0.1',
    '123456789.123456789',
  ),
);
const nested = fc.constantFrom(
  '{}',
  '[]',
  '{"a":[1,{"b":"}]"}]}',
  '[9007199254740993]',
  '[[[[1]]]]',
  '[[[[[1]]]]]',
  '{"x" : "\\u0041"}',
);
const kinds = {
  number,
  text: text.map((value) => JSON.stringify(value)),
  raw: fc.constantFrom('"\\u00e9\\/"', '"\\ud800"', '"a\\tb"'),
  truth: fc.constantFrom('true', 'false'),
  null: fc.constant('null'),
  nested,
};
const mixed = fc.oneof(...Object.values(kinds));
const key = fc.constantFrom('a', 'b', 'key', '__proto__', 'é', 'constructor', 'with space', '');
const space = fc.constantFrom('', '', '', ' ', '\t', '  ');

/** Texts of records: columns of mostly one kind, keys that come and go, spaces here and there. */
const records = fc
  .dictionary(key, fc.constantFrom(...Object.values(kinds), mixed), { maxKeys: 5 })
  .chain((columns) =>
    fc.array(
      fc.tuple(
        fc.tuple(
          ...Object.entries(columns).map(([name, value]) =>
            fc.tuple(
              fc.constant(name),
              fc.oneof(
                { weight: 6, arbitrary: value },
                { weight: 1, arbitrary: fc.constantFrom('null', undefined) },
              ),
              space,
            ),
          ),
        ),
        fc.boolean(),
      ),
      { maxLength: 12 },
    ),
  )
  .map((rows) =>
    rows.map(([row, isReversed]) => {
      const members = row.flatMap(([name, value, gap]) =>
        value === undefined ? [] : [`${gap}${JSON.stringify(name)}${gap}:${gap}${value}${gap}`],
      );
      return `{${(isReversed ? members.toReversed() : members).join(',')}}`;
    }),
  );

describe.each([
  ['JSON', false],
  ['NDJSON', true],
])('records of %s', (_format, isLines) => {
  const textOf = (rows: readonly string[]): Buffer =>
    Buffer.from(isLines ? rows.map((row) => `${row}\n`).join('') : ` [${rows.join(' ,\n')}]\n`);

  it('are read as parsing them reads them, or left to it', () => {
    let taken = 0;
    fc.assert(
      fc.property(records, (rows) => {
        const bytes = textOf(rows);
        const found = read(bytes, isLines);
        if (found === undefined) return;
        taken += 1;
        expect(found).toEqual(parsed(bytes, isLines));
      }),
      { numRuns: 1500 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  it('are left to it when anything is wrong', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.nat(255), (rows, place, byte) => {
        const bytes = textOf(rows);
        if (bytes.length === 0) return;
        bytes[place % bytes.length] = byte;
        const expected = parsed(bytes, isLines);
        const found =
          expected.error === 'ERR_PERF_CONVERT_BAD_INPUT' && !isText(bytes)
            ? undefined
            : read(bytes, isLines);
        if (found !== undefined) expect(found).toEqual(expected);
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['nothing', []],
    ['keys that an object would put first', ['{"b":1,"1":2}']],
    ['an escaped key', ['{"\\u0061":1}']],
    ['numbers that are none', ['{"a":01}']],
    ['a number without digits', ['{"a":-}']],
    ['a fraction without digits', ['{"a":1.}']],
    ['words that are none', ['{"a":nul}']],
    ['a comma too many', ['{"a":1,}']],
    ['no object', ['1']],
    ['a control character', ['{"a":"\u0001"}']],
  ])('are left to it for %s', (_what, rows) => {
    expect(read(textOf(rows), isLines)).toBeUndefined();
  });
});

it('a key that comes later, in blocks of many records, has nulls before', () => {
  const rows = Array.from({ length: 40_000 }, (_, i) => (i === 30_000 ? { a: i, b: 'late' } : { a: i }));
  const bytes = Buffer.from(JSON.stringify(rows));
  expect(read(bytes, false)).toEqual(parsed(bytes, false));
});

it('a column whose kind changes after many blocks keeps all its values', () => {
  const rows = Array.from({ length: 40_000 }, (_, i) => ({
    a: i === 35_000 ? 'text' : i / 2,
    b: i % 2 === 0,
  }));
  const bytes = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'));
  expect(read(bytes, true)).toEqual(parsed(bytes, true));
});

it('only wanted columns are parsed, in the order that is wanted', () => {
  const bytes = Buffer.from('[{"a":1,"b":[2],"c":"x"},{"c":"y","a":2}]');
  const options = { limits, isLines: false, checkpoint: () => undefined };
  const table = readRecords(bytes, new Losses(), { ...options, columns: ['c', 'a'] });
  expect(table?.columns.map((column) => [column.field.name, cells(column)])).toEqual([
    ['c', ['string x', 'string y']],
    ['a', ['number 1', 'number 2']],
  ]);
  expect(readRecords(bytes, new Losses(), { ...options, columns: ['none'] })).toBeUndefined();
  const broken = Buffer.from('[{"a":1,"b":[}]}]');
  expect(readRecords(broken, new Losses(), { ...options, columns: ['a'] })).toBeUndefined();
});

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
