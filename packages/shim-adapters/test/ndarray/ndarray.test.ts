import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ndarrayAdapter } from '../../src/ndarray/adapter.js';
import { ndArray } from '../../src/ndarray/array-shape.js';
import type { NdArray } from '../../src/ndarray/nd-array.js';
import type { ConversionOptions } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { failure, request, tableIn } from '../requests.js';

const adapter = ndarrayAdapter();

async function toArray(
  table: ColumnTable,
  options: ConversionOptions = {},
): Promise<ConversionResult & { data: NdArray }> {
  const result = await adapter.convert(request('columns', 'ndarray', table, { options }));
  // What the step makes is what its format says.
  return { ...result, data: result.data as NdArray };
}

function toTable(array: unknown, rest: Parameters<typeof request>[3] = {}): Promise<ConversionResult> {
  return adapter.convert(request('ndarray', 'columns', array, rest));
}

/** Every element by its index, found the plain way. */
function walked({ data, shape, strides, offset }: NdArray): (number | bigint | undefined)[] {
  const positions = shape.reduce<number[]>(
    (before, length, axis) =>
      before.flatMap((at) => Array.from({ length }, (_, i) => at + i * (strides[axis] ?? 0))),
    [offset],
  );
  return positions.map((at) => data[at]);
}

