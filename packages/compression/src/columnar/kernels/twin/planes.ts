import type { Kernel } from '../kernel.js';
import type { Memory } from './memory.js';

/** Byte shuffle. */
export function planes({ u8 }: Memory): Pick<Kernel, 'shuffle' | 'unshuffle'> {
  return {
    shuffle(from, n, width, to) {
      for (let plane = 0; plane < width; plane++) {
        for (let i = 0; i < n; i++) u8[to + plane * n + i] = u8[from + i * width + plane] ?? 0;
      }
    },
    unshuffle(from, n, width, to) {
      for (let plane = 0; plane < width; plane++) {
        for (let i = 0; i < n; i++) u8[to + i * width + plane] = u8[from + plane * n + i] ?? 0;
      }
    },
  };
}
