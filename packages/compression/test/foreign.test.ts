import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { needs } from '@perf/tooling-vitest/needs';
import { describe, expect, it } from 'vitest';
import { findZlib } from '../src/codec/zlib.js';
import { Compressor } from '../src/index.js';
import { codeOf, codeOfRejection, flip } from './forge.js';
import { noise, pattern, sameBytes } from './samples.js';

// The files of other programs, without a frame around them.

const content = pattern(3_000_000);
const two = Buffer.concat([gzipSync(content), gzipSync('tail')]);
const both = Buffer.concat([content, Buffer.from('tail')]);

describe.each([
  ['node:zlib', false],
  ['fflate', true],
])('a gzip file read by %s', (_, portable) => {
  const reader = new Compressor({ portable });

  it('gives all of its members, as bytes', async () => {
    for (const [file, expected] of [
      [gzipSync(content), content],
      [two, both],
      [gzipSync(new Uint8Array(0)), new Uint8Array(0)],
      [Buffer.concat([gzipSync(''), two]), both],
    ] as const) {
      expect(sameBytes(reader.decompressSync(file), expected)).toBe(true);
      const later = await reader.decompress(file);
      expect(later).toBeInstanceOf(Uint8Array);
      expect(sameBytes(later, expected)).toBe(true);
    }
    expect(reader.stats().decompress.byCodec.gzip).toBe(8);
  });

  it('is what gzip writes', (test) => {
    needs(test, 'the program gzip');
    const file = spawnSync('gzip', ['-9'], { input: content, maxBuffer: 2 ** 26 }).stdout;
    expect(sameBytes(reader.decompressSync(file), content)).toBe(true);
  });

  it('is refused when a bit of it was changed, which fflate alone would not notice', async () => {
    const small = gzipSync(pattern(200));
    // Time stamp, flags and system in the header mean nothing to the content.
    for (let bit = 10 * 8; bit < small.byteLength * 8; bit++) {
      const damaged = flip(small, bit);
      expect(codeOf(() => reader.decompressSync(damaged))).toBe('CORRUPT');
      expect(await codeOfRejection(reader.decompress(damaged))).toBe('CORRUPT');
    }
  });

  it('is refused when it is cut anywhere', async () => {
    const small = gzipSync(pattern(200));
    for (let length = 2; length < small.byteLength; length++) {
      expect(codeOf(() => reader.decompressSync(small.subarray(0, length)))).toBe('CORRUPT');
      expect(await codeOfRejection(reader.decompress(small.subarray(0, length)))).toBe('CORRUPT');
    }
  });

  it('is refused when something else follows it', async () => {
    const longer = Buffer.concat([two, Buffer.from('more')]);
    expect(codeOf(() => reader.decompressSync(longer))).toBe('CORRUPT');
    expect(await codeOfRejection(reader.decompress(longer))).toBe('CORRUPT');
  });

  it('is refused, whatever size it claims, once it is larger than maxOutputBytes', async () => {
    const bomb = gzipSync(new Uint8Array(20_000_000), { level: 9 });
    bomb.writeUInt32LE(5, bomb.byteLength - 4);
    const bounded = new Compressor({ portable, maxOutputBytes: '1MB' });
    expect(codeOf(() => bounded.decompressSync(bomb))).toBe('TOO_LARGE');
    expect(await codeOfRejection(bounded.decompress(bomb))).toBe('TOO_LARGE');
    const exact = gzipSync(new Uint8Array(2 ** 20));
    expect(bounded.decompressSync(exact).byteLength).toBe(2 ** 20);
    expect(codeOf(() => bounded.decompressSync(gzipSync(new Uint8Array(2 ** 20 + 1))))).toBe('TOO_LARGE');
  });

  it('is left alone when the signal fires', async () => {
    const signal = AbortSignal.abort();
    expect(await codeOfRejection(reader.decompress(two, { signal }))).toBe('ABORTED');
  });
});

