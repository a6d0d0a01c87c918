import type { LaneKernel } from '../kernel.js';
import { SLOTS, SLOT_BITS } from '../layout.js';
import type { Memory } from './memory.js';

type Repeats = Pick<LaneKernel, 'runs' | 'expand' | 'index' | 'lookup'>;

/** Runs of equal words, and words out of a dictionary. */
export function repeatedWords({ u16, u32 }: Memory): Repeats {
  return {
    runs(from, n, values, lengths) {
      let count = 0;
      let begun = 0;
      for (let i = 1; i <= n; i++) {
        const value = u32[from / 4 + i - 1] ?? 0;
        if (i < n && u32[from / 4 + i] === value) continue;
        u32[values / 4 + count] = value;
        u32[lengths / 4 + count] = i - begun;
        begun = i;
        count += 1;
      }
      return count;
    },
    expand(values, lengths, runs, n, to) {
      let at = to / 4;
      const end = at + n;
      for (let i = 0; i < runs; i++) {
        const length = u32[lengths / 4 + i] ?? 0;
        if (length > end - at) return 0;
        u32.fill(u32[values / 4 + i] ?? 0, at, at + length);
        at += length;
      }
      return Number(at === end);
    },
    index(from, n, codes, values, limit) {
      u16.fill(0, SLOTS / 2, SLOTS / 2 + 2 ** SLOT_BITS);
      let count = 0;
      for (let i = 0; i < n; i++) {
        const value = u32[from / 4 + i] ?? 0;
        let slot = Math.imul(value, 0x9e_37_79_b1) >>> (32 - SLOT_BITS);
        let code = u16[SLOTS / 2 + slot] ?? 0;
        while (code !== 0 && u32[values / 4 + code - 1] !== value) {
          slot = (slot + 1) & (2 ** SLOT_BITS - 1);
          code = u16[SLOTS / 2 + slot] ?? 0;
        }
        if (code === 0) {
          if (count === limit) return 0;
          u32[values / 4 + count] = value;
          count += 1;
          code = count;
          u16[SLOTS / 2 + slot] = code;
        }
        u32[codes / 4 + i] = code - 1;
      }
      return count;
    },
    lookup(codes, n, values, count, to) {
      for (let i = 0; i < n; i++) {
        const code = u32[codes / 4 + i] ?? 0;
        if (code >= count) return 0;
        u32[to / 4 + i] = u32[values / 4 + code] ?? 0;
      }
      return 1;
    },
  };
}

/** The same for double words. */
export function repeatedDoubleWords({ u16, u32 }: Memory): Repeats {
  return {
    runs(from, n, values, lengths) {
      let count = 0;
      let begun = 0;
      for (let i = 1; i <= n; i++) {
        const at = from / 4 + 2 * i;
        const low = u32[at - 2] ?? 0;
        const high = u32[at - 1] ?? 0;
        if (i < n && u32[at] === low && u32[at + 1] === high) continue;
        u32[values / 4 + 2 * count] = low;
        u32[values / 4 + 2 * count + 1] = high;
        u32[lengths / 4 + count] = i - begun;
        begun = i;
        count += 1;
      }
      return count;
    },
    expand(values, lengths, runs, n, to) {
      let at = to / 4;
      const end = at + 2 * n;
      for (let i = 0; i < runs; i++) {
        const length = u32[lengths / 4 + i] ?? 0;
        if (2 * length > end - at) return 0;
        const low = u32[values / 4 + 2 * i] ?? 0;
        const high = u32[values / 4 + 2 * i + 1] ?? 0;
        for (const stop = at + 2 * length; at < stop; at += 2) {
          u32[at] = low;
          u32[at + 1] = high;
        }
      }
      return Number(at === end);
    },
    index(from, n, codes, values, limit) {
      u16.fill(0, SLOTS / 2, SLOTS / 2 + 2 ** SLOT_BITS);
      let count = 0;
      for (let i = 0; i < n; i++) {
        const low = u32[from / 4 + 2 * i] ?? 0;
        const high = u32[from / 4 + 2 * i + 1] ?? 0;
        const mixed = Math.imul(low, 0x9e_37_79_b1) ^ Math.imul(high, 0x85_eb_ca_77);
        let slot = (mixed ^ (mixed >>> 15)) & (2 ** SLOT_BITS - 1);
        let code = u16[SLOTS / 2 + slot] ?? 0;
        while (code !== 0) {
          const entry = values / 4 + 2 * (code - 1);
          if (u32[entry] === low && u32[entry + 1] === high) break;
          slot = (slot + 1) & (2 ** SLOT_BITS - 1);
          code = u16[SLOTS / 2 + slot] ?? 0;
        }
        if (code === 0) {
          if (count === limit) return 0;
          u32[values / 4 + 2 * count] = low;
          u32[values / 4 + 2 * count + 1] = high;
          count += 1;
          code = count;
          u16[SLOTS / 2 + slot] = code;
        }
        u32[codes / 4 + i] = code - 1;
      }
      return count;
    },
    lookup(codes, n, values, count, to) {
      for (let i = 0; i < n; i++) {
        const code = u32[codes / 4 + i] ?? 0;
        if (code >= count) return 0;
        u32[to / 4 + 2 * i] = u32[values / 4 + 2 * code] ?? 0;
        u32[to / 4 + 2 * i + 1] = u32[values / 4 + 2 * code + 1] ?? 0;
      }
      return 1;
    },
  };
}
