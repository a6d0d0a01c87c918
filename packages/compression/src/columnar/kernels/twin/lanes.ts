import type { Kernel, LaneKernel } from '../kernel.js';
import type { Memory } from './memory.js';

/** Numbers of one and two bytes as words, and back. */
export function lanes({
  u8,
  u16,
  i32,
  u32,
}: Memory): Pick<Kernel, 'widen8' | 'widen16' | 'narrow8' | 'narrow16'> {
  return {
    widen8(from, n, signed, to) {
      const shift = signed ? 24 : 0;
      for (let i = 0; i < n; i++) i32[to / 4 + i] = ((u8[from + i] ?? 0) << shift) >> shift;
    },
    widen16(from, n, signed, to) {
      const shift = signed ? 16 : 0;
      for (let i = 0; i < n; i++) i32[to / 4 + i] = ((u16[from / 2 + i] ?? 0) << shift) >> shift;
    },
    narrow8(from, n, to) {
      for (let i = 0; i < n; i++) u8[to + i] = u32[from / 4 + i] ?? 0;
    },
    narrow16(from, n, to) {
      for (let i = 0; i < n; i++) u16[to / 2 + i] = u32[from / 4 + i] ?? 0;
    },
  };
}

type Rotation = Pick<LaneKernel, 'rotate' | 'zigzag'>;

export function rotateWords({ u32 }: Memory): Rotation {
  return {
    rotate(at, n, width, back) {
      const up = back ? width - 1 : 1;
      const down = width - up;
      const mask = width === 32 ? -1 : 2 ** width - 1;
      for (let i = at / 4; i < at / 4 + n; i++) {
        const word = u32[i] ?? 0;
        u32[i] = ((word << up) | (word >>> down)) & mask;
      }
    },
    zigzag(at, n, back) {
      for (let i = at / 4; i < at / 4 + n; i++) {
        const word = u32[i] ?? 0;
        u32[i] = back ? (word >>> 1) ^ -(word & 1) : (word << 1) ^ (word >> 31);
      }
    },
  };
}

export function rotateDoubleWords({ u32 }: Memory): Rotation {
  return {
    rotate(at, n, _width, back) {
      for (let i = at / 4; i < at / 4 + 2 * n; i += 2) {
        const low = u32[i] ?? 0;
        const high = u32[i + 1] ?? 0;
        u32[i] = back ? (low >>> 1) | (high << 31) : (low << 1) | (high >>> 31);
        u32[i + 1] = back ? (high >>> 1) | (low << 31) : (high << 1) | (low >>> 31);
      }
    },
    zigzag(at, n, back) {
      for (let i = at / 4; i < at / 4 + 2 * n; i += 2) {
        const low = u32[i] ?? 0;
        const high = u32[i + 1] ?? 0;
        const sign = back ? -(low & 1) : high >> 31;
        u32[i] = (back ? (low >>> 1) | (high << 31) : low << 1) ^ sign;
        u32[i + 1] = (back ? high >>> 1 : (high << 1) | (low >>> 31)) ^ sign;
      }
    },
  };
}
