import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ndArray } from '../../src/ndarray/array-shape.js';
import type { AnyRequest } from '../../src/request.js';
import { sparseAdapter } from '../../src/sparse/adapter.js';
import { cooMatrix } from '../../src/sparse/coordinates.js';
import { density, toLayout } from '../../src/sparse/layout.js';
import type { SparseMatrix } from '../../src/sparse/sparse-matrix.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { content } from '../cells.js';
import { tableOf } from '../column-of.js';
import { failure, request, tableIn } from '../requests.js';

const adapter = sparseAdapter();
const LAYOUTS = ['coo', 'csr', 'csc'] as const;

async function toSparse(table: ColumnTable, sparse: SparseMatrix['layout'] = 'csr'): Promise<SparseMatrix> {
  const { data } = await adapter.convert(request('columns', 'sparse', table, { options: { sparse } }));
  // What the step makes is what its format says.
  return data as SparseMatrix;
}

async function toTable(matrix: unknown, rest: Parameters<typeof request>[3] = {}): Promise<ColumnTable> {
  return tableIn(await adapter.convert(request('sparse', 'columns', matrix, rest)));
}

const table = tableOf({ a: ['int8', [0, 5, 0]], b: ['int8', [0, 0, 0]], c: ['int8', [7, 0, 9]] });

describe('the layouts', () => {
  test('coordinates, by row, then column', async () => {
    expect(await toSparse(table, 'coo')).toEqual({
      layout: 'coo',
      shape: [3, 3],
      dtype: 'int8',
      values: Int8Array.of(7, 5, 9),
      rowIndices: Int32Array.of(0, 1, 2),
      columnIndices: Int32Array.of(2, 0, 2),
      columns: ['a', 'b', 'c'],
    });
  });

  test('compressed rows', async () => {
    expect(await toSparse(table, 'csr')).toMatchObject({
      pointers: Int32Array.of(0, 1, 2, 3),
      indices: Int32Array.of(2, 0, 2),
      values: Int8Array.of(7, 5, 9),
    });
  });

  test('compressed columns', async () => {
    expect(await toSparse(table, 'csc')).toMatchObject({
      pointers: Int32Array.of(0, 1, 1, 3),
      indices: Int32Array.of(1, 0, 2),
      values: Int8Array.of(5, 7, 9),
    });
  });

  const cells = fc.array(fc.array(fc.constantFrom(0, 0, 0, 1.5, -0, NaN), { minLength: 3, maxLength: 3 }), {
    maxLength: 8,
  });

  test('any matrix comes back from any layout, -0 and NaN included', async () => {
    await fc.assert(
      fc.asyncProperty(cells, fc.constantFrom(...LAYOUTS), async (rows, layout) => {
        const given = new ColumnTable(
          tableOf({
            a: ['float64', rows.map(([a = 0]) => a)],
            b: ['float64', rows.map(([, b = 0]) => b)],
            c: ['float64', rows.map(([, , c = 0]) => c)],
          }).columns,
        );
        const matrix = await toSparse(given, layout);
        expect(content(await toTable(matrix))).toEqual(content(given));
      }),
      { numRuns: 300 },
    );
  });

  test('each layout can be brought into each other', async () => {
    await fc.assert(
      fc.asyncProperty(
        cells,
        fc.constantFrom(...LAYOUTS),
        fc.constantFrom(...LAYOUTS),
        async (rows, from, to) => {
          const given = tableOf({
            a: ['float64', rows.map(([a = 0]) => a)],
            b: ['float64', rows.map(([, b = 0]) => b)],
          });
          expect(toLayout(await toSparse(given, from), to)).toEqual(await toSparse(given, to));
        },
      ),
    );
  });
});

describe('coordinates in any order', () => {
  test('are sorted, and what stands at the same place is added up', () => {
    expect(cooMatrix([2, 2], [1, 0, 1], [1, 0, 1], Int32Array.of(5, 1, 6))).toMatchObject({
      rowIndices: Int32Array.of(0, 1),
      columnIndices: Int32Array.of(0, 1),
      values: Int32Array.of(1, 11),
    });
    expect(cooMatrix([1, 1], [0, 0], [0, 0], BigInt64Array.of(2n ** 60n, 1n)).values).toEqual(
      BigInt64Array.of(2n ** 60n + 1n),
    );
  });

  test('outside of the shape are refused', async () => {
    const error = await failure(() => cooMatrix([2, 2], [2], [0], Int8Array.of(1)));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_SCHEMA');
    expect(error.message).toContain('value 0 stands at (2, 0)');
    expect((await failure(() => cooMatrix([2, 2], [0], [], Int8Array.of(1)))).code).toBe(error.code);
  });
});

