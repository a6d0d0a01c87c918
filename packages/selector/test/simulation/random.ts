import { seededRandom } from '../../src/random.js';

/** Draws of a seeded world. */
export interface Draw {
  uniform(from?: number, to?: number): number;
  normal(): number;
  /** `median` times a factor whose logarithm is normal. */
  lognormal(median: number, sigma: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
}

export function drawFrom(seed: number): Draw {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    uniform: (from = 0, to = 1) => from + (to - from) * random(),
    normal,
    lognormal: (median, sigma) => median * Math.exp(sigma * normal()),
    pick: (items) => items[Math.floor(random() * items.length)] ?? items[0],
  };
}
