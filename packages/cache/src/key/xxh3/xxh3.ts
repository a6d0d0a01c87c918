import { type Hasher, type HashStream } from '../hasher.js';
import { type Kernel } from './kernel.js';
import {
  ACCUMULATORS,
  BLOCK,
  BUFFER,
  CAPACITY,
  RESULT,
  SCRATCH,
  SCRATCH_CAPACITY,
  SECRET,
} from './layout.js';

/*
 * XXH3 with 128 bits (Yann Collet; the specification is named in assembly/xxh3.ts). The work is done by a kernel in
 * WebAssembly, which has the 64-bit and vector arithmetic that JavaScript lacks. The input is copied piece by piece
 * into the kernel's memory: that memory never grows, and the pieces stay in the processor's cache.
 *
 * A kernel holds the state of one stream at a time. Of another stream that is fed in between, the state is put aside
 * and brought back when its turn comes, so one kernel serves any number of them.
 */

const WIDTH = 16;
/** Up to this many bytes a loop copies quicker than `set` does. */
const FEW = 48;
const DEFAULT_SECRET =
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248e' +
  'e03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d' +
  '8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc' +
  '8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e';

/** Hashes through a kernel. */
export class Xxh3 implements Hasher {
  readonly width: number = WIDTH;
  readonly #kernel: Kernel;
  readonly #memory: Uint8Array;
  /** The stream whose state the kernel holds. */
  #active: Xxh3Stream | undefined;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#memory = new Uint8Array(kernel.memory.buffer);
    this.#memory.set(Buffer.from(DEFAULT_SECRET, 'hex'), SECRET);
  }

  hash(bytes: Uint8Array, from: number, to: number, into: Uint8Array, at: number): void {
    const length = to - from;
    if (length > SCRATCH_CAPACITY) {
      const stream = this.stream();
      stream.update(bytes, from, to);
      stream.digest(into, at);
      return;
    }
    this.#copy(bytes, from, to, SCRATCH);
    this.#kernel.hash(SCRATCH, length);
    this.#result(into, at);
  }

  stream(): HashStream {
    return new Xxh3Stream(this);
  }

  /** Takes `bytes[from, to)` into a stream. */
  feed(stream: Xxh3Stream, bytes: Uint8Array, from: number, to: number): void {
    this.#activate(stream);
    let { filled } = stream;
    for (let at = from; at < to;) {
      if (filled === CAPACITY) filled = this.#kernel.absorb(filled);
      const end = Math.min(to, at + CAPACITY - filled);
      this.#copy(bytes, at, end, BUFFER + filled);
      filled += end - at;
      at = end;
    }
    stream.filled = filled;
  }

  /** Writes the digest of a stream. */
  finish(stream: Xxh3Stream, into: Uint8Array, at: number): void {
    this.#activate(stream);
    this.#active = undefined;
    this.#kernel.finish(stream.filled, stream.total);
    this.#result(into, at);
  }

  #activate(stream: Xxh3Stream): void {
    const previous = this.#active;
    if (previous === stream) return;
    if (previous !== undefined) {
      if (previous.filled > BLOCK) previous.filled = this.#kernel.absorb(previous.filled);
      previous.state = this.#memory.slice(ACCUMULATORS, BUFFER + previous.filled);
    }
    if (stream.state === undefined) this.#kernel.reset();
    else this.#memory.set(stream.state, ACCUMULATORS);
    this.#active = stream;
  }

  #copy(bytes: Uint8Array, from: number, to: number, at: number): void {
    const memory = this.#memory;
    if (to - from > FEW) {
      memory.set(bytes.subarray(from, to), at);
    } else {
      for (let i = from; i < to; i++) memory[at + i - from] = bytes[i] ?? 0;
    }
  }

  #result(into: Uint8Array, at: number): void {
    for (let i = 0; i < WIDTH; i++) into[at + i] = this.#memory[RESULT + i] ?? 0;
  }
}

class Xxh3Stream implements HashStream {
  readonly #hasher: Xxh3;
  total = 0;
  /** Bytes in the buffer, when it is this stream's turn and when it was last. */
  filled = 0;
  /** What the kernel has to hold before it is this stream's turn again. */
  state: Uint8Array | undefined;

  constructor(hasher: Xxh3) {
    this.#hasher = hasher;
  }

  update(bytes: Uint8Array, from = 0, to: number = bytes.length): void {
    this.total += to - from;
    this.#hasher.feed(this, bytes, from, to);
  }

  digest(into: Uint8Array, at: number): void {
    this.#hasher.finish(this, into, at);
  }
}
