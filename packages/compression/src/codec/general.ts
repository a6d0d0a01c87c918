import type { Level } from './codec.js';

/** The codecs that know nothing of types. */
export type GeneralName = 'gzip' | 'deflate' | 'brotli' | 'zstd';

/** What every implementation of a general codec has to agree on. */
export interface GeneralFormat {
  /** What the codec itself calls the levels. */
  readonly levels: Readonly<Record<Level, number>>;
  /** Bytes of the shortest payload. */
  readonly smallest: number;
  /** The most bytes of content for one of payload; infinite where repetitions cost next to nothing. */
  readonly densest: number;
}

/** DEFLATE's densest code: 258 bytes by a length and a distance of one bit each. */
const DEFLATE_DENSEST = 1032;

export const GENERAL: Readonly<Record<GeneralName, GeneralFormat>> = {
  // RFC 1952: a header of 10 bytes, a trailer of 8, and the 2 of the shortest DEFLATE stream.
  gzip: { levels: { fast: 1, balanced: 6, small: 9 }, smallest: 20, densest: DEFLATE_DENSEST },
  // RFC 1950: a header of 2 bytes, a trailer of 4.
  deflate: { levels: { fast: 1, balanced: 6, small: 9 }, smallest: 8, densest: DEFLATE_DENSEST },
  // RFC 7932. Level 11 takes a second for a megabyte.
  brotli: { levels: { fast: 1, balanced: 5, small: 9 }, smallest: 1, densest: Infinity },
  // RFC 8878: magic number, header, one block, checksum.
  zstd: { levels: { fast: 1, balanced: 6, small: 12 }, smallest: 13, densest: Infinity },
};
