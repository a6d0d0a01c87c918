/**
 * The frame, version 1: a header of 32 bytes, then the payload. Numbers are unsigned and little-endian.
 *
 * | offset | bytes | field                                                                          |
 * |-------:|------:|--------------------------------------------------------------------------------|
 * |      0 |     4 | magic: 0x93 'P' 'F' 'C'                                                        |
 * |      4 |     1 | version: 1                                                                     |
 * |      5 |     1 | codec: 0 none, 1 gzip, 2 deflate, 3 brotli, 4 zstd, 5 columnar                 |
 * |      6 |     1 | element type: 1 ArrayBuffer, 2 Uint8Array, 3 Uint8ClampedArray, 4 Int8Array,   |
 * |        |       | 5 Uint16Array, 6 Int16Array, 7 Uint32Array, 8 Int32Array, 9 BigUint64Array,    |
 * |        |       | 10 BigInt64Array, 11 Float16Array, 12 Float32Array, 13 Float64Array            |
 * |      7 |     1 | flags: bit 0 set when elements of several bytes are big-endian, other bits 0   |
 * |      8 |     6 | length of the content in bytes, a whole number of elements                     |
 * |     14 |     6 | length of the payload in bytes; the frame ends with it                         |
 * |     20 |     4 | CRC-32 of the content                                                          |
 * |     24 |     4 | CRC-32 of the payload                                                          |
 * |     28 |     4 | CRC-32 of bytes 0 to 27                                                        |
 * |     32 |     n | payload: the content itself (none), one gzip member (RFC 1952), one zlib       |
 * |        |       | stream (deflate, RFC 1950), one brotli stream (RFC 7932), one zstd frame with  |
 * |        |       | a checksum (RFC 8878), or the blocks of columnar/block-walk.ts                 |
 *
 * Elements are stored as they lie in memory. A host of the other byte order refuses the frame rather than give back
 * other numbers; a reader refuses any flag it does not know.
 *
 * Why three checksums: the one over the header is verified first, so that no size is believed that an accident
 * wrote; the one over the payload second, so that a codec never meets damaged bytes and no memory is taken for
 * them (it also covers bits that change nothing in the content, such as the time stamp in a gzip header); the one
 * over the content last, so that what is returned is what was given, whatever the codec did.
 *
 * A CRC protects against accidents. Somebody who forges a frame can forge its checksums too; against them stand the
 * bounds: no more than `maxOutputBytes`, no more than the codec could have packed into that payload, and an
 * inflation that stops at the declared length.
 */
import type { Checksum } from './checksum.js';
import { codecOfNumber, numberOfCodec, type CodecName } from './codec/codec.js';
import { rowOf, typeOfCode, type Content, type ContentType } from './element-type.js';
import { CompressionError, corrupt } from './errors.js';

/** Bytes that a frame adds to its payload. */
export const HEADER_BYTES = 32;
const MAGIC = [0x93, 0x50, 0x46, 0x43] as const;
const VERSION = 1;
const SEALED_BYTES = 28;
const BIG_ENDIAN = 1;
const hostIsBigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

/** What the header of a frame says. */
export interface FrameInfo {
  /** The version of the frame's layout. */
  readonly version: number;
  /** How the payload is stored; `'none'` when compressing would not have paid. */
  readonly codec: CodecName;
  /** What the frame gives back. */
  readonly type: ContentType;
  /** Bytes of the content. */
  readonly contentBytes: number;
  /** Bytes of the payload. */
  readonly payloadBytes: number;
  /** Where the payload begins in the frame. */
  readonly payloadOffset: number;
  /** CRC-32 of the content. */
  readonly contentChecksum: number;
  /** CRC-32 of the payload. */
  readonly payloadChecksum: number;
}

declare const holds: unique symbol;

/**
 * A frame of which the compiler knows what it holds. It is a plain `Uint8Array`: the mark exists in the type only, and
 * is lost where the frame is stored as bytes.
 */
export interface Frame<C extends Content = Content> extends Uint8Array<ArrayBuffer> {
  readonly [holds]: C;
}

