/** The smallest buffer that a pool makes, a page of most systems. */
export const SMALLEST = 4096;

/**
 * The size of the buffer that serves a request: four steps to each doubling (1, 1.25, 1.5, 1.75), the spacing of
 * jemalloc's size classes, so that at most a fifth of a buffer is unused and any two requests of about one size share.
 */
export function sizeClass(bytes: number): number {
  if (bytes <= SMALLEST) return SMALLEST;
  // The largest power of two below `bytes`; exact, as no size has more than 53 bits.
  const power = 2 ** Math.floor(Math.log2(bytes - 1));
  const step = power / 4;
  return Math.ceil(bytes / step) * step;
}
