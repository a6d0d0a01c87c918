/*
 * Where things lie in the memory of a kernel. AssemblyScript compiles this file into the WebAssembly module as well, so
 * it holds nothing but whole numbers. Behind each region lie at least 64 bytes that vectors may read and write over its
 * end; before each region of numbers at least 64, where the seeds of sums stand.
 */

/** The content of a block, up to 128 KB. */
export const CONTENT = 0x000400;
/** Numbers as words or double words, up to 256 KB each. */
export const FIRST = 0x021000;
export const SECOND = 0x062000;
/** Positions of exceptions, lengths of runs: up to 65,536 words. */
export const POSITIONS = 0x0a3000;
/** A byte for each number: the bin that it is in. */
export const SYMBOLS = 0x0e4000;
/** The halves of one frame of double words. */
export const SPARE = 0x0f5000;
/** A hash table of 16-bit numbers. */
export const SLOTS = 0x0f8000;
/** A word for each of the 4096 states of the entropy decoder. */
export const STATES = 0x0fc000;
/** The lower bounds of up to 256 bins, 8 bytes each. */
export const LOWERS = 0x100000;
/** The bits of an offset in each bin, a byte each. */
export const WIDTHS = 0x100800;
/** The frequency of each bin and the sum of those before it, 16 bits each. */
export const FREQUENCIES = 0x100a00;
/** The bin of each bucket, a byte each. */
export const BIN_OF = 0x101000;
/** How many numbers are in each of 1024 buckets, a word each. */
export const COUNTERS = 0x102000;
/** What bins are counted from, a word or a double word. */
export const ORIGIN = 0x103800;
/** What multiples are divided by, a word or a double word. */
export const DIVISOR = 0x103840;
/** The entries of a dictionary, up to 4096 double words. */
export const DICTIONARY = 0x104000;
/** What a block was encoded to, or is decoded from: up to 512 KB. */
export const PACKED = 0x110000;
export const PACKED_END = 0x190000;
/** Pages of WebAssembly memory; it never grows. */
export const PAGES = 26;

/** Numbers in a frame of bit-packing, and in each of its groups. */
export const FRAME = 1024;
export const GROUP = 128;
export const SLOT_BITS = 13;
/** Frequencies are parts of 2^12. */
export const PRECISION = 12;
/** Buckets on each side of the origin, and numbers that have one of their own. */
export const SIDE = 512;
