/*
 * XXH3 with 128 bits, seed 0 and the default secret, after the specification of xxHash (Yann Collet),
 * github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md: names and steps are those of the text. AssemblyScript;
 * `pnpm --filter @perf/cache kernels` compiles it into src/key/xxh3/kernel.ts, src/key/xxh3/twin.ts is the same in
 * plain JavaScript.
 *
 * A lane of 64 bits is multiplied half by half. SIMD has that product only for the packed lower or upper halves of a
 * vector (extmul), so two vectors are sorted into one of lower and one of upper halves, which feed both products.
 */
import {
  ACCUMULATORS,
  BLOCK,
  BUFFER,
  HISTORY,
  MEDIUM,
  RESULT,
  SCRATCH_ACCUMULATORS,
  SECRET,
  STRIPE,
} from '../src/key/xxh3/layout';

const PRIME32_1: u64 = 0x9e3779b1;
const PRIME32_2: u64 = 0x85ebca77;
const PRIME32_3: u64 = 0xc2b2ae3d;
const PRIME64_1: u64 = 0x9e3779b185ebca87;
const PRIME64_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME64_3: u64 = 0x165667b19e3779f9;
const PRIME64_4: u64 = 0x85ebca77c2b2ae63;
const PRIME64_5: u64 = 0x27d4eb2f165667c5;
const PRIME_MX1: u64 = 0x165667919e3779f9;
const PRIME_MX2: u64 = 0x9fb21c651e98df25;

const SECRET_LENGTH: i32 = 192;
const STRIPES: i32 = 16;

/** Begins a stream. */
export function reset(): void {
  start(ACCUMULATORS);
}

/** Takes in all blocks of the buffer but the last, full or not; returns how many bytes are left in it. */
export function absorb(filled: i32): i32 {
  const blocks = (filled - 1) / BLOCK;
  const taken = blocks * BLOCK;
  rounds(ACCUMULATORS, BUFFER, blocks);
  memory.copy(HISTORY, HISTORY + taken, filled - taken + STRIPE);
  return filled - taken;
}

/** Writes the digest of a stream of `total` bytes, the last of which are in the buffer. */
export function finish(filled: i32, total: f64): void {
  if (total <= <f64>MEDIUM) hash(BUFFER, filled);
  else large(ACCUMULATORS, BUFFER, filled, <u64>total);
}

/** Writes the digest of what lies at `at`. */
export function hash(at: i32, length: i32): void {
  if (length > MEDIUM) {
    start(SCRATCH_ACCUMULATORS);
    large(SCRATCH_ACCUMULATORS, at, length, <u64>length);
  } else if (length > 128) medium(at, length);
  else if (length > 16) medium17(at, length);
  else if (length > 8) small9(at, length);
  else if (length >= 4) small4(at, length);
  else if (length > 0) small1(at, length);
  else
    result(
      avalanche64(word(SECRET + 64) ^ word(SECRET + 72)),
      avalanche64(word(SECRET + 80) ^ word(SECRET + 88)),
    );
}

function word(at: i32): u64 {
  return load<u64>(at);
}

function half(at: i32): u32 {
  return load<u32>(at);
}

function result(low: u64, high: u64): void {
  store<u64>(RESULT, bswap<u64>(high));
  store<u64>(RESULT + 8, bswap<u64>(low));
}

function avalanche(x: u64): u64 {
  x ^= x >> 37;
  x *= PRIME_MX1;
  return x ^ (x >> 32);
}

function avalanche64(x: u64): u64 {
  x ^= x >> 33;
  x *= PRIME64_2;
  x ^= x >> 29;
  x *= PRIME64_3;
  return x ^ (x >> 32);
}

function higherHalf(x: u64, y: u64): u64 {
  const xl = x & 0xffffffff;
  const xh = x >> 32;
  const yl = y & 0xffffffff;
  const yh = y >> 32;
  const middle = xh * yl + ((xl * yl) >> 32);
  return xh * yh + (middle >> 32) + ((xl * yh + (middle & 0xffffffff)) >> 32);
}

function folded(x: u64, y: u64): u64 {
  return (x * y) ^ higherHalf(x, y);
}