/** Writes the header in front of a payload that already stands in the frame. */
export function writeHeader(
  frame: Uint8Array,
  info: Pick<FrameInfo, 'codec' | 'type' | 'contentBytes' | 'contentChecksum' | 'payloadChecksum'>,
  checksum: Checksum,
): void {
  const view = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
  frame.set(MAGIC);
  view.setUint8(4, VERSION);
  view.setUint8(5, numberOfCodec(info.codec));
  view.setUint8(6, rowOf(info.type).code);
  view.setUint8(7, hostFlags(rowOf(info.type).elementBytes));
  setUint48(view, 8, info.contentBytes);
  setUint48(view, 14, frame.byteLength - HEADER_BYTES);
  view.setUint32(20, info.contentChecksum, true);
  view.setUint32(24, info.payloadChecksum, true);
  view.setUint32(28, checksum(frame.subarray(0, SEALED_BYTES)), true);
}

/**
 * Reads and verifies the header: everything that can be known without touching the payload.
 * Raises `NOT_A_FRAME`, `VERSION`, `CODEC`, `ELEMENT_TYPE` or `CORRUPT`.
 */
export function readHeader(frame: Uint8Array, checksum: Checksum): FrameInfo {
  // A copy: the frame may lie in memory that another thread is writing to.
  const header = frame.slice(0, HEADER_BYTES);
  const begins = MAGIC.slice(0, header.byteLength).every((byte, index) => header[index] === byte);
  if (!begins || header.byteLength === 0) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_NOT_A_FRAME',
      `not a frame of @perf/compression: ${String(frame.byteLength)} bytes that do not begin with its magic number`,
    );
  }
  if (header.byteLength < HEADER_BYTES) throw cutShort(frame.byteLength, HEADER_BYTES);
  const view = new DataView(header.buffer);
  const version = view.getUint8(4);
  if (version !== VERSION) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_VERSION',
      `the frame is of version ${String(version)}; this release reads version ${String(VERSION)}`,
    );
  }
  if (checksum(header.subarray(0, SEALED_BYTES)) !== view.getUint32(28, true)) {
    throw corrupt('the header of the frame is damaged: its checksum does not fit');
  }
  return readFields(view, frame.byteLength);
}

function readFields(view: DataView, frameBytes: number): FrameInfo {
  const codec = codecOfNumber(view.getUint8(5));
  if (codec === undefined) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_CODEC',
      `the frame was written by codec number ${String(view.getUint8(5))}, which this release does not have`,
    );
  }
  const type = typeOfCode(view.getUint8(6));
  if (type === undefined) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_ELEMENT_TYPE',
      `the frame holds element type number ${String(view.getUint8(6))}, which this release does not have`,
    );
  }
  const { elementBytes } = rowOf(type);
  checkFlags(view.getUint8(7), elementBytes);
  const info: FrameInfo = {
    version: VERSION,
    codec,
    type,
    contentBytes: getUint48(view, 8),
    payloadBytes: getUint48(view, 14),
    payloadOffset: HEADER_BYTES,
    contentChecksum: view.getUint32(20, true),
    payloadChecksum: view.getUint32(24, true),
  };
  checkLengths(info, elementBytes, frameBytes);
  return Object.freeze(info);
}

function hostFlags(elementBytes: number): number {
  return hostIsBigEndian && elementBytes > 1 ? BIG_ENDIAN : 0;
}

function checkFlags(flags: number, elementBytes: number): void {
  if ((flags & ~BIG_ENDIAN) !== 0) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_VERSION',
      `the frame has flags ${String(flags)}; this release knows only flag ${String(BIG_ENDIAN)}`,
    );
  }
  if (flags !== hostFlags(elementBytes)) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_ELEMENT_TYPE',
      'the frame holds elements in the byte order of another kind of host',
    );
  }
}

function checkLengths(info: FrameInfo, elementBytes: number, frameBytes: number): void {
  const declared = HEADER_BYTES + info.payloadBytes;
  if (frameBytes < declared) throw cutShort(frameBytes, declared);
  if (frameBytes > declared) {
    throw corrupt(`${String(frameBytes - declared)} bytes follow the end of the frame`);
  }
  if (info.contentBytes % elementBytes !== 0) {
    throw corrupt(
      `a content of ${String(info.contentBytes)} bytes is not a whole number of ${info.type} elements`,
    );
  }
}

function cutShort(given: number, expected: number): CompressionError {
  return corrupt(`the frame is cut short: ${String(given)} of at least ${String(expected)} bytes`);
}

function setUint48(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value >>> 0, true);
  view.setUint16(offset + 4, Math.floor(value / 2 ** 32), true);
}

function getUint48(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint16(offset + 4, true) * 2 ** 32;
}
