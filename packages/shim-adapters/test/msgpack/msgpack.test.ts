import { decode, encode, ExtData } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConversionError } from '../../src/errors.js';
import { msgpackAdapter } from '../../src/msgpack/adapter.js';
import type { ConversionResult } from '../../src/result.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { failure, request, tableIn } from '../requests.js';

const adapter = msgpackAdapter();

function read(bytes: unknown, rest: Parameters<typeof request>[3] = {}): Promise<ConversionResult> {
  return adapter.convert(request('msgpack', 'columns', bytes, rest));
}

async function written(table: ColumnTable): Promise<Uint8Array> {
  const { data } = await adapter.convert(request('columns', 'msgpack', table));
  if (data instanceof Uint8Array) return data;
  throw new TypeError('no bytes');
}

describe('writing', () => {
  test('is an array of maps that the library reads', async () => {
    const table = new ColumnTable([
      columnOf({ name: 'i', type: 'int32' }, [1, null, -200]),
      columnOf({ name: 'l', type: 'int64' }, [2n ** 53n + 1n, -(2n ** 63n), 0n]),
      columnOf({ name: 'f', type: 'float64' }, [0.5, -0, NaN]),
      columnOf({ name: 't', type: 'utf8' }, ['é', '', null]),
      columnOf({ name: 'd', type: 'utf8' }, ['x', 'x', null], true),
      columnOf({ name: 'b', type: 'bool' }, [true, false, null]),
      columnOf({ name: 'j', type: 'json' }, ['{"a":[1]}', 'null', null]),
      columnOf({ name: 's', type: 'timestamp', unit: 'millisecond' }, [-1n, 1500n, 2n ** 45n]),
    ]);
    expect(decode(await written(table), { useBigInt64: true })).toEqual([
      { i: 1, l: 9007199254740993n, f: 0.5, t: 'é', d: 'x', b: true, j: { a: [1] }, s: new Date(-1) },
      { i: null, l: -(2n ** 63n), f: -0, t: '', d: 'x', b: false, j: null, s: new Date(1500) },
      { i: -200, l: 0, f: NaN, t: null, d: null, b: null, j: null, s: new Date(2 ** 45) },
    ]);
  });

  test('numbers take their shortest form', async () => {
    const sizes = [0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32].map(async (value) => {
      const table = tableOf({ a: ['uint64', [BigInt(value)]] });
      return (await written(table)).length - 4;
    });
    expect(await Promise.all(sizes)).toEqual([1, 1, 2, 2, 3, 3, 5, 5, 9]);
    const below = [-1, -32, -33, -128, -129, -32_768, -32_769, -(2 ** 31), -(2 ** 31) - 1].map(
      async (value) => {
        const table = tableOf({ a: ['int64', [BigInt(value)]] });
        return (await written(table)).length - 4;
      },
    );
    expect(await Promise.all(below)).toEqual([1, 1, 2, 2, 3, 3, 5, 5, 9]);
  });

  test('there and back is the identity, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable({ minColumns: 1 }), async (table) => {
        const there = await adapter.convert(request('columns', 'msgpack', table));
        const back = await read(there.data);
        const lossy = [...there.warnings, ...back.warnings].filter((warning) => warning.lossy);
        if (lossy.length > 0 || table.length === 0) return;
        // Times beyond what a Date holds are read as their ticks.
        const odd = table.fields.filter(
          ({ type }) => type === 'date' || type === 'timestamp' || type === 'json',
        );
        const names = table.names.filter((name) => odd.every((field) => field.name !== name));
        expect(content(tableIn(back).select(names))).toEqual(content(table.select(names)));
      }),
      { numRuns: 300 },
    );
  });

  test('timestamps keep their nanoseconds', async () => {
    for (const ticks of [1n, -1n, 10n ** 9n + 1n, 2n ** 62n, -(2n ** 62n)]) {
      const table = new ColumnTable([
        columnOf({ name: 's', type: 'timestamp', unit: 'nanosecond', timezone: 'UTC' }, [ticks, null]),
      ]);
      const column = tableIn(await read(await written(table))).column('s');
      expect([column.field, column.layout === 'fixed' && column.values[0]]).toEqual([table.fields[0], ticks]);
    }
  });

  test('decimals become text, which is counted', async () => {
    const table = new ColumnTable([
      {
        layout: 'decimal',
        field: { name: 'd', type: 'decimal', precision: 20, scale: 2 },
        length: 1,
        nullCount: 0,
        validity: undefined,
        words: 2,
        values: BigUint64Array.of(125n, 0n),
      },
    ]);
    const { quality, warnings } = await adapter.convert(request('columns', 'msgpack', table));
    expect([quality, warnings.map(({ code }) => code)]).toEqual([0, ['decimal-as-text']]);
  });
});

