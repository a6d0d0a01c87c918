import * as arrow from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrowAdapter } from '../../src/arrow/adapter.js';
import { toApacheArrow } from '../../src/arrow/apache-arrow.js';
import { columnBuffers } from '../../src/table/column.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { nestedTable } from '../nested-columns.js';
import { request, tableIn } from '../requests.js';

const adapter = arrowAdapter();

async function fromArrow(value: unknown): Promise<ColumnTable> {
  return tableIn(await adapter.convert(request('arrow', 'columns', value)));
}

async function toIpc(table: ColumnTable, ipc: 'stream' | 'file'): Promise<Uint8Array> {
  const { data } = await adapter.convert(request('columns', 'arrow-ipc', table, { options: { ipc } }));
  if (data instanceof Uint8Array) return data;
  throw new TypeError('the result is no bytes');
}

const nested = nestedTable();

describe('a table of apache-arrow', () => {
  test('is made over the same memory', () => {
    const table = tableOf({ i: ['int32', [1, 2, 3]], t: ['utf8', ['a', 'é', '']] });
    const made = toApacheArrow(table, arrow);
    expect(made).toBeInstanceOf(arrow.Table);
    expect(made.toArray().map((row) => JSON.stringify(row))).toEqual([
      '{"i":1,"t":"a"}',
      '{"i":2,"t":"é"}',
      '{"i":3,"t":""}',
    ]);
    const buffers = made.batches[0]?.data.children.map(
      ({ values }: { values: ArrayBufferView }) => values.buffer,
    );
    const own = table.columns.flatMap(columnBuffers).map(({ buffer }) => buffer);
    for (const buffer of buffers ?? []) expect(own).toContain(buffer);
  });

  test('there and back is the same table, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable({ minColumns: 1 }), async (table) => {
        const back = await fromArrow(toApacheArrow(table, arrow));
        expect(content(back)).toEqual(content(table));
        expect(back.fields).toEqual(table.fields);
      }),
      { numRuns: 200 },
    );
  });

  test('decimals, bytes, lists and structs are kept', async () => {
    const back = await fromArrow(toApacheArrow(nested, arrow));
    expect(content(back)).toEqual(content(nested));
    expect(back.fields).toEqual(nested.fields);
  });

  test('is not changed by being read, not even where a null has an index that leads nowhere', async () => {
    const column = columnOf({ name: 't', type: 'utf8' }, ['x', null, 'y'], true);
    if (column.layout !== 'dictionary') throw new TypeError('no dictionary');
    const indices = Int32Array.of(0, 99, 1);
    const made = toApacheArrow(new ColumnTable([{ ...column, indices }]), arrow);
    expect(content(await fromArrow(made))).toEqual([['t', ['string x', 'null', 'string y']]]);
    expect(indices).toEqual(Int32Array.of(0, 99, 1));
  });

  test('with a struct whose child is longer than it is read to its own end', async () => {
    const made = toApacheArrow(
      new ColumnTable([
        {
          layout: 'struct',
          field: { name: 's', type: 'struct' },
          length: 2,
          nullCount: 0,
          validity: undefined,
          children: [
            columnOf({ name: 'b', type: 'bool' }, [true, null, true]),
            columnOf({ name: 't', type: 'utf8' }, ['x', 'y', 'z']),
          ],
        },
      ]),
      arrow,
    );
    const back = await fromArrow(made);
    expect(content(back)).toEqual([['s', ['json {"b":true,"t":"x"}', 'json {"b":null,"t":"y"}']]]);
    const struct = back.column('s');
    expect(struct.layout === 'struct' && struct.children.map(({ length }) => length)).toEqual([2, 2]);
  });

  test('a slice of it, whose bitmaps begin in the middle of a byte, is read from its first row', async () => {
    const made = toApacheArrow(
      new ColumnTable([
        columnOf({ name: 'i', type: 'int32' }, [1, null, 3, null, 5]),
        columnOf({ name: 'b', type: 'bool' }, [true, false, null, true, false]),
        columnOf({ name: 't', type: 'utf8' }, ['a', null, 'c', 'd', 'e']),
      ]),
      arrow,
    );
    expect(content(await fromArrow(made.slice(1, 4)))).toEqual([
      ['i', ['null', 'number 3', 'null']],
      ['b', ['boolean false', 'null', 'boolean true']],
      ['t', ['null', 'string c', 'string d']],
    ]);
  });

  test('that its own builders made is read', async () => {
    const made = arrow.tableFromArrays({
      f: Float64Array.of(0.5, -0, NaN),
      t: ['x', null, 'x'],
      n: [1, 2, null],
    });
    expect(content(await fromArrow(made))).toEqual([
      ['f', ['number 0.5', 'number -0', 'number NaN']],
      ['t', ['string x', 'null', 'string x']],
      ['n', ['number 1', 'number 2', 'null']],
    ]);
  });

  test.each(['stream', 'file'] as const)('is what apache-arrow reads of our IPC %s', async (ipc) => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable({ minColumns: 1 }), async (table) => {
        const read = arrow.tableFromIPC(await toIpc(table, ipc));
        expect(content(await fromArrow(read))).toEqual(content(table));
      }),
      { numRuns: 100 },
    );
    const read = arrow.tableFromIPC(await toIpc(nested, ipc));
    expect(content(await fromArrow(read))).toEqual(content(nested));
  });

  test('written by apache-arrow is read as it is', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable({ minColumns: 1 }), async (table) => {
        const made = toApacheArrow(table, arrow);
        for (const format of ['stream', 'file'] as const) {
          const bytes = arrow.tableToIPC(made, format);
          const back = tableIn(await adapter.convert(request('arrow-ipc', 'columns', bytes)));
          expect(content(back)).toEqual(content(table));
        }
      }),
      { numRuns: 100 },
    );
  });
});
