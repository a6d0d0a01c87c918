import type { Level } from './codec.js';

// What both implementations of gzip (RFC 1952, over DEFLATE, RFC 1951) have to agree on.

export const GZIP_LEVELS: Readonly<Record<Level, 1 | 6 | 9>> = { fast: 1, balanced: 6, small: 9 };

/** A header of 10 bytes, a trailer of 8, and the 2 of the shortest DEFLATE stream. */
export const SMALLEST_GZIP = 20;

/** DEFLATE's densest code: 258 bytes by a length and a distance of one bit each. */
export function mostGzipContent(payloadBytes: number): number {
  return payloadBytes * 1032;
}
