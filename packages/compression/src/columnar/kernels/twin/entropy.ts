import type { Kernel } from '../kernel.js';
import { FREQUENCIES, PRECISION, STATES, SYMBOLS } from '../layout.js';
import type { Memory } from './memory.js';

const LOWEST = 2 ** 16;
const SCALE = 2 ** PRECISION;

/** Range asymmetric numeral systems with four states. They are whole numbers below 2^32. */
export function entropy({ u8, u32, view }: Memory): Pick<Kernel, 'encodeSymbols' | 'decodeSymbols'> {
  const states = new Float64Array(4);
  return {
    encodeSymbols(n, end) {
      states.fill(LOWEST);
      let at = end;
      for (let i = n - 1; i >= 0; i--) {
        const entry = u32[FREQUENCIES / 4 + (u8[SYMBOLS + i] ?? 0)] ?? 0;
        const frequency = entry & 0xffff;
        let state = states[i & 3] ?? 0;
        if (state >= frequency * 2 ** (32 - PRECISION)) {
          at -= 2;
          view.setUint16(at, state & 0xffff, true);
          state = state >>> 16;
        }
        const quotient = Math.floor(state / frequency);
        states[i & 3] = quotient * SCALE + (state - quotient * frequency) + (entry >>> 16);
      }
      const begin = at - 16;
      for (const [index, state] of states.entries()) view.setUint32(begin + 4 * index, state, true);
      return begin;
    },
    decodeSymbols(from, end, n) {
      if (end < from + 16) return 0;
      for (let index = 0; index < 4; index++) states[index] = view.getUint32(from + 4 * index, true);
      let at = from + 16;
      for (let i = 0; i < n; i++) {
        if ((i & 3) === 0 && at > end) return 0;
        const state = states[i & 3] ?? 0;
        const entry = u32[STATES / 4 + (state & (SCALE - 1))] ?? 0;
        u8[SYMBOLS + i] = entry;
        let next = ((entry >>> 8) & (SCALE - 1)) * (state >>> PRECISION) + (entry >>> 20);
        if (next < LOWEST) {
          next = next * 2 ** 16 + view.getUint16(at, true);
          at += 2;
        }
        states[i & 3] = next;
      }
      return states.every((state) => state === LOWEST) && at <= end ? at : 0;
    },
  };
}
