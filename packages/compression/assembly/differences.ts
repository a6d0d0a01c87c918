/*
 * Differences between neighbours and their sums, modulo 2^32 or 2^64. The word before the first is the seed: what the
 * first is compared with, and what the sums begin from.
 */

export function differences32(from: usize, n: i32, to: usize): void {
  let i = 0;
  for (; i <= n - 4; i += 4) {
    const at = from + ((<usize>i) << 2);
    v128.store(to + ((<usize>i) << 2), i32x4.sub(v128.load(at), v128.load(at - 4)));
  }
  for (; i < n; i++) {
    const at = from + ((<usize>i) << 2);
    store<u32>(to + ((<usize>i) << 2), load<u32>(at) - load<u32>(at - 4));
  }
}

export function differences64(from: usize, n: i32, to: usize): void {
  let i = 0;
  for (; i <= n - 2; i += 2) {
    const at = from + ((<usize>i) << 3);
    v128.store(to + ((<usize>i) << 3), i64x2.sub(v128.load(at), v128.load(at - 8)));
  }
  if (i < n) {
    const at = from + ((<usize>i) << 3);
    store<u64>(to + ((<usize>i) << 3), load<u64>(at) - load<u64>(at - 8));
  }
}

/** In place: each word becomes the sum of the seed before the first and of all up to it. */
export function sums32(at: usize, n: i32): void {
  const zero = i32x4.splat(0);
  let carry = v128.load32_splat(at - 4);
  let i = 0;
  for (; i <= n - 4; i += 4) {
    let v = v128.load(at);
    v = i32x4.add(v, i32x4.shuffle(zero, v, 0, 4, 5, 6));
    v = i32x4.add(v, i32x4.shuffle(zero, v, 0, 1, 4, 5));
    v = i32x4.add(v, carry);
    v128.store(at, v);
    carry = i32x4.shuffle(v, v, 3, 3, 3, 3);
    at += 16;
  }
  let sum = i32x4.extract_lane(carry, 0);
  for (; i < n; i++) {
    sum += load<i32>(at);
    store<i32>(at, sum);
    at += 4;
  }
}

export function sums64(at: usize, n: i32): void {
  let sum = load<u64>(at - 8);
  for (let i = 0; i < n; i++) {
    sum += load<u64>(at);
    store<u64>(at, sum);
    at += 8;
  }
}
