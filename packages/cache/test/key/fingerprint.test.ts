import { createSecretKey } from 'node:crypto';
import { createContext, runInContext, runInThisContext } from 'node:vm';
import { needs } from '@perf/tooling-vitest/needs';
import { assert, describe, expect, it } from 'vitest';
import { CacheError, fingerprint } from '../../src/index.js';

class Point {
  readonly x: number;
  constructor(x: number) {
    this.x = x;
  }
}
const otherPoint = ((): new (x: number) => { x: number } => {
  class Point {
    readonly x: number;
    constructor(x: number) {
      this.x = x;
    }
  }
  return Point;
})();

function nested(depth: number, core: unknown): unknown {
  let value = core;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? { a: value } : [value];
  return value;
}
function ring(length: number): object {
  const first: { next?: object } = {};
  let last = first;
  for (let i = 1; i < length; i++) {
    const node = {};
    last.next = node;
    last = node;
  }
  last.next = first;
  return first;
}
const withHole = (length: number, at: number, value: unknown): unknown[] => {
  const list = new Array<unknown>(length);
  list[at] = value;
  return list;
};
/** Fields of some four thousand letters: many of them are more than is kept at once. */
const wide = (fields: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: fields }, (_, i) => [`f${String(i)}`, String(i).repeat(2000)]));
const bytes = (...values: number[]): ArrayBuffer => Uint8Array.from(values).buffer;
const withPrototype = (value: object, prototype: object): object => {
  Object.setPrototypeOf(value, prototype);
  return value;
};
/** Not enumerable, so no difference; but the value has to be read the long way. */
const withHiddenSymbol = <T extends object>(value: T): T =>
  Object.defineProperty(value, Symbol('hidden'), { value: 1 });
const lastIndexed = (pattern: RegExp, lastIndex: number): RegExp => Object.assign(pattern, { lastIndex });

