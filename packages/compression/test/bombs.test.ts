import * as zlib from 'node:zlib';
import { needs } from '@perf/tooling-vitest/needs';
import { beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { findZlib } from '../src/codec/zlib.js';
import { Compressor } from '../src/index.js';
import { codeOf, codeOfRejection, forge } from './forge.js';

// Payloads that are more than they look, and headers that promise what no payload holds.

const NUMBERS = { gzip: 1, deflate: 2, brotli: 3, zstd: 4, columnar: 5 } as const;
type Name = keyof typeof NUMBERS;

const host = findZlib();
const payloadOf: Readonly<Record<Name, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => zlib.gzipSync(bytes, { level: 9 }),
  deflate: (bytes) => zlib.deflateSync(bytes, { level: 9 }),
  brotli: (bytes) => zlib.brotliCompressSync(bytes),
  zstd: (bytes) => host?.zstdCompressSync?.(bytes, { chunkSize: 2 ** 20 }) ?? bytes,
  columnar(bytes) {
    const compressor = new Compressor({ codec: 'columnar' });
    const frame = compressor.compressSync(bytes);
    return frame.slice(compressor.inspect(frame).payloadOffset);
  },
};
const names: readonly Name[] = ['gzip', 'deflate', 'brotli', 'columnar', 'zstd'];

function needsCodec(test: Pick<TestContext, 'skip'>, name: Name): void {
  if (name === 'zstd') needs(test, 'zstd');
}

const reader = new Compressor();
const bounded = new Compressor({ maxOutputBytes: '1MB' });

/** How much memory outside of the heap a call takes, at least as it ends. */
async function growth(call: () => unknown): Promise<number> {
  const before = process.memoryUsage().arrayBuffers;
  await call();
  return process.memoryUsage().arrayBuffers - before;
}

describe.each(names)('a bomb of %s', (name) => {
  const bomb = payloadOf[name](new Uint8Array(20_000_000));
  const codec = NUMBERS[name];

  beforeEach((test) => {
    needsCodec(test, name);
  });

  it('is small', () => {
    expect(bomb.byteLength).toBeLessThan(25_000);
  });

  it.each([0, 100, 1_000_000, 19_999_999])(
    'that is declared as %i bytes is refused',
    async (contentBytes) => {
      const frame = forge({ codec, contentBytes, payload: bomb });
      expect(codeOf(() => reader.decompressSync(frame))).toBe('CORRUPT');
      expect(await codeOfRejection(reader.decompress(frame))).toBe('CORRUPT');
    },
  );

  it('that is declared as what it is meets maxOutputBytes before it is touched', async () => {
    const frame = forge({ codec, contentBytes: 20_000_000, payload: bomb });
    const grown = await growth(async () => {
      expect(codeOf(() => bounded.decompressSync(frame))).toBe('TOO_LARGE');
      expect(await codeOfRejection(bounded.decompress(frame))).toBe('TOO_LARGE');
    });
    expect(grown).toBeLessThan(2 ** 20);
  });
});

describe.each(names)('a payload of %s that is promised to be a gigabyte', (name) => {
  it('takes no memory for what is not there', async (test) => {
    needsCodec(test, name);
    const payload = payloadOf[name](new Uint8Array(5000).fill(7));
    const frame = forge({ codec: NUMBERS[name], contentBytes: 2 ** 30, payload });
    const grown = await growth(async () => {
      expect(codeOf(() => reader.decompressSync(frame))).toBe('CORRUPT');
      expect(await codeOfRejection(reader.decompress(frame))).toBe('CORRUPT');
    });
    expect(grown).toBeLessThan(16 * 2 ** 20);
  });
});

describe('what becomes a thousand times as much', () => {
  it.for(names)('comes back all the same (%s)', async (name, test) => {
    needsCodec(test, name);
    const content = new Uint8Array(20_000_000);
    const frame = forge({
      codec: NUMBERS[name],
      contentBytes: content.byteLength,
      contentChecksum: zlib.crc32(content),
      payload: payloadOf[name](content),
    });
    expect(reader.decompressSync(frame).byteLength).toBe(content.byteLength);
    expect((await reader.decompress(frame)).byteLength).toBe(content.byteLength);
  });
});
