import type { Codec, CodecName } from './codec.js';
import { nodeGzip } from './gzip-node.js';
import { portableGzip } from './gzip-portable.js';
import { none } from './none.js';
import type { Zlib } from './zlib.js';

/** Every codec, by name: on the host's zlib, or in JavaScript where the host has none. */
export type CodecSet = Readonly<Record<CodecName, Codec>>;

export function codecSet(zlib: Zlib | undefined): CodecSet {
  return { none, gzip: zlib === undefined ? portableGzip() : nodeGzip(zlib) };
}
