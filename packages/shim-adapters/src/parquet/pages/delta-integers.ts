import { EndOfBytes, type ByteReader } from '../thrift/byte-reader.js';
import { bits32, unpackBits } from './run-lengths.js';

/** How a sequence of differences is cut (DELTA_BINARY_PACKED of the Parquet encodings). */
interface Layout {
  readonly miniblocks: number;
  readonly perMiniblock: number;
}

function readLayout(reader: ByteReader, count: number): Layout {
  const blocks = reader.varint();
  const miniblocks = reader.varint();
  const total = reader.varint();
  const perMiniblock = blocks / miniblocks;
  if (!(perMiniblock > 0 && perMiniblock % 8 === 0))
    throw new RangeError('its blocks of differences are odd');
  if (total !== count) throw new RangeError('it stores another number of differences than of values');
  return { miniblocks, perMiniblock };
}

/**
 * Integers of 32 bits that are stored as differences to the one before; sums wrap.
 * @param count how many, known from elsewhere to be there
 */
export function readDeltas32(reader: ByteReader, count: number): Int32Array {
  const { miniblocks, perMiniblock } = readLayout(reader, count);
  let value = Number(BigInt.asIntN(32, reader.wideZigzag()));
  const out = new Int32Array(count);
  if (count > 0) out[0] = value;
  const residuals = new Int32Array(Math.min(perMiniblock, count));
  for (let at = 1; at < count;) {
    const least = Number(BigInt.asIntN(32, reader.wideZigzag()));
    const widths = reader.take(miniblocks);
    for (let mini = 0; mini < miniblocks && at < count; mini++) {
      const width = widths[mini] ?? 0;
      const taken = Math.min(perMiniblock, count - at);
      const bytes = miniblockBytes(reader, width, perMiniblock, taken);
      // Differences of 32-bit integers take 33 bits; the highest has no effect on a sum that wraps.
      if (width > 32) {
        for (let i = 0, bit = 0; i < taken; i++, bit += width) {
          residuals[i] = bits32(bytes, Math.floor(bit / 8), bit % 8);
        }
      } else if (width > 0) unpackBits(bytes, 0, width, residuals, 0, taken);
      else residuals.fill(0);
      for (let i = 0; i < taken; i++) {
        value = (value + least + (residuals[i] ?? 0)) | 0;
        out[at++] = value;
      }
    }
  }
  return out;
}

const TWO_32 = 2 ** 32;

/** The same for 64 bits, by halves: sums of big integers would take ten times as long. */
export function readDeltas64(reader: ByteReader, count: number): BigInt64Array {
  const { miniblocks, perMiniblock } = readLayout(reader, count);
  const first = reader.wideZigzag();
  const out = new BigInt64Array(count);
  if (count === 0) return out;
  out[0] = first;
  const halves = new Int32Array(out.buffer);
  let low = (halves[0] ?? 0) >>> 0;
  let high = halves[1] ?? 0;
  for (let at = 1; at < count;) {
    const least = BigInt.asUintN(64, reader.wideZigzag());
    const leastLow = Number(least & 0xffff_ffffn);
    const leastHigh = Number(least >> 32n) | 0;
    const widths = reader.take(miniblocks);
    for (let mini = 0; mini < miniblocks && at < count; mini++) {
      const width = widths[mini] ?? 0;
      if (width > 64) throw new RangeError('its differences have more than 64 bits');
      const taken = Math.min(perMiniblock, count - at);
      const bytes = miniblockBytes(reader, width, perMiniblock, taken);
      const lowMask = width >= 32 ? -1 : (1 << width) - 1;
      const highMask = width <= 32 ? 0 : width === 64 ? -1 : (1 << (width - 32)) - 1;
      for (let i = 0, bit = 0; i < taken; i++, bit += width) {
        const byte = Math.floor(bit / 8);
        const residual = width === 0 ? 0 : (bits32(bytes, byte, bit % 8) & lowMask) >>> 0;
        const sum = low + leastLow + residual;
        const residualHigh = highMask === 0 ? 0 : bits32(bytes, byte + 4, bit % 8) & highMask;
        high = (high + leastHigh + residualHigh + Math.floor(sum / TWO_32)) | 0;
        low = sum % TWO_32;
        halves[2 * at] = low;
        halves[2 * at + 1] = high;
        at += 1;
      }
    }
  }
  return out;
}

/** The bytes of one miniblock. The last one may be cut after its last value. */
function miniblockBytes(reader: ByteReader, width: number, values: number, taken: number): Uint8Array {
  const needed = Math.ceil((taken * width) / 8);
  if (needed > reader.left) throw new EndOfBytes('it ends too early');
  return reader.take(Math.min(reader.left, (values / 8) * width));
}
