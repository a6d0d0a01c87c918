import { ConversionCache } from '@perf/cache';
import { Compressor } from '@perf/compression';
import { describe, expect, it } from 'vitest';
import { withCompression } from '../../src/optimize/with-compression.js';
import type { ConversionResult } from '../../src/result.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { EXACT_AND_NESTED } from '../nested-columns.js';
import { failure, fullRegistry, request, tableIn } from '../requests.js';

const codec = withCompression(new Compressor());

function result(data: unknown, rest: Partial<ConversionResult> = {}): ConversionResult {
  return {
    data,
    format: 'columns',
    metadata: { rows: 3, columns: ['a'] },
    warnings: [{ code: 'column-renamed', column: 'a', count: 1, message: 'why', lossy: false }],
    quality: 0.75,
    route: [{ from: 'csv', to: 'columns', adapter: 'csv', version: '1' }],
    durationMs: 1.25,
    bytes: 12,
    ...rest,
  };
}

async function parts(value: ConversionResult): Promise<Uint8Array[]> {
  const encoded = await codec.encode(value);
  if (encoded === undefined) throw new Error('declined');
  return encoded;
}

describe('what is encoded', () => {
  it('comes back with all that is known of it, whichever way it is restored', async () => {
    const table = new ColumnTable(
      [
        columnOf({ name: 'when', type: 'timestamp', unit: 'nanosecond', timezone: 'UTC' }, [1n, null, -1n]),
        columnOf({ name: '__proto__', type: 'utf8' }, ['é😀', '', null], true),
        columnOf({ name: 'none', type: 'null' }, [null, null, null]),
      ],
      3,
      new Map([
        ['origin', 'here'],
        ['__proto__', 'x'],
      ]),
    );
    const given = result(table);
    const encoded = await parts(given);
    for (const restored of [codec.decodeSync(encoded), await codec.decode(encoded)]) {
      expect({ ...restored, data: null }).toEqual({ ...given, data: null });
      expect(tableIn(restored).fields).toEqual(table.fields);
      expect(content(tableIn(restored))).toEqual(content(table));
      expect(tableIn(restored).metadata).toEqual(table.metadata);
    }
  });

  it('may be decimals, bytes, lists and structs', async () => {
    for (const column of EXACT_AND_NESTED) {
      const table = new ColumnTable([column]);
      const restored = tableIn(codec.decodeSync(await parts(result(table))));
      expect(restored.fields).toEqual(table.fields);
      expect(content(restored)).toEqual(content(table));
    }
  });

  it('may be an array of numbers, a sparse matrix or a time series', async () => {
    const registry = fullRegistry();
    const table = new ColumnTable([
      columnOf({ name: 't', type: 'timestamp', unit: 'millisecond' }, [0n, 1000n, 5000n]),
      columnOf({ name: 'a', type: 'float64' }, [0, -0, 2.5]),
    ]);
    const numbers = table.select(['a']);
    const results = [
      await registry.convert(request('columns', 'ndarray', numbers)),
      await registry.convert(request('columns', 'sparse', numbers)),
      await registry.convert(request('columns', 'time-series', table)),
    ];
    for (const given of results) {
      const encoded = await parts(given);
      for (const restored of [codec.decodeSync(encoded), await codec.decode(encoded)]) {
        expect(restored).toEqual(given);
        const back = { ...request(given.format, 'columns', restored.data) };
        expect(content(tableIn(await registry.convert(back)))).toEqual(
          content(given.format === 'time-series' ? table : numbers),
        );
      }
    }
  });

  it('may be a part of a larger table', async () => {
    const large = tableOf({
      a: ['utf8', ['zero', 'one', null, 'three', 'four']],
      b: ['bool', [true, false, null, true, true]],
      c: ['float64', [-0, Number.NaN, null, 5e-324, 1]],
    });
    const part = large.slice(1, 4).select(['c', 'a', 'b']);
    const restored = tableIn(await codec.decode(await parts(result(part))));
    expect(content(restored)).toEqual(content(part));
  });

  it('may be a table without rows, or without columns', async () => {
    for (const table of [new ColumnTable([], 0), new ColumnTable([], 7), tableOf({ a: ['utf8', []] })]) {
      const restored = tableIn(await codec.decode(await parts(result(table))));
      expect([restored.length, restored.fields]).toEqual([table.length, table.fields]);
    }
  });

  it('may be bytes, none at all included', async () => {
    for (const bytes of [Buffer.from('a,b\n1,2\n'), new Uint8Array(), new Uint8Array(70_000).fill(7)]) {
      const restored = await codec.decode(await parts(result(bytes, { format: 'csv' })));
      expect(restored.data).toEqual(new Uint8Array(bytes));
      expect(restored.format).toBe('csv');
    }
  });

  it('leaves what was given as it was', async () => {
    const table = tableOf({ a: ['int32', [1, 2, null]] });
    const before = structuredClone(table.columns);
    await parts(result(table));
    expect(table.columns).toEqual(before);
  });
});