describe('dense and sparse', () => {
  const dense = ndArray(Float32Array.of(0, 1, 0, 0, 0, 2), [2, 3]);

  test('an array of any strides becomes a matrix and comes back', async () => {
    const { data } = await adapter.convert(
      request('ndarray', 'sparse', { ...dense, strides: [0, 2], offset: 1 }),
    );
    expect(data).toMatchObject({ values: Float32Array.of(1, 2, 1, 2) });
    const there = await adapter.convert(request('ndarray', 'sparse', dense));
    const back = await adapter.convert(
      request('sparse', 'ndarray', there.data, { options: { order: 'column-major' } }),
    );
    expect(back.data).toMatchObject({ data: Float32Array.of(0, 0, 1, 0, 0, 2), strides: [1, 2] });
  });

  test('only the wanted rows and columns', async () => {
    const rest = { columns: ['column_2'], options: { offset: 0, limit: 1 } };
    const sparse = await adapter.convert(request('ndarray', 'sparse', dense, rest));
    expect(sparse.data).toMatchObject({ shape: [1, 1], values: Float32Array.of(1) });
    const matrix = await toSparse(table);
    const back = await adapter.convert(request('sparse', 'ndarray', matrix, { columns: ['c'] }));
    expect(back.data).toMatchObject({ shape: [3, 1], data: Int8Array.of(7, 0, 9) });
    expect(content(await toTable(matrix, { columns: ['c'], options: { offset: 1 } }))).toEqual([
      ['c', ['number 0', 'number 9']],
    ]);
  });

  test('a full matrix is called dense, an empty one sparse', async () => {
    const full = await adapter.convert(
      request('ndarray', 'sparse', ndArray(new Int8Array(100).fill(1), [10, 10])),
    );
    expect(full.warnings).toMatchObject([{ code: 'dense-matrix', lossy: false }]);
    const empty = cooMatrix([100, 100], [5], [5], Int8Array.of(1));
    const back = await adapter.convert(request('sparse', 'columns', empty));
    expect(back.warnings.map(({ code }) => code)).toContain('sparse-matrix');
    expect(density(empty)).toBe(1 / 10_000);
    expect(density(cooMatrix([0, 0], [], [], new Int8Array()))).toBe(0);
  });

  test('an array that is no matrix is refused', async () => {
    const error = await failure(() =>
      adapter.convert(request('ndarray', 'sparse', ndArray(new Int8Array(3), [3]))),
    );
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_SCHEMA');
  });

  test('a dense form beyond maxBytes or the limits is refused before memory is taken', async () => {
    const huge = cooMatrix([2 ** 31 - 1, 2 ** 31 - 1], [5], [5], Float64Array.of(1));
    const wanted: AnyRequest = request('sparse', 'ndarray', huge, {
      options: { limits: { columns: 2 ** 31 - 1 } },
    });
    expect((await failure(() => adapter.convert(wanted, { maxBytes: '1GB' }))).code).toBe(
      'ERR_PERF_CONVERT_MEMORY_EXCEEDED',
    );
    expect((await failure(() => adapter.convert(wanted))).code).toBe('ERR_PERF_CONVERT_MEMORY_EXCEEDED');
    expect((await failure(() => toTable(huge))).code).toBe('ERR_PERF_CONVERT_TOO_LARGE');
  });
});

describe('a matrix that is not sound is refused', () => {
  const csr: SparseMatrix = {
    layout: 'csr',
    shape: [2, 3],
    dtype: 'int8',
    values: Int8Array.of(1, 2),
    pointers: Int32Array.of(0, 1, 2),
    indices: Int32Array.of(2, 0),
  };
  test.each<[string, object, string]>([
    ['pointers that go back', { pointers: Int32Array.of(0, 3, 2) }, 'go back at line 0'],
    ['pointers too few', { pointers: Int32Array.of(0, 2) }, '2 pointers for 2 lines'],
    ['pointers that end early', { pointers: Int32Array.of(0, 1, 1) }, 'not from 0 to 2'],
    ['an index outside', { indices: Int32Array.of(3, 0) }, 'index 3 in line 0'],
    ['a negative index', { indices: Int32Array.of(-1, 0) }, 'index -1 in line 0'],
    ['an index twice', { pointers: Int32Array.of(0, 2, 2), indices: Int32Array.of(1, 1) }, 'there twice'],
    ['another type', { dtype: 'int32' }, "dtype is 'int32'"],
    ['a shape of fractions', { shape: [1.5, 2] }, '1.5'],
    ['other names', { columns: ['a'] }, '1 column names for 3'],
  ])('%s', async (_name, change, message) => {
    const error = await failure(() => toTable({ ...csr, ...change }));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_SCHEMA');
    expect(error.message).toContain(message);
  });

  test('coordinates out of order', async () => {
    const coo = toLayout(csr, 'coo');
    const error = await failure(() => toTable({ ...coo, rowIndices: Int32Array.of(1, 0) }));
    expect(error.message).toContain('cooMatrix(...) sorts');
  });

  test('anything else', async () => {
    for (const value of [null, {}, [], new Int8Array(1), { ...csr, layout: 'dia' }]) {
      expect((await failure(() => toTable(value))).code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
    }
  });
});
