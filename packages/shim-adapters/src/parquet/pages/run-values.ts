import { ConversionError } from '../../errors.js';
import type { ByteRuns } from '../../table/byte-runs.js';
import { type ByteReader, EndOfBytes } from '../thrift/byte-reader.js';
import { readDeltas32 } from './delta-integers.js';
import type { RunRoom } from './run-room.js';

const MAX_BYTES = 2 ** 31 - 1;

/** Each value after its length in four bytes (PLAIN of BYTE_ARRAY). */
export function readPrefixedRuns(reader: ByteReader, count: number, room: RunRoom): ByteRuns {
  const { bytes } = reader;
  if (count * 4 > reader.left) throw new EndOfBytes('it ends too early');
  const { starts, ends } = room.take(count);
  let at = reader.at;
  for (let i = 0; i < count; i++) {
    const length =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    const start = at + 4;
    // A length of 2 GB and more is negative here.
    if (length < 0 || start + length > bytes.length) throw new EndOfBytes('it ends too early');
    starts[i] = start;
    at = start + length;
    ends[i] = at;
  }
  reader.at = at;
  return { bytes, starts, ends };
}

/** Values of `width` bytes each, one after the other. */
export function readFixedRuns(reader: ByteReader, count: number, width: number, room: RunRoom): ByteRuns {
  const bytes = reader.take(count * width);
  const { starts, ends } = room.take(count);
  for (let i = 0; i < count; i++) {
    starts[i] = i * width;
    ends[i] = (i + 1) * width;
  }
  return { bytes, starts, ends };
}

/** All lengths, then all bytes (DELTA_LENGTH_BYTE_ARRAY). */
export function readLengthsThenBytes(reader: ByteReader, count: number): ByteRuns {
  const ends = readDeltas32(reader, count);
  const starts = new Int32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = ends[i] ?? 0;
    if (length < 0) throw new RangeError('a value has a negative length');
    starts[i] = at;
    at += length;
    if (at > reader.left) throw new EndOfBytes('it ends too early');
    ends[i] = at;
  }
  return { bytes: reader.take(at), starts, ends };
}

/** Values that share their beginning with the one before them (DELTA_BYTE_ARRAY). */
export function readSharedPrefixes(reader: ByteReader, count: number): ByteRuns {
  const prefixes = readDeltas32(reader, count);
  const suffixes = readLengthsThenBytes(reader, count);
  let total = 0;
  let previous = 0;
  for (let i = 0; i < count; i++) {
    const prefix = prefixes[i] ?? 0;
    if (prefix < 0 || prefix > previous) throw new RangeError('a value shares more than the one before has');
    previous = prefix + (suffixes.ends[i] ?? 0) - (suffixes.starts[i] ?? 0);
    total += previous;
  }
  if (total > MAX_BYTES) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_TOO_LARGE',
      'a page of a Parquet file holds more than 2 GB of text; it cannot be read',
    );
  }
  const bytes = new Uint8Array(total);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let before = 0;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const prefix = prefixes[i] ?? 0;
    const start = at;
    bytes.copyWithin(at, before, before + prefix);
    at += prefix;
    const suffix = suffixes.bytes.subarray(suffixes.starts[i], suffixes.ends[i]);
    bytes.set(suffix, at);
    at += suffix.length;
    starts[i] = start;
    ends[i] = at;
    before = start;
  }
  return { bytes, starts, ends };
}
