import { inspect, isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/index.js';

const everything = {
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
};
const anyValue = fc.anything({ ...everything, maxDepth: 3 });
/** Few keys and few values, so that two independent draws are often equal or nearly so. */
const narrow = fc.anything({
  ...everything,
  maxDepth: 2,
  maxKeys: 2,
  key: fc.constantFrom('a', 'b', '0', '__proto__'),
  values: [fc.constantFrom<unknown>(0, -0, 1, 1n, Number.NaN, '', '1', null, undefined, true)],
});

/** Before Node 22 an invalid date does not even equal itself. */
const comparable = (value: unknown): boolean =>
  !inspect(value, { depth: Infinity, maxArrayLength: Infinity }).includes('Invalid Date');

/** The same structure built in the opposite order, nothing shared with the original. */
function rebuilt(value: unknown): unknown {
  if (Array.isArray(value)) {
    const copy: unknown[] = new Array<unknown>(value.length);
    for (const key of Object.keys(value).toReversed()) copy[Number(key)] = rebuilt(value[Number(key)]);
    return copy;
  }
  if (value instanceof Map) return new Map([...value].toReversed().map(([k, v]) => [rebuilt(k), rebuilt(v)]));
  if (value instanceof Set) return new Set([...value].toReversed().map(rebuilt));
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return structuredClone(value);
  const copy: object = prototype === null ? (Object.create(null) as object) : {};
  for (const [key, child] of Object.entries(value).toReversed()) {
    Object.defineProperty(copy, key, { value: rebuilt(child), enumerable: true });
  }
  return copy;
}

describe('fingerprint against isDeepStrictEqual', () => {
  it('agrees on any two values', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        fc.pre(comparable(a) && comparable(b));
        expect(fingerprint(a) === fingerprint(b)).toBe(isDeepStrictEqual(a, b));
      }),
      { numRuns: 300 },
    );
  });

  it('agrees on values that are nearly the same', () => {
    fc.assert(
      fc.property(narrow, narrow, (a, b) => {
        expect(fingerprint(a) === fingerprint(b)).toBe(isDeepStrictEqual(a, b));
        expect(fingerprint([a, b]) === fingerprint([b, a])).toBe(isDeepStrictEqual([a, b], [b, a]));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['fast', 'sha256'] as const)(
    'is the same for the same structure built in another order, %s',
    (algorithm) => {
      fc.assert(
        fc.property(anyValue, (value) => {
          expect(fingerprint(rebuilt(value), { algorithm })).toBe(fingerprint(value, { algorithm }));
        }),
        { numRuns: 200 },
      );
    },
  );

  it('does not tell a shared object from two copies', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(fingerprint([value, [value]])).toBe(fingerprint([value, [rebuilt(value)]]));
      }),
      { numRuns: 100 },
    );
  });

  it('changes with any single byte of a buffer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (size, at, change) => {
          const before = new Uint8Array(size);
          const after = new Uint8Array(size);
          after[at % size] = change;
          expect(fingerprint(after)).not.toBe(fingerprint(before));
        },
      ),
      { numRuns: 50 },
    );
  });
});
