import { corrupt } from '../errors.js';

/** The first byte of a frame with content. */
const CONTENT = 0x28;

/** Whether a frame begins here, one of content or a skippable one (RFC 8878, 3.1). */
export function isZstd(bytes: Uint8Array): boolean {
  if (bytes[0] === CONTENT) return bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
  const skippable = ((bytes[0] ?? 0) & 0xf0) === 0x50 && bytes[1] === 0x2a && bytes[2] === 0x4d;
  return skippable && bytes[3] === 0x18;
}

/**
 * Where the last frame of a file ends, by the headers of the frames alone: `node:zlib` of Node 22 takes a frame for
 * complete wherever the file ends, that of Node 24 passes over up to three bytes that could have begun another.
 * Raises `CORRUPT` where a frame is cut off.
 */
export function framesEnd(file: Uint8Array): number {
  let at = 0;
  for (let rest = file; isZstd(rest); rest = file.subarray(at)) at += firstFrame(rest).byteLength;
  return at;
}

/** The frame that begins here. Raises `CORRUPT` where it is cut off. */
export function firstFrame(bytes: Uint8Array): Uint8Array {
  const end = frameEnd(bytes);
  if (end > bytes.byteLength) throw corrupt('the zstd file ends in the middle of a frame');
  return bytes.subarray(0, end);
}

/** How many bytes of skippable frames come before the next one with content. */
export function skippableBytes(bytes: Uint8Array): number {
  let at = 0;
  for (let rest = bytes; isZstd(rest) && rest[0] !== CONTENT; rest = bytes.subarray(at))
    at += firstFrame(rest).byteLength;
  return at;
}

const MAGIC_BYTES = 4;
const LENGTH_BYTES = 4;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];
const REPEATED = 1;

/** Where a frame ends; beyond the bytes, when it is cut off. */
function frameEnd(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] !== CONTENT) {
    const begin = MAGIC_BYTES + LENGTH_BYTES;
    return begin > bytes.byteLength ? Infinity : begin + view.getUint32(MAGIC_BYTES, true);
  }
  const descriptor = bytes[MAGIC_BYTES] ?? 0;
  const hasWindow = (descriptor & 0x20) === 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 && !hasWindow ? 1 : (CONTENT_SIZE_BYTES[sizeFlag] ?? 0);
  let at = MAGIC_BYTES + 1 + (hasWindow ? 1 : 0) + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0) + sizeBytes;
  for (let isLast = false; !isLast;) {
    if (at + BLOCK_HEADER_BYTES > bytes.byteLength) return Infinity;
    const header = view.getUint16(at, true) + (bytes[at + 2] ?? 0) * 2 ** 16;
    isLast = (header & 1) !== 0;
    const isRepeated = ((header >> 1) & 3) === REPEATED;
    at += BLOCK_HEADER_BYTES + (isRepeated ? 1 : header >> 3);
  }
  return at + ((descriptor & 4) === 0 ? 0 : CHECKSUM_BYTES);
}
