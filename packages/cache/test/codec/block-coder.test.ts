import * as zlib from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { systemCoder } from '../../src/codec/block-coder.js';

const older = systemCoder({});
const coders = systemCoder().name === 'zstd' ? [older, systemCoder()] : [older];
const block = new Uint8Array(10_000).fill(7);

describe.each(coders)('the $name coder', (coder) => {
  it('gives back what it was given', async () => {
    const coded = await coder.compress(block);
    expect(coded.byteLength).toBeLessThan(1000);
    expect(new Uint8Array(await coder.decompress(coded, block.byteLength))).toEqual(block);
    expect(new Uint8Array(coder.decompressSync(coded, block.byteLength))).toEqual(block);
  });

  it.each([0, 1, 9999, 10_001])('refuses a block that does not give %d bytes', async (length) => {
    const coded = await coder.compress(block);
    await expect(coder.decompress(coded, length)).rejects.toThrow(Error);
    expect(() => coder.decompressSync(coded, length)).toThrow(Error);
  });

  it('refuses what it did not make', async () => {
    await expect(coder.decompress(block, 10)).rejects.toThrow(Error);
    expect(() => coder.decompressSync(block, 10)).toThrow(Error);
  });
});

describe('the coder of this Node', () => {
  it('is zstd where there is one, at level 1 and with a checksum', async () => {
    const result = Buffer.from('compressed');
    const zstdCompress = vi.fn((_block, _options, done: (error: null, result: Uint8Array) => void) => {
      done(null, result);
    });
    const coder = systemCoder({ zstdCompress, zstdDecompress: vi.fn(), zstdDecompressSync: vi.fn() });
    expect(coder.name).toBe('zstd');
    expect(await coder.compress(block)).toEqual(new Uint8Array(result));
    const names = ['ZSTD_c_compressionLevel', 'ZSTD_c_checksumFlag'];
    const known = names.map((name): unknown => Reflect.get(zlib.constants, name));
    const [compressionLevel = 100, checksumFlag = 201] = known as (number | undefined)[];
    expect(zstdCompress.mock.calls[0]?.[1]).toMatchObject({
      params: { [compressionLevel]: 1, [checksumFlag]: 1 },
    });
  });
});
