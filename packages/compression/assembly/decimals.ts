/*
 * Decimals as integers, after ALP (Afroozeh, Kuffo and Boncz, "ALP: Adaptive Lossless floating-Point Compression",
 * 2023): a number with few decimals is an integer divided by a power of ten. The paper multiplies by inverse powers,
 * which needs two exponents to hit the same number again; one division by an exact power is rounded correctly, so it
 * always gives the double that the decimal reads as, and one exponent is enough.
 *
 * Adding 1.5 x 2^52 rounds a double below 2^51 to an integer, which then is the lower part of its bits; no conversion
 * is needed, and it is the same in vectors.
 */

const MAGIC: f64 = 6755399441055744.0;
const MAGIC_BITS: i64 = 0x4338000000000000;
const LIMIT64: f64 = 2251799813685248.0;
const LIMIT32: f64 = 2147483647.0;

/**
 * Writes `n` doubles as integers: times `scale`, or divided by it when `divide`. One that does not come back bit for
 * bit is an exception: its position is written to `exceptions`, and the integer before it in its place.
 * @returns how many exceptions there are
 */
export function toDecimals64(
  from: usize,
  n: i32,
  scale: f64,
  divide: bool,
  to: usize,
  exceptions: usize,
): i32 {
  const scales = f64x2.splat(scale);
  const magic = f64x2.splat(MAGIC);
  const magicBits = i64x2.splat(MAGIC_BITS);
  const limit = f64x2.splat(LIMIT64);
  let count = 0;
  for (let i = 0; i < n; i += 2) {
    const v = v128.load(from + ((<usize>i) << 3));
    const x = divide ? f64x2.div(v, scales) : f64x2.mul(v, scales);
    const y = f64x2.add(x, magic);
    const r = f64x2.sub(y, magic);
    const back = divide ? f64x2.mul(r, scales) : f64x2.div(r, scales);
    const same = v128.and(i64x2.eq(back, v), f64x2.lt(f64x2.abs(x), limit));
    const at = to + ((<usize>i) << 3);
    v128.store(at, i64x2.sub(y, magicBits));
    if (!i64x2.all_true(same)) {
      if (i64x2.extract_lane(same, 0) == 0) {
        store<u64>(at, i == 0 ? 0 : load<u64>(at - 8));
        store<u32>(exceptions, i);
        exceptions += 4;
        count++;
      }
      if (i64x2.extract_lane(same, 1) == 0 && i + 1 < n) {
        store<u64>(at + 8, load<u64>(at));
        store<u32>(exceptions, i + 1);
        exceptions += 4;
        count++;
      }
    }
  }
  return count;
}

/** The same for numbers of 32 bits, in double precision: the integers are words. */
export function toDecimals32(
  from: usize,
  n: i32,
  scale: f64,
  divide: bool,
  to: usize,
  exceptions: usize,
): i32 {
  const scales = f64x2.splat(scale);
  const magic = f64x2.splat(MAGIC);
  const limit = f64x2.splat(LIMIT32);
  let count = 0;
  for (let i = 0; i < n; i += 2) {
    const v = v128.load64_zero(from + ((<usize>i) << 2));
    const wide = f64x2.promote_low_f32x4(v);
    const x = divide ? f64x2.div(wide, scales) : f64x2.mul(wide, scales);
    const y = f64x2.add(x, magic);
    const r = f64x2.sub(y, magic);
    const back = f32x4.demote_f64x2_zero(divide ? f64x2.mul(r, scales) : f64x2.div(r, scales));
    const inside = f64x2.lt(f64x2.abs(x), limit);
    const same = v128.and(i32x4.eq(back, v), i32x4.shuffle(inside, inside, 0, 2, 1, 3));
    const at = to + ((<usize>i) << 2);
    v128.store64_lane(at, i32x4.shuffle(y, y, 0, 2, 0, 2), 0);
    if (i64x2.extract_lane(same, 0) != -1) {
      if (i32x4.extract_lane(same, 0) == 0) {
        store<u32>(at, i == 0 ? 0 : load<u32>(at - 4));
        store<u32>(exceptions, i);
        exceptions += 4;
        count++;
      }
      if (i32x4.extract_lane(same, 1) == 0 && i + 1 < n) {
        store<u32>(at + 4, load<u32>(at));
        store<u32>(exceptions, i + 1);
        exceptions += 4;
        count++;
      }
    }
  }
  return count;
}

/** In place: integers become the doubles they stand for. */
export function fromDecimals64(at: usize, n: i32, scale: f64, divide: bool): void {
  const scales = f64x2.splat(scale);
  const magic = f64x2.splat(MAGIC);
  const magicBits = i64x2.splat(MAGIC_BITS);
  for (let i = 0; i < n; i += 2) {
    const r = f64x2.sub(i64x2.add(v128.load(at), magicBits), magic);
    v128.store(at, divide ? f64x2.mul(r, scales) : f64x2.div(r, scales));
    at += 16;
  }
}

export function fromDecimals32(at: usize, n: i32, scale: f64, divide: bool): void {
  const scales = f64x2.splat(scale);
  for (let i = 0; i < n; i += 2) {
    const r = f64x2.convert_low_i32x4_s(v128.load64_zero(at));
    const v = f32x4.demote_f64x2_zero(divide ? f64x2.mul(r, scales) : f64x2.div(r, scales));
    v128.store64_lane(at, v, 0);
    at += 8;
  }
}
