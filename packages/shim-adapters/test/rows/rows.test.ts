import { describe, expect, test } from 'vitest';
import { rowsAdapter } from '../../src/rows/adapter.js';
import type { ConversionResult } from '../../src/result.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { failure, request, tableIn } from '../requests.js';

function read(rows: readonly unknown[]): Promise<ConversionResult> {
  return rowsAdapter().convert(request('rows', 'columns', rows));
}

async function write(table: ColumnTable, bigint?: boolean): Promise<unknown> {
  const options = bigint === undefined ? {} : { options: { bigint } };
  return (await rowsAdapter().convert(request('columns', 'rows', table, options))).data;
}

describe('rows to columns', () => {
  test('columns come in the order in which their names first occur', async () => {
    const result = await read([{ b: 1 }, { a: 2, b: 3 }, { c: null }]);
    expect(content(tableIn(result))).toEqual([
      ['b', ['number 1', 'number 3', 'null']],
      ['a', ['null', 'number 2', 'null']],
      ['c', ['null', 'null', 'null']],
    ]);
  });

  test('a property that some records lack is named, and loses nothing', async () => {
    const result = await read([{ a: 1 }, { b: 2 }]);
    expect(result.warnings.map(({ code, column, count }) => [code, column, count])).toEqual([
      ['missing-as-null', 'a', 1],
      ['missing-as-null', 'b', 1],
    ]);
    expect(result.quality).toBe(1);
  });

  test('an own property called __proto__ is a column, an inherited one is not', async () => {
    const own: unknown = JSON.parse('{"__proto__": 1, "constructor": 2}');
    const inherited: unknown = Object.create({ x: 1 }, { y: { value: 2, enumerable: true } });
    expect(tableIn(await read([own])).rows()).toEqual([own]);
    expect(tableIn(await read([inherited])).names).toEqual(['y']);
  });

  test('rows without properties keep their number', async () => {
    expect(tableIn(await read([{}, {}])).length).toBe(2);
  });

  test('text with a lone surrogate is a loss with a name, counted once a value', async () => {
    const plain = await read([{ t: 'a\ud800' }, { t: 'b' }, { t: null }]);
    const repeated = await read(['\udc00', null, '\udc00', null, '\udc00', 'x'].map((t) => ({ t })));
    expect(tableIn(plain).rows()[0]).toEqual({ t: 'a\ufffd' });
    expect(plain.warnings).toMatchObject([{ code: 'lone-surrogate', column: 't', count: 1, lossy: true }]);
    expect(plain.quality).toBeCloseTo(2 / 3);
    expect(repeated.warnings).toMatchObject([{ code: 'lone-surrogate', count: 3 }]);
    expect(repeated.quality).toBe(0.5);
  });

  test('an invalid Date becomes null, by name', async () => {
    const result = await read([{ d: new Date(0) }, { d: new Date(NaN) }]);
    expect(tableIn(result).rows()).toEqual([{ d: new Date(0) }, { d: null }]);
    expect(result.warnings).toMatchObject([
      { code: 'invalid-date-as-null', column: 'd', count: 1, lossy: true },
    ]);
  });

  test.each([1, null, undefined, 'text', [1], new Uint8Array(2)])('%j is no record', async (value) => {
    const error = await failure(() => read([{ a: 1 }, value]));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(error.message).toContain('record 2');
  });
});

describe('columns to rows', () => {
  test('64-bit integers are numbers where exact, or always bigint', async () => {
    const table = tableOf({
      i: ['int64', [1n, 2n ** 53n, -(2n ** 53n) + 1n]],
      u: ['uint64', [5n, 2n ** 64n - 1n, 2n ** 32n]],
    });
    expect(await write(table)).toEqual([
      { i: 1, u: 5 },
      { i: 2n ** 53n, u: 2n ** 64n - 1n },
      { i: -(2 ** 53) + 1, u: 2 ** 32 },
    ]);
    expect(await write(table, true)).toEqual([
      { i: 1n, u: 5n },
      { i: 2n ** 53n, u: 2n ** 64n - 1n },
      { i: -(2n ** 53n) + 1n, u: 2n ** 32n },
    ]);
  });

  test('dates and coarse timestamps are Dates, fine ones keep their ticks', async () => {
    const table = new ColumnTable([
      columnOf({ name: 'd', type: 'date' }, [1]),
      columnOf({ name: 's', type: 'timestamp', unit: 'second' }, [-1n]),
      columnOf({ name: 'us', type: 'timestamp', unit: 'microsecond' }, [1n]),
    ]);
    expect(await write(table)).toEqual([{ d: new Date(86_400_000), s: new Date(-1000), us: 1n }]);
  });

  test('two rows never share an object', async () => {
    const table = new ColumnTable([columnOf({ name: 'j', type: 'json' }, ['{"a":1}', '{"a":1}'], true)]);
    const rows = await write(table);
    expect(rows).toEqual([{ j: { a: 1 } }, { j: { a: 1 } }]);
    const [first, second] = table.rows();
    expect(first?.j).not.toBe(second?.j);
  });

  test('a column called __proto__ is an own property, not a prototype', () => {
    const table = new ColumnTable([columnOf({ name: '__proto__', type: 'json' }, ['{"admin":true}'])]);
    const [row] = table.rows();
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(Object.keys(row ?? {})).toEqual(['__proto__']);
    expect(Reflect.get(row ?? {}, 'admin')).toBeUndefined();
  });
});
