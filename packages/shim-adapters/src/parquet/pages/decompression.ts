import * as zlib from 'node:zlib';
import type { Compressors } from 'hyparquet';

/** The most that a byte can become; whatever claims more is refused before memory is taken for it. */
const GROWTH: Readonly<Record<string, number>> = { SNAPPY: 24, LZ4: 256, LZ4_RAW: 256 };
const MIN_BUFFER = 64;
const MAX_BUFFER = 2 ** 20;

type Decompress = (stored: Uint8Array, options: zlib.ZlibOptions) => Uint8Array;

const zstd: unknown = Reflect.get(zlib, 'zstdDecompressSync');
const nativeZstd = isDecompress(zstd) ? zstd : undefined;

/**
 * The `length` bytes that `stored` stands for. What Node can do itself it does, which is native and stops at `length`;
 * the rest is done by the peer.
 *
 * @throws RangeError when it stands for another number of bytes, or its codec is unknown
 */
export function decompressed(
  stored: Uint8Array,
  codec: string,
  length: number,
  compressors: Compressors,
): Uint8Array {
  const growth = GROWTH[codec];
  if (growth !== undefined && length > stored.length * growth + MIN_BUFFER) {
    throw new RangeError('a page claims more bytes than its compression can give');
  }
  const plain = plainBytes(stored, codec, length, compressors);
  if (plain.length === length) return plain;
  throw new RangeError(`a page has ${String(plain.length)} bytes where ${String(length)} are promised`);
}

function plainBytes(stored: Uint8Array, codec: string, length: number, compressors: Compressors): Uint8Array {
  // Some writers store nothing at all for no values.
  if (codec === 'UNCOMPRESSED' || (length === 0 && stored.length === 0)) return stored;
  const options = {
    maxOutputLength: Math.max(1, length),
    chunkSize: Math.min(MAX_BUFFER, Math.max(MIN_BUFFER, length)),
  };
  switch (codec) {
    case 'GZIP':
      return zlib.gunzipSync(stored, options);
    case 'BROTLI':
      return zlib.brotliDecompressSync(stored, options);
    case 'ZSTD':
      // Node has it from 22.15 on.
      if (nativeZstd !== undefined) return nativeZstd(stored, options);
      break;
    default:
  }
  const known = Object.entries(compressors).find(([name]) => name === codec)?.[1];
  if (known === undefined) throw new RangeError(`the compression ${codec} is not read`);
  return known(stored, length);
}

function isDecompress(value: unknown): value is Decompress {
  return typeof value === 'function';
}
