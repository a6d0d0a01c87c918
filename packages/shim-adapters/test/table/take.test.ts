import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeRows } from '../../src/table/take.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { content } from '../cells.js';
import { nestedTable } from '../nested-columns.js';

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

test('decimals, bytes, lists and structs', () => {
  const table = nestedTable();
  const expected = content(table).map(([name, cells]) => [name, [2, 0, 1, 2].map((index) => cells[index])]);
  expect(content(takeRows(table, [2, 0, 1, 2]))).toEqual(expected);
});