function small1(at: i32, length: i32): void {
  const combined =
    (<u32>load<u8>(at + length - 1)) |
    ((<u32>length) << 8) |
    ((<u32>load<u8>(at)) << 16) |
    ((<u32>load<u8>(at + (length >> 1))) << 24);
  const low = <u64>(half(SECRET) ^ half(SECRET + 4) ^ combined);
  const high = <u64>(half(SECRET + 8) ^ half(SECRET + 12) ^ rotl<u32>(bswap<u32>(combined), 13));
  result(avalanche64(low), avalanche64(high));
}

function small4(at: i32, length: i32): void {
  const combined = (<u64>half(at)) | ((<u64>half(at + length - 4)) << 32);
  const value = word(SECRET + 16) ^ word(SECRET + 24) ^ combined;
  const factor = PRIME64_1 + ((<u64>length) << 2);
  let low = value * factor;
  const high = higherHalf(value, factor) + (low << 1);
  low ^= high >> 3;
  low ^= low >> 35;
  low *= PRIME_MX2;
  result(low ^ (low >> 28), avalanche(high));
}

function small9(at: i32, length: i32): void {
  const last = word(at + length - 8);
  const one = word(SECRET + 32) ^ word(SECRET + 40) ^ word(at) ^ last;
  const two = word(SECRET + 48) ^ word(SECRET + 56) ^ last;
  let low = one * PRIME64_1 + ((<u64>length - 1) << 54);
  const high = higherHalf(one, PRIME64_1) + two + (two & 0xffffffff) * (PRIME32_2 - 1);
  low ^= bswap<u64>(high);
  result(avalanche(low * PRIME64_2), avalanche(higherHalf(low, PRIME64_2) + high * PRIME64_2));
}

function mixStep(at: i32, secret: i32): u64 {
  return folded(word(at) ^ word(secret), word(at + 8) ^ word(secret + 8));
}

function sum(at: i32): u64 {
  return word(at) + word(at + 8);
}

function medium17(at: i32, length: i32): void {
  let one = <u64>length * PRIME64_1;
  let two: u64 = 0;
  for (let i = (length - 1) >> 5; i >= 0; i--) {
    const front = at + i * 16;
    const back = at + length - i * 16 - 16;
    one = (one + mixStep(front, SECRET + i * 32)) ^ sum(back);
    two = (two + mixStep(back, SECRET + i * 32 + 16)) ^ sum(front);
  }
  mediumResult(one, two, length);
}

function medium(at: i32, length: i32): void {
  let one = <u64>length * PRIME64_1;
  let two: u64 = 0;
  for (let i: i32 = 0; i < 128; i += 32) {
    one = (one + mixStep(at + i, SECRET + i)) ^ sum(at + i + 16);
    two = (two + mixStep(at + i + 16, SECRET + i + 16)) ^ sum(at + i);
  }
  one = avalanche(one);
  two = avalanche(two);
  for (let i: i32 = 128; i + 32 <= length; i += 32) {
    one = (one + mixStep(at + i, SECRET + i - 125)) ^ sum(at + i + 16);
    two = (two + mixStep(at + i + 16, SECRET + i - 109)) ^ sum(at + i);
  }
  const last = at + length - 16;
  one = (one + mixStep(last, SECRET + 103)) ^ sum(last - 16);
  two = (two + mixStep(last - 16, SECRET + 119)) ^ sum(last);
  mediumResult(one, two, length);
}

function mediumResult(one: u64, two: u64, length: i32): void {
  const high = one * PRIME64_1 + two * PRIME64_4 + <u64>length * PRIME64_2;
  result(avalanche(one + two), 0 - avalanche(high));
}

function start(accumulators: i32): void {
  store<u64>(accumulators, PRIME32_3);
  store<u64>(accumulators + 8, PRIME64_1);
  store<u64>(accumulators + 16, PRIME64_2);
  store<u64>(accumulators + 24, PRIME64_3);
  store<u64>(accumulators + 32, PRIME64_4);
  store<u64>(accumulators + 40, PRIME32_2);
  store<u64>(accumulators + 48, PRIME64_5);
  store<u64>(accumulators + 56, PRIME32_1);
}

