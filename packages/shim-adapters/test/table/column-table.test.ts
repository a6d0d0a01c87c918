import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnBuffers } from '../../src/table/column.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { concatTables } from '../../src/table/concat.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { cells, content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { failure } from '../requests.js';

const table = tableOf({ a: ['int32', [1, 2, 3]], b: ['utf8', ['x', null, 'z']] });

describe('a table', () => {
  test('needs columns of unique names and equal length', async () => {
    const [a, b] = [
      columnOf({ name: 'a', type: 'int32' }, [1]),
      columnOf({ name: 'b', type: 'int32' }, [1, 2]),
    ];
    expect((await failure(() => new ColumnTable([a, a]))).message).toContain("two columns are called 'a'");
    expect((await failure(() => new ColumnTable([a, b]))).message).toMatch(
      /column 'b' has 2 values, the table 1/,
    );
    expect((await failure(() => new ColumnTable([a], 5))).code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(new ColumnTable([]).length).toBe(0);
    expect(new ColumnTable([], 7).length).toBe(7);
  });

  test('finds columns by name, and only its own', async () => {
    const awkward = new ColumnTable([columnOf({ name: '__proto__', type: 'int32' }, [1])]);
    expect(awkward.has('__proto__')).toBe(true);
    expect(awkward.has('constructor')).toBe(false);
    const error = await failure(() => table.column('toString'));
    expect(error.code).toBe('ERR_PERF_CONVERT_NO_COLUMN');
    expect(error.message).toBe("there is no column 'toString'; the columns are 'a', 'b'");
  });

  test('of many columns lists the first twenty when one is missing', async () => {
    const wide = new ColumnTable(
      Array.from({ length: 30 }, (_, i) => columnOf({ name: `c${String(i)}`, type: 'null' }, [])),
    );
    expect((await failure(() => wide.column('x'))).message).toMatch(/'c19' and 10 more$/);
  });
});

describe('select', () => {
  test('shares memory and keeps the order asked for', () => {
    const part = table.select(['b', 'a']);
    expect(part.names).toEqual(['b', 'a']);
    expect(part.column('a')).toBe(table.column('a'));
  });

  test('of nothing keeps the rows', () => {
    expect(table.select([]).length).toBe(3);
  });
});

describe('slice', () => {
  test('clamps its borders like an array, save that nothing counts from the end', () => {
    const ranges = [
      [0, 3],
      [0, 99],
      [1, 2],
      [2, 1],
      [3, 9],
      [99, 100],
      [-5, 2],
      [0, 0],
    ] as const;
    for (const [start, end] of ranges) {
      expect(table.slice(start, end).rows()).toEqual(
        table.rows().slice(Math.max(0, start), Math.max(0, end)),
      );
    }
    expect(table.slice(0)).toBe(table);
  });

  test('is the slice of the rows, at any borders, and again of a slice', () => {
    fc.assert(
      fc.property(arbitraryTable(), fc.nat(12), fc.nat(12), fc.nat(12), (given, start, end, again) => {
        const wanted = content(given).map(([name, list]) => [name, list.slice(start, end).slice(again)]);
        const found = given.slice(start, end).slice(again);
        expect(content(found)).toEqual(wanted);
        for (const column of found.columns) {
          const nulls = cells(column).filter((one) => one === 'null').length;
          if (column.field.type !== 'json') expect(column.nullCount).toBe(nulls);
        }
      }),
    );
  });

  test('shares the values', () => {
    const part = table.slice(1, 3);
    for (const column of part.columns) {
      const original = table.column(column.field.name);
      expect(columnBuffers(column)[0]?.buffer).toBe(columnBuffers(original)[0]?.buffer);
    }
  });
});

describe('concat', () => {
  test('of the slices is the whole', () => {
    fc.assert(
      fc.property(
        arbitraryTable({ minColumns: 1 }),
        fc.array(fc.nat(12), { maxLength: 4 }),
        (given, cuts) => {
          const edges = [
            0,
            ...cuts.map((cut) => Math.min(cut, given.length)).toSorted((a, b) => a - b),
            given.length,
          ];
          const joined = concatTables(edges.slice(1).map((end, i) => given.slice(edges[i] ?? 0, end)));
          expect(content(joined)).toEqual(content(given));
          expect(joined.fields).toEqual(given.fields);
          expect(joined.columns.map(({ nullCount }) => nullCount)).toEqual(
            given.columns.map(({ nullCount }) => nullCount),
          );
        },
      ),
    );
  });

  test('joins dictionaries of different entries, and a dictionary with plain text', () => {
    const field = { name: 't', type: 'utf8' } as const;
    const [first, second] = [columnOf(field, ['x', 'y', null], true), columnOf(field, ['y', 'é', 'y'], true)];
    const plain = columnOf(field, ['p', null, '']);
    const all = concatTables([first, second].map((column) => new ColumnTable([column])));
    expect(all.column('t')).toMatchObject({ layout: 'dictionary', dictionary: { length: 3 } });
    expect(cells(all.column('t'))).toEqual([
      'string x',
      'string y',
      'null',
      'string y',
      'string é',
      'string y',
    ]);
    const mixed = concatTables([first, plain].map((column) => new ColumnTable([column])));
    expect(cells(mixed.column('t'))).toEqual(['string x', 'string y', 'null', 'string p', 'null', 'string ']);
  });

  test('a part of nothing but nulls fits any type, wherever it stands', () => {
    const nulls = tableOf({ c: ['null', [null, null]] });
    for (const [type, value] of [
      ['int64', 1n],
      ['bool', true],
      ['utf8', 'x'],
      ['float32', 0.5],
    ] as const) {
      const typed = tableOf({ c: [type, [value]] });
      const cell = content(typed)[0]?.[1][0];
      expect(content(concatTables([nulls, typed, nulls]))).toEqual([
        ['c', ['null', 'null', cell, 'null', 'null']],
      ]);
      expect(concatTables([nulls, typed]).fields).toEqual(typed.fields);
    }
    expect(concatTables([nulls, nulls]).fields).toEqual([{ name: 'c', type: 'null' }]);
  });

  test('parts that differ in type, unit, zone or columns are refused', async () => {
    const time = { name: 'a', type: 'timestamp', unit: 'second' } as const;
    const pairs: [ColumnTable, ColumnTable][] = [
      [tableOf({ a: ['int32', [1]] }), tableOf({ a: ['int64', [1n]] })],
      [
        new ColumnTable([columnOf(time, [1n])]),
        new ColumnTable([columnOf({ ...time, unit: 'millisecond' }, [1n])]),
      ],
      [
        new ColumnTable([columnOf(time, [1n])]),
        new ColumnTable([columnOf({ ...time, timezone: 'UTC' }, [1n])]),
      ],
      [tableOf({ a: ['int32', [1]] }), tableOf({ a: ['int32', [1]], b: ['int32', [1]] })],
      [tableOf({ a: ['int32', [1]], b: ['int32', [1]] }), tableOf({ a: ['int32', [1]] })],
    ];
    for (const pair of pairs) {
      expect((await failure(() => concatTables(pair))).code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
    }
    const other = [tableOf({ a: ['int32', [1]] }), tableOf({ b: ['int32', [1]] })];
    expect((await failure(() => concatTables(other))).code).toBe('ERR_PERF_CONVERT_NO_COLUMN');
  });

  test('of no tables is an empty one, of one is that one', () => {
    expect(concatTables([]).length).toBe(0);
    expect(concatTables([table])).toBe(table);
  });
});

describe('byteLength', () => {
  test('counts every buffer, and memory that two columns share once', () => {
    const column = columnOf({ name: 'a', type: 'float64' }, [1, null, 3]);
    const shared = { ...column, field: { ...column.field, name: 'b' } };
    expect(new ColumnTable([column]).byteLength).toBe(3 * 8 + 1);
    expect(new ColumnTable([column, shared]).byteLength).toBe(3 * 8 + 1);
    expect(tableOf({ a: ['float64', [1, 2, 3]], b: ['float64', [1, 2, 3]] }).byteLength).toBe(48);
    expect(new ColumnTable([], 5).byteLength).toBe(0);
  });

  test('of text counts bytes, not characters', () => {
    expect(tableOf({ a: ['utf8', ['é😀']] }).byteLength).toBe(6 + 2 * 4);
  });
});