describe('reading', () => {
  test('an array of maps, or a map of arrays', async () => {
    const expected = [
      ['a', ['number 1', 'number 2']],
      ['b', ['string x', 'null']],
    ];
    expect(content(tableIn(await read(encode([{ a: 1, b: 'x' }, { a: 2 }]))))).toEqual(expected);
    expect(content(tableIn(await read(encode({ a: [1, 2], b: ['x', null] }))))).toEqual(expected);
  });

  test('bytes are bytes, 64-bit integers exact', async () => {
    const table = tableIn(await read(encode([{ b: Uint8Array.of(1), n: 2n ** 60n }], { useBigInt64: true })));
    expect(table.fields.map(({ type }) => type)).toEqual(['binary', 'int64']);
    expect(table.rows()).toEqual([{ b: Uint8Array.of(1), n: 2n ** 60n }]);
  });

  test.each(['__proto__', 'constructor', 'toString', ''])('%j is a plain name', async (name) => {
    const row: Record<string, unknown> = {};
    Object.defineProperty(row, name, { value: { [name]: 1 }, enumerable: true });
    const table = tableIn(
      await read(await written(new ColumnTable([columnOf({ name, type: 'json' }, ['{"x":1}'])]))),
    );
    expect(table.names).toEqual([name]);
    expect(Object.getPrototypeOf(table.rows()[0])).toBe(Object.prototype);
  });

  test('only the wanted columns and rows', async () => {
    const bytes = encode([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]);
    const result = await read(bytes, { columns: ['b'], options: { offset: 1 } });
    expect(content(tableIn(result))).toEqual([['b', ['number 4']]]);
  });

  test.each([
    ['none', new Uint8Array()],
    ['a number', encode(1)],
    ['an array of numbers', encode([1, 2])],
    ['two values', Buffer.concat([encode([]), encode([])])],
    ['cut short', encode([{ a: 'text' }]).subarray(0, 5)],
    ['a reserved byte', Uint8Array.of(0x91, 0xc1)],
    ['a timestamp of 5 bytes', encode([{ a: new ExtData(-1, new Uint8Array(5)) }])],
  ])('%s is refused', async (_name, bytes) => {
    expect((await failure(() => read(bytes))).code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
  });

  test('lengths that are not there are refused before memory is taken', async () => {
    const claims = [
      [0xdd, 0xff, 0xff, 0xff, 0xff],
      [0xdf, 0xff, 0xff, 0xff, 0xff],
      [0xdb, 0x7f, 0xff, 0xff, 0xff],
      [0xc6, 0x03, 0xff, 0xff, 0xff],
      [0xc9, 0x03, 0xff, 0xff, 0xff, 0x01],
    ];
    for (const claim of claims) {
      const error = await failure(() => read(Uint8Array.from([0x91, ...claim, 0, 0])));
      expect(error.code).toMatch(/BAD_INPUT|TOO_LARGE/);
    }
    // A thousand arrays within each other, each of which claims as many elements as there are bytes.
    const bomb = Buffer.concat(Array.from({ length: 200 }, () => Buffer.from([0xdc, 0x03, 0x00])));
    expect((await failure(() => read(bomb))).code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
  });

  test.each([
    ['nesting', { nesting: 2 }, [{ a: [1] }]],
    ['fields', { fieldBytes: 3 }, [{ a: '1234' }]],
    ['rows', { rows: 1 }, [{ a: 1 }, { a: 2 }]],
    ['columns', { columns: 1 }, [{ a: 1, b: 2 }]],
  ])('%s beyond the limits are refused', async (_name, limits, value) => {
    const error = await failure(() => read(encode(value), { options: { limits } }));
    expect(error.code).toBe('ERR_PERF_CONVERT_TOO_LARGE');
  });

  test('deep nesting is refused with its byte, not by a stack that overflows', async () => {
    const bytes = Buffer.concat([Buffer.alloc(100_000, 0x91), Buffer.from([0xc0])]);
    const error = await failure(() => read(bytes));
    expect([error.code, error.position?.offset]).toEqual(['ERR_PERF_CONVERT_TOO_LARGE', 257]);
  });

  test('any bytes are a table or a typed error', async () => {
    const good = encode([
      { a: 1, b: 'text', c: [1, { d: null }], e: new Date(5) },
      { a: 2.5, b: null },
    ]);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
        const bytes = cut ? good.slice(0, at) : good.slice();
        if (!cut) bytes[at] = byte;
        const outcome = await read(bytes).then(tableIn, (error: unknown) => error);
        expect(outcome instanceof ColumnTable || outcome instanceof ConversionError).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
