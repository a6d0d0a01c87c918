import {
  ACCUMULATORS,
  BLOCK,
  BUFFER,
  HISTORY,
  MEDIUM,
  MEMORY,
  RESULT,
  SCRATCH_ACCUMULATORS,
  SECRET,
  STRIPE,
} from './layout.js';
import { type Kernel } from './kernel.js';

/*
 * The kernel of assembly/xxh3.ts in JavaScript, for where WebAssembly is missing: `node --jitless`, a processor
 * without SIMD, an address space too small for its memory. 64-bit arithmetic is that of BigInt: some hundred times
 * slower, and without a compiler at work nothing else would be quicker. Names and steps are those of the
 * specification that the AssemblyScript file names.
 */

const PRIME32_1 = 0x9e3779b1n;
const PRIME32_2 = 0x85ebca77n;
const PRIME32_3 = 0xc2b2ae3dn;
const PRIME64_1 = 0x9e3779b185ebca87n;
const PRIME64_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME64_3 = 0x165667b19e3779f9n;
const PRIME64_4 = 0x85ebca77c2b2ae63n;
const PRIME64_5 = 0x27d4eb2f165667c5n;
const PRIME_MX1 = 0x165667919e3779f9n;
const PRIME_MX2 = 0x9fb21c651e98df25n;
const INITIAL = [
  PRIME32_3,
  PRIME64_1,
  PRIME64_2,
  PRIME64_3,
  PRIME64_4,
  PRIME32_2,
  PRIME64_5,
  PRIME32_1,
] as const;

const SECRET_LENGTH = 192;
const STRIPES = 16;
const LOWER_HALF = 0xffffffffn;
const WORD = 0xffffffffffffffffn;

export class Twin implements Kernel {
  readonly memory: { readonly buffer: ArrayBuffer } = { buffer: new ArrayBuffer(MEMORY) };
  readonly #view = new DataView(this.memory.buffer);
  readonly #bytes = new Uint8Array(this.memory.buffer);

  reset(): void {
    this.#start(ACCUMULATORS);
  }

  absorb(filled: number): number {
    const blocks = Math.floor((filled - 1) / BLOCK);
    const taken = blocks * BLOCK;
    this.#rounds(ACCUMULATORS, BUFFER, blocks);
    this.#bytes.copyWithin(HISTORY, HISTORY + taken, BUFFER + filled);
    return filled - taken;
  }

  finish(filled: number, total: number): void {
    if (total <= MEDIUM) this.hash(BUFFER, filled);
    else this.#large(ACCUMULATORS, BUFFER, filled, BigInt(total));
  }

  hash(at: number, length: number): void {
    if (length > MEDIUM) {
      this.#start(SCRATCH_ACCUMULATORS);
      this.#large(SCRATCH_ACCUMULATORS, at, length, BigInt(length));
    } else if (length > 128) this.#medium129(at, length);
    else if (length > 16) this.#medium17(at, length);
    else if (length > 8) this.#small9(at, length);
    else if (length >= 4) this.#small4(at, length);
    else if (length > 0) this.#small1(at, length);
    else this.#result(avalanche64(this.#keys(64)), avalanche64(this.#keys(80)));
  }

