import type { LaneKernel } from '../kernel.js';
import { FRAME, GROUP, ORIGIN } from '../layout.js';
import { bitsAt, BitSink, type Memory } from './memory.js';

type Packing = Pick<LaneKernel, 'width' | 'pack' | 'unpack'>;

/** Frame of reference and bit-packing of words. */
export function packWords(memory: Memory): Packing {
  const { u32, view, u8 } = memory;
  const words = new WordPacking(memory);
  let least = 0;
  let spread = 0;
  const measure = (from: number, n: number, unsigned: boolean): void => {
    const bias = unsigned ? 0x80_00_00_00 : 0;
    let low = 2 ** 31 - 1;
    let high = -(2 ** 31);
    for (let i = from / 4; i < from / 4 + n; i++) {
      const value = (u32[i] ?? 0) ^ bias;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    least = (low ^ bias) >>> 0;
    spread = (high - low) >>> 0;
  };
  return {
    width(from, n, unsigned) {
      measure(from, n, unsigned);
      u32[ORIGIN / 4] = least;
      return 32 - Math.clz32(spread);
    },
    pack(from, n, unsigned, to) {
      for (let left = n; left > 0; left -= FRAME) {
        const count = Math.min(left, FRAME);
        measure(from, count, unsigned);
        const width = 32 - Math.clz32(spread);
        u8[to] = width;
        view.setUint32(to + 1, least, true);
        const base = least;
        to = words.pack(u32, from / 4, 1, count, width, base, to + 5);
        from += count * 4;
      }
      return to;
    },
    unpack(from, end, n, to) {
      for (let left = n; left > 0; left -= FRAME) {
        const count = Math.min(left, FRAME);
        if (end < from + 5) return 0;
        const width = u8[from] ?? 0;
        if (width > 32 || packedBytes(count, width) > end - from - 5) return 0;
        from = words.unpack(from + 5, count, width, view.getUint32(from + 1, true), u32, to / 4, 1);
        to += count * 4;
      }
      return from;
    },
  };
}

/** The same for double words: the lower halves of the distances, and behind them the upper ones where there are any. */
export function packDoubleWords(memory: Memory): Packing {
  const { u32, i32, view, u8 } = memory;
  const words = new WordPacking(memory);
  const distances = new Uint32Array(2 * FRAME);
  let leastLow = 0;
  let leastHigh = 0;
  const measure = (from: number, n: number, unsigned: boolean): number => {
    const bias = unsigned ? 0x80_00_00_00 : 0;
    let lowHigh = 2 ** 31 - 1;
    let lowLow = 2 ** 32 - 1;
    let highHigh = -(2 ** 31);
    let highLow = 0;
    for (let i = from / 4; i < from / 4 + 2 * n; i += 2) {
      const low = u32[i] ?? 0;
      const high = (i32[i + 1] ?? 0) ^ bias;
      if (high < lowHigh || (high === lowHigh && low < lowLow)) {
        lowHigh = high;
        lowLow = low;
      }
      if (high > highHigh || (high === highHigh && low > highLow)) {
        highHigh = high;
        highLow = low;
      }
    }
    leastLow = lowLow;
    leastHigh = (lowHigh ^ bias) >>> 0;
    const spreadHigh = (highHigh - lowHigh - (highLow < lowLow ? 1 : 0)) >>> 0;
    return spreadHigh === 0 ? 32 - Math.clz32(highLow - lowLow) : 64 - Math.clz32(spreadHigh);
  };
  return {
    width(from, n, unsigned) {
      const width = measure(from, n, unsigned);
      u32[ORIGIN / 4] = leastLow;
      u32[ORIGIN / 4 + 1] = leastHigh;
      return width;
    },
    pack(from, n, unsigned, to) {
      for (let left = n; left > 0; left -= FRAME) {
        const count = Math.min(left, FRAME);
        const width = measure(from, count, unsigned);
        u8[to] = width;
        view.setUint32(to + 1, leastLow, true);
        view.setUint32(to + 5, leastHigh, true);
        to += 9;
        for (let i = 0; i < 2 * count; i += 2) {
          const low = u32[from / 4 + i] ?? 0;
          distances[i] = low - leastLow;
          distances[i + 1] = (u32[from / 4 + i + 1] ?? 0) - leastHigh - (low < leastLow ? 1 : 0);
        }
        to = words.pack(distances, 0, 2, count, Math.min(width, 32), 0, to);
        if (width > 32) to = words.pack(distances, 1, 2, count, width - 32, 0, to);
        from += count * 8;
      }
      return to;
    },
    unpack(from, end, n, to) {
      for (let left = n; left > 0; left -= FRAME) {
        const count = Math.min(left, FRAME);
        if (end < from + 9) return 0;
        const width = u8[from] ?? 0;
        const low = Math.min(width, 32);
        if (width > 64 || packedBytes(count, low) + packedBytes(count, width - low) > end - from - 9)
          return 0;
        const baseLow = view.getUint32(from + 1, true);
        const baseHigh = view.getUint32(from + 5, true);
        from = words.unpack(from + 9, count, low, 0, distances, 0, 2);
        if (width > 32) from = words.unpack(from, count, width - 32, 0, distances, 1, 2);
        for (let i = 0; i < 2 * count; i += 2) {
          const sum = (distances[i] ?? 0) + baseLow;
          u32[to / 4 + i] = sum;
          const high = width > 32 ? (distances[i + 1] ?? 0) : 0;
          u32[to / 4 + i + 1] = high + baseHigh + (sum >= 2 ** 32 ? 1 : 0);
        }
        to += count * 8;
      }
      return from;
    },
  };
}

function packedBytes(count: number, width: number): number {
  return (count * width + 7) >> 3;
}

/** Groups in four columns, then a stream of bits. Words are taken from and put to every `step`th place of an array. */
class WordPacking {
  readonly #memory: Memory;
  readonly #group = new Uint32Array(GROUP + 4);
  readonly #groupBytes: Uint8Array = new Uint8Array(this.#group.buffer);

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  pack(
    from: Uint32Array,
    at: number,
    step: number,
    count: number,
    width: number,
    base: number,
    to: number,
  ): number {
    if (width === 0) return to;
    const group = this.#group;
    let left = count;
    for (; left >= GROUP; left -= GROUP) {
      group.fill(0);
      for (let i = 0; i < GROUP; i++) {
        const distance = ((from[at] ?? 0) - base) >>> 0;
        at += step;
        const bit = (i >> 2) * width;
        const shift = bit & 31;
        const place = (bit >> 5) * 4 + (i & 3);
        group[place] = (group[place] ?? 0) | (distance << shift);
        if (shift + width > 32) group[place + 4] = distance >>> (32 - shift);
      }
      this.#memory.u8.set(this.#groupBytes.subarray(0, 16 * width), to);
      to += 16 * width;
    }
    if (left === 0) return to;
    const sink = new BitSink(this.#memory, to);
    for (; left > 0; left--) {
      sink.write(((from[at] ?? 0) - base) >>> 0, width);
      at += step;
    }
    return sink.finish();
  }

  unpack(
    from: number,
    count: number,
    width: number,
    base: number,
    to: Uint32Array,
    at: number,
    step: number,
  ): number {
    const group = this.#group;
    const mask = width === 32 ? -1 : 2 ** width - 1;
    let left = count;
    for (; left >= GROUP; left -= GROUP) {
      this.#groupBytes.set(this.#memory.u8.subarray(from, from + 16 * width));
      from += 16 * width;
      for (let i = 0; i < GROUP; i++) {
        const bit = (i >> 2) * width;
        const shift = bit & 31;
        const place = (bit >> 5) * 4 + (i & 3);
        let distance = (group[place] ?? 0) >>> shift;
        if (shift + width > 32) distance |= (group[place + 4] ?? 0) << (32 - shift);
        to[at] = (distance & mask) + base;
        at += step;
      }
    }
    for (let i = 0; i < left; i++) {
      to[at] = bitsAt(this.#memory, from, i * width, width) + base;
      at += step;
    }
    return from + ((left * width + 7) >> 3);
  }
}
