import { crc32, gzipSync } from 'node:zlib';
import { gzipSync as portableGzipSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Compressor } from '../src/index.js';
import { codeOf, codeOfRejection, flip, forge, reseal, type ShortCode } from './forge.js';
import { noise, pattern, sameBytes } from './samples.js';

const DAMAGE: readonly (ShortCode | undefined)[] = ['CORRUPT', 'NOT_A_FRAME', 'VERSION'];

// Frames of every codec, read by every implementation that has it.
const hosted = new Compressor();
const portable = new Compressor({ portable: true });
const everywhere = [
  ['none', new Compressor({ codec: 'none' }).compressSync(Float32Array.of(1, -0, Number.NaN))],
  ['none, empty', new Compressor({ codec: 'none' }).compressSync(new Uint8Array(0))],
  ['gzip', new Compressor({ codec: 'gzip', minBytes: 0 }).compressSync(pattern(300))],
  [
    'gzip of fflate',
    new Compressor({ codec: 'gzip', minBytes: 0, portable: true }).compressSync(pattern(300)),
  ],
  ['deflate', new Compressor({ codec: 'deflate', minBytes: 0 }).compressSync(pattern(300))],
  ['columnar', new Compressor({ codec: 'columnar', minBytes: 0 }).compressSync(prices(40))],
  [
    'columnar with bins',
    new Compressor({ codec: 'columnar', minBytes: 0, level: 'balanced' }).compressSync(skewed(120)),
  ],
] as const;
const onHosts = (['brotli', 'zstd'] as const).map(
  (codec) => [codec, new Compressor({ codec, minBytes: 0 }).compressSync(pattern(300))] as const,
);
const readers = [
  ['the host', hosted, [...everywhere, ...onHosts]],
  ['JavaScript', portable, everywhere],
] as const;

function prices(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => (i % 9 === 0 ? Number.NaN : (i * 7919) % 1000) / 100);
}

function skewed(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => Math.clz32(i * 2_654_435_761));
}

