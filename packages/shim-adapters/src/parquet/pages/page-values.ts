import type { ByteRuns } from '../../table/byte-runs.js';
import { ByteReader } from '../thrift/byte-reader.js';
import { readFixedRuns, readLengthsThenBytes, readPrefixedRuns, readSharedPrefixes } from './run-values.js';
import { halfFloats, nanoseconds, uuidTexts } from './conversions.js';
import { readDeltas32, readDeltas64 } from './delta-integers.js';
import { readRunLengths, unpackBits } from './run-lengths.js';
import type { RunRoom } from './run-room.js';
import type { StoredType } from './stored-type.js';

/** Values of a page without its nulls: numbers, a byte for each boolean, or runs of bytes. */
export type PageValues =
  | { readonly kind: 'numbers'; readonly numbers: Numbers }
  | { readonly kind: 'bits'; readonly bits: Uint8Array }
  | { readonly kind: 'runs'; readonly runs: ByteRuns };

export type Numbers = Int32Array | BigInt64Array | Float32Array | Float64Array;

/** Encodings by their numbers in the Parquet format. */
export const ENCODING = {
  plain: 0,
  plainDictionary: 2,
  runLengths: 3,
  deltas: 5,
  deltaLengths: 6,
  sharedPrefixes: 7,
  dictionary: 8,
  byteStreams: 9,
} as const;

/**
 * Reads `count` values as a page stores them, as what their column holds.
 * @param room where runs may lie, which are then good until it is used again
 */
export function readPageValues(
  reader: ByteReader,
  encoding: number,
  count: number,
  stored: StoredType,
  room: RunRoom,
): PageValues {
  switch (stored.physical) {
    case 'BOOLEAN':
      return { kind: 'bits', bits: readBits(reader, encoding, count) };
    case 'BYTE_ARRAY':
      return { kind: 'runs', runs: readRuns(reader, encoding, count, room) };
    case 'FIXED_LEN_BYTE_ARRAY':
      return ofRuns(readWideRuns(reader, encoding, count, stored.width, room), stored);
    default:
      return { kind: 'numbers', numbers: readNumbers(reader, encoding, count, stored) };
  }
}

export function lengthOf(values: PageValues): number {
  if (values.kind === 'runs') return values.runs.starts.length;
  return values.kind === 'bits' ? values.bits.length : values.numbers.length;
}

function readBits(reader: ByteReader, encoding: number, count: number): Uint8Array {
  if (encoding === ENCODING.runLengths) {
    const runs = new ByteReader(reader.take(reader.uint32()));
    const bits = new Uint8Array(count);
    readRunLengths(runs, 1, bits);
    return bits;
  }
  if (encoding !== ENCODING.plain) throw notRead(encoding);
  // What is claimed must be there before memory is taken for it.
  const packed = reader.take(Math.ceil(count / 8));
  const bits = new Uint8Array(count);
  unpackBits(packed, 0, 1, bits, 0, count);
  return bits;
}

function readRuns(reader: ByteReader, encoding: number, count: number, room: RunRoom): ByteRuns {
  switch (encoding) {
    case ENCODING.plain:
      return readPrefixedRuns(reader, count, room);
    case ENCODING.deltaLengths:
      return readLengthsThenBytes(reader, count);
    case ENCODING.sharedPrefixes:
      return readSharedPrefixes(reader, count);
    default:
      throw notRead(encoding);
  }
}

function readWideRuns(
  reader: ByteReader,
  encoding: number,
  count: number,
  width: number,
  room: RunRoom,
): ByteRuns {
  switch (encoding) {
    case ENCODING.plain:
      return readFixedRuns(reader, count, width, room);
    case ENCODING.byteStreams:
      return readFixedRuns(
        new ByteReader(joined(reader.take(count * width), count, width)),
        count,
        width,
        room,
      );
    case ENCODING.sharedPrefixes: {
      const runs = readSharedPrefixes(reader, count);
      if (runs.starts.some((start, i) => runs.ends[i] !== start + width)) {
        throw new RangeError('a value has another length than its type');
      }
      return runs;
    }
    default:
      throw notRead(encoding);
  }
}

function readNumbers(reader: ByteReader, encoding: number, count: number, stored: StoredType): Numbers {
  const { physical, width } = stored;
  if (encoding === ENCODING.deltas && physical === 'INT32') return readDeltas32(reader, count);
  if (encoding === ENCODING.deltas && physical === 'INT64') return readDeltas64(reader, count);
  const isSplit = encoding === ENCODING.byteStreams && physical !== 'INT96';
  if (!isSplit && encoding !== ENCODING.plain) throw notRead(encoding);
  const taken = reader.take(count * width);
  if (physical === 'INT96') return nanoseconds(taken, count);
  const bytes = isSplit ? joined(taken, count, width) : aligned(taken, width, reader.bytes);
  const { buffer, byteOffset } = bytes;
  switch (physical) {
    case 'INT32':
      return new Int32Array(buffer, byteOffset, count);
    case 'INT64':
      return new BigInt64Array(buffer, byteOffset, count);
    case 'FLOAT':
      return new Float32Array(buffer, byteOffset, count);
    default:
      return new Float64Array(buffer, byteOffset, count);
  }
}

function ofRuns(runs: ByteRuns, { conversion }: StoredType): PageValues {
  if (conversion === 'half-float') return { kind: 'numbers', numbers: halfFloats(runs) };
  return { kind: 'runs', runs: conversion === 'uuid' ? uuidTexts(runs) : runs };
}

/**
 * Typed arrays begin at multiples of the size of their elements. Values move back over what of their page was read
 * before them, if that is enough.
 */
function aligned(taken: Uint8Array, width: number, page: Uint8Array): Uint8Array {
  const odd = taken.byteOffset % width;
  if (odd === 0) return taken;
  if (taken.byteOffset - odd < page.byteOffset) return new Uint8Array(taken);
  const moved = new Uint8Array(taken.buffer, taken.byteOffset - odd, taken.length);
  moved.set(taken);
  return moved;
}

/** Values of which first all first bytes are stored, then all second ones (BYTE_STREAM_SPLIT). */
function joined(bytes: Uint8Array, count: number, width: number): Uint8Array {
  const values = new Uint8Array(bytes.length);
  for (let lane = 0; lane < width; lane++) {
    for (let i = 0, from = lane * count; i < count; i++) values[i * width + lane] = bytes[from + i] ?? 0;
  }
  return values;
}

function notRead(encoding: number): RangeError {
  return new RangeError(`it is stored in encoding ${String(encoding)}, which is none of its type`);
}
