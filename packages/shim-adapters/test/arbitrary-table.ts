import fc from 'fast-check';
import type { Column, ColumnType, Field, TimeUnit } from '../src/table/column.js';
import { ColumnTable } from '../src/table/column-table.js';
import { columnOf, type Stored } from './column-of.js';

/** Names that trip up code which keeps columns in objects or splits paths. */
export const AWKWARD_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  '',
  'a.b',
  'a,b',
  'a"b',
  'é😀',
  'x\ny',
  ' ',
];

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const UNITS: readonly TimeUnit[] = ['second', 'millisecond', 'microsecond', 'nanosecond'];

/** Texts that look like something else, or that a text format must escape. */
const AWKWARD_TEXTS = [
  '',
  ' ',
  '1',
  '-0',
  '007',
  'true',
  'null',
  'NaN',
  '2024-02-29',
  '2024-05-01T10:20:30Z',
];
const SYNTAX_TEXTS = [
  'a,b',
  'a;b',
  'a\tb',
  'a|b',
  '"',
  '""',
  'a\nb',
  'a\r\nb',
  '\\',
  '\ufeffx',
  '\u2028',
  '\0',
  '=1+1',
];

const text = fc.oneof(
  fc.constantFrom(...AWKWARD_TEXTS),
  fc.constantFrom(...SYNTAX_TEXTS),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary-ascii', maxLength: 12 }),
);

/** The types that these tables have; nested ones have tables of their own. */
export type FlatType = Exclude<ColumnType, 'decimal' | 'binary' | 'list' | 'struct'>;

const stored: Readonly<Record<FlatType, fc.Arbitrary<Stored>>> = {
  null: fc.constant(null),
  bool: fc.boolean(),
  int8: fc.integer({ min: -128, max: 127 }),
  int16: fc.integer({ min: -32_768, max: 32_767 }),
  int32: fc.oneof(fc.integer(), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0)),
  int64: fc.oneof(fc.bigInt(INT64), fc.constantFrom(INT64.min, INT64.max, 2n ** 53n + 1n, 0n, -1n)),
  uint8: fc.integer({ min: 0, max: 255 }),
  uint16: fc.integer({ min: 0, max: 65_535 }),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  uint64: fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.constantFrom(0n, 2n ** 63n, 2n ** 64n - 1n),
  ),
  float32: fc.float(),
  float64: fc.oneof(
    fc.double(),
    fc.constantFrom(-0, NaN, Infinity, -Infinity, 1e20, 2 ** 60, 2 ** 53, 5e-324, 1e308, 0.1, 1e-7),
  ),
  date: fc.oneof(fc.integer({ min: -800_000, max: 3_000_000 }), fc.integer()),
  timestamp: fc.oneof(
    fc.bigInt({ min: -(10n ** 12n), max: 10n ** 13n }),
    fc.bigInt(INT64),
    fc.constantFrom(0n, -1n, 951_782_400_000n),
  ),
  utf8: text,
  json: fc.oneof(fc.json({ maxDepth: 2 }), fc.constantFrom('{"n":9007199254740993}', '[]', '"text"', '1')),
};

const type = fc.constantFrom<FlatType>(
  'null',
  'bool',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float32',
  'float64',
  'date',
  'timestamp',
  'utf8',
  'json',
);

function arbitraryField(name: string): fc.Arbitrary<Field & { readonly type: FlatType }> {
  return type.chain((kind): fc.Arbitrary<Field & { readonly type: FlatType }> => {
    if (kind !== 'timestamp') return fc.constant({ name, type: kind });
    return fc
      .record({ unit: fc.constantFrom(...UNITS), zone: fc.constantFrom(undefined, 'UTC', 'Europe/Berlin') })
      .map(({ unit, zone }) => ({
        name,
        type: kind,
        unit,
        ...(zone === undefined ? {} : { timezone: zone }),
      }));
  });
}

/** A column with any field, any share of nulls, and for text either layout. */
export function arbitraryColumn(name: string, rows: number): fc.Arbitrary<Column> {
  return arbitraryField(name).chain((field) => {
    const value = stored[field.type];
    const cell = fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });
    const values = fc.oneof(
      fc.array(cell, { minLength: rows, maxLength: rows }),
      fc.array(value, { minLength: rows, maxLength: rows }),
    );
    return fc.tuple(values, fc.boolean()).map(([list, dictionary]) => columnOf(field, list, dictionary));
  });
}

const name = fc.oneof(
  fc.constantFrom(...AWKWARD_NAMES),
  fc.string({ unit: 'grapheme', maxLength: 6 }).filter((text) => text.isWellFormed()),
);

/** A table of 0 to 5 columns with unique names and 0 to 12 rows. */
export function arbitraryTable({ minColumns = 0 }: { minColumns?: number } = {}): fc.Arbitrary<ColumnTable> {
  return fc
    .tuple(fc.uniqueArray(name, { minLength: minColumns, maxLength: 5 }), fc.integer({ min: 0, max: 12 }))
    .chain(([names, rows]) =>
      fc
        .tuple(...names.map((columnName) => arbitraryColumn(columnName, rows)))
        .map((columns) => new ColumnTable(columns, rows)),
    );
}
