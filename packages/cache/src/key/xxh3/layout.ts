/*
 * Where things lie in the memory of an XXH3 kernel. AssemblyScript compiles this file into the WebAssembly module as
 * well, so it holds nothing but whole numbers.
 */

/** 192 bytes that the host writes once. */
export const SECRET = 0;
/** 16 bytes: the last digest, most significant byte first. */
export const RESULT = 256;
/** 64 bytes: the accumulators of `hash`. */
export const SCRATCH_ACCUMULATORS = 320;
/** 64 bytes: the accumulators of the stream. They, the history and the buffer are the state of a stream. */
export const ACCUMULATORS = 896;
/** 64 bytes: those that were in front of what the buffer holds, for the last stripe may begin there. */
export const HISTORY = 960;
export const BUFFER = 1024;
/** 63 blocks: buffer, history and the next piece of the input stay in the cache of the second level. */
export const CAPACITY = 64512;
/** Short inputs that are hashed while a stream is under way. */
export const SCRATCH = 65536;
export const SCRATCH_CAPACITY = 65536;
/** Two pages of WebAssembly memory; it never grows. */
export const MEMORY = 131072;

export const BLOCK = 1024;
export const STRIPE = 64;
/** The longest input that is hashed without accumulators. */
export const MEDIUM = 240;
