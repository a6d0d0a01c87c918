import { SIDE } from '../kernels/layout.js';

/**
 * Where the buckets lie that the kernel counts numbers in: distances from the origin. Exact buckets hold one distance
 * each, from 0. The others lie on both sides: the nearest 16 distances have one each, those farther away share eight
 * to an octave. Bounds are whole numbers below 2^64 with few significant bits, so a double holds each exactly.
 */
export interface Bucket {
  readonly lower: number;
  /** Behind the last distance in it. */
  readonly upper: number;
}

const EXACT: readonly Bucket[] = Array.from({ length: 2 * SIDE }, (_, index) => ({
  lower: index,
  upper: index + 1,
}));
const SCALED: readonly Bucket[] = Array.from({ length: 2 * SIDE }, (_, index) => {
  if (index >= SIDE) return magnitudes(index - SIDE);
  // The distance -1 mirrors 0, -2 mirrors 1: what is negative has a magnitude one less.
  const { lower, upper } = magnitudes(SIDE - 1 - index);
  return { lower: -upper, upper: -lower };
});

function magnitudes(index: number): Bucket {
  const octave = Math.max(0, (index >> 3) - 1);
  const lower = (index - 8 * octave) * 2 ** octave;
  return { lower, upper: lower + 2 ** octave };
}

export function buckets(exact: boolean): readonly Bucket[] {
  return exact ? EXACT : SCALED;
}

/** The bits that tell apart the distances of a range of buckets. */
export function offsetBits(first: Bucket, last: Bucket): number {
  const span = last.upper - first.lower;
  const bits = bitsFor(span);
  // Where the difference was rounded it may have become too small.
  return first.lower + span === last.upper && last.upper - span === first.lower
    ? bits
    : Math.min(64, bits + 1);
}

/** The bits that count from 0 to one less than a whole number. */
function bitsFor(span: number): number {
  const words = 2 ** 32;
  return span <= words ? 32 - Math.clz32(span - 1) : 32 + bitsFor(Math.ceil(span / words));
}
