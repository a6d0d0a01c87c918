import type { Transform } from 'node:stream';
import type * as NodeZlib from 'node:zlib';
import type { GeneralName } from './general.js';

/** The part of `node:zlib` that is used here. zstd is there from Node 22.15, `crc32` from 20.15. */
export type Zlib = Pick<typeof NodeZlib, (typeof NEEDED)[number]> &
  Partial<ZstdFunctions> & { readonly crc32?: typeof NodeZlib.crc32 };

interface ZstdFunctions {
  zstdCompressSync(bytes: Uint8Array, o: ZstdOptions): Buffer;
  zstdDecompressSync(bytes: Uint8Array, o: ZstdOptions): Buffer;
  createZstdCompress(o: ZstdOptions): Transform;
  createZstdDecompress(o: ZstdOptions): Transform;
}

interface ZstdOptions extends Bounds {
  readonly info?: boolean;
  readonly params?: Readonly<Record<number, number>>;
}

const NEEDED = [
  'gzipSync',
  'gunzipSync',
  'createGzip',
  'createGunzip',
  'deflateSync',
  'inflateSync',
  'createDeflate',
  'createInflate',
  'deflateRawSync',
  'inflateRawSync',
  'brotliCompressSync',
  'brotliDecompressSync',
  'createBrotliCompress',
  'createBrotliDecompress',
  'constants',
] as const;

/** The part of the global object through which a host offers its own modules without an import that could fail. */
export interface Host {
  readonly process?: { getBuiltinModule?(id: 'node:zlib'): object | undefined };
}

/** The host's zlib, or `undefined` where it has none. */
export function findZlib(host: Host = globalThis): Zlib | undefined {
  const found = host.process?.getBuiltinModule?.('node:zlib');
  return found !== undefined && isZlib(found) ? found : undefined;
}

function isZlib(module: object): module is Zlib {
  return NEEDED.every((name) => Reflect.has(module, name));
}

/** How much memory a call takes at a time, and how much output it may make. */
export interface Bounds {
  readonly chunkSize: number;
  readonly maxOutputLength?: number;
}

/** One format of the host's zlib. The level is the format's own. */
export interface ZlibEngine {
  compressSync(bytes: Uint8Array, level: number, bounds: Bounds): Buffer;
  decompressSync(bytes: Uint8Array, bounds: Bounds): Buffer;
  /** As `decompressSync`, and how much of the bytes it took. */
  consumeSync(bytes: Uint8Array, bounds: Bounds): Consumed;
  compressor(level: number, bounds: Bounds): Transform;
  decompressor(bounds: Bounds): Transform;
  /** How much a decompressor of this engine took of what it was given. */
  consumedBy(decompressor: Transform): number;
}

export interface Consumed {
  readonly bytes: Uint8Array;
  readonly consumed: number;
}

/** Reads what the functions of zlib give when they are asked for `info`. */
function consumption(result: unknown): Consumed {
  if (typeof result === 'object' && result !== null && 'buffer' in result && 'engine' in result) {
    const { buffer, engine } = result;
    if (buffer instanceof Uint8Array) return { bytes: buffer, consumed: bytesWritten(engine) };
  }
  throw new TypeError('this zlib does not tell how much it has read');
}

function bytesWritten(engine: unknown): number {
  const written: unknown =
    typeof engine === 'object' && engine !== null ? Reflect.get(engine, 'bytesWritten') : undefined;
  if (typeof written === 'number') return written;
  throw new TypeError('this zlib does not tell how much it has read');
}

const INFO = { info: true } as const;

/** The formats that this host's zlib has. */
export function zlibEngines(zlib: Zlib): Readonly<Record<Exclude<GeneralName, 'zstd'>, ZlibEngine>> & {
  readonly zstd?: ZlibEngine;
} {
  const zstd = zstdEngine(zlib);
  return {
    gzip: {
      compressSync: (bytes, level, bounds) => zlib.gzipSync(bytes, { level, ...bounds }),
      decompressSync: (bytes, bounds) => zlib.gunzipSync(bytes, bounds),
      consumeSync: (bytes, bounds) => consumption(zlib.gunzipSync(bytes, { ...bounds, ...INFO })),
      consumedBy: bytesWritten,
      compressor: (level, bounds) => zlib.createGzip({ level, ...bounds }),
      decompressor: (bounds) => zlib.createGunzip(bounds),
    },
    deflate: {
      compressSync: (bytes, level, bounds) => zlib.deflateSync(bytes, { level, ...bounds }),
      decompressSync: (bytes, bounds) => zlib.inflateSync(bytes, bounds),
      consumeSync: (bytes, bounds) => consumption(zlib.inflateSync(bytes, { ...bounds, ...INFO })),
      consumedBy: bytesWritten,
      compressor: (level, bounds) => zlib.createDeflate({ level, ...bounds }),
      decompressor: (bounds) => zlib.createInflate(bounds),
    },
    brotli: brotliEngine(zlib),
    ...(zstd === undefined ? {} : { zstd }),
  };
}

function brotliEngine(zlib: Zlib): ZlibEngine {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  return {
    compressSync(bytes, level, bounds) {
      const params = { [BROTLI_PARAM_QUALITY]: level, [BROTLI_PARAM_SIZE_HINT]: bytes.byteLength };
      return zlib.brotliCompressSync(bytes, { params, ...bounds });
    },
    decompressSync: (bytes, bounds) => zlib.brotliDecompressSync(bytes, bounds),
    consumeSync: (bytes, bounds) => consumption(zlib.brotliDecompressSync(bytes, { ...bounds, ...INFO })),
    consumedBy: bytesWritten,
    compressor: (level, bounds) =>
      zlib.createBrotliCompress({ params: { [BROTLI_PARAM_QUALITY]: level }, ...bounds }),
    decompressor: (bounds) => zlib.createBrotliDecompress(bounds),
  };
}

/** zstd with its own checksum, so that other programs notice damage too. */
function zstdEngine(zlib: Zlib): ZlibEngine | undefined {
  const { zstdCompressSync, zstdDecompressSync, createZstdCompress, createZstdDecompress } = zlib;
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return undefined;
  if (createZstdCompress === undefined || createZstdDecompress === undefined) return undefined;
  const LEVEL: unknown = Reflect.get(zlib.constants, 'ZSTD_c_compressionLevel');
  const CHECKSUM: unknown = Reflect.get(zlib.constants, 'ZSTD_c_checksumFlag');
  if (typeof LEVEL !== 'number' || typeof CHECKSUM !== 'number') return undefined;
  return {
    compressSync: (bytes, level, bounds) =>
      zstdCompressSync(bytes, { params: { [LEVEL]: level, [CHECKSUM]: 1 }, ...bounds }),
    decompressSync: (bytes, bounds) => zstdDecompressSync(bytes, bounds),
    consumeSync: (bytes, bounds) => consumption(zstdDecompressSync(bytes, { ...bounds, ...INFO })),
    consumedBy: bytesWritten,
    compressor: (level, bounds) =>
      createZstdCompress({ params: { [LEVEL]: level, [CHECKSUM]: 1 }, ...bounds }),
    decompressor: (bounds) => createZstdDecompress(bounds),
  };
}
