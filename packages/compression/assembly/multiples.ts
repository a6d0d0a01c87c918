/* Words that are multiples of one number, counted from a base, and doubles that are no more than floats. */
import { DIVISOR, ORIGIN } from '../src/columnar/kernels/layout';

/** Distances from the origin, divided by the divisor; returns whether all of them can be without a rest. */
export function divide32(from: usize, n: i32, to: usize): i32 {
  const origin = load<i32>(ORIGIN);
  const divisor = load<i32>(DIVISOR);
  for (let i = 0; i < n; i++) {
    const distance: i32 = load<i32>(from + ((<usize>i) << 2)) - origin;
    const quotient: i32 = distance / divisor;
    if (quotient * divisor != distance) return 0;
    store<i32>(to + ((<usize>i) << 2), quotient);
  }
  return 1;
}

export function divide64(from: usize, n: i32, to: usize): i32 {
  const origin = load<i64>(ORIGIN);
  const divisor = load<i64>(DIVISOR);
  for (let i = 0; i < n; i++) {
    const distance: i64 = load<i64>(from + ((<usize>i) << 3)) - origin;
    const quotient: i64 = distance / divisor;
    if (quotient * divisor != distance) return 0;
    store<i64>(to + ((<usize>i) << 3), quotient);
  }
  return 1;
}

/** In place, the other way round. */
export function multiply32(at: usize, n: i32): void {
  const origins = v128.load32_splat(ORIGIN);
  const divisors = v128.load32_splat(DIVISOR);
  for (let i = 0; i < n; i += 4) {
    v128.store(at, i32x4.add(i32x4.mul(v128.load(at), divisors), origins));
    at += 16;
  }
}

export function multiply64(at: usize, n: i32): void {
  const origins = v128.load64_splat(ORIGIN);
  const divisors = v128.load64_splat(DIVISOR);
  for (let i = 0; i < n; i += 2) {
    v128.store(at, i64x2.add(i64x2.mul(v128.load(at), divisors), origins));
    at += 16;
  }
}

/** Doubles as floats; returns whether all of them are the same numbers, bit for bit. */
export function demote(from: usize, n: i32, to: usize): i32 {
  for (let i = 0; i < n; i += 2) {
    const v = v128.load(from + ((<usize>i) << 3));
    const single = f32x4.demote_f64x2_zero(v);
    v128.store64_lane(to + ((<usize>i) << 2), single, 0);
    // Of a NaN not even its own bits are equal: none is taken, for its payload might get lost.
    const same = v128.and(i64x2.eq(f64x2.promote_low_f32x4(single), v), f64x2.eq(v, v));
    if (i64x2.extract_lane(same, 0) == 0 || (i + 1 < n && i64x2.extract_lane(same, 1) == 0)) return 0;
  }
  return 1;
}

/** Floats as doubles, from the last to the first: they may begin at the same place. */
export function promote(from: usize, n: i32, to: usize): void {
  for (let i = (n - 1) & ~1; i >= 0; i -= 2) {
    v128.store(to + ((<usize>i) << 3), f64x2.promote_low_f32x4(v128.load64_zero(from + ((<usize>i) << 2))));
  }
}
