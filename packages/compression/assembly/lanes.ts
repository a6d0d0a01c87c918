/* Numbers of one and two bytes as words, and back. */

export function widen8(from: usize, n: i32, signed: bool, to: usize): void {
  for (let i = 0; i < n; i += 16) {
    const v = v128.load(from + i);
    const low = signed ? i16x8.extend_low_i8x16_s(v) : i16x8.extend_low_i8x16_u(v);
    const high = signed ? i16x8.extend_high_i8x16_s(v) : i16x8.extend_high_i8x16_u(v);
    const at = to + ((<usize>i) << 2);
    v128.store(at, signed ? i32x4.extend_low_i16x8_s(low) : i32x4.extend_low_i16x8_u(low));
    v128.store(at + 16, signed ? i32x4.extend_high_i16x8_s(low) : i32x4.extend_high_i16x8_u(low));
    v128.store(at + 32, signed ? i32x4.extend_low_i16x8_s(high) : i32x4.extend_low_i16x8_u(high));
    v128.store(at + 48, signed ? i32x4.extend_high_i16x8_s(high) : i32x4.extend_high_i16x8_u(high));
  }
}

export function widen16(from: usize, n: i32, signed: bool, to: usize): void {
  for (let i = 0; i < n; i += 8) {
    const v = v128.load(from + ((<usize>i) << 1));
    const at = to + ((<usize>i) << 2);
    v128.store(at, signed ? i32x4.extend_low_i16x8_s(v) : i32x4.extend_low_i16x8_u(v));
    v128.store(at + 16, signed ? i32x4.extend_high_i16x8_s(v) : i32x4.extend_high_i16x8_u(v));
  }
}

export function narrow8(from: usize, n: i32, to: usize): void {
  for (let i = 0; i < n; i += 16) {
    const at = from + ((<usize>i) << 2);
    const a = i8x16.shuffle(
      v128.load(at),
      v128.load(at + 16),
      0,
      4,
      8,
      12,
      16,
      20,
      24,
      28,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
    );
    const b = i8x16.shuffle(
      v128.load(at + 32),
      v128.load(at + 48),
      0,
      4,
      8,
      12,
      16,
      20,
      24,
      28,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
    );
    v128.store(to + i, i64x2.shuffle(a, b, 0, 2));
  }
}

export function narrow16(from: usize, n: i32, to: usize): void {
  for (let i = 0; i < n; i += 8) {
    const at = from + ((<usize>i) << 2);
    v128.store(
      to + ((<usize>i) << 1),
      i16x8.shuffle(v128.load(at), v128.load(at + 16), 0, 2, 4, 6, 8, 10, 12, 14),
    );
  }
}

/** In place: words of `width` bits with their highest bit, the sign of a float, made the lowest; or back. */
export function rotate32(at: usize, n: i32, width: i32, back: bool): void {
  const up = back ? width - 1 : 1;
  const down = width - up;
  const mask = i32x4.splat(width == 32 ? -1 : (1 << width) - 1);
  for (let i = 0; i < n; i += 4) {
    const v = v128.load(at);
    v128.store(at, v128.and(v128.or(i32x4.shl(v, up), i32x4.shr_u(v, down)), mask));
    at += 16;
  }
}

/** In place: signed words with their sign as the lowest bit, so that what is small in size has few bits; or back. */
export function zigzag32(at: usize, n: i32, back: bool): void {
  const one = i32x4.splat(1);
  for (let i = 0; i < n; i += 4) {
    const v = v128.load(at);
    const turned = back
      ? v128.xor(i32x4.shr_u(v, 1), i32x4.neg(v128.and(v, one)))
      : v128.xor(i32x4.shl(v, 1), i32x4.shr_s(v, 31));
    v128.store(at, turned);
    at += 16;
  }
}

export function zigzag64(at: usize, n: i32, back: bool): void {
  const one = i64x2.splat(1);
  for (let i = 0; i < n; i += 2) {
    const v = v128.load(at);
    const turned = back
      ? v128.xor(i64x2.shr_u(v, 1), i64x2.neg(v128.and(v, one)))
      : v128.xor(i64x2.shl(v, 1), i64x2.shr_s(v, 63));
    v128.store(at, turned);
    at += 16;
  }
}

export function rotate64(at: usize, n: i32, width: i32, back: bool): void {
  const up = back ? width - 1 : 1;
  const down = width - up;
  for (let i = 0; i < n; i += 2) {
    const v = v128.load(at);
    v128.store(at, v128.or(i64x2.shl(v, up), i64x2.shr_u(v, down)));
    at += 16;
  }
}
