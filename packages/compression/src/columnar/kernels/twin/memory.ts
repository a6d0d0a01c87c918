/**
 * The memory of a twin, as views of one buffer. A double word is two words, the lower first, for 64-bit integers are
 * slow in JavaScript. What the kernel reads or writes at odd places goes byte by byte.
 */
export interface Memory {
  readonly buffer: ArrayBuffer;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly view: DataView;
}

export function createMemory(bytes: number): Memory {
  const buffer = new ArrayBuffer(bytes);
  return {
    buffer,
    u8: new Uint8Array(buffer),
    u16: new Uint16Array(buffer),
    u32: new Uint32Array(buffer),
    i32: new Int32Array(buffer),
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
    view: new DataView(buffer),
  };
}

/** Writes numbers of up to 32 bits one behind the other, from the lowest bit of each byte up. */
export class BitSink {
  readonly #view: DataView;
  #to: number;
  #bits = 0;
  #filled = 0;

  constructor({ view }: Memory, to: number) {
    this.#view = view;
    this.#to = to;
  }

  write(value: number, width: number): void {
    this.#bits |= value << this.#filled;
    this.#filled += width;
    if (this.#filled < 32) return;
    this.#view.setInt32(this.#to, this.#bits, true);
    this.#to += 4;
    this.#filled -= 32;
    this.#bits = this.#filled === 0 ? 0 : value >>> (width - this.#filled);
  }

  /** Where the last byte with a bit in it ends. */
  finish(): number {
    this.#view.setInt32(this.#to, this.#bits, true);
    return this.#to + ((this.#filled + 7) >> 3);
  }
}

/** Up to 32 bits that begin `bit` bits behind a place. */
export function bitsAt({ view, u8 }: Memory, from: number, bit: number, width: number): number {
  if (width === 0) return 0;
  const at = from + Math.floor(bit / 8);
  const skipped = bit % 8;
  const low = view.getUint32(at, true) >>> skipped;
  const bits = skipped === 0 ? low : low | ((u8[at + 4] ?? 0) << (32 - skipped));
  return width === 32 ? bits >>> 0 : bits & (2 ** width - 1);
}
