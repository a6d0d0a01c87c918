/**
 * A stream of frames, version 1. Numbers are unsigned and little-endian.
 *
 * | offset | bytes | field                                                         |
 * |-------:|------:|---------------------------------------------------------------|
 * |      0 |     4 | magic: 0x93 'P' 'F' 'S'                                       |
 * |      4 |     1 | version: 1                                                    |
 * |      5 |     1 | element type, as in a frame                                   |
 * |      6 |     2 | 0                                                             |
 * |      8 |     4 | the most bytes of content in a block                          |
 * |     12 |     4 | CRC-32 of bytes 0 to 11                                       |
 * |     16 |       | blocks, then the end                                          |
 *
 * A block is 16 bytes and a frame (frame.ts) of the stream's element type:
 *
 * |      0 |     4 | its number, from 0                                            |
 * |      4 |     4 | bytes of the frame                                            |
 * |      8 |     4 | CRC-32 of the first 28 bytes of the frame, its header         |
 * |     12 |     4 | CRC-32 of bytes 0 to 11                                       |
 *
 * The end looks like a block with the number 2^32 - 1, without a frame: at 4 stands how many blocks there were, at 8
 * the CRC-32 of the content of the whole stream.
 *
 * Blocks are independent of each other. A block that is missing, doubled or moved shows by its number, one that was
 * put in from another stream by the checksum at the end, a stream that was cut by the end that is not there.
 */
import type { Checksum } from '../checksum.js';
import { rowOf, typeOfCode, type ContentType } from '../element-type.js';
import { CompressionError, corrupt } from '../errors.js';

export const STREAM_HEADER_BYTES = 16;
export const BLOCK_HEADER_BYTES = 16;
const MAGIC = [0x93, 0x50, 0x46, 0x53] as const;
const VERSION = 1;
const END = 2 ** 32 - 1;
/** What a reader takes into memory at once, whatever the stream says. */
export const MOST_BLOCK_BYTES: number = 64 * 2 ** 20;

/** What stands at the beginning of a stream. */
export interface StreamInfo {
  readonly type: ContentType;
  readonly blockBytes: number;
}

/** What stands before a block, or at the end. */
export type BlockHeader =
  | {
      readonly kind: 'block';
      readonly index: number;
      readonly frameBytes: number;
      readonly headerChecksum: number;
    }
  | { readonly kind: 'end'; readonly blocks: number; readonly contentChecksum: number };

export function writeStreamHeader(
  { type, blockBytes }: StreamInfo,
  checksum: Checksum,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(STREAM_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint8(4, VERSION);
  view.setUint8(5, rowOf(type).code);
  view.setUint32(8, blockBytes, true);
  return sealed(bytes, checksum);
}

/** Raises `NOT_A_FRAME`, `VERSION`, `ELEMENT_TYPE` or `CORRUPT`. */
export function readStreamHeader(bytes: Uint8Array, checksum: Checksum): StreamInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_NOT_A_FRAME',
      'not a stream of @perf/compression: it does not begin with the magic number of one',
    );
  }
  if (view.getUint8(4) !== VERSION) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_VERSION',
      `the stream is of version ${String(view.getUint8(4))}; this release reads version ${String(VERSION)}`,
    );
  }
  if (!isSealed(bytes, checksum) || view.getUint16(6) !== 0)
    throw corrupt('the header of the stream is damaged');
  const type = typeOfCode(view.getUint8(5));
  if (type === undefined) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_ELEMENT_TYPE',
      `the stream holds element type number ${String(view.getUint8(5))}, which this release does not have`,
    );
  }
  const blockBytes = view.getUint32(8, true);
  if (blockBytes === 0 || blockBytes > MOST_BLOCK_BYTES) {
    throw corrupt(`blocks of ${String(blockBytes)} bytes are none that this release writes`);
  }
  return { type, blockBytes };
}

export function writeBlockHeader(
  index: number,
  frame: Uint8Array,
  checksum: Checksum,
): Uint8Array<ArrayBuffer> {
  return record(index, frame.byteLength, checksum(frame.subarray(0, SEALED_BYTES)), checksum);
}

export function writeEnd(
  blocks: number,
  contentChecksum: number,
  checksum: Checksum,
): Uint8Array<ArrayBuffer> {
  return record(END, blocks, contentChecksum, checksum);
}

/** Raises `CORRUPT`. */
export function readBlockHeader(bytes: Uint8Array, checksum: Checksum): BlockHeader {
  if (!isSealed(bytes, checksum))
    throw corrupt('the header of the block is damaged: its checksum does not fit');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [index, second, third] = [view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)];
  return index === END
    ? { kind: 'end', blocks: second, contentChecksum: third }
    : { kind: 'block', index, frameBytes: second, headerChecksum: third };
}

/** Whether the header of a frame is the one that stood in front of it. */
export function belongs(
  frame: Uint8Array,
  { headerChecksum }: { headerChecksum: number },
  checksum: Checksum,
): boolean {
  return checksum(frame.subarray(0, SEALED_BYTES)) === headerChecksum;
}

const SEALED_BYTES = 28;

function record(first: number, second: number, third: number, checksum: Checksum): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(BLOCK_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, first, true);
  view.setUint32(4, second, true);
  view.setUint32(8, third, true);
  return sealed(bytes, checksum);
}

function sealed(bytes: Uint8Array<ArrayBuffer>, checksum: Checksum): Uint8Array<ArrayBuffer> {
  new DataView(bytes.buffer).setUint32(12, checksum(bytes.subarray(0, 12)), true);
  return bytes;
}

function isSealed(bytes: Uint8Array, checksum: Checksum): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(12, true) === checksum(bytes.subarray(0, 12));
}