describe('fingerprint', () => {
  it('is 32 hexadecimal digits, 64 with sha256', () => {
    expect(fingerprint({ a: 1 })).toMatch(/^[0-9a-f]{32}$/);
    expect(fingerprint({ a: 1 }, { algorithm: 'sha256' })).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is the same in every process', () => {
    // These values may only change with a major version: keys outlive the process that made them.
    expect(fingerprint({ file: 'a.csv', columns: ['x', 'y'], limit: 10 })).toMatchInlineSnapshot(
      `"dad16acf4747ad7d3bd3bc45ba224402"`,
    );
    expect(fingerprint(new Map([['a', new Date(0)]]))).toMatchInlineSnapshot(
      `"ebf5e3a7f48d1ef967f5b436ddea43c2"`,
    );
    expect(fingerprint('text', { algorithm: 'sha256' })).toMatchInlineSnapshot(
      `"ddd6f4725e0284cb9055bdcac14877764b1c5c20b41a7708977cf76a43b7fc4f"`,
    );
  });

  it.each<[string, unknown, unknown]>([
    ['0 and -0', 0, -0],
    ['a number and its text', 1, '1'],
    ['a number and a bigint', 1, 1n],
    ['a bigint and its negative', 5n, -5n],
    ['huge integers next to each other', 2 ** 53, 2 ** 53 + 2],
    ['bigints next to each other', 2n ** 53n, 2n ** 53n + 1n],
    ['null and undefined', null, undefined],
    ['null and 0', null, 0],
    ['false and 0', false, 0],
    ['NaN and null', Number.NaN, null],
    ['empty text, object, array, map and set', [''], [{}]],
    ['an empty object and an empty array', {}, []],
    ['an empty map and an empty set', new Map(), new Set()],
    ['an empty map and an empty object', new Map(), {}],
    ['a missing and an undefined property', {}, { a: undefined }],
    ['a key and its value swapped', { a: 'b' }, { b: 'a' }],
    ['the place of a boundary between texts', ['ab', 'c'], ['a', 'bc']],
    ['the place of a boundary between arrays', [[1], [2, 3]], [[1, 2], [3]]],
    ['an array and an object with the same keys', ['a'], { 0: 'a' }],
    ['an array and its nesting', [1], [[1]]],
    ['a hole and undefined', withHole(1, 1, 0).slice(0, 1), [undefined]],
    ['the number of holes', new Array(3), new Array(4)],
    ['the place of a hole', withHole(3, 0, 1), withHole(3, 1, 1)],
    ['an array with a property and without', Object.assign([1], { unit: 'kg' }), [1]],
    [
      'a long array with a property and without',
      Object.assign([...Array(500).keys()], { unit: 1 }),
      [...Array(500).keys()],
    ],
    ['an array and a subclass', [1], class extends Array<number> {}.from([1])],
    ['lone surrogates', '\ud800', '\ud801'],
    ['a lone surrogate and the replacement character', '\udfff', '\ufffd'],
    ['composed and decomposed letters', '\u00e9', 'e\u0301'],
    ['long texts with one difference', 'x'.repeat(50_000), 'x'.repeat(49_999) + 'y'],
    ['long texts of lone surrogates', '\ud800'.repeat(5000), '\udc00'.repeat(5000)],
    ['a date and its number', new Date(5), 5],
    ['a date and its text', new Date(0), new Date(0).toISOString()],
    ['dates a millisecond apart', new Date(5), new Date(6)],
    ['a date and an invalid date', new Date(0), new Date(Number.NaN)],
    ['the flags of a pattern', /a/, /a/g],
    ['the place a pattern has reached', lastIndexed(/a/g, 0), lastIndexed(/a/g, 1)],
    ['a pattern and its text', /a/, '/a/'],
    ['the element types of typed arrays', new Uint8Array(4), new Int8Array(4)],
    ['clamped and plain bytes', new Uint8Array(4), new Uint8ClampedArray(4)],
    ['the element sizes of typed arrays', new Float32Array(2), new Float64Array(1)],
    ['signed and unsigned big integers', new BigInt64Array(1), new BigUint64Array(1)],
    ['a typed array and an array', Uint8Array.of(1), [1]],
    ['a typed array and an object in its place', withPrototype(Uint8Array.of(1), Object.prototype), { 0: 1 }],
    ['an array and one without its class', [1], withPrototype([1], Object.prototype)],
    ['an array and one without any class', [1], withPrototype([1], Object.create(null) as object)],
    ['a short array and one with a hole and a property', [1, 2], Object.assign(withHole(2, 0, 1), { a: 2 })],
    ['where a nested array ends', [[1, 2], 3], [[1], 2, 3]],
    [
      'where an array ends and its properties begin',
      [Object.assign([1], { a: 1 })],
      Object.assign([[1]], { a: 1 }),
    ],
    ['where a nested object ends', { a: { b: 1 }, c: 2 }, { a: { b: 1, c: 2 } }],
    [
      'the place of a boundary between texts of two rows',
      [{ a: 'ab' }, { a: 'c' }],
      [{ a: 'a' }, { a: 'bc' }],
    ],
    ['texts at different fields', { a: 'x', b: '' }, { a: '', b: 'x' }],
    ['a text and a bigint of the same digits', ['1', 2n], [1n, '2']],
    ['Latin and wider letters of the same low byte', 'a', '\u0161'],
    ['a short and a long text', 'x'.repeat(4096), 'x'.repeat(4097)],
    ['bytes below and above what is copied', new Uint8Array(4096), new Uint8Array(4097)],
    ['a Buffer and a Uint8Array', Buffer.from([1]), Uint8Array.of(1)],
    ['a typed array and its buffer', Uint8Array.of(1), bytes(1)],
    ['a view and a typed array', new DataView(bytes(1)), Uint8Array.of(1)],
    ['0 and -0 in a Float64Array', Float64Array.of(0), Float64Array.of(-0)],
    [
      'a typed array with a property and without',
      Object.assign(new Uint8Array(100), { unit: 'kg' }),
      new Uint8Array(100),
    ],
    ['shared and plain memory', new ArrayBuffer(2), new SharedArrayBuffer(2)],
    ['the windows of two views', new DataView(bytes(1, 2), 0, 1), new DataView(bytes(1, 2), 1, 1)],
    ['the messages of errors', new Error('a'), new Error('b')],
    ['the classes of errors', new TypeError('a'), new RangeError('a')],
    ['the causes of errors', new Error('a', { cause: 1 }), new Error('a', { cause: 2 })],
    ['an error with a cause and without', new Error('a', { cause: undefined }), new Error('a')],
    ['the errors of an aggregate', new AggregateError([1]), new AggregateError([2])],
    ['a boxed number and the number', Object(1), 1],
    ['boxed 0 and -0', Object(0), Object(-0)],
    ['a boxed text and a boxed number', Object('1'), Object(1)],
    ['a registered symbol and its text', Symbol.for('a'), 'a'],
    ['two registered symbols', Symbol.for('a'), Symbol.for('b')],
    ['a registered and a well-known symbol', Symbol.for('Symbol.iterator'), Symbol.iterator],
    ['a symbol key and a text key', { [Symbol.for('a')]: 1 }, { a: 1 }],
    ['the values under symbol keys', { [Symbol.for('a')]: 1 }, { [Symbol.for('a')]: 2 }],
    ['a class and a plain object', new Point(1), { x: 1 }],
    ['two classes of the same name', new Point(1), new otherPoint(1)],
    ['a null prototype and a plain object', Object.create(null), {}],
    ['arguments and an object', runInThisContext('(function () { return arguments; })()'), {}],
    ['an inherited and an own property', Object.create({ a: 1 }), { a: 1 }],
    ['a set in a set and its member', new Set([new Set([1])]), new Set([1])],
    ['the number of equal members', new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }])],
    [
      'which key of a map has which value',
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['a', 2],
        ['b', 1],
      ]),
    ],
    ['a map and the list of its entries', new Map([['a', 1]]), [['a', 1]]],
    ['the keys and values of a map swapped', new Map([['a', 'b']]), new Map([['b', 'a']])],
    ['two addresses', new URL('https://a.example'), new URL('https://b.example')],
    ['two sets of search parameters', new URLSearchParams('a=1'), new URLSearchParams('a=2')],
    ['a ring of one and a ring of two', ring(1), ring(2)],
    ['a ring and a finite chain', ring(1), { next: { next: undefined } }],
    [
      'references to different ancestors',
      ((): object => {
        const a: { b: { up?: object } } = { b: {} };
        a.b.up = a;
        return a;
      })(),
      ((): object => {
        const a: { b: { up?: object } } = { b: {} };
        a.b.up = a.b;
        return a;
      })(),
    ],
    ['deep structures with different cores', nested(1000, 1), nested(1000, 2)],
    ['deep structures of different depth', nested(1000, 1), nested(1002, 1)],
  ])('tells apart %s', (_, a, b) => {
    for (const algorithm of ['fast', 'sha256'] as const) {
      expect(fingerprint(a, { algorithm })).not.toBe(fingerprint(b, { algorithm }));
    }
  });

  it.each<[string, unknown, unknown]>([
    ['NaN and NaN', Number.NaN, 0 / 0],
    ['key order', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    [
      'the order of symbol keys',
      { [Symbol.for('a')]: 1, [Symbol.for('b')]: 2 },
      { [Symbol.for('b')]: 2, [Symbol.for('a')]: 1 },
    ],
    [
      'the order of a map',
      new Map<unknown, unknown>([
        ['a', 1],
        [{ k: 1 }, 2],
      ]),
      new Map<unknown, unknown>([
        [{ k: 1 }, 2],
        ['a', 1],
      ]),
    ],
    ['the order of a set', new Set<unknown>([1, 'a', [2]]), new Set<unknown>([[2], 1, 'a'])],
    [
      'shared and copied',
      ((): unknown => {
        const row = { a: [1] };
        return [row, row];
      })(),
      [{ a: [1] }, { a: [1] }],
    ],
    ['-0 and 0 as members of a set', new Set([-0]), new Set([0])],
    ['invalid dates', new Date(Number.NaN), new Date('never')],
    ['errors from two places', new Error('a'), new Error('a')],
    ['where a view lies in its buffer', new Uint8Array(bytes(9, 1, 2), 1), Uint8Array.of(1, 2)],
    ['non-enumerable properties', Object.defineProperty({}, 'a', { value: 1 }), {}],
    [
      'a getter and its value',
      {
        get a() {
          return 1;
        },
      },
      { a: 1 },
    ],
    ['two instances of a class', new Point(1), new Point(1)],
    ['one address', new URL('https://a.example'), new URL('https://A.example/')],
    ['a ring entered anywhere', ring(2), ring(2)],
    ['an object and one with a hidden symbol', { a: 'x', b: [1] }, withHiddenSymbol({ a: 'x', b: [1] })],
    ['an array and one with a hidden symbol', ['x', 1, [2]], withHiddenSymbol(['x', 1, [2]])],
    ['a large object and one with a hidden symbol', wide(40), withHiddenSymbol(wide(40))],
    ['a huge object and one with a hidden symbol', wide(70), withHiddenSymbol(wide(70))],
    [
      'a large array and one with a hidden symbol',
      Object.values(wide(50)),
      withHiddenSymbol(Object.values(wide(50))),
    ],
    [
      'what was met before and its copy',
      (() => {
        const pattern = Object.assign(new RegExp('x'.repeat(5000)), wide(3));
        return [[pattern], [pattern], pattern];
      })(),
      [1, 2, 3].map((n) => {
        const pattern = Object.assign(new RegExp('x'.repeat(5000)), wide(3));
        return n === 3 ? pattern : [pattern];
      }),
    ],
    [
      'resizable and fixed memory',
      new Uint8Array(Reflect.construct(ArrayBuffer, [4, { maxByteLength: 16 }]) as ArrayBuffer),
      new Uint8Array(4),
    ],
    ['a flat and a sliced text', 'x'.repeat(10_000), ('y' + 'x'.repeat(10_000)).slice(1)],
    [
      'a sparse array, however it came about',
      withHole(1000, 500, 1),
      Object.assign(new Array(1000), { 500: 1 }),
    ],
  ])('does not tell apart %s', (_, a, b) => {
    for (const algorithm of ['fast', 'sha256'] as const) {
      expect(fingerprint(a, { algorithm })).toBe(fingerprint(b, { algorithm }));
    }
  });

  it.each<[string, unknown, string]>([
    ['a function', { a: [0, 1, 2, { b: () => 1 }] }, 'a function at $.a[3].b'],
    ['a class', Point, 'a function at $:'],
    ['a promise', { p: Promise.resolve() }, 'a Promise at $.p'],
    ['a weak map', new Map([['w', new WeakMap()]]), 'a WeakMap at $.values()[0]'],
    ['a weak set', new Set([1, new WeakSet()]), 'a WeakSet at $.values()[1]'],
    ['a weak reference', [new WeakRef({})], 'a WeakRef at $[0]'],
    ['a map key', new Map([[() => 1, 1]]), 'a function at $.keys()[0]'],
    ['a unique symbol', { 'two words': Symbol('s') }, 'a unique symbol, Symbol(s) at $["two words"]'],
    ['a symbol that only sounds well-known', [Symbol('Symbol.iterator')], 'a unique symbol'],
    [
      'a unique symbol as a key',
      { a: { [Symbol('s')]: 1 } },
      'a property named by a unique symbol, Symbol(s) at $.a',
    ],
    ['a property under a symbol', { [Symbol.for('s')]: () => 1 }, 'a function at $[Symbol(s)]'],
    [
      'a generator',
      [
        (function* () {
          yield 1;
        })(),
      ],
      'a Generator at $[0]',
    ],
    ['an iterator', [new Map().keys()], 'a Map Iterator at $[0]'],
    ['a formatter', new Intl.NumberFormat('en'), 'an Intl.NumberFormat at $'],
    ['a blob', { file: new Blob(['a']) }, 'a Blob at $.file'],
    ['a key', { key: createSecretKey(Buffer.from('a')) }, '$.key'],
    ['the cause of an error', new Error('a', { cause: () => 1 }), 'a function at $.cause'],
    ['a signal', { signal: new AbortController().signal }, '$.signal'],
  ])('refuses %s and names its path', (_, value, message) => {
    expect(() => fingerprint(value)).toThrow(CacheError);
    expect(() => fingerprint(value)).toThrow(message);
    expect(() => fingerprint(value)).toThrow(expect.objectContaining({ code: 'ERR_PERF_CACHE_UNHASHABLE' }));
  });

  it.each([
    ['a typed array', (b: ArrayBuffer) => new Uint8Array(b)],
    ['a view', (b: ArrayBuffer) => new DataView(b)],
    ['a buffer', (b: ArrayBuffer) => b],
  ])('refuses %s whose memory was taken away', (_, make) => {
    const buffer = new ArrayBuffer(8);
    const value = { data: make(buffer) };
    structuredClone(buffer, { transfer: [buffer] });
    expect(() => fingerprint(value)).toThrow('a detached ArrayBuffer at $.data');
  });

  it('works after a refusal, and inside a getter that is being read', () => {
    expect(() => fingerprint({ a: [1, 2, () => 1] })).toThrow(CacheError);
    const inner = fingerprint({ b: 1 });
    const value = {
      before: 1,
      get own() {
        return fingerprint({ b: 1 });
      },
      z: [1],
    };
    expect(fingerprint(value)).toBe(fingerprint({ before: 1, own: inner, z: [1] }));
  });

  it('walks 100,000 levels without a call stack', () => {
    expect(fingerprint(nested(100_000, 1))).not.toBe(fingerprint(nested(100_000, 2)));
    const lines = nested(100_000, () => 1);
    expect(() => fingerprint(lines)).toThrow(/at \$\[0\]\.a\[0\].*\.\.\..*\.a:/);
  });

  it('hashes shared objects once: doubling 60 times is no work', () => {
    let value: unknown = { a: 1 };
    for (let i = 0; i < 60; i++) value = [value, value];
    expect(fingerprint(value)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('gives up on a web of cycles instead of walking for ever', () => {
    const nodes = Array.from({ length: 30 }, () => ({ links: [] as unknown[] }));
    for (const node of nodes) node.links.push(...nodes);
    expect(() => fingerprint(nodes[0])).toThrow('a web of cycles with too many ways through it');
  });

  it('does not depend on the order in which a cycle is entered from a set', () => {
    const knot = (): [object, object] => {
      const a: { b?: object; name: string } = { name: 'a' };
      const b = { a, name: 'b' };
      a.b = b;
      return [a, b];
    };
    const [a, b] = knot();
    expect(fingerprint(new Set([a, b]))).toBe(fingerprint(new Set([b, a])));
    expect(fingerprint([a, b])).not.toBe(fingerprint([b, a]));
    expect(fingerprint([a, b])).toBe(fingerprint(knot()));
  });

  it('reads an array with four billion holes as quickly as its elements', () => {
    const list: number[] = [];
    list[2 ** 32 - 2] = 1;
    expect(fingerprint(list)).not.toBe(fingerprint(withHole(2 ** 32 - 2, 0, 1)));
  });

  it('hashes what millions of elements are, not a sample', () => {
    const numbers = Array.from({ length: 200_000 }, (_, i) => i);
    const before = fingerprint(numbers);
    numbers[123_457] = 0;
    expect(fingerprint(numbers)).not.toBe(before);
  });

  it('reads objects of another realm by their content', () => {
    const foreign: unknown = runInContext('({ list: [1, new Map([["a", new Date(0)]])] })', createContext());
    const again: unknown = runInContext('({ list: [1, new Map([["a", new Date(1)]])] })', createContext());
    expect(fingerprint(foreign)).not.toBe(fingerprint(again));
  });

  it('lists own properties only, whatever is inherited by all objects', () => {
    const all = (): string[] =>
      [{ a: 1 }, { b: 1 }, { a: 1, b: 1 }, [{ b: 'x', c: wide(30) }]].map((value) => fingerprint(value));
    const before = all();
    Object.defineProperty(Object.prototype, 'a', {
      value: 1,
      enumerable: true,
      configurable: true,
      writable: true,
    });
    const after = all();
    Reflect.deleteProperty(Object.prototype, 'a');
    expect(after).toEqual(before);
    expect(new Set(after).size).toBe(4);
  });

  it('tells Float16Array from other elements of its size', (test) => {
    needs(test, 'Float16Array');
    const constructor: unknown = Reflect.get(globalThis, 'Float16Array');
    assert(typeof constructor === 'function');
    const made: unknown = Reflect.construct(constructor, [4]);
    expect(fingerprint(made)).not.toBe(fingerprint(new Uint16Array(4)));
    expect(fingerprint(made)).toBe(fingerprint(Reflect.construct(constructor, [4])));
  });

  it('keeps the streams of one thread apart: a getter that hashes much in the middle of much', () => {
    const much = Array.from({ length: 40_000 }, (_, i) => i * 1.5);
    const more = Array.from({ length: 50_000 }, (_, i) => ({ i, text: `row ${String(i)}` }));
    const inner = fingerprint(more);
    const outer = (own: unknown): unknown => [...much, { own }, ...much];
    const read = outer(0) as { own: unknown }[];
    read[much.length] = {
      get own() {
        return fingerprint(more);
      },
    };
    expect(fingerprint(read)).toBe(fingerprint(outer(inner)));
  });

  it('reads getters once', () => {
    let reads = 0;
    const counted = {
      b: [1],
      get a(): unknown {
        reads += 1;
        return { deep: reads };
      },
    };
    expect(fingerprint(counted)).toBe(fingerprint({ a: { deep: 1 }, b: [1] }));
    expect(reads).toBe(1);
  });

  it('works after a getter that throws', () => {
    const before = fingerprint({ a: ['x'] });
    const broken = {
      list: ['y'],
      get a(): unknown {
        throw new Error('not now');
      },
    };
    expect(() => fingerprint([[broken]])).toThrow('not now');
    expect(fingerprint({ a: ['x'] })).toBe(before);
  });

  it('reads through a proxy', () => {
    expect(fingerprint(new Proxy({ a: [1] }, {}))).toBe(fingerprint({ a: [1] }));
    expect(fingerprint(new Proxy([...Array(100).keys()], {}))).toBe(fingerprint([...Array(100).keys()]));
  });

  it('refuses options that do not exist', () => {
    expect(() => fingerprint(1, { algorithm: 'md5' as 'fast' })).toThrow(
      "algorithm must be one of 'fast', 'sha256'",
    );
    expect(() => fingerprint(1, { seed: 1 } as object)).toThrow("unknown option 'seed'");
  });
});
