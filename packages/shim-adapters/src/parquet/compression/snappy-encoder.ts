/**
 * Compression in the Snappy format (https://github.com/google/snappy/blob/main/format_description.txt): the input in
 * blocks of 64 KB, in each of which text that came before is found by a hash of its next four bytes. Where nothing is
 * found the search takes larger and larger steps.
 */

const BLOCK = 65_536;
const HASH_BITS = 14;
/** Bytes at the end of a block that are not searched, so that words may be read without a look at the end. */
const MARGIN = 15;
const WORD = 4;

/** `bytes` in the Snappy format. */
export function compressSnappy(bytes: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafeSlow(32 + bytes.length + Math.ceil(bytes.length / 6));
  let at = 0;
  let left = bytes.length;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) out[at++] = (left % 0x80) | 0x80;
  out[at++] = left;
  const coder = new BlockCoder(bytes, out, at);
  for (let start = 0; start < bytes.length; start += BLOCK) {
    coder.add(start, Math.min(bytes.length, start + BLOCK));
  }
  return out.subarray(0, coder.written);
}

class BlockCoder {
  readonly #input: DataView;
  readonly #bytes: Uint8Array;
  readonly #out: Buffer;
  readonly #outView: DataView;
  readonly #table = new Uint16Array(1 << HASH_BITS);
  #at: number;

  constructor(bytes: Uint8Array, out: Buffer, at: number) {
    this.#bytes = bytes;
    this.#input = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#out = out;
    this.#outView = new DataView(out.buffer, out.byteOffset, out.byteLength);
    this.#at = at;
  }

  get written(): number {
    return this.#at;
  }

  add(start: number, end: number): void {
    const input = this.#input;
    const table = this.#table.fill(0);
    const limit = end - MARGIN;
    let emitted = start;
    let at = start + 1;
    let steps = 32;
    while (at < limit) {
      const word = input.getInt32(at, true);
      const slot = hash(word);
      let candidate = start + (table[slot] ?? 0);
      table[slot] = at - start;
      if (input.getInt32(candidate, true) !== word) {
        at += steps >>> 5;
        steps += 1;
        continue;
      }
      if (at > emitted) this.#literal(emitted, at);
      do {
        const length = WORD + this.#alike(candidate + WORD, at + WORD, end);
        this.#copy(at - candidate, length);
        at += length;
        if (at >= limit) break;
        table[hash(input.getInt32(at - 1, true))] = at - 1 - start;
        const next = hash(input.getInt32(at, true));
        candidate = start + (table[next] ?? 0);
        table[next] = at - start;
      } while (input.getInt32(candidate, true) === input.getInt32(at, true));
      emitted = at;
      at += 1;
      steps = 32;
    }
    if (emitted < end) this.#literal(emitted, end);
  }

  /** How many bytes from `left` and from `right` on are the same. */
  #alike(left: number, right: number, end: number): number {
    const input = this.#input;
    const bytes = this.#bytes;
    let at = right;
    let from = left;
    while (at + WORD <= end && input.getInt32(from, true) === input.getInt32(at, true)) {
      at += WORD;
      from += WORD;
    }
    while (at < end && bytes[from] === bytes[at]) {
      at += 1;
      from += 1;
    }
    return at - right;
  }

  #literal(from: number, to: number): void {
    const out = this.#out;
    const length = to - from - 1;
    if (length < 60) out[this.#at++] = length << 2;
    else if (length < 256) {
      out[this.#at++] = 60 << 2;
      out[this.#at++] = length;
    } else {
      out[this.#at++] = 61 << 2;
      out[this.#at++] = length & 0xff;
      out[this.#at++] = length >>> 8;
    }
    // Whole words may reach beyond; what they bring too much is written over by what follows.
    if (length < 32 && to + WORD <= this.#bytes.length && this.#at + length + WORD < out.length) {
      for (let i = from, j = this.#at; i < to; i += WORD, j += WORD) {
        this.#outView.setInt32(j, this.#input.getInt32(i, true), true);
      }
    } else out.set(this.#bytes.subarray(from, to), this.#at);
    this.#at += to - from;
  }

  #copy(offset: number, length: number): void {
    let left = length;
    // A rest of less than four bytes could not be copied.
    for (; left >= 68; left -= 64) this.#farCopy(offset, 64);
    if (left > 64) {
      this.#farCopy(offset, 60);
      left -= 60;
    }
    if (left >= 12 || offset >= 2048) this.#farCopy(offset, left);
    else {
      this.#out[this.#at++] = 1 | ((left - 4) << 2) | ((offset >>> 8) << 5);
      this.#out[this.#at++] = offset & 0xff;
    }
  }

  #farCopy(offset: number, length: number): void {
    this.#out[this.#at++] = 2 | ((length - 1) << 2);
    this.#out[this.#at++] = offset & 0xff;
    this.#out[this.#at++] = offset >>> 8;
  }
}

function hash(word: number): number {
  return Math.imul(word, 0x1e35_a7bd) >>> (32 - HASH_BITS);
}
