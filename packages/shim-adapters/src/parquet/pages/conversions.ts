import type { ByteRuns } from '../../table/byte-runs.js';

/** Floats of 16 bits (IEEE 754 binary16) as floats of 32. */
export function halfFloats({ bytes, starts }: ByteRuns): Float32Array {
  return Float32Array.from(starts, (at) => {
    const bits = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    const sign = bits >>> 15 === 1 ? -1 : 1;
    const exponent = (bits >>> 10) & 0x1f;
    const fraction = (bits & 0x3ff) / 1024;
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
    return exponent === 0 ? sign * 2 ** -14 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction);
  });
}

const UUID_TEXT = 36;

/** UUIDs as their usual text. */
export function uuidTexts({ bytes, starts }: ByteRuns): ByteRuns {
  const text = Buffer.alloc(starts.length * UUID_TEXT);
  const ends = new Int32Array(starts.length);
  const textStarts = starts.map((from, i) => {
    const hex = Buffer.from(bytes.buffer, bytes.byteOffset + from, 16).toString('hex');
    const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
    text.write(parts.join('-'), i * UUID_TEXT, 'latin1');
    ends[i] = (i + 1) * UUID_TEXT;
    return i * UUID_TEXT;
  });
  return { bytes: text, starts: textStarts, ends };
}

const NANOSECONDS_A_DAY = 86_400_000_000_000n;
const JULIAN_DAY_OF_1970 = 2_440_588n;

/** Times of 96 bits (nanoseconds of the day, then a Julian day) as nanoseconds since 1970. */
export function nanoseconds(bytes: Uint8Array, count: number): BigInt64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return BigInt64Array.from({ length: count }, (_, i) => {
    const day = BigInt(view.getInt32(i * 12 + 8, true)) - JULIAN_DAY_OF_1970;
    return day * NANOSECONDS_A_DAY + view.getBigInt64(i * 12, true);
  });
}
