import { refuseOption } from './errors.js';

/** Gives working memory of at least so many bytes, such as a buffer of a pool. */
export type Allocate = (bytes: number) => Uint8Array;

/**
 * Memory of at least `bytes`, as the caller's allocator gives it.
 * @throws ConversionError `ERR_PERF_CONVERT_INVALID_OPTION` when it gives less
 */
export function allocated(allocate: Allocate, bytes: number): Buffer {
  const memory: unknown = allocate(bytes);
  if (!(memory instanceof Uint8Array) || memory.byteLength < bytes) {
    throw refuseOption(
      `allocate must give a Uint8Array of at least ${String(bytes)} bytes, and gave ${
        memory instanceof Uint8Array ? String(memory.byteLength) : typeof memory
      }`,
    );
  }
  return Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
}
