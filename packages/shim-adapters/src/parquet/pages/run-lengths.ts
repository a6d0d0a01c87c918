import { EndOfBytes, type ByteReader } from '../thrift/byte-reader.js';

/**
 * Fills `out` from the hybrid of runs and bit-packed groups that Parquet stores levels and dictionary indices in
 * (https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE). A run is taken only as far as `out` has room:
 * what its length claims beyond that costs nothing.
 *
 * @param width bits a value, 0 to 32
 */
export function readRunLengths(reader: ByteReader, width: number, out: Int32Array | Uint8Array): void {
  if (width > 32) throw new RangeError('values have more than 32 bits');
  if (width === 0) {
    out.fill(0);
    return;
  }
  const runBytes = (width + 7) >>> 3;
  let at = 0;
  while (at < out.length) {
    const head = reader.varint();
    const isPacked = (head & 1) === 1;
    // Groups are of eight values; a length may have 31 bits, so no shift of signed integers.
    const length = Math.min((head >>> 1) * (isPacked ? 8 : 1), out.length - at);
    if (isPacked) {
      unpack(reader, (head >>> 1) * width, width, out, at, length);
    } else {
      let value = 0;
      for (let i = 0; i < runBytes; i++) value |= reader.byte() << (8 * i);
      out.fill(value, at, at + length);
    }
    at += length;
  }
}

/** Writers may leave off the end of the last group, so that only the bytes of wanted values are asked for. */
function unpack(
  reader: ByteReader,
  groupBytes: number,
  width: number,
  out: Int32Array | Uint8Array,
  from: number,
  length: number,
): void {
  const { bytes, at } = reader;
  const needed = Math.ceil((length * width) / 8);
  if (needed > reader.left) throw new EndOfBytes('it ends too early');
  unpackBits(bytes, at, width, out, from, length);
  reader.at += Math.min(groupBytes, reader.left);
}

/** `length` values of `width` bits each from byte `at` on, lowest bit first. The bytes must be there. */
export function unpackBits(
  bytes: Uint8Array,
  at: number,
  width: number,
  out: Int32Array | Uint8Array,
  from: number,
  length: number,
): void {
  const end = from + length;
  if (width === 1) {
    for (let i = from, bit = 0; i < end; i++, bit++)
      out[i] = ((bytes[at + (bit >>> 3)] ?? 0) >>> (bit & 7)) & 1;
    return;
  }
  if (width === 8) {
    for (let i = from; i < end; i++) out[i] = bytes[at++] ?? 0;
    return;
  }
  if (width > 24) {
    unpackWide(bytes, at, width, out, from, length);
    return;
  }
  const mask = (1 << width) - 1;
  let buffer = 0;
  let bits = 0;
  for (let i = from; i < end; i++) {
    while (bits < width) {
      buffer |= (bytes[at++] ?? 0) << bits;
      bits += 8;
    }
    out[i] = buffer & mask;
    buffer >>>= width;
    bits -= width;
  }
}

function unpackWide(
  bytes: Uint8Array,
  at: number,
  width: number,
  out: Int32Array | Uint8Array,
  from: number,
  length: number,
): void {
  const mask = width === 32 ? -1 : (1 << width) - 1;
  for (let i = 0, bit = 0; i < length; i++, bit += width) {
    out[from + i] = bits32(bytes, at + Math.floor(bit / 8), bit % 8) & mask;
  }
}

/** 32 bits from bit `shift` of byte `at` on. */
export function bits32(bytes: Uint8Array, at: number, shift: number): number {
  const low =
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24);
  return shift === 0 ? low : (low >>> shift) | ((bytes[at + 4] ?? 0) << (32 - shift));
}
