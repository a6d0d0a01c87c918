/*
 * Frame of reference and bit-packing (Lemire and Boytsov, "Decoding billions of integers per second through
 * vectorization", 2015; the frame of 1024 values is that of FastLanes). Each frame is a width in bits, its smallest
 * value, and the distances from it. A group of 128 distances lies in four columns of 32: value i is in column i mod 4,
 * so that a vector is shifted as a whole. What is left of a frame after its groups is a plain stream of bits.
 */
import { FRAME, GROUP, ORIGIN, SPARE } from '../src/columnar/kernels/layout';

const LOWS = SPARE;
const HIGHS = SPARE + FRAME * 4;

/** The bits that the distances of `n` words from the smallest of them take. The smallest becomes the origin. */
export function width32(from: usize, n: i32, unsigned: bool): i32 {
  const bias: u32 = unsigned ? 0x80000000 : 0;
  store<u32>(ORIGIN, smallest32(from, n, bias));
  return 32 - <i32>clz<u32>(spread32);
}

export function width64(from: usize, n: i32, unsigned: bool): i32 {
  const bias: u64 = unsigned ? 0x8000000000000000 : 0;
  store<u64>(ORIGIN, smallest64(from, n, bias));
  return 64 - <i32>clz<u64>(spread64);
}

/** Packs `n` words; returns where the packed bytes end. */
export function pack32(from: usize, n: i32, unsigned: bool, to: usize): usize {
  const bias: u32 = unsigned ? 0x80000000 : 0;
  while (n > 0) {
    const count = min<i32>(n, FRAME);
    const base = smallest32(from, count, bias);
    const width = 32 - <i32>clz<u32>(spread32);
    store<u8>(to, <u8>width);
    store<u32>(to + 1, base);
    to = packWords(from, count, width, base, to + 5);
    from += (<usize>count) << 2;
    n -= count;
  }
  return to;
}

/** Unpacks `n` words from what lies before `end`; returns where it ended, or 0 for bytes that `pack32` does not write. */
export function unpack32(from: usize, end: usize, n: i32, to: usize): usize {
  while (n > 0) {
    const count = min<i32>(n, FRAME);
    if (end < from + 5) return 0;
    const width = <i32>load<u8>(from);
    if (width > 32 || packedBytes(count, width) > end - from - 5) return 0;
    from = unpackWords(from + 5, count, width, load<u32>(from + 1), to);
    to += (<usize>count) << 2;
    n -= count;
  }
  return from;
}

export function pack64(from: usize, n: i32, unsigned: bool, to: usize): usize {
  const bias: u64 = unsigned ? 0x8000000000000000 : 0;
  while (n > 0) {
    const count = min<i32>(n, FRAME);
    const base = smallest64(from, count, bias);
    const width = 64 - <i32>clz<u64>(spread64);
    store<u8>(to, <u8>width);
    store<u64>(to + 1, base);
    to += 9;
    if (width > 0) {
      split(from, count, base);
      to = packWords(LOWS, count, min(width, 32), 0, to);
      if (width > 32) to = packWords(HIGHS, count, width - 32, 0, to);
    }
    from += (<usize>count) << 3;
    n -= count;
  }
  return to;
}

export function unpack64(from: usize, end: usize, n: i32, to: usize): usize {
  while (n > 0) {
    const count = min<i32>(n, FRAME);
    if (end < from + 9) return 0;
    const width = <i32>load<u8>(from);
    const low = min(width, 32);
    const high = width - low;
    if (width > 64 || packedBytes(count, low) + packedBytes(count, high) > end - from - 9) return 0;
    const base = load<u64>(from + 1);
    from = unpackWords(from + 9, count, low, 0, LOWS);
    if (high > 0) from = unpackWords(from, count, high, 0, HIGHS);
    join(to, count, base, high > 0);
    to += (<usize>count) << 3;
    n -= count;
  }
  return from;
}

let spread32: u32 = 0;
let spread64: u64 = 0;

/** The smallest word, and as `spread32` its distance to the largest. A bias of the sign bit orders unsigned words. */
function smallest32(from: usize, n: i32, bias: u32): u32 {
  const flip = i32x4.splat(bias);
  let low = i32x4.splat(i32.MAX_VALUE);
  let high = i32x4.splat(i32.MIN_VALUE);
  let i = 0;
  for (; i <= n - 4; i += 4) {
    const v = v128.xor(v128.load(from + ((<usize>i) << 2)), flip);
    low = i32x4.min_s(low, v);
    high = i32x4.max_s(high, v);
  }
  let least = min(
    min(i32x4.extract_lane(low, 0), i32x4.extract_lane(low, 1)),
    min(i32x4.extract_lane(low, 2), i32x4.extract_lane(low, 3)),
  );
  let most = max(
    max(i32x4.extract_lane(high, 0), i32x4.extract_lane(high, 1)),
    max(i32x4.extract_lane(high, 2), i32x4.extract_lane(high, 3)),
  );
  for (; i < n; i++) {
    const v = load<i32>(from + ((<usize>i) << 2)) ^ bias;
    least = min(least, v);
    most = max(most, v);
  }
  spread32 = <u32>most - <u32>least;
  return (<u32>least) ^ bias;
}