describe('a zstd file', () => {
  const zstd = findZlib();
  const compress = zstd?.zstdCompressSync;

  it('gives all of its frames', async (test) => {
    needs(test, 'zstd');
    const reader = new Compressor();
    const part = (bytes: Uint8Array): Uint8Array => compress?.(bytes, { chunkSize: 2 ** 16 }) ?? bytes;
    const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
    const file = Buffer.concat([part(content), skippable, part(Buffer.from('tail'))]);
    expect(sameBytes(reader.decompressSync(file), both)).toBe(true);
    expect(sameBytes(await reader.decompress(file), both)).toBe(true);
    const longer = Buffer.concat([file, Buffer.from('more')]);
    expect(codeOf(() => reader.decompressSync(longer))).toBe('CORRUPT');
    expect(await codeOfRejection(reader.decompress(longer))).toBe('CORRUPT');
    const bounded = new Compressor({ maxOutputBytes: '1MB' });
    expect(codeOf(() => bounded.decompressSync(file))).toBe('TOO_LARGE');
    expect(await codeOfRejection(bounded.decompress(file))).toBe('TOO_LARGE');
  });

  it('is refused when it is cut anywhere in a frame', async (test) => {
    needs(test, 'zstd');
    const reader = new Compressor();
    // Blocks of all kinds: compressed, one byte repeated, raw; with and without a checksum and a length.
    const parts = [pattern(300), new Uint8Array(300_000), noise(100)].map(
      (part) => compress?.(part, { chunkSize: 2 ** 16 }) ?? part,
    );
    const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
    const sums = [
      compress?.(pattern(300), { chunkSize: 2 ** 16, params: { 201: 1, 200: 0 } }) ?? pattern(0),
      skippable,
    ];
    const frames = [...parts, ...sums];
    const ends = new Set(frames.map((_, i) => Buffer.concat(frames.slice(0, i + 1)).byteLength));
    const file = Buffer.concat(frames);
    expect(reader.decompressSync(file).byteLength).toBe(300_700);
    for (let length = 4; length < file.byteLength; length++) {
      if (ends.has(length)) continue;
      const cut = file.subarray(0, length);
      expect(codeOf(() => reader.decompressSync(cut))).toBe('CORRUPT');
      expect(await codeOfRejection(reader.decompress(cut))).toBe('CORRUPT');
    }
  });

  it('gives thousands of small frames among skippable and empty ones, larger ones between them', async (test) => {
    needs(test, 'zstd');
    const part = (bytes: Uint8Array): Uint8Array => compress?.(bytes, { chunkSize: 2 ** 16 }) ?? bytes;
    const skippable = Uint8Array.of(0x5f, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2);
    const texts = Array.from({ length: 3000 }, (_, i) => (i % 500 === 7 ? noise(5000) : pattern(i % 9)));
    const file = Buffer.concat([skippable, ...texts.flatMap((text) => [part(text), skippable])]);
    const reader = new Compressor();
    expect(sameBytes(reader.decompressSync(file), Buffer.concat(texts))).toBe(true);
    expect(sameBytes(await reader.decompress(file), Buffer.concat(texts))).toBe(true);
    expect(
      codeOf(() => reader.decompressSync(Buffer.concat([file, part(texts[1] ?? file).subarray(0, 3)]))),
    ).toBe('CORRUPT');
    const bounded = new Compressor({ maxOutputBytes: 20_000 });
    expect(codeOf(() => bounded.decompressSync(file))).toBe('TOO_LARGE');
    expect(await codeOfRejection(bounded.decompress(file))).toBe('TOO_LARGE');
    const controller = new AbortController();
    const aborted = codeOfRejection(reader.decompress(file, { signal: controller.signal }));
    setImmediate(() => {
      controller.abort();
    });
    expect(await aborted).toBe('ABORTED');
    const nothing = Buffer.concat([skippable, skippable]);
    expect(reader.decompressSync(nothing).byteLength).toBe(0);
    expect((await reader.decompress(nothing)).byteLength).toBe(0);
  });

  it('is what zstd writes, and zstd reads ours', (test) => {
    needs(test, 'zstd', 'the program zstd');
    const reader = new Compressor({ codec: 'zstd' });
    const file = spawnSync('zstd', ['-c'], { input: content, maxBuffer: 2 ** 26 }).stdout;
    expect(sameBytes(reader.decompressSync(file), content)).toBe(true);
    const frame = reader.compressSync(content);
    const payload = frame.subarray(reader.inspect(frame).payloadOffset);
    const { status, stdout } = spawnSync('zstd', ['-dc'], { input: payload, maxBuffer: 2 ** 26 });
    expect(status).toBe(0);
    expect(sameBytes(stdout, content)).toBe(true);
  });

  it('says what it needs on a host without zstd', async () => {
    const portable = new Compressor({ portable: true });
    const file = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0);
    expect(codeOf(() => portable.decompressSync(file))).toBe('CODEC');
    expect(await codeOfRejection(portable.decompress(file))).toBe('CODEC');
  });
});

describe('what is neither a frame nor a file that is known', () => {
  it('is refused as before', () => {
    expect(codeOf(() => new Compressor().decompressSync(noise(100)))).toBe('NOT_A_FRAME');
  });
});
