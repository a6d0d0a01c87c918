import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../src/index.js';

const MB = 2 ** 20;

describe('sizeOf', () => {
  it.each([[0], [2 ** 31 - 1], [true], [null], [undefined], [''], ['a'], [Symbol.for('a')]])(
    'takes %s for part of the reference to it',
    (value) => {
      expect(sizeOf(value)).toBe(0);
    },
  );

  it.each<[unknown, number]>([
    [0.5, 16],
    [-0, 16],
    [2 ** 31, 16],
    [0n, 16],
    [1n, 24],
    [2n ** 100n, 32],
    ['ab', 24],
    ['abcdefghi', 32],
    ['\u20ac', 24],
    ['x'.repeat(1000), 1016],
    ['\u20ac' + 'x'.repeat(999), 2016],
    [{}, 56],
    [{ a: 1 }, 32],
    [{ a: 1, b: 2 }, 40],
    [{ a: 0.5 }, 48],
    [[], 32],
    [[1, 2, 3], 72],
    [[0.5, 1.5, 2.5], 72],
    [[0.5, 1.5, 'a'], 104],
    [new Float64Array(1000), 96 + 88 + 8000],
    [new ArrayBuffer(1000), 88 + 1000],
    [new SharedArrayBuffer(1000), 88 + 1000],
    [new Date(), Number.parseInt(process.versions.v8, 10) < 13 ? 112 : 96],
  ])('models V8 for %s: %d bytes', (value, bytes) => {
    expect(sizeOf(value)).toBe(bytes);
  });

  it('counts text in two-byte characters as soon as one needs them', () => {
    expect(sizeOf('\u0100'.padEnd(10_000)) / sizeOf('\u00ff'.padEnd(10_000))).toBeCloseTo(2, 2);
  });

  it('counts the whole buffer behind a view, once', () => {
    const buffer = new ArrayBuffer(MB);
    const one = sizeOf(new Uint8Array(buffer, 10, 1));
    expect(one).toBeGreaterThan(MB);
    expect(sizeOf([new Uint8Array(buffer, 10, 1), new DataView(buffer, 5), buffer])).toBeLessThan(MB + 1000);
  });

  it('counts the pool behind small Buffers, once', () => {
    const small = Array.from({ length: 10 }, (_, i) => Buffer.from(`text ${String(i)}`));
    expect(sizeOf(small)).toBeGreaterThan(Buffer.poolSize);
    expect(sizeOf(small)).toBeLessThan(3 * Buffer.poolSize);
  });

  it('counts shared objects once, and ends on cycles', () => {
    const shared = { data: 'x'.repeat(1000) };
    expect(sizeOf([shared, shared])).toBe(sizeOf([shared]) + 8);
    const ring: { self?: unknown; data: string } = { data: 'x'.repeat(1000) };
    const without = sizeOf({ ...ring, self: undefined });
    ring.self = ring;
    expect(sizeOf(ring)).toBe(without);
    expect(sizeOf(new Map<unknown, unknown>([[shared, shared]]))).toBeLessThan(1500);
  });

  it('sees one large object far into a long list', () => {
    const list: unknown[] = Array.from({ length: 50_000 }, (_, i) => ({ i }));
    const before = sizeOf(list);
    list[30_001] = { i: 30_001, data: new Uint8Array(MB) };
    expect(sizeOf(list) - before).toBeGreaterThan(MB);
  });

  it('sees one long text far into a long list', () => {
    const list = Array.from({ length: 100_000 }, () => 'ab');
    const before = sizeOf(list);
    list[30_001] = 'x'.repeat(MB);
    expect(sizeOf(list) - before).toBeGreaterThan(MB - 100);
  });

  it('takes equal short texts for one, and counts equal long ones each time', () => {
    const cities = Array.from({ length: 20_000 }, (_, i) => ['Oslo', 'Bergen', 'Moss'][i % 3]);
    expect(sizeOf(cities)).toBeLessThan(20_000 * 8 + 1000);
    const long = Array.from({ length: 1000 }, () => 'x'.repeat(1000));
    expect(sizeOf(long)).toBeGreaterThan(1000 * 1000);
  });

  it('is not fooled by a period in the lengths of texts', () => {
    const texts = Array.from({ length: 100_000 }, (_, i) => `${String(i)}-${'x'.repeat(i % 50)}`);
    const exact = texts.reduce((bytes, text) => bytes + sizeOf([text]) - 56, 8 * texts.length);
    expect(Math.abs(sizeOf(texts) / exact - 1)).toBeLessThan(0.05);
  });

  it('finds what hangs on lists, buffers, maps, dates, errors and symbols', () => {
    const data = (): { data: Uint8Array } => ({ data: new Uint8Array(MB) });
    const carriers: unknown[] = [
      Object.assign([1, 2], data()),
      Object.assign(
        Array.from({ length: 1000 }, () => 1),
        data(),
      ),
      Object.assign(new Uint8Array(100), data()),
      Object.assign(new DataView(new ArrayBuffer(1)), data()),
      Object.assign(new Map(), data()),
      Object.assign(new Set(), data()),
      Object.assign(new Date(), data()),
      Object.assign(/a/, data()),
      Object.assign(Object(1) as object, data()),
      Object.assign(Object('abc') as object, data()),
      new Error('a', { cause: data() }),
      new AggregateError([data()]),
      { [Symbol('s')]: data() },
      new Map([[data(), 1]]),
      new Set([data()]),
      Object.assign(Object.create(null) as object, data()),
    ];
    for (const carrier of carriers) expect(sizeOf(carrier)).toBeGreaterThan(MB);
  });

  it('reads sparse arrays by what they hold', () => {
    const sparse: unknown[] = [];
    sparse[2 ** 32 - 2] = 'x'.repeat(1000);
    expect(sizeOf(sparse)).toBeGreaterThan(1000);
    expect(sizeOf(sparse)).toBeLessThan(2000);
    expect(sizeOf(new Array(1000))).toBe(32 + 16 + 8000);
  });

  it('knows that objects with many properties, or without a prototype, are hash tables', () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`property ${String(i)}`, i]));
    expect(sizeOf(wide)).toBeGreaterThan(24 * 2048);
    expect(sizeOf(Object.create(null))).toBeGreaterThan(sizeOf({}));
  });

  it('walks 100,000 levels without a call stack', () => {
    let value: unknown = {};
    for (let i = 0; i < 100_000; i++) value = { value };
    expect(sizeOf(value)).toBe(100_000 * 32 + 56);
  });

  it('survives getters and proxies that throw, and empty handles', () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    const throwing = {
      get a() {
        throw new Error('no');
      },
      b: new Uint8Array(MB),
    };
    expect(sizeOf([hostile, throwing])).toBeGreaterThan(MB);
    for (const value of [() => 1, Promise.resolve(), new WeakMap(), new WeakRef({}), Symbol('s')]) {
      expect(sizeOf(value)).toBeGreaterThan(0);
      expect(sizeOf(value)).toBeLessThan(200);
    }
  });

  it('survives buffers whose memory was taken away', () => {
    const buffer = new ArrayBuffer(MB);
    const view = new DataView(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    expect(sizeOf([buffer, view])).toBeLessThan(1000);
  });

  it('never shrinks when something is added', () => {
    fc.assert(
      fc.property(
        fc.anything({ withMap: true, withSet: true, withTypedArray: true, maxDepth: 2 }),
        fc.string(),
        (value, text) => {
          expect(sizeOf([value, text])).toBeGreaterThanOrEqual(sizeOf(value));
          expect(Number.isInteger(sizeOf(value))).toBe(true);
        },
      ),
    );
  });
});
