import { describe, expect, it } from 'vitest';
import {
  isPackable,
  packRequest,
  packResult,
  resultBuffers,
  unpackRequest,
  unpackResult,
} from '../../src/optimize/packing.js';
import type { AnyRequest } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { failure, request, tableIn } from '../requests.js';

function result(data: unknown): ConversionResult {
  return {
    data,
    format: 'columns',
    metadata: {},
    warnings: [],
    quality: 1,
    route: [],
    durationMs: 0,
    bytes: 0,
  };
}

/** A new one each time: a buffer that was moved is gone. */
function newTable(): ColumnTable {
  return new ColumnTable(
    [
      columnOf({ name: 'a', type: 'utf8' }, ['x', null, 'x'], true),
      columnOf({ name: 'b', type: 'bool' }, [true, false, null]),
    ],
    3,
    new Map([['origin', 'here']]),
  );
}

describe('a request on its way to another thread', () => {
  it.each<[string, AnyRequest]>([
    ['text', request('csv', 'columns', 'a\n1\n', { columns: ['a'], options: { limit: 1 } })],
    ['bytes', request('csv', 'columns', new Uint8Array([97, 10]))],
    ['a path', { source: { path: 'a.csv' }, from: 'csv', to: 'columns' }],
    ['a url', { source: { url: 'https://example.org' }, from: 'csv', to: 'columns' }],
  ])('arrives as it was: %s', (_, one) => {
    expect(unpackRequest(structuredClone(packRequest(one)) ?? fail())).toEqual(one);
  });

  it('takes a table apart and puts it together', () => {
    const table = newTable();
    const packed = structuredClone(packRequest(request('columns', 'csv', table)));
    const { source } = unpackRequest(packed ?? fail());
    const there = tableIn({ data: 'value' in source ? source.value : undefined });
    expect(content(there)).toEqual(content(table));
    expect(there.metadata).toEqual(table.metadata);
  });

  it('leaves metadata, hints and a declared identity behind', () => {
    const one: AnyRequest = {
      source: { value: 'a', id: 'x', version: '1' },
      from: 'csv',
      to: 'columns',
      metadata: { cannot: () => 'be cloned' },
      hints: { rows: 1 },
    };
    expect(packRequest(one)).toEqual({ source: { value: 'a' }, from: 'csv', to: 'columns' });
  });

  it.each([
    ['a stream', { stream: noBytes() }],
    ['rows', { value: [{ a: 1 }] }],
    ['parsed JSON', { value: { a: [1] } }],
    ['null', { value: null }],
  ])('stays at home: %s', (_, source) => {
    expect(isPackable(source)).toBe(false);
    expect(packRequest({ source, from: 'json', to: 'columns' })).toBeUndefined();
  });
});

describe('a result on its way back', () => {
  it('moves each of its buffers once, and arrives as it was', () => {
    const packed = packResult(result(newTable()));
    const buffers = resultBuffers(packed);
    expect(new Set(buffers).size).toBe(buffers.length);
    const there = unpackResult(structuredClone(packed, { transfer: buffers }));
    expect(tableIn(there).names).toEqual(['a', 'b']);
    expect(content(tableIn(there))[0]).toEqual(['a', ['string x', 'null', 'string x']]);
  });

  it('may be an object of arrays and tables', () => {
    const given = {
      values: Float64Array.of(1, -0),
      names: Buffer.from('pool'),
      table: newTable(),
      shape: [2, 1],
      none: undefined,
    };
    const packed = packResult(result(given));
    const there = unpackResult(structuredClone(packed, { transfer: resultBuffers(packed) })).data;
    if (typeof there !== 'object' || there === null) throw new TypeError('no object');
    expect(Object.keys(there)).toEqual(Object.keys(given));
    expect(there).toMatchObject({ values: Float64Array.of(1, -0), shape: [2, 1], none: undefined });
    expect(Reflect.get(there, 'names')).toEqual(new Uint8Array(Buffer.from('pool')));
    expect(content(tableIn({ data: Reflect.get(there, 'table') }))).toEqual(content(newTable()));
    expect(given.values.length).toBe(0);
  });

  it('of an object with something else in it cannot be moved', async () => {
    const data = { values: new Int32Array(1), when: new Date(0) };
    expect((await failure(() => packResult(result(data)))).code).toBe('ERR_PERF_CONVERT_FAILED');
  });

  it('moves memory that two columns share once', () => {
    const [column] = tableOf({ a: ['int32', [1, 2]] }).columns;
    if (column === undefined) throw new Error('no column');
    const twice = new ColumnTable([column, { ...column, field: { ...column.field, name: 'b' } }]);
    expect(resultBuffers(packResult(result(twice)))).toHaveLength(1);
  });

  it('never moves a piece of the pool that all small Buffers of a process share', () => {
    const small = Buffer.from('a,b\n');
    const packed = packResult(result(small));
    const [moved] = resultBuffers(packed);
    expect(moved?.byteLength).toBe(small.length);
    expect(moved).not.toBe(small.buffer);
    expect(unpackResult(packed).data).toEqual(new Uint8Array(small));
  });

  it('leaves shared memory where it is', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    expect(resultBuffers(packResult(result(shared)))).toEqual([]);
  });

  it('of row objects cannot be moved', async () => {
    expect((await failure(() => packResult(result([{ a: 1 }])))).code).toBe('ERR_PERF_CONVERT_FAILED');
  });

  it.each([undefined, null, 42, 'text', {}, { data: [1], route: [] }, { data: new Uint8Array() }])(
    'is refused when it is none: %j',
    async (packed) => {
      expect((await failure(() => unpackResult(packed))).code).toBe('ERR_PERF_CONVERT_FAILED');
    },
  );
});

function fail(): never {
  throw new Error('the request cannot be packed');
}

async function* noBytes(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield new Uint8Array();
}