describe('what is declined', () => {
  it('rows and Arrow tables', async () => {
    const registry = fullRegistry();
    const table = tableOf({ a: ['int32', [1, 2]] });
    const rows = await registry.convert(request('columns', 'rows', table));
    const arrow = await registry.convert(request('columns', 'arrow', table));
    expect(await codec.encode(rows)).toBeUndefined();
    expect(await codec.encode(arrow)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['without typed arrays', { a: [1, 2] }],
    ['with a date', { values: new Int32Array(1), at: new Date(0) }],
    ['of a class', Object.assign(new URL('https://example.org'), { values: new Int32Array(1) })],
  ])('an object %s', async (_, data) => {
    expect(await codec.encode(result(data))).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['a date', new Date(0)],
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['an infinity', Infinity],
    ['negative zero', -0],
    ['undefined', undefined],
    ['a function', () => 1],
    ['a map', new Map([[1, 2]])],
    ['bytes', new Uint8Array(1)],
    ['an object of a class', new URL('https://example.org')],
    ['an object with a symbol', { [Symbol('s')]: 1 }],
    ['an object with its own idea of JSON', { toJSON: () => 'something else' }],
    ['a hidden property', Object.defineProperty({}, 'hidden', { value: 1 })],
    ['a list with a hole', Object.assign([1, 2, 3], { length: 4 })],
    ['a date deep inside', { a: [{ b: new Date(0) }] }],
  ])('metadata that JSON would change: %s', async (_, odd) => {
    expect(await codec.encode(result(new Uint8Array(3), { metadata: { odd } }))).toBeUndefined();
  });

  it('any other field that JSON would change', async () => {
    expect(await codec.encode(result(new Uint8Array(3), { bytes: Infinity }))).toBeUndefined();
  });
});

describe('damaged parts', () => {
  const table = tableOf({ a: ['utf8', ['x', 'y', 'z']], b: ['int32', [1, 2, 3]] });

  it('are refused when one is missing, one too many, or all are', async () => {
    const whole = await parts(result(table));
    for (const broken of [[], whole.slice(0, -1), whole.slice(1), [...whole, ...whole.slice(-1)]]) {
      const sync = await failure(() => codec.decodeSync(broken));
      const async = await failure(() => codec.decode(broken));
      expect([sync.code, async.code]).toEqual(['ERR_PERF_CONVERT_BAD_INPUT', 'ERR_PERF_CONVERT_BAD_INPUT']);
    }
  });

  it('are refused when a buffer is of another kind than its column', async () => {
    const [header, ...frames] = await parts(result(table));
    const swapped = header === undefined ? [] : [header, ...frames.reverse()];
    expect((await failure(() => codec.decode(swapped))).code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
  });

  it('are refused when the header is none', async () => {
    const compressor = new Compressor();
    for (const header of ['', '{', '[]', '{"result":{}}']) {
      const frame = compressor.compressSync(Buffer.from(header));
      const error = await failure(() => codec.decodeSync([frame, frame]));
      expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    }
  });
});

describe('in a cache', () => {
  it('large results are kept compressed and read as they were', async () => {
    const cache = new ConversionCache<ConversionResult>({ compression: codec, compressAbove: '1KB' });
    const values = Array.from({ length: 5000 }, (_, i) => i % 7);
    const table = tableOf({
      a: ['int32', values],
      b: ['utf8', values.map((value) => `city ${String(value)}`)],
    });
    const given = result(table);
    await cache.getOrConvert('table', () => given);
    await cache.settled();
    expect(cache.getEntry('table')?.compressed).toBe(true);
    expect(cache.stats().compression).toMatchObject({ entries: 1, encodeFailures: 0 });
    expect(cache.bytes).toBeLessThan(table.byteLength / 4);

    const restored = await cache.getAsync('table');
    expect(restored).toEqual(given);
    expect(cache.get('table')).toEqual(given);
    expect(restored).not.toBe(given);
  });

  it('what is declined is kept as it is', async () => {
    const cache = new ConversionCache<ConversionResult>({ compression: codec, compressAbove: '1KB' });
    const given = result([{ a: 'x'.repeat(5000) }], { format: 'rows' });
    await cache.getOrConvert('rows', () => given);
    await cache.settled();
    expect(cache.get('rows')).toBe(given);
    expect(cache.stats().compression).toMatchObject({ declined: 1, encodeFailures: 0 });
  });
});
