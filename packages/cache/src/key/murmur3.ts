/*
 * MurmurHash3 for 128 bits in its variant for 32-bit machines (x86_128), by Austin Appleby, public domain:
 * github.com/aappleby/smhasher. Chosen because it needs nothing but 32-bit multiplications and rotations, which
 * JavaScript does at full speed through Math.imul; the 64-bit variants would need BigInt. It is no cryptographic
 * hash: whoever chooses the input can construct collisions. Bytes are read as little-endian words on every machine.
 */

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;
const BLOCK = 16;
/** Up to this many bytes, reading byte by byte is quicker than building a DataView. */
const SHORT = 512;

/** A running MurmurHash3 x86_128: feed any number of chunks, the digest depends only on their concatenation. */
export class Murmur3 {
  #h1: number;
  #h2: number;
  #h3: number;
  #h4: number;
  #length = 0;
  /** The bytes that do not fill a block yet. */
  readonly #rest: Uint8Array = new Uint8Array(BLOCK);
  #resting = 0;

  constructor(seed = 0) {
    this.#h1 = this.#h2 = this.#h3 = this.#h4 = seed | 0;
  }

  /** Back to the start, so that one instance serves many short inputs. */
  reset(seed = 0): void {
    this.#h1 = this.#h2 = this.#h3 = this.#h4 = seed | 0;
    this.#length = 0;
    this.#resting = 0;
  }

  update(bytes: Uint8Array, from = 0, to: number = bytes.length): void {
    let at = from;
    this.#length += to - from;
    if (this.#resting > 0) {
      at = this.#keep(bytes, at, to);
      if (this.#resting < BLOCK) return;
      this.#mixShort(this.#rest, 0, BLOCK);
      this.#resting = 0;
    }
    const end = to - ((to - at) % BLOCK);
    if (end - at > SHORT) this.#mixLong(bytes, at, end);
    else if (end > at) this.#mixShort(bytes, at, end);
    this.#keep(bytes, end, to);
  }

  /** Writes the 16 bytes of the digest. The state is not usable afterwards, except by `reset`. */
  digest(into: Uint8Array, at: number): void {
    this.#mixRest();
    // The reference takes the length as an int: longer inputs count modulo 2^32.
    const length = this.#length | 0;
    let h1 = this.#h1 ^ length;
    let h2 = this.#h2 ^ length;
    let h3 = this.#h3 ^ length;
    let h4 = this.#h4 ^ length;
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = (h2 + h1) | 0;
    h3 = (h3 + h1) | 0;
    h4 = (h4 + h1) | 0;
    h1 = avalanche(h1);
    h2 = avalanche(h2);
    h3 = avalanche(h3);
    h4 = avalanche(h4);
    h1 = (h1 + h2 + h3 + h4) | 0;
    writeWord(into, at, h1);
    writeWord(into, at + 4, h2 + h1);
    writeWord(into, at + 8, h3 + h1);
    writeWord(into, at + 12, h4 + h1);
  }

  /** Copies up to a block of `bytes` behind the rest; returns where it stopped. */
  #keep(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && this.#resting < BLOCK) {
      this.#rest[this.#resting++] = bytes[at++] ?? 0;
    }
    return at;
  }

  #mixLong(bytes: Uint8Array, from: number, to: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset + from, to - from);
    let h1 = this.#h1;
    let h2 = this.#h2;
    let h3 = this.#h3;
    let h4 = this.#h4;
    for (let at = 0; at < to - from; at += BLOCK) {
      h1 ^= word1(view.getInt32(at, true));
      h1 = (((h1 << 19) | (h1 >>> 13)) + h2) | 0;
      h1 = (Math.imul(h1, 5) + 0x561ccd1b) | 0;
      h2 ^= word2(view.getInt32(at + 4, true));
      h2 = (((h2 << 17) | (h2 >>> 15)) + h3) | 0;
      h2 = (Math.imul(h2, 5) + 0x0bcaa747) | 0;
      h3 ^= word3(view.getInt32(at + 8, true));
      h3 = (((h3 << 15) | (h3 >>> 17)) + h4) | 0;
      h3 = (Math.imul(h3, 5) + 0x96cd1c35) | 0;
      h4 ^= word4(view.getInt32(at + 12, true));
      h4 = (((h4 << 13) | (h4 >>> 19)) + h1) | 0;
      h4 = (Math.imul(h4, 5) + 0x32ac3b17) | 0;
    }
    this.#h1 = h1;
    this.#h2 = h2;
    this.#h3 = h3;
    this.#h4 = h4;
  }

  /** The same without a DataView, whose construction costs more than it saves below a few hundred bytes. */
  #mixShort(bytes: Uint8Array, from: number, to: number): void {
    let h1 = this.#h1;
    let h2 = this.#h2;
    let h3 = this.#h3;
    let h4 = this.#h4;
    for (let at = from; at < to; at += BLOCK) {
      h1 ^= word1(readWord(bytes, at));
      h1 = (((h1 << 19) | (h1 >>> 13)) + h2) | 0;
      h1 = (Math.imul(h1, 5) + 0x561ccd1b) | 0;
      h2 ^= word2(readWord(bytes, at + 4));
      h2 = (((h2 << 17) | (h2 >>> 15)) + h3) | 0;
      h2 = (Math.imul(h2, 5) + 0x0bcaa747) | 0;
      h3 ^= word3(readWord(bytes, at + 8));
      h3 = (((h3 << 15) | (h3 >>> 17)) + h4) | 0;
      h3 = (Math.imul(h3, 5) + 0x96cd1c35) | 0;
      h4 ^= word4(readWord(bytes, at + 12));
      h4 = (((h4 << 13) | (h4 >>> 19)) + h1) | 0;
      h4 = (Math.imul(h4, 5) + 0x32ac3b17) | 0;
    }
    this.#h1 = h1;
    this.#h2 = h2;
    this.#h3 = h3;
    this.#h4 = h4;
  }

  #mixRest(): void {
    const rest = this.#rest.fill(0, this.#resting);
    // A word of zeros mixes to zero, so the words that the rest does not reach change nothing.
    this.#h4 ^= word4(readWord(rest, 12));
    this.#h3 ^= word3(readWord(rest, 8));
    this.#h2 ^= word2(readWord(rest, 4));
    this.#h1 ^= word1(readWord(rest, 0));
  }
}

function word1(k: number): number {
  const m = Math.imul(k, C1);
  return Math.imul((m << 15) | (m >>> 17), C2);
}

function word2(k: number): number {
  const m = Math.imul(k, C2);
  return Math.imul((m << 16) | (m >>> 16), C3);
}

function word3(k: number): number {
  const m = Math.imul(k, C3);
  return Math.imul((m << 17) | (m >>> 15), C4);
}

function word4(k: number): number {
  const m = Math.imul(k, C4);
  return Math.imul((m << 18) | (m >>> 14), C1);
}

function avalanche(h: number): number {
  let x = h ^ (h >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}

function readWord(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
}
