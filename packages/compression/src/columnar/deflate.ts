import { deflateSync, inflateSync } from 'fflate';
import type { Zlib } from '../codec/zlib.js';

/** DEFLATE (RFC 1951) without a wrapper, on the spot. */
export interface Deflate {
  deflate(bytes: Uint8Array, level: 1 | 9): Uint8Array;
  /** Exactly `length` bytes; raises an error where they would be fewer or more. */
  inflate(bytes: Uint8Array, length: number): Uint8Array;
}

/** By the host's zlib, or by fflate where there is none. */
export function deflateOf(zlib: Zlib | undefined): Deflate {
  return zlib === undefined ? portable : byNode(zlib);
}

function byNode(zlib: Zlib): Deflate {
  return {
    deflate: (bytes, level) => zlib.deflateRawSync(bytes, { level }),
    inflate(bytes, length) {
      return exactly(zlib.inflateRawSync(bytes, { maxOutputLength: Math.max(1, length) }), length);
    },
  };
}

const portable: Deflate = {
  deflate: (bytes, level) => deflateSync(bytes, { level }),
  // It drops what does not fit, so one byte more than expected tells a stream that goes on from one that ends.
  inflate: (bytes, length) => exactly(inflateSync(bytes, { out: new Uint8Array(length + 1) }), length),
};

function exactly(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.byteLength === length) return bytes;
  throw new RangeError('a deflated block has another length than it says');
}
