import * as zlib from 'node:zlib';
import { refuseOption } from '../../errors.js';
import type { Codec } from '../schema-element.js';
import { compressSnappy } from './snappy-encoder.js';

/** How the pages of a written file are compressed. */
export type ParquetCompression = 'snappy' | 'gzip' | 'zstd' | 'none';

export interface Compressor {
  readonly codec: Codec;
  readonly compress: (bytes: Uint8Array) => Uint8Array;
}

/** @throws ConversionError `ERR_PERF_CONVERT_INVALID_OPTION` for another name, or one that this Node lacks */
export function compressorOf(compression: ParquetCompression): Compressor {
  switch (compression) {
    case 'snappy':
      return { codec: 'SNAPPY', compress: compressSnappy };
    case 'gzip':
      return { codec: 'GZIP', compress: (bytes) => zlib.gzipSync(bytes) };
    case 'none':
      return { codec: 'UNCOMPRESSED', compress: (bytes) => bytes };
    case 'zstd': {
      const zstd: unknown = Reflect.get(zlib, 'zstdCompressSync');
      if (isCompress(zstd)) return { codec: 'ZSTD', compress: (bytes) => zstd(bytes) };
      throw refuseOption('compression zstd needs Node 22.15 or newer; choose snappy or gzip');
    }
    default:
      throw refuseOption(`compression must be snappy, gzip, zstd or none, and is ${String(compression)}`);
  }
}

function isCompress(value: unknown): value is (bytes: Uint8Array) => Uint8Array {
  return typeof value === 'function';
}
