import * as zlib from 'node:zlib';
import { callable, type Bench } from '@perf/tooling-bench';

/** A codec that stands beside ours, on bytes. */
export interface Peer {
  readonly name: string;
  readonly compress: (bytes: Uint8Array) => Uint8Array;
  readonly decompress: (bytes: Uint8Array) => Uint8Array;
}

const gzip = (level: number): Peer => ({
  name: `gzip-${String(level)}`,
  compress: (bytes) => zlib.gzipSync(bytes, { level }),
  decompress: (bytes) => zlib.gunzipSync(bytes),
});

const brotli: Peer = {
  name: 'brotli-1',
  compress(bytes) {
    const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
    const params = { [BROTLI_PARAM_QUALITY]: 1, [BROTLI_PARAM_SIZE_HINT]: bytes.byteLength };
    return zlib.brotliCompressSync(bytes, { params });
  },
  decompress: (bytes) => zlib.brotliDecompressSync(bytes),
};

/** zstd level 1 with 1 MB chunks, which is its fastest; from Node 22.15. */
function zstd(): Peer[] {
  if (!('zstdCompressSync' in zlib)) return [];
  const compress = callable(zlib, 'zstdCompressSync');
  const decompress = callable(zlib, 'zstdDecompressSync');
  const level: unknown = Reflect.get(zlib.constants, 'ZSTD_c_compressionLevel');
  const params = { [String(level)]: 1 };
  return [
    {
      name: 'zstd-1',
      compress: (bytes) => compress(bytes, { params, chunkSize: 2 ** 20 }) as Uint8Array,
      decompress: (bytes) => decompress(bytes, { chunkSize: 2 ** 20 }) as Uint8Array,
    },
  ];
}

/** The general codecs: node:zlib, fflate, lz4-napi and snappy. */
export async function generalPeers(peer: Bench['peer']): Promise<Peer[]> {
  const fflate = await peer('fflate');
  const lz4 = await peer('lz4-napi');
  const snappy = await peer('snappy');
  const call = (module: unknown, path: string) => {
    const found = callable(module, path);
    return (bytes: Uint8Array): Uint8Array =>
      found(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) as Uint8Array;
  };
  const deflate = callable(fflate, 'gzipSync');
  return [
    gzip(1),
    gzip(6),
    brotli,
    ...zstd(),
    {
      name: 'fflate-1',
      compress: (bytes) => deflate(bytes, { level: 1 }) as Uint8Array,
      decompress: call(fflate, 'gunzipSync'),
    },
    {
      name: 'lz4-napi',
      compress: call(lz4, 'compressFrameSync'),
      decompress: call(lz4, 'decompressFrameSync'),
    },
    { name: 'snappy', compress: call(snappy, 'compressSync'), decompress: call(snappy, 'uncompressSync') },
  ];
}
