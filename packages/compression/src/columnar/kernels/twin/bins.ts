import type { LaneKernel } from '../kernel.js';
import { BIN_OF, COUNTERS, LOWERS, ORIGIN, SIDE, SYMBOLS, WIDTHS } from '../layout.js';
import { bitsAt, BitSink, type Memory } from './memory.js';

type Bins = Pick<LaneKernel, 'count' | 'classify' | 'writeOffsets' | 'readOffsets' | 'readLowers'>;

/** Words as bins and offsets. */
export function binWords(memory: Memory): Bins {
  const { u8, u32 } = memory;
  const bucket = (value: number, exact: boolean): number => {
    const distance = (value - (u32[ORIGIN / 4] ?? 0)) | 0;
    if (exact) return distance;
    const side = distance >> 31;
    const magnitude = (distance ^ side) >>> 0;
    const octave = magnitude < 16 ? 0 : 28 - Math.clz32(magnitude);
    return (((octave << 3) + (magnitude >>> octave)) ^ side) + SIDE;
  };
  return {
    count(from, n, exact) {
      u32.fill(0, COUNTERS / 4, COUNTERS / 4 + 2 * SIDE);
      for (let i = from / 4; i < from / 4 + n; i++) {
        const at = COUNTERS / 4 + bucket(u32[i] ?? 0, exact);
        u32[at] = (u32[at] ?? 0) + 1;
      }
    },
    classify(from, n, exact) {
      for (let i = 0; i < n; i++) {
        u8[SYMBOLS + i] = u8[BIN_OF + bucket(u32[from / 4 + i] ?? 0, exact)] ?? 0;
      }
    },
    writeOffsets(from, n, to) {
      const sink = new BitSink(memory, to);
      for (let i = 0; i < n; i++) {
        const symbol = u8[SYMBOLS + i] ?? 0;
        const offset = ((u32[from / 4 + i] ?? 0) - (u32[LOWERS / 4 + 2 * symbol] ?? 0)) >>> 0;
        sink.write(offset, u8[WIDTHS + symbol] ?? 0);
      }
      return sink.finish();
    },
    readOffsets(from, end, n, to) {
      let bit = 0;
      for (let i = 0; i < n; i++) {
        const symbol = u8[SYMBOLS + i] ?? 0;
        const width = u8[WIDTHS + symbol] ?? 0;
        u32[to / 4 + i] = (u32[LOWERS / 4 + 2 * symbol] ?? 0) + bitsAt(memory, from, bit, width);
        bit += width;
        if (bit > 8 * (end - from)) return 0;
      }
      return from + ((bit + 7) >> 3);
    },
    readLowers(n, to) {
      for (let i = 0; i < n; i++) u32[to / 4 + i] = u32[LOWERS / 4 + 2 * (u8[SYMBOLS + i] ?? 0)] ?? 0;
    },
  };
}

/** Double words as bins and offsets. */
export function binDoubleWords(memory: Memory): Bins {
  const { u8, u32 } = memory;
  const bucket = (low: number, high: number, exact: boolean): number => {
    const originLow = u32[ORIGIN / 4] ?? 0;
    const distanceLow = (low - originLow) | 0;
    if (exact) return distanceLow;
    const distanceHigh = (high - (u32[ORIGIN / 4 + 1] ?? 0) - (low < originLow ? 1 : 0)) | 0;
    const side = distanceHigh >> 31;
    const upper = (distanceHigh ^ side) >>> 0;
    const lower = (distanceLow ^ side) >>> 0;
    return (magnitudeBucket(lower, upper) ^ side) + SIDE;
  };
  return {
    count(from, n, exact) {
      u32.fill(0, COUNTERS / 4, COUNTERS / 4 + 2 * SIDE);
      for (let i = from / 4; i < from / 4 + 2 * n; i += 2) {
        const at = COUNTERS / 4 + bucket(u32[i] ?? 0, u32[i + 1] ?? 0, exact);
        u32[at] = (u32[at] ?? 0) + 1;
      }
    },
    classify(from, n, exact) {
      for (let i = 0; i < n; i++) {
        const at = from / 4 + 2 * i;
        u8[SYMBOLS + i] = u8[BIN_OF + bucket(u32[at] ?? 0, u32[at + 1] ?? 0, exact)] ?? 0;
      }
    },
    writeOffsets(from, n, to) {
      const sink = new BitSink(memory, to);
      for (let i = 0; i < n; i++) {
        const symbol = u8[SYMBOLS + i] ?? 0;
        const width = u8[WIDTHS + symbol] ?? 0;
        const at = from / 4 + 2 * i;
        const low = u32[at] ?? 0;
        const boundLow = u32[LOWERS / 4 + 2 * symbol] ?? 0;
        sink.write((low - boundLow) >>> 0, Math.min(32, width));
        if (width <= 32) continue;
        const boundHigh = u32[LOWERS / 4 + 2 * symbol + 1] ?? 0;
        sink.write(((u32[at + 1] ?? 0) - boundHigh - (low < boundLow ? 1 : 0)) >>> 0, width - 32);
      }
      return sink.finish();
    },
    readOffsets(from, end, n, to) {
      let bit = 0;
      for (let i = 0; i < n; i++) {
        const symbol = u8[SYMBOLS + i] ?? 0;
        const width = u8[WIDTHS + symbol] ?? 0;
        const low = bitsAt(memory, from, bit, Math.min(32, width));
        const high = width <= 32 ? 0 : bitsAt(memory, from, bit + 32, width - 32);
        const sum = (u32[LOWERS / 4 + 2 * symbol] ?? 0) + low;
        const at = to / 4 + 2 * i;
        u32[at] = sum;
        u32[at + 1] = (u32[LOWERS / 4 + 2 * symbol + 1] ?? 0) + high + (sum >= 2 ** 32 ? 1 : 0);
        bit += width;
        if (bit > 8 * (end - from)) return 0;
      }
      return from + Math.floor((bit + 7) / 8);
    },
    readLowers(n, to) {
      for (let i = 0; i < n; i++) {
        const bound = LOWERS / 4 + 2 * (u8[SYMBOLS + i] ?? 0);
        u32[to / 4 + 2 * i] = u32[bound] ?? 0;
        u32[to / 4 + 2 * i + 1] = u32[bound + 1] ?? 0;
      }
    },
  };
}

function magnitudeBucket(lower: number, upper: number): number {
  if (upper === 0 && lower < 16) return lower;
  const octave = upper === 0 ? 28 - Math.clz32(lower) : 60 - Math.clz32(upper);
  if (octave >= 32) return (octave << 3) + (upper >>> (octave - 32));
  const leading = octave === 0 ? lower : (lower >>> octave) | (upper << (32 - octave));
  return (octave << 3) + leading;
}
