import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from '../../src/table/column.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { takeRows } from '../../src/table/take.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { content } from '../cells.js';
import { columnOf } from '../column-of.js';

test('rows at any indices are those rows, in that order, as often as they were named', () => {
  fc.assert(
    fc.property(arbitraryTable({ minColumns: 1 }), fc.array(fc.nat(), { maxLength: 20 }), (table, given) => {
      const indices = table.length === 0 ? [] : given.map((index) => index % table.length);
      const expected = content(table).map(([name, cells]) => [name, indices.map((index) => cells[index])]);
      const taken = takeRows(table, indices);
      expect(content(taken)).toEqual(expected);
      expect(taken.fields).toEqual(table.fields);
    }),
    { numRuns: 300 },
  );
});

test('lists, structs and decimals', () => {
  const child: Column = columnOf({ name: 'item', type: 'int32' }, [1, null, 3]);
  const table = new ColumnTable([
    {
      layout: 'list',
      field: { name: 'l', type: 'list' },
      length: 3,
      nullCount: 1,
      validity: Uint8Array.of(0b101),
      offsets: Int32Array.of(0, 2, 2, 3),
      child,
    },
    {
      layout: 'struct',
      field: { name: 's', type: 'struct' },
      length: 3,
      nullCount: 0,
      validity: undefined,
      children: [child],
    },
    {
      layout: 'decimal',
      field: { name: 'd', type: 'decimal', precision: 20, scale: 1 },
      length: 3,
      nullCount: 0,
      validity: undefined,
      words: 2,
      values: BigUint64Array.of(1n, 0n, 2n, 0n, 3n, 0n),
    },
  ]);
  expect(content(takeRows(table, [2, 0, 1]))).toEqual([
    ['l', ['json [3]', 'json [1,null]', 'null']],
    ['s', ['json {"item":3}', 'json {"item":1}', 'json {"item":null}']],
    ['d', ['string 0.3', 'string 0.1', 'string 0.2']],
  ]);
});
