import * as zlib from 'node:zlib';
import type { ParquetPeers } from '../peers.js';
import type { Codec } from '../schema-element.js';
import { BoundedRun, patience } from './bounded-run.js';
import { SnappyDecoder } from './snappy-kernel.js';

/** Makes of stored bytes the `length` bytes that they stand for, which are good until the next call. */
export type Decompress = (stored: Uint8Array, length: number) => Uint8Array;

/** The most that a byte can become; whatever claims more is refused before memory is taken for it. */
const GROWTH: Readonly<Partial<Record<Codec, number>>> = { SNAPPY: 24, LZ4: 256, LZ4_RAW: 256 };
const MIN_BUFFER = 64;
const MAX_BUFFER = 2 ** 20;

/** How the pages of one reader are decompressed: Snappy here, what Node can do by Node, the rest by a peer. */
export class Codecs {
  readonly #peers: ParquetPeers;
  readonly #patience: (bytes: number) => number;
  #snappy: SnappyDecoder | undefined;
  #bounded: BoundedRun | undefined;

  /** @param patienceMs how long a peer may take for a page of so many bytes */
  constructor(peers: ParquetPeers, patienceMs: (bytes: number) => number = patience) {
    this.#peers = peers;
    this.#patience = patienceMs;
  }

  /**
   * @returns a function that throws a RangeError for bytes that stand for another length
   * @throws ConversionError `ERR_PERF_CONVERT_MISSING_PEER`
   * @throws RangeError when the codec is none that can be read
   */
  async decompress(codec: Codec | undefined): Promise<Decompress> {
    const decompress = await this.#unchecked(codec);
    const growth = codec === undefined ? undefined : GROWTH[codec];
    return (stored, length) => {
      // Some writers store nothing at all for no values.
      if (length === 0 && stored.length === 0) return stored;
      if (growth !== undefined && length > stored.length * growth + MIN_BUFFER) {
        throw new RangeError('a page claims more bytes than its compression can give');
      }
      const plain = decompress(stored, length);
      if (plain.length === length) return plain;
      throw new RangeError(`a page has ${String(plain.length)} bytes where ${String(length)} are promised`);
    };
  }

  async #unchecked(codec: Codec | undefined): Promise<Decompress> {
    switch (codec) {
      case 'UNCOMPRESSED':
        return (stored) => stored;
      case 'SNAPPY': {
        const snappy = (this.#snappy ??= new SnappyDecoder());
        return (stored, length) => snappy.decompress(stored, length);
      }
      case 'GZIP':
        return (stored, length) => zlib.gunzipSync(stored, zlibOptions(length));
      case 'BROTLI':
        return (stored, length) => zlib.brotliDecompressSync(stored, zlibOptions(length));
      case 'ZSTD':
        // Node has it from 22.15 on.
        if (isZlibFunction(zstd)) return (stored, length) => zstd(stored, zlibOptions(length));
        break;
      case undefined:
      case 'LZO':
        throw new RangeError(`is compressed by ${codec ?? 'an unknown codec'}, which cannot be read`);
      default:
    }
    const decompress = (await this.#peers.compressors(codec))[codec];
    if (decompress === undefined) throw new RangeError(`is compressed by ${codec}, which cannot be read`);
    const bounded = (this.#bounded ??= new BoundedRun());
    return (stored, length) => bounded.run(() => decompress(stored, length), this.#patience(length));
  }
}

const zstd: unknown = Reflect.get(zlib, 'zstdDecompressSync');

function isZlibFunction(
  value: unknown,
): value is (stored: Uint8Array, options: zlib.ZlibOptions) => Uint8Array {
  return typeof value === 'function';
}

/** Native decompression stops at the length that is promised. */
function zlibOptions(length: number): zlib.ZlibOptions {
  return {
    maxOutputLength: Math.max(1, length),
    chunkSize: Math.min(MAX_BUFFER, Math.max(MIN_BUFFER, length)),
  };
}
