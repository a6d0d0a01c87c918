import { columnarCodec, type Columnar } from '../columnar/columnar.js';
import { checksumOf } from '../checksum.js';
import type { Codec, CodecName } from './codec.js';
import { hostedReader, portableGzipReader, type ForeignName, type ForeignReader } from './foreign.js';
import { hostedCodec } from './hosted.js';
import { none } from './none.js';
import { portableCodec } from './portable.js';
import { zlibEngines, type Zlib } from './zlib.js';

/** Every codec that this host has, by name. */
export type CodecSet = Readonly<Partial<Record<CodecName, Codec>>> & {
  readonly [K in 'none' | 'gzip' | 'deflate' | 'columnar']: Codec;
};

/** The codecs on the host's zlib, or in JavaScript where the host has none. */
export function codecSet(zlib: Zlib | undefined, columnar: Columnar): CodecSet {
  const own = { none, columnar: columnarCodec(columnar) };
  if (zlib === undefined) {
    return { ...own, gzip: portableCodec('gzip'), deflate: portableCodec('deflate') };
  }
  const { gzip, deflate, brotli, zstd } = zlibEngines(zlib);
  return {
    ...own,
    gzip: hostedCodec('gzip', gzip),
    deflate: hostedCodec('deflate', deflate),
    brotli: hostedCodec('brotli', brotli),
    ...(zstd === undefined ? {} : { zstd: hostedCodec('zstd', zstd) }),
  };
}

/** What reads the files of other programs on this host. */
export type ForeignSet = Readonly<Partial<Record<ForeignName, ForeignReader>>> & {
  readonly gzip: ForeignReader;
};

export function foreignSet(zlib: Zlib | undefined): ForeignSet {
  if (zlib === undefined) return { gzip: portableGzipReader(checksumOf(undefined)) };
  const { gzip, zstd } = zlibEngines(zlib);
  return {
    gzip: hostedReader('gzip', gzip),
    ...(zstd === undefined ? {} : { zstd: hostedReader('zstd', zstd) }),
  };
}