describe.each(readers)('read by %s', (_, reader, small) => {
  describe.each(small)('a small frame (%s)', (_name, frame) => {
    it('survives no flipped bit', async () => {
      for (let bit = 0; bit < frame.byteLength * 8; bit++) {
        const damaged = flip(frame, bit);
        expect(DAMAGE).toContain(codeOf(() => reader.decompressSync(damaged)));
        expect(DAMAGE).toContain(await codeOfRejection(reader.decompress(damaged)));
      }
    });

    it('survives no two flipped bits', () => {
      const bit = fc.nat(frame.byteLength * 8 - 1);
      fc.assert(
        fc.property(bit, bit, (a, b) => {
          fc.pre(a !== b);
          expect(DAMAGE).toContain(codeOf(() => reader.decompressSync(flip(flip(frame, a), b))));
        }),
        { numRuns: 500 },
      );
    });

    it('is refused when cut at any length', async () => {
      for (let length = 0; length < frame.byteLength; length++) {
        const cut = frame.subarray(0, length);
        const code = length === 0 ? 'NOT_A_FRAME' : 'CORRUPT';
        expect(codeOf(() => reader.decompressSync(cut))).toBe(code);
        expect(await codeOfRejection(reader.decompress(cut))).toBe(code);
        expect(codeOf(() => reader.inspect(cut))).toBe(code);
      }
    });

    it('is refused when anything follows it', async () => {
      for (const extra of [Uint8Array.of(0), noise(5), frame]) {
        const longer = Buffer.concat([frame, extra]);
        expect(codeOf(() => reader.decompressSync(longer))).toBe('CORRUPT');
        expect(await codeOfRejection(reader.decompress(longer))).toBe('CORRUPT');
        expect(codeOf(() => reader.inspect(longer))).toBe('CORRUPT');
      }
    });
  });

  it.each([
    ['gzip', 'gzip', pattern(400_000)],
    ['raw', 'gzip', noise(100_000)],
    ['columnar', 'columnar', skewed(300_000)],
  ] as const)('a large frame (%s) survives no flipped bit anywhere', async (_name, codec, content) => {
    const frame = new Compressor({ codec }).compressSync(content);
    await fc.assert(
      fc.asyncProperty(fc.nat(frame.byteLength * 8 - 1), async (bit) => {
        const damaged = flip(frame, bit);
        expect(DAMAGE).toContain(codeOf(() => reader.decompressSync(damaged)));
        expect(DAMAGE).toContain(await codeOfRejection(reader.decompress(damaged)));
      }),
      { numRuns: 150 },
    );
  });

  it('a payload that was changed together with its checksum gives an error or the right bytes', async () => {
    const content = pattern(3000);
    const frame = new Compressor({ codec: 'gzip' }).compressSync(content);
    const payloadBit = fc.integer({ min: 32 * 8, max: frame.byteLength * 8 - 1 });
    const bits = fc.array(payloadBit, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(bits, async (chosen) => {
        const forged = reseal(chosen.reduce(flip, frame));
        const code = codeOf(() => {
          expect(sameBytes(reader.decompressSync(forged), content)).toBe(true);
        });
        expect([undefined, 'CORRUPT']).toContain(code);
        expect(await codeOfRejection(reader.decompress(forged))).toBe(code);
      }),
      { numRuns: 500 },
    );
  });

  describe('a forged size', () => {
    const bomb = gzipSync(new Uint8Array(20_000_000), { level: 9 });
    const raw = noise(64);
    it.each([
      ['more than maxOutputBytes', { codec: 1, contentBytes: 2 ** 31, payload: bomb }, 'TOO_LARGE'],
      ['more than a number can count', { codec: 1, contentBytes: 2 ** 48 - 1 }, 'TOO_LARGE'],
      [
        'more than gzip can pack',
        { codec: 1, contentBytes: 9 * 1032, payload: raw.subarray(0, 8) },
        'CORRUPT',
      ],
      ['less than the payload holds', { codec: 1, contentBytes: 1_000_000, payload: bomb }, 'CORRUPT'],
      [
        'nothing, with a payload that holds something',
        { codec: 1, contentBytes: 0, payload: bomb },
        'CORRUPT',
      ],
      [
        'more than the payload holds',
        { codec: 1, contentBytes: 301, payload: gzipSync(pattern(300)) },
        'CORRUPT',
      ],
      ['more than a raw payload holds', { contentBytes: 65, payload: raw }, 'CORRUPT'],
      ['less than a raw payload holds', { contentBytes: 63, payload: raw }, 'CORRUPT'],
      ['half an element', { type: 13, contentBytes: 60, payload: raw.subarray(0, 60) }, 'CORRUPT'],
      ['a payload longer than the frame', { payloadBytes: 2 ** 40 }, 'CORRUPT'],
      ['a payload shorter than the frame', { payloadBytes: 3, contentBytes: 3 }, 'CORRUPT'],
    ] as const)('is refused: %s', async (_name, fields, code) => {
      const frame = forge(fields);
      expect(codeOf(() => reader.decompressSync(frame))).toBe(code);
      expect(await codeOfRejection(reader.decompress(frame))).toBe(code);
    });

    it('in the payload itself changes nothing: fflate would allocate what it says', () => {
      const payload = gzipSync(pattern(300));
      payload.writeUInt32LE(0xff_ff_ff_ff, payload.byteLength - 4);
      const contentChecksum = crc32(pattern(300));
      const code = codeOf(() => {
        const back = reader.decompressSync(forge({ codec: 1, contentBytes: 300, contentChecksum, payload }));
        expect(sameBytes(back, pattern(300))).toBe(true);
      });
      expect([undefined, 'CORRUPT']).toContain(code);
    });

    it('beyond what the codec can pack is refused by the header alone, before memory is taken', () => {
      const frame = forge({ codec: 1, contentBytes: 2 ** 29, payload: gzipSync(pattern(300)) });
      expect(() => reader.decompressSync(frame)).toThrow(/gzip cannot have packed into/);
    });
  });

  it('a stored block that overruns the declared size is refused', () => {
    const payload = portableGzipSync(noise(1000), { level: 0 });
    const frame = forge({ codec: 1, contentBytes: 999, contentChecksum: crc32(noise(999)), payload });
    expect(codeOf(() => reader.decompressSync(frame))).toBe('CORRUPT');
  });

  it('content that is not what the checksum says is refused', async () => {
    const content = pattern(300);
    for (const fields of [
      { payload: content, contentChecksum: 1 },
      { codec: 1, payload: gzipSync(content), contentBytes: 300, contentChecksum: 1 },
    ]) {
      expect(codeOf(() => reader.decompressSync(forge(fields)))).toBe('CORRUPT');
      expect(await codeOfRejection(reader.decompress(forge(fields)))).toBe('CORRUPT');
    }
  });
});

describe('bytes that were never a frame', () => {
  it('are refused, whatever they are', () => {
    const reader = new Compressor();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(DAMAGE).toContain(codeOf(() => reader.decompressSync(bytes)));
        const begun = Uint8Array.from([0x93, 0x50, 0x46, 0x43, 1, ...bytes]);
        expect(DAMAGE).toContain(codeOf(() => reader.decompressSync(begun)));
      }),
      { numRuns: 1000 },
    );
  });
});
