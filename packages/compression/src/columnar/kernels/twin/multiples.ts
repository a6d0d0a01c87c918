import type { Kernel, LaneKernel } from '../kernel.js';
import { DIVISOR, ORIGIN } from '../layout.js';
import type { Memory } from './memory.js';

type Multiples = Pick<LaneKernel, 'divide' | 'multiply'>;

/** Words that are multiples of a divisor, counted from an origin. */
export function multipleWords({ i32 }: Memory): Multiples {
  return {
    divide(from, n, to) {
      const origin = i32[ORIGIN / 4] ?? 0;
      const divisor = i32[DIVISOR / 4] ?? 1;
      for (let i = 0; i < n; i++) {
        const distance = ((i32[from / 4 + i] ?? 0) - origin) | 0;
        if (distance % divisor !== 0) return 0;
        i32[to / 4 + i] = distance / divisor;
      }
      return 1;
    },
    multiply(at, n) {
      const origin = i32[ORIGIN / 4] ?? 0;
      const divisor = i32[DIVISOR / 4] ?? 1;
      for (let i = at / 4; i < at / 4 + n; i++) i32[i] = Math.imul(i32[i] ?? 0, divisor) + origin;
    },
  };
}

/** The same for double words, whose products need all of their bits. */
export function multipleDoubleWords({ view }: Memory): Multiples {
  return {
    divide(from, n, to) {
      const origin = view.getBigInt64(ORIGIN, true);
      const divisor = view.getBigInt64(DIVISOR, true);
      for (let i = 0; i < n; i++) {
        const distance = BigInt.asIntN(64, view.getBigInt64(from + 8 * i, true) - origin);
        if (distance % divisor !== 0n) return 0;
        view.setBigInt64(to + 8 * i, distance / divisor, true);
      }
      return 1;
    },
    multiply(at, n) {
      const origin = view.getBigInt64(ORIGIN, true);
      const divisor = view.getBigInt64(DIVISOR, true);
      for (let i = 0; i < n; i++) {
        view.setBigInt64(at + 8 * i, view.getBigInt64(at + 8 * i, true) * divisor + origin, true);
      }
    },
  };
}

/** Doubles that are no more than floats. */
export function singles({ f32, f64 }: Memory): Pick<Kernel, 'demote' | 'promote'> {
  return {
    demote(from, n, to) {
      for (let i = 0; i < n; i++) {
        const value = f64[from / 8 + i] ?? 0;
        // The bits of a NaN may be its own, which only its kernel can tell: none is taken.
        if (!Object.is(Math.fround(value), value) || Number.isNaN(value)) return 0;
        f32[to / 4 + i] = value;
      }
      return 1;
    },
    promote(from, n, to) {
      for (let i = n - 1; i >= 0; i--) f64[to / 8 + i] = f32[from / 4 + i] ?? 0;
    },
  };
}
