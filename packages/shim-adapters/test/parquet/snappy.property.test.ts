import fc from 'fast-check';
import { snappyCompress, snappyUncompress } from 'hysnappy';
import { describe, expect, it } from 'vitest';
import { decompressSnappy } from '../../src/parquet/compression/snappy-decoder.js';
import { SnappyDecoder } from '../../src/parquet/compression/snappy-kernel.js';
import { compressSnappy } from '../../src/parquet/compression/snappy-encoder.js';

/** Bytes with repeats near and far, across the blocks of 64 KB. */
const repetitive = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.tuple(fc.nat(255), fc.nat(70_000)).map(([byte, count]) => new Uint8Array(count).fill(byte)),
      fc.constantFrom('abc', 'abcdefgh', 'the same words again ', 'x').map((text) => Buffer.from(text)),
    ),
    { maxLength: 30 },
  )
  .chain((parts) => fc.shuffledSubarray([...parts, ...parts, ...parts]))
  .map((parts) => new Uint8Array(Buffer.concat(parts)));

const decoder = new SnappyDecoder();

/** What bytes stand for by both decoders, which must agree, errors included. */
function plainOf(stored: Uint8Array, length: number): Uint8Array {
  const [kernel, twin] = [
    attempt(() => decoder.decompress(stored, length).slice()),
    attempt(() => decompressSnappy(stored, length)),
  ];
  expect(kernel instanceof Error).toBe(twin instanceof Error);
  if (kernel instanceof Error) throw kernel;
  if (twin instanceof Error) throw twin;
  expect(Buffer.compare(kernel, twin)).toBe(0);
  return kernel;
}

function attempt(read: () => Uint8Array): Uint8Array | Error {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return error;
    throw error;
  }
}

describe('Snappy', () => {
  it('what is compressed here is the same for both readers', () => {
    fc.assert(
      fc.property(repetitive, (bytes) => {
        const stored = compressSnappy(bytes);
        expect(Buffer.compare(plainOf(stored, bytes.length), bytes)).toBe(0);
        expect(Buffer.compare(snappyUncompress(stored, bytes.length), bytes)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it('what another writer compresses is read here', () => {
    fc.assert(
      fc.property(repetitive, (bytes) => {
        expect(Buffer.compare(plainOf(snappyCompress(bytes), bytes.length), bytes)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('the worst input grows by no more than a sixth', () => {
    const random = new Uint8Array(200_000);
    for (let i = 0, state = 1; i < random.length; i++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      random[i] = state >>> 16;
    }
    const stored = compressSnappy(random);
    expect(stored.length).toBeLessThan(random.length * (1 + 1 / 6) + 32);
    expect(Buffer.compare(plainOf(stored, random.length), random)).toBe(0);
  });

  it('far copies of four-byte offsets are read', () => {
    const literal = new Uint8Array(70_000).map((_, i) => i % 251);
    const head = [(70_004 & 0x7f) | 0x80, ((70_004 >>> 7) & 0x7f) | 0x80, 70_004 >>> 14];
    const tag = [62 << 2, 69_999 & 0xff, (69_999 >>> 8) & 0xff, 69_999 >>> 16];
    const copy = [3 | (3 << 2), 70_000 & 0xff, (70_000 >>> 8) & 0xff, 70_000 >>> 16, 0];
    const plain = plainOf(Buffer.from([...head, ...tag, ...literal, ...copy]), 70_004);
    expect([...plain.subarray(70_000)]).toEqual([0, 1, 2, 3]);
  });

  it('damaged bytes are an error or as many bytes as promised, never more', () => {
    const bytes = Buffer.from('the same words again and again, the same words again '.repeat(20));
    const stored = Buffer.from(compressSnappy(bytes));
    fc.assert(
      fc.property(fc.nat(stored.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(stored);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        try {
          expect(plainOf(damaged, bytes.length).length).toBe(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('pages beyond 16 MB are decompressed outside of the memory of the kernel', () => {
    const bytes = new Uint8Array(2 ** 24 + 5).fill(7);
    expect(Buffer.compare(plainOf(compressSnappy(bytes), bytes.length), bytes)).toBe(0);
  });

  it.each([
    ['nothing', [], 0],
    ['a length without end', [0x80, 0x80], 0],
    ['another length', [5, 0, 65], 1],
    ['a literal beyond the end', [2, 4, 65], 2],
    ['a copy before the beginning', [4, 1, 1], 4],
    ['a copy from nowhere', [8, 12, 65, 66, 67, 68, 1, 0], 8],
    ['too few bytes', [3, 0, 65], 3],
    ['a literal of 4 GB', [3, 0xfc, 0xff, 0xff, 0xff, 0xff, 65], 3],
    ['a literal whose length is cut', [3, 0xfc, 0xff], 3],
    ['a copy that is cut', [8, 12, 65, 66, 67, 68, 2, 1], 8],
  ])('%s is an error', (_what, stored, length) => {
    expect(() => plainOf(Uint8Array.from(stored), length)).toThrow(RangeError);
  });
});
