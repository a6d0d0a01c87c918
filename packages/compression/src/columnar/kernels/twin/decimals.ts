import type { LaneKernel } from '../kernel.js';
import type { Memory } from './memory.js';

type Decimals = Pick<LaneKernel, 'toDecimals' | 'fromDecimals'>;

const MAGIC = 1.5 * 2 ** 52;
/** The upper half of the bits of `MAGIC`; the lower one is 0. */
const MAGIC_HIGH = 0x43_38_00_00;
const LIMIT64 = 2 ** 51;
const LIMIT32 = 2 ** 31 - 1;

const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);

/** Doubles as decimals. */
export function doubleDecimals({ f64, i32, u32 }: Memory): Decimals {
  return {
    toDecimals(from, n, scale, divide, to, exceptions) {
      let count = 0;
      for (let i = 0; i < n; i++) {
        const value = f64[from / 8 + i] ?? 0;
        const scaled = divide ? value / scale : value * scale;
        const shifted = scaled + MAGIC;
        const whole = shifted - MAGIC;
        const back = divide ? whole * scale : whole / scale;
        const at = to / 4 + 2 * i;
        if (Object.is(back, value) && Math.abs(scaled) < LIMIT64) {
          number[0] = shifted;
          i32[at] = halves[0] ?? 0;
          i32[at + 1] = (halves[1] ?? 0) - MAGIC_HIGH;
        } else {
          i32[at] = i === 0 ? 0 : (i32[at - 2] ?? 0);
          i32[at + 1] = i === 0 ? 0 : (i32[at - 1] ?? 0);
          u32[exceptions / 4 + count] = i;
          count += 1;
        }
      }
      return count;
    },
    fromDecimals(at, n, scale, divide) {
      for (let i = at / 8; i < at / 8 + n; i++) {
        halves[0] = i32[2 * i] ?? 0;
        halves[1] = (i32[2 * i + 1] ?? 0) + MAGIC_HIGH;
        const whole = (number[0] ?? 0) - MAGIC;
        f64[i] = divide ? whole * scale : whole / scale;
      }
    },
  };
}

/** Numbers of 32 bits as decimals, in double precision. */
export function singleDecimals({ f32, i32, u32 }: Memory): Decimals {
  return {
    toDecimals(from, n, scale, divide, to, exceptions) {
      let count = 0;
      for (let i = 0; i < n; i++) {
        const value = f32[from / 4 + i] ?? 0;
        const scaled = divide ? value / scale : value * scale;
        const whole = scaled + MAGIC - MAGIC;
        const back = Math.fround(divide ? whole * scale : whole / scale);
        const at = to / 4 + i;
        if (Object.is(back, value) && Math.abs(scaled) < LIMIT32) i32[at] = whole;
        else {
          i32[at] = i === 0 ? 0 : (i32[at - 1] ?? 0);
          u32[exceptions / 4 + count] = i;
          count += 1;
        }
      }
      return count;
    },
    fromDecimals(at, n, scale, divide) {
      for (let i = at / 4; i < at / 4 + n; i++) {
        const whole = i32[i] ?? 0;
        f32[i] = divide ? whole * scale : whole / scale;
      }
    },
  };
}
