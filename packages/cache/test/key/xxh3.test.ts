import { createXXHash128, type IHasher } from 'hash-wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKernel } from '../../src/key/xxh3/kernel.js';
import { BLOCK, CAPACITY, SCRATCH_CAPACITY } from '../../src/key/xxh3/layout.js';
import { Twin } from '../../src/key/xxh3/twin.js';
import { Xxh3 } from '../../src/key/xxh3/xxh3.js';

const MB = 1 << 20;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

let reference: IHasher;
beforeAll(async () => {
  reference = await createXXHash128(0, 0);
});
const expected = (bytes: Uint8Array): string => reference.init().update(bytes).digest('hex');

/** Any bytes will do that do not repeat with the blocks. */
const input = Uint8Array.from({ length: 5 * MB }, (_, i) => (Math.imul(i, 0x9e3779b1) ^ (i >>> 7)) >>> 13);

function digest(hash: Xxh3, bytes: Uint8Array): string {
  const out = new Uint8Array(16);
  hash.hash(bytes, 0, bytes.length, out, 0);
  return hex(out);
}

function streamed(hash: Xxh3, bytes: Uint8Array, cuts: readonly number[]): string {
  const stream = hash.stream();
  let from = 0;
  for (const to of [...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length]) {
    stream.update(bytes, from, to);
    from = to;
  }
  const out = new Uint8Array(16);
  stream.digest(out, 0);
  return hex(out);
}

const around = (length: number): number[] => [-65, -64, -63, -1, 0, 1, 63, 64, 65].map((by) => length + by);
const boundaries = [BLOCK * 2, CAPACITY, CAPACITY + BLOCK, SCRATCH_CAPACITY, 2 * CAPACITY].flatMap(around);

it('is WebAssembly here', () => {
  expect(createKernel()).not.toBeInstanceOf(Twin);
});

describe.each([
  ['WebAssembly', () => new Xxh3(createKernel()), 5 * MB],
  ['JavaScript', () => new Xxh3(new Twin()), 200_000],
] as const)('XXH3 in %s', (_, create, longest) => {
  const hash = create();

  it('agrees with hash-wasm on every length up to 2000', () => {
    for (let length = 0; length <= 2000; length++) {
      const bytes = input.subarray(length, 2 * length);
      expect([length, digest(hash, bytes)]).toEqual([length, expected(bytes)]);
    }
  });

  it('agrees on lengths around the ends of blocks and buffers, in one piece and in two', () => {
    for (const length of [...boundaries, longest - 1]) {
      const bytes = input.subarray(0, length);
      const digests = [digest(hash, bytes), streamed(hash, bytes, [1]), streamed(hash, bytes, [length - 1])];
      expect([length, ...digests]).toEqual([length, ...new Array<string>(3).fill(expected(bytes))]);
    }
  });

  it('gives the same digest however the input is cut', () => {
    const lengths = fc.oneof(fc.nat(3000), fc.integer({ min: CAPACITY - 100, max: 3 * CAPACITY }));
    fc.assert(
      fc.property(lengths, fc.array(fc.nat(3 * CAPACITY), { maxLength: 8 }), (length, cuts) => {
        const bytes = input.subarray(0, length);
        expect(streamed(hash, bytes, cuts)).toBe(expected(bytes));
      }),
      { numRuns: longest > MB ? 300 : 30 },
    );
  });

  it('keeps streams apart that are fed in turn, and what is hashed at once in between', () => {
    const size = fc.oneof(fc.nat(300), fc.nat(5000), fc.constantFrom(CAPACITY, CAPACITY + 1));
    const piece = fc.tuple(fc.nat(2), size);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const streams = [0, 1, 2].map((n) => ({
          stream: hash.stream(),
          fed: [] as Uint8Array[],
          from: n * 1000,
        }));
        for (const [n, length] of pieces) {
          const target = streams[n];
          if (target === undefined) continue;
          const bytes = input.subarray(target.from, target.from + length);
          target.from += length;
          target.stream.update(bytes);
          target.fed.push(bytes);
          expect(digest(hash, bytes.subarray(0, 700))).toBe(expected(bytes.subarray(0, 700)));
        }
        for (const { stream, fed } of streams) {
          const out = new Uint8Array(20);
          stream.digest(out, 3);
          expect(hex(out)).toBe(`000000${expected(Buffer.concat(fed))}00`);
        }
      }),
      { numRuns: longest > MB ? 100 : 10 },
    );
  });

  it('reads any alignment and shared memory alike, and may write where it read', () => {
    const bytes = input.subarray(0, 1501);
    const shared = new Uint8Array(new SharedArrayBuffer(1504), 3);
    shared.set(bytes);
    expect(digest(hash, shared)).toBe(expected(bytes));
    const own = bytes.slice();
    hash.hash(own, 0, own.length, own, 7);
    expect(hex(own.subarray(7, 23))).toBe(expected(bytes));
  });
});