describe('columns to an array', () => {
  const table = tableOf({ a: ['int8', [1, 2, 3]], b: ['uint8', [4, 5, 200]] });

  test('rows by columns, in the smallest type that holds them all', async () => {
    const { data, quality } = await toArray(table);
    expect(data).toEqual({
      data: Int16Array.of(1, 4, 2, 5, 3, 200),
      dtype: 'int16',
      shape: [3, 2],
      strides: [2, 1],
      offset: 0,
      columns: ['a', 'b'],
    });
    expect(quality).toBe(1);
  });

  test('column by column on request', async () => {
    const { data } = await toArray(table, { order: 'column-major' });
    expect([data.data, data.strides]).toEqual([Int16Array.of(1, 2, 3, 4, 5, 200), [1, 3]]);
  });

  test.each([
    [['int8', 'uint8'], 'int16'],
    [['uint8', 'uint16'], 'uint16'],
    [['int32', 'uint32'], 'int64'],
    [['int16', 'float32'], 'float32'],
    [['int32', 'float32'], 'float64'],
    [['int64', 'float64'], 'float64'],
    [['int64', 'uint64'], 'float64'],
    [['float32', 'float64'], 'float64'],
  ] as const)('%j becomes %s', async (types, dtype) => {
    const columns = types.map((type, i) =>
      columnOf({ name: String(i), type }, [type.includes('64') && type !== 'float64' ? 1n : 1]),
    );
    expect((await toArray(new ColumnTable(columns))).data.dtype).toBe(dtype);
  });

  test('one column without nulls is a view on the table', async () => {
    const one = tableOf({ a: ['float64', [1, 2]] });
    const { data } = await toArray(one);
    const column = one.column('a');
    expect(column.layout === 'fixed' && data.data === column.values).toBe(true);
  });

  test('nulls become NaN, or 0 in whole numbers, and are counted as lost', async () => {
    const clean = await toArray(tableOf({ a: ['int32', [1, null]] }));
    expect([clean.data.dtype, [...clean.data.data]]).toEqual(['float64', [1, NaN]]);
    expect([clean.quality, clean.warnings.map(({ code }) => code)]).toEqual([0.5, ['null-as-number']]);
    const whole = await toArray(tableOf({ a: ['int32', [1, null]] }), { dtype: 'int8' });
    expect([[...whole.data.data], whole.quality]).toEqual([[1, 0], 0.5]);
  });

  test('what a type that was asked for cannot hold is counted', async () => {
    const wide = tableOf({ a: ['float64', [1, 1.5, 300, -0, NaN]] });
    const { data, quality, warnings } = await toArray(wide, { dtype: 'uint8' });
    expect([...data.data]).toEqual([1, 1, 44, 0, 0]);
    expect(warnings).toMatchObject([{ code: 'number-rounded', column: 'a', count: 4, lossy: true }]);
    expect(quality).toBeCloseTo(0.2, 12);
    const exact = await toArray(tableOf({ a: ['int64', [2n ** 53n, 2n ** 53n + 1n]] }), { dtype: 'float64' });
    expect(exact.warnings).toMatchObject([{ code: 'number-rounded', count: 1 }]);
  });

  test('booleans are 0 and 1, times their numbers, which is told', async () => {
    const { data, warnings } = await toArray(
      new ColumnTable([
        columnOf({ name: 'b', type: 'bool' }, [true, false]),
        columnOf({ name: 'd', type: 'date' }, [1, 2]),
      ]),
    );
    expect([...data.data]).toEqual([1, 1, 0, 2]);
    expect(warnings.map(({ code, lossy }) => [code, lossy])).toEqual([
      ['bool-as-number', false],
      ['time-as-number', true],
    ]);
  });

  test('text is refused by name', async () => {
    const error = await failure(() => toArray(tableOf({ t: ['utf8', ['1']] })));
    expect(error.code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
    expect(error.message).toContain("column 't' is utf8");
  });

  test('memory beyond maxBytes is refused before it is taken', async () => {
    const wide = request('columns', 'ndarray', table);
    expect((await failure(() => adapter.convert(wide, { maxBytes: 1 }))).code).toBe(
      'ERR_PERF_CONVERT_MEMORY_EXCEEDED',
    );
  });

  test('no rows, no columns', async () => {
    expect((await toArray(tableOf({ a: ['int8', []] }))).data.shape).toEqual([0, 1]);
    expect((await toArray(new ColumnTable([], 3))).data.shape).toEqual([3, 0]);
  });
});

describe('an array to columns', () => {
  test('a matrix has the columns of its last axis', async () => {
    const table = tableIn(await toTable(ndArray(Int32Array.of(1, 2, 3, 4), [2, 2], { columns: ['x', 'y'] })));
    expect(content(table)).toEqual([
      ['x', ['number 1', 'number 3']],
      ['y', ['number 2', 'number 4']],
    ]);
  });

  test('column-major columns are views on the array', async () => {
    const data = Float64Array.of(1, 2, 3, 4);
    const column = tableIn(await toTable(ndArray(data, [2, 2], { order: 'column-major' }))).column(
      'column_2',
    );
    expect(column.layout === 'fixed' && [column.values.buffer === data.buffer, [...column.values]]).toEqual([
      true,
      [3, 4],
    ]);
  });

  test.each([
    ['a single number', [], ['value']],
    ['one axis', [4], ['value']],
    ['no elements', [0, 2], ['column_1', 'column_2']],
  ])('%s has the columns %j', async (_name, shape, names) => {
    expect(tableIn(await toTable(ndArray(new Int8Array(4), shape))).names).toEqual(names);
  });

  test('leading axes are flattened, which is told', async () => {
    const result = await toTable(
      ndArray(
        Int8Array.from({ length: 12 }, (_, i) => i),
        [2, 3, 2],
      ),
    );
    expect(tableIn(result).length).toBe(6);
    expect(result.warnings).toMatchObject([{ code: 'axes-flattened', lossy: false }]);
  });

  test('any strides and offset give the elements that a plain walk gives', async () => {
    const axis = fc.record({ length: fc.nat(4), stride: fc.integer({ min: -5, max: 5 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(axis, { maxLength: 4 }), fc.nat(60), async (axes, offset) => {
        const data = Int16Array.from({ length: 100 }, (_, i) => i);
        const array: NdArray = {
          data,
          dtype: 'int16',
          shape: axes.map(({ length }) => length),
          strides: axes.map(({ stride }) => stride),
          offset,
        };
        const expected = walked(array);
        const run = (): Promise<ConversionResult> => toTable(array);
        if (expected.includes(undefined)) {
          expect((await failure(run)).code).toBe('ERR_PERF_CONVERT_INVALID_SCHEMA');
          return;
        }
        const table = tableIn(await run());
        const rows = table.rows().map((row) => Object.values(row));
        expect(rows.flat()).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('there and back is the identity', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.double(), fc.double()), { maxLength: 10 }),
        fc.constantFrom('row-major' as const, 'column-major' as const),
        async (rows, order) => {
          const table = tableOf({
            a: ['float64', rows.map(([a]) => a)],
            b: ['float64', rows.map(([, b]) => b)],
          });
          const there = await toArray(table, { order });
          expect(content(tableIn(await toTable(there.data)))).toEqual(content(table));
          expect(there.quality).toBe(1);
        },
      ),
    );
  });

  test('only the wanted columns and rows', async () => {
    const array = ndArray(Int8Array.of(1, 2, 3, 4, 5, 6), [3, 2], { columns: ['a', 'b'] });
    const result = await toTable(array, { columns: ['b'], options: { offset: 1, limit: 1 } });
    expect(content(tableIn(result))).toEqual([['b', ['number 4']]]);
  });

  test.each([
    ['beyond its data', ndArray(new Int8Array(6), [2, 3]), { shape: [3, 3] }, 'reaches elements 0 to 8 of 6'],
    ['of fractions', ndArray(new Int8Array(6), [2, 3]), { shape: [1.5, 2] }, 'axis 0 has length 1.5'],
    ['of NaN', ndArray(new Int8Array(6), [2, 3]), { strides: [NaN, 1] }, 'axis 0 has stride NaN'],
    ['with an offset below', ndArray(new Int8Array(6), [2, 3]), { offset: -1 }, 'reaches elements -1'],
    ['with too few strides', ndArray(new Int8Array(6), [2, 3]), { strides: [1] }, 'shape has 2 axes'],
    ['of another type', ndArray(new Int8Array(6), [2, 3]), { dtype: 'int32' as const }, "dtype is 'int32'"],
    ['with other names', ndArray(new Int8Array(6), [2, 3]), { columns: ['a'] }, '1 column names for 3'],
  ])('a shape %s is refused', async (_name, array, change, message) => {
    const error = await failure(() => toTable({ ...array, ...change }));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_SCHEMA');
    expect(error.message).toContain(message);
  });

  test('a detached buffer is refused', async () => {
    const data = new Int8Array(6);
    const array = ndArray(data, [2, 3]);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    expect((await failure(() => toTable(array))).message).toContain('is the buffer detached');
  });

  test('anything else is refused', async () => {
    for (const value of [null, 1, [], {}, { data: [1], shape: [1] }, new Int8Array(2)]) {
      expect((await failure(() => toTable(value))).code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
    }
  });

  test('more rows or columns than the limits are refused', async () => {
    const array = ndArray(new Int8Array(6), [3, 2]);
    for (const limits of [{ rows: 2 }, { columns: 1 }]) {
      const error = await failure(() => toTable(array, { options: { limits } }));
      expect(error.code).toBe('ERR_PERF_CONVERT_TOO_LARGE');
    }
  });
});
