import { describe, expect, it } from 'vitest';
import { Codecs } from '../../src/parquet/compression/codecs.js';
import type { ParquetPeers } from '../../src/parquet/peers.js';

function peersWith(decompress: (stored: Uint8Array, length: number) => Uint8Array): ParquetPeers {
  return {
    nested: () => Promise.reject(new Error('not asked for')),
    compressors: () => Promise.resolve({ LZ4: decompress, LZ4_RAW: decompress }),
  };
}

describe('a codec of a peer', () => {
  it('gives what the peer gives', async () => {
    const decompress = await new Codecs(peersWith((stored) => stored)).decompress('LZ4_RAW');
    expect([...decompress(Uint8Array.of(1, 2), 2)]).toEqual([1, 2]);
  });

  it('that turns in circles over a broken page is ended', async () => {
    const endless = peersWith(() => {
      for (let turns = 0; ; turns++) if (turns < 0) return new Uint8Array(0);
    });
    const decompress = await new Codecs(endless, () => 20).decompress('LZ4_RAW');
    expect(() => decompress(Uint8Array.of(1), 1)).toThrow(/takes too long to decompress/);
  });

  it('whose own error is told as it is', async () => {
    const failing = peersWith(() => {
      throw new TypeError('odd bytes');
    });
    const decompress = await new Codecs(failing).decompress('LZ4');
    expect(() => decompress(Uint8Array.of(1), 1)).toThrow('odd bytes');
  });

  it('that gives another number of bytes than promised is an error', async () => {
    const decompress = await new Codecs(peersWith(() => new Uint8Array(3))).decompress('LZ4');
    expect(() => decompress(Uint8Array.of(1), 2)).toThrow('has 3 bytes where 2 are promised');
  });
});

it.each([[undefined], ['LZO']] as const)('codec %s is refused', async (codec) => {
  await expect(new Codecs(peersWith((stored) => stored)).decompress(codec)).rejects.toThrow('cannot be read');
});
