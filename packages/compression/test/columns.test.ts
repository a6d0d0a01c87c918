import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Compressor, type Columns } from '../src/index.js';
import { codeOf, codeOfRejection, flip } from './forge.js';
import { pattern } from './samples.js';

const compressor = new Compressor({ minBytes: 0 });
const N = 20_000;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const orders = {
  price: Float64Array.from({ length: N }, (_, i) => ((i * 7919) % 100_000) / 100),
  id: BigInt64Array.from({ length: N }, (_, i) => BigInt(i) * 17n),
  city: Array.from({ length: N }, (_, i) => ['Lima', 'Łódź', 'Lyon', null][(i * i) % 4] ?? null),
  name: Array.from({ length: N }, (_, i) => `customer ${String((i * 7919) % N)}`),
  flag: Uint8Array.from({ length: N }, (_, i) => i & 1),
  note: { offsets: Int32Array.of(0, 3, 3, 7), bytes: utf8('onethree') },
  status: { codes: Int8Array.of(1, 0, 1, -1), values: ['new', 'paid'] },
  region: { codes: Uint32Array.of(0, 0), values: { offsets: Int32Array.of(0, 4), bytes: utf8('west') } },
};
describe('an archive of columns', () => {
  it('gives back what was put in, in its order, waiting or not', async () => {
    const archive = await compressor.compressColumns(orders);
    for (const back of [
      await compressor.decompressColumns(archive),
      compressor.decompressColumnsSync(archive),
    ]) {
      expect(Object.keys(back)).toEqual(Object.keys(orders));
      expect(back).toEqual(orders);
    }
    expect(compressor.decompressColumnsSync(compressor.compressColumnsSync(orders))).toEqual(orders);
  });

  it('is much smaller than its columns', async () => {
    const { city, price, id } = orders;
    const archive = await new Compressor({ level: 'balanced' }).compressColumns({ city, price, id });
    expect(archive.byteLength).toBeLessThan((price.byteLength + id.byteLength) / 3.5);
  });

  it('lets one column be read without the others', async () => {
    const archive = await compressor.compressColumns(orders);
    const list = compressor.inspectColumns(archive);
    expect(list.map(({ name, kind }) => [name, kind])).toEqual([
      ['price', 'numbers'],
      ['id', 'numbers'],
      ['city', 'strings'],
      ['name', 'strings'],
      ['flag', 'numbers'],
      ['note', 'text'],
      ['status', 'dictionary'],
      ['region', 'dictionary'],
    ]);
    // Whatever happens to the first column, the second is whole.
    const index = archive.byteLength - list.reduce((sum, { bytes }) => sum + bytes, 0);
    const damaged = archive.slice();
    damaged.fill(0, index, index + (list[0]?.bytes ?? 0));
    const { id } = await compressor.decompressColumns(damaged, { columns: ['id'] });
    expect(id).toEqual(orders.id);
    expect(await codeOfRejection(compressor.decompressColumns(damaged))).toBe('NOT_A_FRAME');
    const two = compressor.decompressColumnsSync(archive, { columns: ['flag', 'price'] });
    expect(Object.keys(two)).toEqual(['flag', 'price']);
  });

  it('takes texts of any code units, and nulls, and names of any kind', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 3 })
        .map((units) => String.fromCharCode(...units)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(text), { maxLength: 60 }),
        fc.constantFrom('a', '', '__proto__', '\ud800', 'constructor'),
        fc.integer({ min: 1, max: 3 }),
        async (texts, name, times) => {
          const column = Array.from({ length: times }, () => texts).flat();
          const columns = Object.fromEntries([[name, column]]);
          const back = await compressor.decompressColumns(await compressor.compressColumns(columns));
          expect(Object.keys(back)).toEqual([name]);
          expect(Object.getOwnPropertyDescriptor(back, name)?.value).toEqual(column);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('tells halves of a pair that meet in two texts from the pair', async () => {
    const halves = ['\ud83d', '\ude00', 'x'];
    const { t } = await compressor.decompressColumns(await compressor.compressColumns({ t: halves }));
    expect(t).toEqual(halves);
  });

  it('may have no columns, and columns of any length', async () => {
    const odd: Columns = { empty: [], none: new Float32Array(0), one: ['x'], nulls: [null, null] };
    expect(await compressor.decompressColumns(await compressor.compressColumns(odd))).toEqual(odd);
    expect(await compressor.decompressColumns(await compressor.compressColumns({}))).toEqual({});
  });

  it('does not run more calls at once than it may, however many columns there are', async () => {
    const narrow = new Compressor({ maxQueue: 2, concurrency: 2 });
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`c${String(i)}`, pattern(2000)]));
    const archive = await narrow.compressColumns(many);
    expect(Object.keys(await narrow.decompressColumns(archive))).toHaveLength(100);
  });
});

