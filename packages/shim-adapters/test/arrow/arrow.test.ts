import * as flechette from '@uwdata/flechette';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrowAdapter } from '../../src/arrow/adapter.js';
import { ConversionError } from '../../src/errors.js';
import type { ConversionResult } from '../../src/result.js';
import { columnBuffers } from '../../src/table/column.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { failure, request, tableIn } from '../requests.js';

const adapter = arrowAdapter();

const table = new ColumnTable(
  [
    columnOf({ name: 'i', type: 'int32' }, [1, null, 3]),
    columnOf({ name: 'l', type: 'int64' }, [2n ** 53n + 1n, null, -1n]),
    columnOf({ name: 'f', type: 'float64' }, [0.5, -0, NaN]),
    columnOf({ name: 't', type: 'utf8' }, ['é', null, '']),
    columnOf({ name: 'd', type: 'utf8' }, ['x', 'x', null], true),
    columnOf({ name: 's', type: 'timestamp', unit: 'microsecond', timezone: 'Europe/Berlin' }, [
      1n,
      2n,
      null,
    ]),
    columnOf({ name: 'j', type: 'json' }, ['{"a":1}', null, '[]']),
    columnOf({ name: 'b', type: 'bool' }, [true, false, null]),
    columnOf({ name: 'n', type: 'null' }, [null, null, null]),
  ],
  3,
  new Map([['origin', 'here']]),
);

function fromArrow(value: unknown, rest?: Parameters<typeof request>[3]): Promise<ConversionResult> {
  return adapter.convert(request('arrow', 'columns', value, rest));
}

function fromIpc(bytes: Uint8Array): Promise<ConversionResult> {
  return adapter.convert(request('arrow-ipc', 'columns', bytes));
}

async function toArrow(given: ColumnTable): Promise<flechette.Table> {
  const { data } = await adapter.convert(request('columns', 'arrow', given));
  if (data instanceof flechette.Table) return data;
  throw new TypeError('the result is no Arrow table');
}

async function toIpc(given: ColumnTable): Promise<Uint8Array> {
  const { data } = await adapter.convert(request('columns', 'arrow-ipc', given));
  if (data instanceof Uint8Array) return data;
  throw new TypeError('the result is no bytes');
}

describe('an Arrow table shares the memory of the columns', () => {
  test('there and back is the same memory, not only the same values', async () => {
    const back = tableIn(await fromArrow(await toArrow(table)));
    expect(content(back)).toEqual(content(table));
    const shared = back.columns.filter(({ layout }) => layout === 'fixed' || layout === 'text');
    expect(shared).not.toHaveLength(0);
    for (const column of shared) {
      const before = new Set(columnBuffers(table.column(column.field.name)).map(({ buffer }) => buffer));
      for (const { buffer } of columnBuffers(column)) expect(before).toContain(buffer);
    }
  });

  test('types, units, zones, JSON and metadata are kept', async () => {
    const back = tableIn(await fromArrow(await toArrow(table)));
    expect(back.fields).toEqual(table.fields);
    expect(back.metadata).toEqual(table.metadata);
    expect(tableIn(await fromIpc(await toIpc(table))).fields).toEqual(table.fields);
  });

  test('the values are what an Arrow library reads', async () => {
    const arrow = await toArrow(table);
    expect(arrow.numRows).toBe(3);
    expect(Array.from(arrow.getChild('l'))).toEqual([2n ** 53n + 1n, null, -1n]);
    expect(Array.from(arrow.getChild('d'))).toEqual(['x', 'x', null]);
    expect(Array.from(arrow.getChild('b'))).toEqual([true, false, null]);
  });

  test('a dictionary stays a dictionary', async () => {
    const back = tableIn(await fromIpc(await toIpc(table)));
    expect(back.column('d').layout).toBe('dictionary');
  });

  test('its bytes are told without asking the Arrow library', async () => {
    const result = await adapter.convert(request('columns', 'arrow', table));
    expect(result.bytes).toBe(table.byteLength);
  });
});