function smallest64(from: usize, n: i32, bias: u64): u64 {
  const flip = i64x2.splat(bias);
  let low = i64x2.splat(i64.MAX_VALUE);
  let high = i64x2.splat(i64.MIN_VALUE);
  let i = 0;
  for (; i <= n - 2; i += 2) {
    const v = v128.xor(v128.load(from + ((<usize>i) << 3)), flip);
    low = v128.bitselect(v, low, i64x2.gt_s(low, v));
    high = v128.bitselect(v, high, i64x2.gt_s(v, high));
  }
  let least = min(i64x2.extract_lane(low, 0), i64x2.extract_lane(low, 1));
  let most = max(i64x2.extract_lane(high, 0), i64x2.extract_lane(high, 1));
  if (i < n) {
    const v = load<i64>(from + ((<usize>i) << 3)) ^ bias;
    least = min(least, v);
    most = max(most, v);
  }
  spread64 = <u64>most - <u64>least;
  return (<u64>least) ^ bias;
}

/** The bytes that `count` distances of so many bits take. */
function packedBytes(count: i32, width: i32): usize {
  return (<usize>count * <usize>width + 7) >> 3;
}

function packWords(from: usize, count: i32, width: i32, base: u32, to: usize): usize {
  if (width == 0) return to;
  const bases = i32x4.splat(base);
  for (; count >= GROUP; count -= GROUP) {
    let filled = i32x4.splat(0);
    let shift = 0;
    for (let k = 0; k < 32; k++) {
      const v = i32x4.sub(v128.load(from), bases);
      from += 16;
      filled = v128.or(filled, i32x4.shl(v, shift));
      shift += width;
      if (shift >= 32) {
        v128.store(to, filled);
        to += 16;
        shift -= 32;
        filled = shift == 0 ? i32x4.splat(0) : i32x4.shr_u(v, width - shift);
      }
    }
  }
  let bits: u64 = 0;
  let filled = 0;
  for (; count > 0; count--) {
    // In a variable of its own, for in one expression it would be computed with 64 bits.
    const distance: u32 = load<u32>(from) - base;
    bits |= (<u64>distance) << filled;
    from += 4;
    filled += width;
    if (filled >= 32) {
      store<u32>(to, <u32>bits);
      to += 4;
      bits >>= 32;
      filled -= 32;
    }
  }
  for (; filled > 0; filled -= 8) {
    store<u8>(to++, <u8>bits);
    bits >>= 8;
  }
  return to;
}

function unpackWords(from: usize, count: i32, width: i32, base: u32, to: usize): usize {
  const bases = i32x4.splat(base);
  if (width == 0) {
    for (let i = 0; i < count; i += 4) v128.store(to + ((<usize>i) << 2), bases);
    return from;
  }
  const mask: u32 = width == 32 ? 0xffffffff : (1 << width) - 1;
  const masks = i32x4.splat(mask);
  for (; count >= GROUP; count -= GROUP) {
    let word = v128.load(from);
    let shift = 0;
    for (let k = 0; k < 32; k++) {
      let v = i32x4.shr_u(word, shift);
      shift += width;
      if (shift >= 32) {
        // One vector beyond the last is read, and not used.
        from += 16;
        word = v128.load(from);
        shift -= 32;
        if (shift > 0) v = v128.or(v, i32x4.shl(word, width - shift));
      }
      v128.store(to, i32x4.add(v128.and(v, masks), bases));
      to += 16;
    }
  }
  let at: usize = 0;
  for (; count > 0; count--) {
    store<u32>(to, ((<u32>(load<u64>(from + (at >> 3)) >> (at & 7))) & mask) + base);
    to += 4;
    at += width;
  }
  return from + ((at + 7) >> 3);
}

/** The lower and upper halves of the distances of double words from their base. */
function split(from: usize, count: i32, base: u64): void {
  const bases = i64x2.splat(base);
  for (let i = 0; i < count; i += 4) {
    // What lies beyond the last value is split as well, and not packed.
    const at = from + ((<usize>i) << 3);
    const a = i64x2.sub(v128.load(at), bases);
    const b = i64x2.sub(v128.load(at + 16), bases);
    v128.store(LOWS + ((<usize>i) << 2), i32x4.shuffle(a, b, 0, 2, 4, 6));
    v128.store(HIGHS + ((<usize>i) << 2), i32x4.shuffle(a, b, 1, 3, 5, 7));
  }
}

function join(to: usize, count: i32, base: u64, high: bool): void {
  const bases = i64x2.splat(base);
  for (let i = 0; i < count; i += 4) {
    const lows = v128.load(LOWS + ((<usize>i) << 2));
    const highs = high ? v128.load(HIGHS + ((<usize>i) << 2)) : i32x4.splat(0);
    const at = to + ((<usize>i) << 3);
    v128.store(at, i64x2.add(i32x4.shuffle(lows, highs, 0, 4, 1, 5), bases));
    v128.store(at + 16, i64x2.add(i32x4.shuffle(lows, highs, 2, 6, 3, 7), bases));
  }
}
