import { setImmediate as turn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { runInNewContext, runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { systemCoder, type BlockCoder } from '../../src/codec/block-coder.js';
import { MAX_DEPTH, MAX_NODES } from '../../src/codec/record-plan.js';
import { ZlibCodec } from '../../src/codec/zlib-codec.js';
import { BINARY_CLASSES, needsClass, noise, patterned } from './contents.js';
import { rendering } from './rendering.js';

const MB = 2 ** 20;
const codec = new ZlibCodec();

async function encoded(value: unknown): Promise<Uint8Array[]> {
  const parts = await codec.encode(value);
  if (parts === undefined) throw new Error('declined');
  return parts;
}

function bytesOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0);
}

/** A coder that counts the bytes that it is given. */
function counting(): BlockCoder & { given: number } {
  const coder = systemCoder();
  return {
    ...coder,
    given: 0,
    compress(block) {
      this.given += block.byteLength;
      return coder.compress(block);
    },
  };
}

describe('ZlibCodec gives back', () => {
  it.for(BINARY_CLASSES)('a %s of several blocks, to the bit', async ([name, make], test) => {
    needsClass(test, name);
    const value = make(patterned(2.5 * MB));
    const parts = await encoded(value);
    expect(parts).toHaveLength(1 + 3);
    expect(rendering(await codec.decode(parts)) === rendering(value)).toBe(true);
    expect(rendering(codec.decodeSync(parts)) === rendering(value)).toBe(true);
  });

  it('the bits of every NaN', async () => {
    const bits = BigUint64Array.from({ length: 5000 }, (_, i) => 0x7ff0000000000001n + BigInt(i));
    const parts = await encoded({ nan: new Float64Array(bits.buffer) });
    const { nan } = codec.decodeSync(parts) as { nan: Float64Array };
    expect(new BigUint64Array(nan.buffer)).toEqual(bits);
  });

  it.each([
    ['of one byte a character', 'plain text \u00e9 '],
    ['of two bytes a character', 'sn\u00f6\u0142\u20ac'],
    ['with lone surrogates', 'ab\ud800cd\udc00'],
    ['with pairs that a block may cut', '\ud83d\ude00!'],
  ])('a text %s', async (_, unit) => {
    const value = unit.repeat((1.2 * MB) / unit.length);
    const parts = await encoded(value);
    expect(bytesOf(parts)).toBeLessThan(value.length / 20);
    expect([(await codec.decode(parts)) === value, codec.decodeSync(parts) === value]).toEqual([true, true]);
  });

  it('a text that turns wide somewhere', async () => {
    const value = 'narrow '.repeat(100_000) + 'wi\u0111e '.repeat(100_000);
    expect(codec.decodeSync(await encoded(value)) === value).toBe(true);
  });

  it('a view into a larger buffer with a buffer of its own size', async () => {
    const view = new Float64Array(patterned(100_000), 800, 10_000);
    const restored = codec.decodeSync(await encoded(view)) as Float64Array;
    expect(restored).toEqual(view);
    expect([restored.byteOffset, restored.buffer.byteLength]).toEqual([0, 80_000]);
  });

  it('small contents with buffers of their own', async () => {
    const value = {
      data: new Uint8Array(100_000),
      small: Buffer.from('pooled'),
      one: new Float64Array([1.5]),
    };
    const { small, one } = codec.decodeSync(await encoded(value)) as typeof value;
    expect([String(small), small.buffer.byteLength]).toEqual(['pooled', 6]);
    expect([...one, one.buffer.byteLength]).toEqual([1.5, 8]);
  });

  it('independent copies each time', async () => {
    const parts = await encoded({ data: new Uint8Array(100_000), list: [1] });
    const [one, other] = [codec.decodeSync(parts), await codec.decode(parts)] as { data: Uint8Array }[];
    one?.data.fill(7);
    expect(other?.data[0]).toBe(0);
    expect((codec.decodeSync(parts) as { data: Uint8Array }).data[0]).toBe(0);
  });

  it('a key named __proto__ as a key', async () => {
    const value: unknown = JSON.parse('{ "__proto__": { "polluted": true }, "a": 1 }');
    const restored = codec.decodeSync(await encoded({ value, data: 'x'.repeat(10_000) })) as {
      value: object;
    };
    expect(Object.keys(restored.value)).toEqual(['__proto__', 'a']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

const data = (): Uint8Array => new Uint8Array(20_000);
const shared = { a: 1 };
const memory = new ArrayBuffer(20_000);
const ring: { self?: unknown; data: Uint8Array } = { data: data() };
ring.self = ring;
const nested = (depth: number): object => (depth === 0 ? { data: data() } : { in: nested(depth - 1) });

describe('ZlibCodec declines', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a number', 1],
    ['a symbol', Symbol('a')],
    ['a function', () => 1],
    ['a date', { data: data(), at: new Date(0) }],
    ['a map', { data: data(), map: new Map() }],
    [
      'a map that hides its class',
      { data: data(), map: Object.setPrototypeOf(new Map(), Object.prototype) as unknown },
    ],
    [
      'a date that hides its class',
      { data: data(), at: Object.setPrototypeOf(new Date(0), null) as unknown },
    ],
    ['an error', { data: data(), error: new Error('e') }],
    [
      'an instance',
      {
        data: data(),
        point: new (class Point {
          x = 1;
        })(),
      },
    ],
    ['an inherited record', { data: data(), in: Object.create({ a: 1 }) as unknown }],
    ['a function within', { data: data(), fn: () => 1 }],
    ['a symbol within', { data: data(), symbol: Symbol.for('a') }],
    ['a symbol as key', { data: data(), [Symbol('a')]: 1 }],
    [
      'a getter',
      {
        data: data(),
        get a() {
          return 1;
        },
      },
    ],
    ['a hidden property', Object.defineProperty({ data: data() }, 'a', { value: 1 })],
    [
      'a property that cannot be written',
      Object.defineProperty({ data: data() }, 'a', { value: 1, enumerable: true, configurable: true }),
    ],
    ['a frozen record', Object.freeze({ data: data() })],
    ['a sealed record', Object.seal({ data: data() })],
    ['a record that cannot grow', Object.preventExtensions({ data: data() })],
    ['a frozen list', { data: data(), list: Object.freeze([1]) }],
    ['a list with a hole', { data: data(), list: [1, , 2] }],
    [
      'a list with a property instead of an element',
      { data: data(), list: Object.assign([1, , 2], { a: 1 }) },
    ],
    ['a list with a property', { data: data(), list: Object.assign([1], { a: 1 }) }],
    [
      'a list of fixed length',
      { data: data(), list: Object.defineProperty([1], 'length', { writable: false }) },
    ],
    ['a subclass of Array', { data: data(), list: class List extends Array<number> {}.of(1) }],
    ['a proxy', { data: data(), proxy: new Proxy({}, {}) }],
    [
      'arguments',
      { data: data(), list: runInThisContext('(function () { return arguments; })(1)') as unknown },
    ],
    ['a cycle', ring],
    ['a record met twice', { data: data(), one: shared, two: shared }],
    ['memory met twice', { one: new Uint8Array(memory, 0, 9000), two: new Uint8Array(memory, 9000) }],
    ['memory and a view of it', { memory, view: new DataView(memory) }],
    ['shared memory', new SharedArrayBuffer(20_000)],
    ['a view of shared memory', new Uint8Array(new SharedArrayBuffer(20_000))],
    ['resizable memory', Reflect.construct(ArrayBuffer, [20_000, { maxByteLength: 30_000 }])],
    [
      'a view of resizable memory',
      new Uint8Array(Reflect.construct(ArrayBuffer, [20_000, { maxByteLength: 30_000 }]) as ArrayBuffer),
    ],
    ['a subclass of a typed array', new (class Bytes extends Uint8Array {})(20_000)],
    ['a subclass of ArrayBuffer', new (class Memory extends ArrayBuffer {})(20_000)],
    [
      'a typed array that hides its class',
      Object.setPrototypeOf(new Uint32Array(5000), Int32Array.prototype),
    ],
    ['a typed array of another realm', runInNewContext('new Float64Array(5000)')],
    ['a record of another realm', { data: data(), in: runInNewContext('({ a: 1 })') as unknown }],
    ['a typed array with a property', Object.assign(data(), { unit: 'm' })],
    ['a typed array with a hidden property', Object.defineProperty(data(), 'unit', { value: 'm' })],
    ['a typed array with a symbol', Object.defineProperty(data(), Symbol('unit'), { value: 'm' })],
    [
      'a typed array with another buffer',
      Object.defineProperty(data(), 'buffer', { value: new ArrayBuffer(1) }),
    ],
    [
      'a small typed array with a hidden property',
      { data: data(), small: Object.defineProperty(new Uint8Array(3), 'unit', { value: 'm' }) },
    ],
    ['a typed array that cannot grow', Object.preventExtensions(data())],
    ['a DataView with a property', Object.assign(new DataView(new ArrayBuffer(20_000)), { unit: 'm' })],
    ['an ArrayBuffer with a property', Object.assign(new ArrayBuffer(20_000), { unit: 'm' })],
    [
      'a view of an ArrayBuffer with a property',
      new Uint8Array(Object.assign(new ArrayBuffer(20_000), { unit: 'm' })),
    ],
    ['too many elements', { data: data(), list: new Array<number>(MAX_NODES).fill(0) }],
    ['too many records', { data: data(), list: Array.from({ length: MAX_NODES / 2 }, () => ({ a: 1 })) }],
    ['too deep nesting', nested(MAX_DEPTH + 1)],
    ['too many small contents', Array.from({ length: 200 }, () => new Uint8Array(8000))],
    ['a very large bigint', { data: data(), large: 2n ** 5000n }],
    ['nothing worth it', { a: 1 }],
  ])('%s', async (_, value) => {
    expect(await codec.encode(value)).toBeUndefined();
  });

  it('what does not compress, after a look at a sample', async () => {
    const coder = counting();
    const value = { doubles: new Float64Array(noise(4 * MB)), bytes: new Uint8Array(noise(4 * MB)) };
    expect(await new ZlibCodec(coder).encode(value)).toBeUndefined();
    expect(coder.given).toBeLessThan(MB / 2);
  });

  it('what compresses only where the sample happens to be taken', async () => {
    const value = new Uint8Array(noise(MB));
    const [pieces, size] = [4, MB / 64];
    for (let i = 0; i < pieces; i++) {
      const start = ((MB - size) * (i + 0.5)) / pieces;
      value.fill(0, start, start + size);
    }
    const coder = counting();
    expect(await new ZlibCodec(coder).encode(value)).toBeUndefined();
    expect(coder.given).toBeGreaterThan(MB);
  });
});

describe('ZlibCodec', () => {
  it('keeps a column that does not compress as it is beside one that does', async () => {
    const coder = counting();
    const value = { ids: Int32Array.from({ length: MB }, (_, i) => i), noise: new Uint8Array(noise(MB)) };
    const parts = await new ZlibCodec(coder).encode(value);
    expect(coder.given).toBeLessThan(4.5 * MB);
    expect(bytesOf(parts ?? [])).toBeLessThan(1.3 * MB);
    expect(isDeepStrictEqual(codec.decodeSync(parts ?? []), value)).toBe(true);
  });

  it('finds the filter that suits the numbers', async () => {
    const ids = Int32Array.from({ length: 100_000 }, (_, i) => 3 * i + (i % 7));
    const prices = Float64Array.from(
      { length: 50_000 },
      (_, i) => Math.round(((i * 7919) % 10_007) * 1.7) / 100,
    );
    expect(bytesOf(await encoded(ids))).toBeLessThan(ids.byteLength / 10);
    expect(bytesOf(await encoded(prices))).toBeLessThan(prices.byteLength / 2);
  });

  it('does not keep the large chunks alive that it worked in', async () => {
    for (const part of await encoded({
      ids: Int32Array.from({ length: MB }, (_, i) => i),
      text: 'abc'.repeat(MB),
    })) {
      expect(part.buffer.byteLength).toBe(part.byteLength);
    }
  });

  it('works on many values at a time', async () => {
    const values = Array.from({ length: 12 }, (_, i) => ({
      i,
      data: new Float64Array(50_000).fill(i),
      text: String(i).repeat(20_000),
    }));
    const all = await Promise.all(values.map(encoded));
    const restored = await Promise.all([...all, ...all].map((parts) => codec.decode(parts)));
    expect(isDeepStrictEqual(restored, [...values, ...values])).toBe(true);
  });

  it('lets others run between its steps', async () => {
    let turns = 0;
    let running = true;
    const count = async (): Promise<void> => {
      while (running) {
        turns += 1;
        await turn();
      }
    };
    void count();
    const parts = await encoded({ zeros: new Uint8Array(8 * MB), noise: new Uint8Array(noise(4 * MB)) });
    const whileEncoding = turns;
    await codec.decode(parts);
    running = false;
    expect(whileEncoding).toBeGreaterThan(12);
    // Two blocks are restored at a time.
    expect(turns - whileEncoding).toBeGreaterThan(5);
  });

  it('refuses a value whose memory was transferred away', async () => {
    for (const value of [
      new Uint8Array(data()),
      new DataView(new ArrayBuffer(20_000)),
      new ArrayBuffer(20_000),
    ]) {
      structuredClone(value, { transfer: [ArrayBuffer.isView(value) ? value.buffer : value] });
      await expect(codec.encode(value)).rejects.toThrow(/memory that was transferred away/);
      await expect(codec.encode({ value })).rejects.toThrow(TypeError);
    }
  });

  it('refuses a value whose memory is transferred away meanwhile', async () => {
    const value = new Uint8Array(4 * MB);
    const encode = codec.encode(value);
    structuredClone(value, { transfer: [value.buffer] });
    await expect(encode).rejects.toThrow(/memory that was transferred away/);
  });

  it('refuses what is no compressed value', async () => {
    for (const parts of [[], [new Uint8Array()], [new Uint8Array(8)], [new Uint8Array(100)]]) {
      expect(() => codec.decodeSync(parts)).toThrow(Error);
      await expect(codec.decode(parts)).rejects.toThrow(Error);
    }
  });
});
