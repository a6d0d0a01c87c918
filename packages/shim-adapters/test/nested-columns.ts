import type { Column } from '../src/table/column.js';
import { ColumnTable } from '../src/table/column-table.js';
import { columnOf } from './column-of.js';

const item = columnOf({ name: 'item', type: 'int32' }, [1, null, 3]);

/** Types that not every format has a place for: three rows each, of which the second is null. */
export const EXACT_AND_NESTED: readonly Column[] = [
  {
    layout: 'decimal',
    field: { name: 'c', type: 'decimal', precision: 30, scale: 2 },
    length: 3,
    nullCount: 1,
    validity: Uint8Array.of(0b101),
    words: 2,
    values: BigUint64Array.of(12_345n, 5n, 0n, 0n, 2n ** 64n - 50n, 2n ** 64n - 1n),
  },
  {
    layout: 'text',
    field: { name: 'c', type: 'binary' },
    length: 3,
    nullCount: 1,
    validity: Uint8Array.of(0b101),
    offsets: Int32Array.of(0, 2, 2, 3),
    bytes: Uint8Array.of(0xff, 0, 7),
  },
  {
    layout: 'list',
    field: { name: 'c', type: 'list' },
    length: 3,
    nullCount: 1,
    validity: Uint8Array.of(0b101),
    offsets: Int32Array.of(0, 2, 2, 3),
    child: item,
  },
  {
    layout: 'struct',
    field: { name: 'c', type: 'struct' },
    length: 3,
    nullCount: 1,
    validity: Uint8Array.of(0b101),
    children: [item],
  },
];

/** All of them side by side, under the names of their types. */
export function nestedTable(): ColumnTable {
  return new ColumnTable(
    EXACT_AND_NESTED.map((column) => ({ ...column, field: { ...column.field, name: column.field.type } })),
  );
}
