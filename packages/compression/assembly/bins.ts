/*
 * Numbers as bins and offsets, after Pcodec (Loncaric, Jeppesen and Zinberg, "Pcodec: Better Compression for Numerical
 * Sequences", 2025): a bin is a range that has a lower bound and a number of bits, and a number is its bin, which is
 * entropy-coded, and its distance from the lower bound, which is not. The host makes the bins from the counts of
 * buckets. Buckets lie on both sides of an origin; the nearest 16 numbers have one each, those farther away share eight
 * to an octave.
 */
import { BIN_OF, COUNTERS, LOWERS, ORIGIN, SIDE, SYMBOLS, WIDTHS } from '../src/columnar/kernels/layout';

/** A class, for only its functions can be made to be inlined in what other tools read as TypeScript. */
class Bucket {
  /** Which bucket a word is in: by its distance from the origin, which is below 512 if `exact`. */
  @inline
  static of32(value: u32, exact: bool): usize {
    const distance = value - load<u32>(ORIGIN);
    if (exact) return distance;
    const side = <u32>((<i32>distance) >> 31);
    const magnitude = distance ^ side;
    const octave: u32 = magnitude < 16 ? 0 : 28 - clz<u32>(magnitude);
    const index = (octave << 3) + (magnitude >> octave);
    return (index ^ side) + SIDE;
  }

  @inline
  static of64(value: u64, exact: bool): usize {
    const distance = value - load<u64>(ORIGIN);
    if (exact) return <usize>distance;
    const side = <u64>((<i64>distance) >> 63);
    const magnitude = distance ^ side;
    const octave: u64 = magnitude < 16 ? 0 : 60 - clz<u64>(magnitude);
    const index = (octave << 3) + (magnitude >> octave);
    return <usize>(index ^ side) + SIDE;
  }
}

/** Counts how many words are in each bucket. */
export function count32(from: usize, n: i32, exact: bool): void {
  memory.fill(COUNTERS, 0, SIDE << 3);
  for (let i = 0; i < n; i++) {
    const at = COUNTERS + (Bucket.of32(load<u32>(from + ((<usize>i) << 2)), exact) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

export function count64(from: usize, n: i32, exact: bool): void {
  memory.fill(COUNTERS, 0, SIDE << 3);
  for (let i = 0; i < n; i++) {
    const at = COUNTERS + (Bucket.of64(load<u64>(from + ((<usize>i) << 3)), exact) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** Writes the bin of each word. */
export function classify32(from: usize, n: i32, exact: bool): void {
  for (let i = 0; i < n; i++) {
    store<u8>(SYMBOLS + i, load<u8>(BIN_OF + Bucket.of32(load<u32>(from + ((<usize>i) << 2)), exact)));
  }
}

export function classify64(from: usize, n: i32, exact: bool): void {
  for (let i = 0; i < n; i++) {
    store<u8>(SYMBOLS + i, load<u8>(BIN_OF + Bucket.of64(load<u64>(from + ((<usize>i) << 3)), exact)));
  }
}

/** Writes the offset of each word in its bin as a stream of bits; returns where it ends. */
export function writeOffsets32(from: usize, n: i32, to: usize): usize {
  let bits: u64 = 0;
  let filled: u64 = 0;
  for (let i = 0; i < n; i++) {
    const symbol = <usize>load<u8>(SYMBOLS + i);
    const offset = load<u32>(from + ((<usize>i) << 2)) - load<u32>(LOWERS + (symbol << 3));
    bits |= (<u64>offset) << filled;
    filled += load<u8>(WIDTHS + symbol);
    // Up to 31 bits stay, so that 32 more find room.
    if (filled >= 32) {
      store<u32>(to, <u32>bits);
      to += 4;
      bits >>= 32;
      filled -= 32;
    }
  }
  store<u32>(to, <u32>bits);
  return to + <usize>((filled + 7) >> 3);
}

export function writeOffsets64(from: usize, n: i32, to: usize): usize {
  let bits: u64 = 0;
  let filled: u64 = 0;
  for (let i = 0; i < n; i++) {
    const symbol = <usize>load<u8>(SYMBOLS + i);
    const offset = load<u64>(from + ((<usize>i) << 3)) - load<u64>(LOWERS + (symbol << 3));
    const width = <u64>load<u8>(WIDTHS + symbol);
    bits |= offset << filled;
    const over = filled + width;
    if (over >= 64) {
      store<u64>(to, bits);
      to += 8;
      filled = over - 64;
      // What did not fit: all of it but the bits that were free.
      bits = filled == 0 ? 0 : offset >> (width - filled);
    } else filled = over;
  }
  store<u64>(to, bits);
  return to + <usize>((filled + 7) >> 3);
}

/** Reads words as their bins and offsets say; returns where the offsets end, or 0 when that is beyond `end`. */
export function readOffsets32(from: usize, end: usize, n: i32, to: usize): usize {
  let at: usize = 0;
  const room = (end - from) << 3;
  for (let i = 0; i < n; i++) {
    const symbol = <usize>load<u8>(SYMBOLS + i);
    const width = <usize>load<u8>(WIDTHS + symbol);
    const bits = load<u64>(from + (at >> 3)) >> (at & 7);
    const offset = <u32>(bits & (((<u64>1) << width) - 1));
    store<u32>(to + ((<usize>i) << 2), load<u32>(LOWERS + (symbol << 3)) + offset);
    at += width;
    if (at > room) return 0;
  }
  return from + ((at + 7) >> 3);
}

export function readOffsets64(from: usize, end: usize, n: i32, to: usize): usize {
  let at: usize = 0;
  const room = (end - from) << 3;
  for (let i = 0; i < n; i++) {
    const symbol = <usize>load<u8>(SYMBOLS + i);
    const width = <u64>load<u8>(WIDTHS + symbol);
    const skipped = <u64>(at & 7);
    const place = from + (at >> 3);
    let bits = load<u64>(place) >> skipped;
    if (width > 57 && skipped > 0) bits |= (<u64>load<u8>(place + 8)) << (64 - skipped);
    const mask = width == 64 ? <u64>-1 : ((<u64>1) << width) - 1;
    store<u64>(to + ((<usize>i) << 3), load<u64>(LOWERS + (symbol << 3)) + (bits & mask));
    at += <usize>width;
    if (at > room) return 0;
  }
  return from + ((at + 7) >> 3);
}

/** As `readOffsets` where no bin has offsets. */
export function readLowers32(n: i32, to: usize): void {
  for (let i = 0; i < n; i++) {
    store<u32>(to + ((<usize>i) << 2), load<u32>(LOWERS + ((<usize>load<u8>(SYMBOLS + i)) << 3)));
  }
}

export function readLowers64(n: i32, to: usize): void {
  for (let i = 0; i < n; i++) {
    store<u64>(to + ((<usize>i) << 3), load<u64>(LOWERS + ((<usize>load<u8>(SYMBOLS + i)) << 3)));
  }
}