describe('what an archive refuses', () => {
  it.each([
    ['null', null],
    ['an array', [Int8Array.of(1)]],
    ['a column', new Float64Array(3)],
    ['numbers in a plain array', { a: [1, 2] }],
    ['texts with a hole', { a: ['x', undefined] }],
    ['a number', { a: 5 }],
    ['offsets of floats', { a: { offsets: new Float64Array(2), bytes: new Uint8Array(1) } }],
    [
      'a text column with another field',
      { a: { offsets: Int32Array.of(0), bytes: new Uint8Array(0), more: 1 } },
    ],
    ['a dictionary of numbers', { a: { codes: Int8Array.of(0), values: [5] } }],
  ])('%s', async (_, columns) => {
    const call = (method: 'compressColumns' | 'compressColumnsSync'): unknown =>
      Reflect.apply(compressor[method], compressor, [columns]);
    expect(codeOf(() => call('compressColumnsSync'))).toBe('INPUT');
    expect(await codeOfRejection(Promise.resolve(call('compressColumns')))).toBe('INPUT');
  });

  it('names that it does not have, with those that it has', async () => {
    const archive = await compressor.compressColumns({ a: ['x'], b: ['y'] });
    await expect(compressor.decompressColumns(archive, { columns: ['c'] })).rejects.toThrow(
      "the archive has no column 'c'; it has 'a', 'b'",
    );
  });

  it('a signal that fired', async () => {
    const signal = AbortSignal.abort();
    const archive = await compressor.compressColumns(orders);
    expect(await codeOfRejection(compressor.compressColumns(orders, { signal }))).toBe('ABORTED');
    expect(await codeOfRejection(compressor.decompressColumns(archive, { signal }))).toBe('ABORTED');
  });

  it('every call once the compressor is closed or the signal has fired, though there were nothing to do', async () => {
    const closing = new Compressor();
    const empty = await closing.compressColumns({});
    const signal = AbortSignal.abort();
    expect(await codeOfRejection(closing.compressColumns({}, { signal }))).toBe('ABORTED');
    expect(await codeOfRejection(closing.decompressColumns(empty, { signal }))).toBe('ABORTED');
    await closing.close();
    expect(await codeOfRejection(closing.compressColumns({}))).toBe('CLOSED');
    expect(await codeOfRejection(closing.decompressColumns(empty))).toBe('CLOSED');
    expect(codeOf(() => closing.compressColumnsSync({}))).toBe('CLOSED');
    expect(codeOf(() => closing.decompressColumnsSync(empty))).toBe('CLOSED');
    expect(codeOf(() => closing.inspectColumns(empty))).toBe('CLOSED');
    expect(await codeOfRejection(closing.columnCodec().encode({ a: Int8Array.of(1) }))).toBe('CLOSED');
  });

  it('damage of any bit, and any cut', async () => {
    const archive = await compressor.compressColumns({ a: Int16Array.of(1, 2, 3), t: ['x', null, 'yz'] });
    for (let bit = 0; bit < archive.byteLength * 8; bit++) {
      expect(['CORRUPT', 'NOT_A_FRAME', 'VERSION']).toContain(
        codeOf(() => compressor.decompressColumnsSync(flip(archive, bit))),
      );
    }
    for (let length = 0; length < archive.byteLength; length++) {
      const code = await codeOfRejection(compressor.decompressColumns(archive.subarray(0, length)));
      expect(code).toBe(length === 0 ? 'NOT_A_FRAME' : 'CORRUPT');
    }
    expect(codeOf(() => compressor.decompressColumnsSync(Buffer.concat([archive, archive])))).toBe('CORRUPT');
  });
});

describe('the codec of columns', () => {
  const codec = compressor.columnCodec();

  it('takes plain objects of columns, and gives them back', async () => {
    const parts = (await codec.encode({ price: orders.price, city: orders.city })) ?? [];
    expect(parts.length).toBeGreaterThan(3);
    for (const back of [await codec.decode(parts), codec.decodeSync(parts)]) {
      expect(back).toEqual({ price: orders.price, city: orders.city });
    }
  });

  it('leaves everything else to others', async () => {
    class Table {
      readonly price = orders.price;
    }
    for (const value of [
      {},
      [],
      null,
      'text',
      orders.price,
      { a: 1 },
      { a: orders.price, b: 1 },
      new Table(),
    ]) {
      expect(await codec.encode(value)).toBe(undefined);
    }
  });

  it('refuses parts that are not its own, or not all of them', async () => {
    const parts = (await codec.encode({ price: orders.price, flag: orders.flag })) ?? [];
    for (const wrong of [[], parts.slice(1), parts.slice(0, -1), [...parts, pattern(40)]]) {
      expect(['CORRUPT', 'NOT_A_FRAME']).toContain(codeOf(() => codec.decodeSync(wrong)));
      expect(['CORRUPT', 'NOT_A_FRAME']).toContain(await codeOfRejection(codec.decode(wrong)));
    }
  });
});
