import * as zlib from 'node:zlib';

/** Compresses blocks of at most a few MB on libuv's threads, at the level made for speed. */
export interface BlockCoder {
  readonly name: 'zstd' | 'deflate';
  compress(block: Uint8Array): Promise<Uint8Array>;
  /** Rejects what does not give exactly `length` bytes, and never makes more. */
  decompress(block: Uint8Array, length: number): Promise<Uint8Array>;
  decompressSync(block: Uint8Array, length: number): Uint8Array;
}

/** The best coder that this Node has: zstd from 22.15 on, deflate before. */
export function systemCoder(module: object = zlib): BlockCoder {
  return hasZstd(module) ? zstdCoder(module) : deflateCoder;
}

type Done = (error: Error | null, result: Uint8Array) => void;
interface Limit {
  readonly chunkSize: number;
  readonly maxOutputLength: number;
}

/** The part of `node:zlib` in newer Nodes that is used here. */
interface Zstd {
  zstdCompress(
    block: Uint8Array,
    o: { readonly chunkSize: number; readonly params: Readonly<Record<number, number>> },
    done: Done,
  ): void;
  zstdDecompress(block: Uint8Array, o: Limit, done: Done): void;
  zstdDecompressSync(block: Uint8Array, o: Limit): Uint8Array;
}

function hasZstd(module: object): module is Zstd {
  return ['zstdCompress', 'zstdDecompress', 'zstdDecompressSync'].every(
    (name) => typeof Reflect.get(module, name) === 'function',
  );
}

/** ZSTD_c_compressionLevel and ZSTD_c_checksumFlag of zstd.h; the types of older Nodes do not have them. */
const ZSTD_PARAMS = { 100: 1, 201: 1 } as const;

function zstdCoder(zstd: Zstd): BlockCoder {
  return {
    name: 'zstd',
    async compress(block) {
      const o = { chunkSize: roomFor(block.byteLength), params: ZSTD_PARAMS };
      return tight(
        await promised((done) => {
          zstd.zstdCompress(block, o, done);
        }),
      );
    },
    async decompress(block, length) {
      return exact(
        await promised((done) => {
          zstd.zstdDecompress(block, limit(length), done);
        }),
        length,
      );
    },
    decompressSync(block, length) {
      return exact(zstd.zstdDecompressSync(block, limit(length)), length);
    },
  };
}

const deflateCoder: BlockCoder = {
  name: 'deflate',
  async compress(block) {
    const o = { level: 1, chunkSize: roomFor(block.byteLength) };
    return tight(
      await promised((done) => {
        zlib.deflate(block, o, done);
      }),
    );
  },
  async decompress(block, length) {
    const bytes = await promised((done) => {
      zlib.inflate(block, limit(length), done);
    });
    return exact(bytes, length);
  },
  decompressSync(block, length) {
    return exact(zlib.inflateSync(block, limit(length)), length);
  },
};

function promised(start: (done: Done) => void): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    start((error, result) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
}

/** One chunk for all of the output and for what incompressible bytes grow by: one trip to the thread, no joining. */
function roomFor(length: number): number {
  return length + (length >>> 8) + 128;
}

function limit(length: number): Limit {
  return { chunkSize: roomFor(length), maxOutputLength: Math.max(1, length) };
}

/** The output without the rest of its chunk. */
function tight(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength < bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes;
}

function exact(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.byteLength === length) return bytes;
  throw new Error(`a block must give ${String(length)} bytes; it gave ${String(bytes.byteLength)}`);
}