/** The sum that a lane leaves in its neighbour, whose product is added to it there. */
function swapped(stripe: v128): v128 {
  return v128.shuffle<u64>(stripe, stripe, 1, 0);
}

function scrambled(accumulator: v128, secret: i32): v128 {
  const mixed = v128.xor(v128.xor(accumulator, i64x2.shr_u(accumulator, 47)), v128.load(secret));
  return i64x2.mul(mixed, i64x2.splat(PRIME32_1));
}

function rounds(accumulators: i32, at: i32, blocks: i32): void {
  let a = v128.load(accumulators);
  let b = v128.load(accumulators, 16);
  let c = v128.load(accumulators, 32);
  let d = v128.load(accumulators, 48);
  for (; blocks > 0; blocks--) {
    for (let secret: i32 = SECRET; secret < SECRET + 8 * STRIPES; secret += 8) {
      const p = v128.load(at);
      const q = v128.load(at, 16);
      const r = v128.load(at, 32);
      const s = v128.load(at, 48);
      const pk = v128.xor(p, v128.load(secret));
      const qk = v128.xor(q, v128.load(secret, 16));
      const rk = v128.xor(r, v128.load(secret, 32));
      const sk = v128.xor(s, v128.load(secret, 48));
      const low1 = v128.shuffle<u32>(pk, qk, 0, 2, 4, 6);
      const high1 = v128.shuffle<u32>(pk, qk, 1, 3, 5, 7);
      const low2 = v128.shuffle<u32>(rk, sk, 0, 2, 4, 6);
      const high2 = v128.shuffle<u32>(rk, sk, 1, 3, 5, 7);
      a = i64x2.add(i64x2.add(a, swapped(p)), i64x2.extmul_low_i32x4_u(low1, high1));
      b = i64x2.add(i64x2.add(b, swapped(q)), i64x2.extmul_high_i32x4_u(low1, high1));
      c = i64x2.add(i64x2.add(c, swapped(r)), i64x2.extmul_low_i32x4_u(low2, high2));
      d = i64x2.add(i64x2.add(d, swapped(s)), i64x2.extmul_high_i32x4_u(low2, high2));
      at += STRIPE;
    }
    a = scrambled(a, SECRET + SECRET_LENGTH - 64);
    b = scrambled(b, SECRET + SECRET_LENGTH - 48);
    c = scrambled(c, SECRET + SECRET_LENGTH - 32);
    d = scrambled(d, SECRET + SECRET_LENGTH - 16);
  }
  v128.store(accumulators, a);
  v128.store(accumulators, b, 16);
  v128.store(accumulators, c, 32);
  v128.store(accumulators, d, 48);
}

function accumulate(accumulators: i32, at: i32, secret: i32): void {
  for (let i: i32 = 0; i < STRIPE; i += 16) {
    const stripe = v128.load(at + i);
    const keyed = v128.xor(stripe, v128.load(secret + i));
    const low = v128.shuffle<u32>(keyed, keyed, 0, 2, 0, 2);
    const high = v128.shuffle<u32>(keyed, keyed, 1, 3, 1, 3);
    const lane = i64x2.add(v128.load(accumulators + i), swapped(stripe));
    v128.store(accumulators + i, i64x2.add(lane, i64x2.extmul_low_i32x4_u(low, high)));
  }
}

function large(accumulators: i32, at: i32, length: i32, total: u64): void {
  const blocks = (length - 1) / BLOCK;
  rounds(accumulators, at, blocks);
  const block = at + blocks * BLOCK;
  const stripes = (at + length - block - 1) / STRIPE;
  for (let n: i32 = 0; n < stripes; n++) accumulate(accumulators, block + n * STRIPE, SECRET + n * 8);
  accumulate(accumulators, at + length - STRIPE, SECRET + SECRET_LENGTH - 71);
  const low = finalMerge(accumulators, total * PRIME64_1, SECRET + 11);
  const high = finalMerge(accumulators, ~(total * PRIME64_2), SECRET + SECRET_LENGTH - 75);
  result(low, high);
}

function finalMerge(accumulators: i32, initial: u64, secret: i32): u64 {
  let merged = initial;
  for (let i: i32 = 0; i < 64; i += 16) merged += mixStep(accumulators + i, secret + i);
  return avalanche(merged);
}
