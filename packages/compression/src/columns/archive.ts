/**
 * An archive of columns, version 1. Numbers are unsigned and little-endian.
 *
 * | offset | bytes | field                                                              |
 * |-------:|------:|--------------------------------------------------------------------|
 * |      0 |     4 | magic: 0x93 'P' 'F' 'T'                                            |
 * |      4 |     1 | version: 1                                                         |
 * |      5 |     3 | 0                                                                  |
 * |      8 |     4 | bytes of the index                                                 |
 * |     12 |     4 | CRC-32 of the index                                                |
 * |     16 |     4 | CRC-32 of bytes 0 to 15                                            |
 * |     20 |     n | index: JSON, an array of columns (`IndexEntry`)                    |
 * |        |       | the frames (frame.ts) of all columns, in the order of the index    |
 *
 * Each column is frames of its own, so one is read without the others; a frame has its own checksums.
 */
import type { Checksum } from '../checksum.js';
import { CompressionError, corrupt } from '../errors.js';
import type { ColumnKind } from './column.js';

export const ARCHIVE_HEADER_BYTES = 20;
const MAGIC = [0x93, 0x50, 0x46, 0x54] as const;
const VERSION = 1;
/** An index longer than this is forged: it would be a million columns. */
const MOST_INDEX_BYTES: number = 128 * 2 ** 20;

/** What the index says of a column. */
export interface IndexEntry {
  readonly name: string;
  readonly kind: ColumnKind;
  /** How strings are packed, and how the texts of a dictionary are. */
  readonly texts?: TextLayout;
  /** Bytes of each of its frames. */
  readonly frames: readonly number[];
}

export interface TextLayout {
  /** `'text'`: as the offsets and bytes that were given. */
  readonly encoding: 'utf8' | 'utf16' | 'text';
  readonly dictionary: boolean;
  readonly nulls: boolean;
}

/** An index, and where the frames begin. */
export interface ArchiveIndex {
  readonly entries: readonly IndexEntry[];
  readonly framesOffset: number;
}

/** The header and the index. */
export function writeIndex(entries: readonly IndexEntry[], checksum: Checksum): Uint8Array<ArrayBuffer> {
  const index = Buffer.from(JSON.stringify(entries), 'utf8');
  const bytes = new Uint8Array(ARCHIVE_HEADER_BYTES + index.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint8(4, VERSION);
  view.setUint32(8, index.byteLength, true);
  view.setUint32(12, checksum(index), true);
  view.setUint32(16, checksum(bytes.subarray(0, 16)), true);
  bytes.set(index, ARCHIVE_HEADER_BYTES);
  return bytes;
}

/** Reads header and index, and checks that the frames fill the rest. Raises `NOT_A_FRAME`, `VERSION` or `CORRUPT`. */
export function readIndex(archive: Uint8Array, checksum: Checksum): ArchiveIndex {
  const header = archive.slice(0, ARCHIVE_HEADER_BYTES);
  if (header.byteLength === 0 || MAGIC.some((byte, at) => at < header.byteLength && header[at] !== byte)) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_NOT_A_FRAME',
      'not an archive of columns: it does not begin with the magic number of one',
    );
  }
  if (header.byteLength < ARCHIVE_HEADER_BYTES) throw corrupt('the archive is cut short within its header');
  const view = new DataView(header.buffer);
  if (view.getUint8(4) !== VERSION) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_VERSION',
      `the archive is of version ${String(view.getUint8(4))}; this release reads version ${String(VERSION)}`,
    );
  }
  if (view.getUint32(16, true) !== checksum(header.subarray(0, 16))) {
    throw corrupt('the header of the archive is damaged: its checksum does not fit');
  }
  const length = view.getUint32(8, true);
  const framesOffset = ARCHIVE_HEADER_BYTES + length;
  if (length > MOST_INDEX_BYTES || framesOffset > archive.byteLength) {
    throw corrupt(`the archive is cut short: ${String(archive.byteLength)} bytes do not hold its index`);
  }
  const index = archive.slice(ARCHIVE_HEADER_BYTES, framesOffset);
  if (view.getUint32(12, true) !== checksum(index)) {
    throw corrupt('the index of the archive is damaged: its checksum does not fit');
  }
  const entries = parsedIndex(index);
  const frameBytes = entries.reduce((sum, { frames }) => sum + frames.reduce((a, b) => a + b, 0), 0);
  if (framesOffset + frameBytes !== archive.byteLength) {
    throw corrupt(
      `the archive has ${String(archive.byteLength)} bytes where its index says ${String(framesOffset + frameBytes)}`,
    );
  }
  return { entries, framesOffset };
}

function parsedIndex(bytes: Uint8Array): readonly IndexEntry[] {
  const entries = parsed(bytes);
  if (Array.isArray(entries) && entries.every(isEntry)) return entries;
  throw corrupt('the index of the archive is none that this release writes');
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw corrupt('the index of the archive cannot be read', cause);
  }
}

const KINDS: readonly unknown[] = ['numbers', 'strings', 'text', 'dictionary'];
const ENCODINGS: readonly unknown[] = ['utf8', 'utf16', 'text'];

function isEntry(value: unknown): value is IndexEntry {
  if (typeof value !== 'object' || value === null) return false;
  if (!('name' in value && 'kind' in value && 'frames' in value)) return false;
  const { name, kind, frames } = value;
  const isLayout = !('texts' in value) || isTextLayout(value.texts);
  const isFrames = Array.isArray(frames) && frames.every((bytes) => Number.isSafeInteger(bytes) && bytes > 0);
  return typeof name === 'string' && KINDS.includes(kind) && isLayout && isFrames;
}

function isTextLayout(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (!('encoding' in value && 'dictionary' in value && 'nulls' in value)) return false;
  const { encoding, dictionary, nulls } = value;
  return ENCODINGS.includes(encoding) && typeof dictionary === 'boolean' && typeof nulls === 'boolean';
}