describe('Arrow tables from elsewhere', () => {
  const types = {
    i8: flechette.int8(),
    u64: flechette.uint64(),
    f32: flechette.float32(),
    ms: flechette.timestamp(flechette.TimeUnit.MILLISECOND),
  };

  test('several record batches are joined', async () => {
    const batches = flechette.tableFromArrays(
      {
        i8: [1, null, 3, 4, 5],
        u64: [1n, 2n ** 64n - 1n, null, 4n, 5n],
        f32: [0.5, null, -0, 1, 2],
        t: ['a', 'bb', null, '', 'é'],
        d: ['x', 'y', 'x', null, 'z'],
        b: [true, null, false, true, true],
        ms: [0, 1, null, 3, 4],
      },
      {
        maxBatchRows: 2,
        types: { ...types, t: flechette.utf8(), d: flechette.dictionary(flechette.utf8()) },
        useBigInt: true,
      },
    );
    expect(batches.getChild('t').data.length).toBeGreaterThan(1);
    const ipc = flechette.tableToIPC(batches, { format: 'file' }) ?? new Uint8Array();
    const expected = [
      ['i8', ['number 1', 'null', 'number 3', 'number 4', 'number 5']],
      ['u64', ['number 1', 'number 18446744073709551615', 'null', 'number 4', 'number 5']],
      ['f32', ['number 0.5', 'null', 'number -0', 'number 1', 'number 2']],
      ['t', ['string a', 'string bb', 'null', 'string ', 'string é']],
      ['d', ['string x', 'string y', 'string x', 'null', 'string z']],
      ['b', ['boolean true', 'null', 'boolean false', 'boolean true', 'boolean true']],
      ['ms', ['date 0', 'date 1', 'null', 'date 3', 'date 4']],
    ];
    for (const result of [await fromArrow(batches), await fromIpc(ipc)]) {
      expect(content(tableIn(result))).toEqual(expected);
      expect(result.warnings).toEqual([]);
    }
  });

  test.each([
    [
      'half floats',
      flechette.float16(),
      [0.5, null, -2, 6e-8],
      ['number 0.5', 'null', 'number -2', 'number 5.960464477539063e-8'],
    ],
    ['times of day', flechette.timeSecond(), [1, null], ['number 1', 'null']],
    ['durations', flechette.duration(flechette.TimeUnit.MILLISECOND), [5n, null], ['number 5', 'null']],
    [
      'dictionaries of numbers',
      flechette.dictionary(flechette.int32()),
      [5, 7, 5],
      ['number 5', 'number 7', 'number 5'],
    ],
  ] as const)(
    '%s have no layout here: they become what is closest, which is told',
    async (_name, type, values, cells) => {
      const arrow = flechette.tableFromColumns({ c: flechette.columnFromArray<unknown>([...values], type) });
      const result = await fromArrow(arrow);
      expect(content(tableIn(result))).toEqual([['c', cells]]);
      expect(result.warnings).toContainEqual(
        expect.objectContaining({ code: 'type-generalised', column: 'c' }),
      );
    },
  );

  test.each([
    [
      'lists',
      flechette.list(flechette.int32()),
      [[1, 2], null, []],
      'list',
      ['json [1,2]', 'null', 'json []'],
    ],
    [
      'lists of one size',
      flechette.fixedSizeList(flechette.int8(), 2),
      [[1, 2], null],
      'list',
      ['json [1,2]', 'null'],
    ],
    [
      'structs',
      flechette.struct({ a: flechette.int32() }),
      [{ a: 1 }, null],
      'struct',
      ['json {"a":1}', 'null'],
    ],
    ['large text', flechette.largeUtf8(), ['a', null], 'text', ['string a', 'null']],
    [
      'dates in milliseconds',
      flechette.dateMillisecond(),
      [new Date('2024-02-29'), null],
      'fixed',
      ['date 1709164800000', 'null'],
    ],
    [
      'short decimals',
      flechette.decimal64(5, 2),
      [1.25, null, -0.5],
      'decimal',
      ['string 1.25', 'null', 'string -0.50'],
    ],
  ] as const)('%s have the layout they have there', async (_name, type, values, layout, cells) => {
    const arrow = flechette.tableFromColumns({ c: flechette.columnFromArray<unknown>([...values], type) });
    const result = await fromArrow(arrow);
    expect(content(tableIn(result))).toEqual([['c', cells]]);
    expect(tableIn(result).column('c').layout).toBe(layout);
    expect(result.warnings).toEqual([]);
  });

  test.each<[string, flechette.DataType, Partial<ConstructorParameters<BatchClass>[0]>]>([
    ['numbers', flechette.int32(), { values: new Int32Array(3) }],
    ['booleans', flechette.bool(), { values: new Uint8Array(1) }],
    ['text', flechette.utf8(), { values: new Uint8Array(3), offsets: new Int32Array(4) }],
    ['lists', flechette.list(flechette.int32()), { offsets: new Int32Array(4), children: [] }],
    ['nulls', flechette.int32(), { values: new Int32Array(10), nullCount: 1, validity: new Uint8Array(1) }],
  ])('%s that claim more values than their buffers hold are refused', async (_name, type, buffers) => {
    const batch = new (batchClass(type))({
      length: 10,
      nullCount: 0,
      type,
      validity: new Uint8Array(0),
      ...buffers,
    });
    const error = await failure(() =>
      fromArrow(flechette.tableFromColumns({ c: new flechette.Column([batch]) })),
    );
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(error.message).toMatch(/column 'c' claims 10 values, its buffers hold \d/);
  });

  test.each([
    ['beyond the bytes', new Int32Array(11).fill(4, 10), "column 'c' points to 4 of 3"],
    ['that go back', Int32Array.from([0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1]), 'goes back from offset 2 to 1'],
    ['below zero', new Int32Array(11).fill(-1), 'begins at offset -1'],
  ])('offsets %s are refused', async (_name, offsets, message) => {
    const type = flechette.utf8();
    const batch = new (batchClass(type))({
      length: 10,
      nullCount: 0,
      type,
      validity: new Uint8Array(0),
      values: new Uint8Array(3),
      offsets,
    });
    const error = await failure(() =>
      fromArrow(flechette.tableFromColumns({ c: new flechette.Column([batch]) })),
    );
    expect(error.message).toContain(message);
  });

  test('anything else is refused', async () => {
    for (const value of [{}, null, [], { numRows: 1, schema: {} }]) {
      expect((await failure(() => fromArrow(value))).code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
    }
  });
});

describe('Arrow IPC bytes', () => {
  test('are read in stream and in file format', async () => {
    const arrow = await toArrow(table);
    for (const format of ['stream', 'file'] as const) {
      const bytes = flechette.tableToIPC(arrow, { format }) ?? new Uint8Array();
      expect(content(tableIn(await fromIpc(bytes)))).toEqual(content(table));
    }
  });

  test.each([1, 3, 7])('may begin at byte %i of their buffer, be it an array or a Buffer', async (offset) => {
    const bytes = await toIpc(table);
    const larger = new Uint8Array(bytes.length + offset);
    larger.set(bytes, offset);
    for (const view of [larger.subarray(offset), Buffer.from(larger.buffer, offset)]) {
      expect(view.byteOffset % 8).not.toBe(0);
      expect(content(tableIn(await fromIpc(view)))).toEqual(content(table));
    }
  });

  test('may be shared between threads', async () => {
    const bytes = await toIpc(table);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    expect(content(tableIn(await fromIpc(shared)))).toEqual(content(table));
  });

  test.each([
    ['none', new Uint8Array(0)],
    ['too few', new Uint8Array(3)],
    ['text', Buffer.from('not arrow at all, not even close')],
    ['zeros with the magic of a file', Buffer.concat([Buffer.from('ARROW1'), Buffer.alloc(64)])],
    ['ones', new Uint8Array(64).fill(0xff)],
  ])('that are none (%s) are a typed error or an empty table', async (_name, bytes) => {
    const outcome = await fromIpc(bytes).then(tableIn, (error: unknown) => error);
    if (outcome instanceof ColumnTable) expect(outcome.columns).toEqual([]);
    else expect(outcome).toBeInstanceOf(ConversionError);
  });

  test('that are broken end in a typed error or a table, never in anything else', async () => {
    const bytes = await toIpc(table);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, flip, truncate) => {
          const broken = truncate ? bytes.slice(0, at) : bytes.slice();
          if (!truncate) broken[at] = (broken[at] ?? 0) ^ flip;
          const outcome = await fromIpc(broken).then(
            (result) => tableIn(result),
            (error: unknown) => error,
          );
          expect(outcome instanceof ColumnTable || outcome instanceof ConversionError).toBe(true);
        },
      ),
      // The seed is fixed: of some thousand changes one makes the library believe a vector of 2^31 entries.
      { numRuns: 300, seed: 42 },
    );
  });

  test('with an index beyond its dictionary are refused by column and row', async () => {
    const broken = new ColumnTable([
      {
        ...columnOf({ name: 'd', type: 'utf8' }, ['x', 'y', 'x', 'y'], true),
        layout: 'dictionary',
        indices: Int32Array.of(0, 1, 2, -1),
        dictionary: textOf(['x', 'y']),
      },
    ]);
    const error = await failure(async () => fromIpc(await toIpc(broken)));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(error.message).toContain("column 'd', row 3");
  });

  test('of no rows keep their columns', async () => {
    const empty = tableOf({ a: ['int32', []], b: ['utf8', []] });
    expect(tableIn(await fromIpc(await toIpc(empty))).fields).toEqual(empty.fields);
  });
});

type BatchClass = new (options: ConstructorParameters<typeof flechette.Batch>[0]) => flechette.Batch<unknown>;

function batchClass(type: flechette.DataType): BatchClass {
  const found: unknown = flechette.batchType(type, { useBigInt: true });
  if (isBatchClass(found)) return found;
  throw new TypeError('no batch class');
}

function isBatchClass(value: unknown): value is BatchClass {
  return typeof value === 'function';
}

function textOf(values: string[]): Extract<ReturnType<typeof columnOf>, { layout: 'text' }> {
  const column = columnOf({ name: 'd', type: 'utf8' }, values);
  if (column.layout === 'text') return column;
  throw new TypeError('no text column');
}