  #word(at: number): bigint {
    return this.#view.getBigUint64(at, true);
  }

  /** Two neighbouring words of the secret, combined. */
  #keys(at: number): bigint {
    return this.#word(SECRET + at) ^ this.#word(SECRET + at + 8);
  }

  #result(low: bigint, high: bigint): void {
    this.#view.setBigUint64(RESULT, high);
    this.#view.setBigUint64(RESULT + 8, low);
  }

  #small1(at: number, length: number): void {
    const view = this.#view;
    const bytes = [at + (length >> 1), at, -1, at + length - 1].map((from) =>
      from < 0 ? length : view.getUint8(from),
    );
    const combined = bytes.reduce((word, byte) => (word << 8) | byte, 0);
    const turned = bytes.reduceRight((word, byte) => (word << 8) | byte, 0);
    const rotated = (turned << 13) | (turned >>> 19);
    const key = (from: number): number =>
      view.getInt32(SECRET + from, true) ^ view.getInt32(SECRET + from + 4, true);
    this.#result(
      avalanche64(BigInt((key(0) ^ combined) >>> 0)),
      avalanche64(BigInt((key(8) ^ rotated) >>> 0)),
    );
  }

  #small4(at: number, length: number): void {
    const first = BigInt(this.#view.getUint32(at, true));
    const last = BigInt(this.#view.getUint32(at + length - 4, true));
    const product = (this.#keys(16) ^ first ^ (last << 32n)) * (PRIME64_1 + (BigInt(length) << 2n));
    let low = product & WORD;
    const high = ((product >> 64n) + (low << 1n)) & WORD;
    low ^= high >> 3n;
    low ^= low >> 35n;
    low = (low * PRIME_MX2) & WORD;
    this.#result(low ^ (low >> 28n), avalanche(high));
  }

  #small9(at: number, length: number): void {
    const last = this.#word(at + length - 8);
    const one = this.#keys(32) ^ this.#word(at) ^ last;
    const two = this.#keys(48) ^ last;
    const product = one * PRIME64_1;
    const high = ((product >> 64n) + two + (two & LOWER_HALF) * (PRIME32_2 - 1n)) & WORD;
    const low = ((product + (BigInt(length - 1) << 54n)) & WORD) ^ byteSwapped(high);
    const product2 = low * PRIME64_2;
    this.#result(avalanche(product2 & WORD), avalanche(((product2 >> 64n) + high * PRIME64_2) & WORD));
  }

  #mixStep(at: number, secret: number): bigint {
    const x = this.#word(at) ^ this.#word(secret);
    const y = this.#word(at + 8) ^ this.#word(secret + 8);
    const product = x * y;
    return (product & WORD) ^ (product >> 64n);
  }

  #sum(at: number): bigint {
    return (this.#word(at) + this.#word(at + 8)) & WORD;
  }

  #medium17(at: number, length: number): void {
    let sums: Pair = [(BigInt(length) * PRIME64_1) & WORD, 0n];
    for (let i = (length - 1) >> 5; i >= 0; i--) {
      sums = this.#mixTwo(sums, at + i * 16, at + length - i * 16 - 16, i * 32);
    }
    this.#mediumResult(sums, length);
  }

  #medium129(at: number, length: number): void {
    let sums: Pair = [(BigInt(length) * PRIME64_1) & WORD, 0n];
    for (let i = 0; i < 128; i += 32) sums = this.#mixTwo(sums, at + i, at + i + 16, i);
    sums = [avalanche(sums[0]), avalanche(sums[1])];
    for (let i = 128; i + 32 <= length; i += 32) sums = this.#mixTwo(sums, at + i, at + i + 16, i - 125);
    this.#mediumResult(this.#mixTwo(sums, at + length - 16, at + length - 32, 103), length);
  }

  #mixTwo([one, two]: Pair, at1: number, at2: number, secret: number): Pair {
    return [
      ((one + this.#mixStep(at1, SECRET + secret)) & WORD) ^ this.#sum(at2),
      ((two + this.#mixStep(at2, SECRET + secret + 16)) & WORD) ^ this.#sum(at1),
    ];
  }

  #mediumResult([one, two]: Pair, length: number): void {
    const high = (one * PRIME64_1 + two * PRIME64_4 + BigInt(length) * PRIME64_2) & WORD;
    this.#result(avalanche((one + two) & WORD), -avalanche(high) & WORD);
  }

  #start(accumulators: number): void {
    for (const [i, value] of INITIAL.entries()) this.#view.setBigUint64(accumulators + 8 * i, value, true);
  }

  #rounds(accumulators: number, from: number, blocks: number): void {
    for (let block = from; block < from + blocks * BLOCK; block += BLOCK) {
      for (let n = 0; n < STRIPES; n++) this.#accumulate(accumulators, block + n * STRIPE, SECRET + n * 8);
      for (let i = 0; i < STRIPE; i += 8) {
        const lane = this.#word(accumulators + i);
        const mixed = lane ^ (lane >> 47n) ^ this.#word(SECRET + SECRET_LENGTH - STRIPE + i);
        this.#view.setBigUint64(accumulators + i, mixed * PRIME32_1, true);
      }
    }
  }

  #accumulate(accumulators: number, stripe: number, secret: number): void {
    for (let i = 0; i < STRIPE; i += 8) {
      const value = this.#word(stripe + i) ^ this.#word(secret + i);
      const product = (value & LOWER_HALF) * (value >> 32n);
      const neighbour = this.#word(stripe + (i ^ 8));
      const lane = accumulators + i;
      this.#view.setBigUint64(lane, this.#word(lane) + neighbour + product, true);
    }
  }

  #large(accumulators: number, at: number, length: number, total: bigint): void {
    const blocks = Math.floor((length - 1) / BLOCK);
    this.#rounds(accumulators, at, blocks);
    const block = at + blocks * BLOCK;
    const stripes = Math.floor((at + length - block - 1) / STRIPE);
    for (let n = 0; n < stripes; n++) this.#accumulate(accumulators, block + n * STRIPE, SECRET + n * 8);
    this.#accumulate(accumulators, at + length - STRIPE, SECRET + SECRET_LENGTH - 71);
    const low = this.#finalMerge(accumulators, total * PRIME64_1, SECRET + 11);
    const high = this.#finalMerge(accumulators, ~(total * PRIME64_2), SECRET + SECRET_LENGTH - 75);
    this.#result(low, high);
  }

  #finalMerge(accumulators: number, initial: bigint, secret: number): bigint {
    let merged = initial;
    for (let i = 0; i < STRIPE; i += 16) merged += this.#mixStep(accumulators + i, secret + i);
    return avalanche(merged & WORD);
  }
}

type Pair = readonly [bigint, bigint];

function avalanche(word: bigint): bigint {
  let x = word ^ (word >> 37n);
  x = (x * PRIME_MX1) & WORD;
  return x ^ (x >> 32n);
}

function avalanche64(word: bigint): bigint {
  let x = word ^ (word >> 33n);
  x = (x * PRIME64_2) & WORD;
  x ^= x >> 29n;
  x = (x * PRIME64_3) & WORD;
  return x ^ (x >> 32n);
}

function byteSwapped(word: bigint): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, word);
  return view.getBigUint64(0, true);
}
