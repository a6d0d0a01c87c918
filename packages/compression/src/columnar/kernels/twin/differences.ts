import type { LaneKernel } from '../kernel.js';
import type { Memory } from './memory.js';

type Differences = Pick<LaneKernel, 'differences' | 'sums'>;

/** Differences between words and their sums, modulo 2^32. */
export function subtractWords({ u32 }: Memory): Differences {
  return {
    differences(from, n, to) {
      let previous = u32[from / 4 - 1] ?? 0;
      for (let i = 0; i < n; i++) {
        const value = u32[from / 4 + i] ?? 0;
        u32[to / 4 + i] = value - previous;
        previous = value;
      }
    },
    sums(at, n) {
      let sum = u32[at / 4 - 1] ?? 0;
      for (let i = at / 4; i < at / 4 + n; i++) {
        sum = (sum + (u32[i] ?? 0)) >>> 0;
        u32[i] = sum;
      }
    },
  };
}

/** The same for double words, with a borrow or a carry between their halves. */
export function subtractDoubleWords({ u32 }: Memory): Differences {
  return {
    differences(from, n, to) {
      let previousLow = u32[from / 4 - 2] ?? 0;
      let previousHigh = u32[from / 4 - 1] ?? 0;
      for (let i = 0; i < 2 * n; i += 2) {
        const low = u32[from / 4 + i] ?? 0;
        const high = u32[from / 4 + i + 1] ?? 0;
        u32[to / 4 + i] = low - previousLow;
        u32[to / 4 + i + 1] = high - previousHigh - (low < previousLow ? 1 : 0);
        previousLow = low;
        previousHigh = high;
      }
    },
    sums(at, n) {
      let low = u32[at / 4 - 2] ?? 0;
      let high = u32[at / 4 - 1] ?? 0;
      for (let i = at / 4; i < at / 4 + 2 * n; i += 2) {
        const sum = low + (u32[i] ?? 0);
        low = sum >>> 0;
        high = (high + (u32[i + 1] ?? 0) + (sum >= 2 ** 32 ? 1 : 0)) >>> 0;
        u32[i] = low;
        u32[i + 1] = high;
      }
    },
  };
}
