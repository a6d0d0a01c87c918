import { requireAllocatable } from '@perf/internal/memory/ceiling';
import { outOfMemory } from './errors.js';

/**
 * Memory for exactly so many bytes, all of which the caller writes before anybody else sees them: it comes as it is,
 * for clearing it first can take longer than what is done in it. Raises `MEMORY` where the host has none.
 */
export function allocate(bytes: number): ArrayBuffer {
  try {
    requireAllocatable(bytes);
    return unset(bytes) ?? new ArrayBuffer(bytes);
  } catch (cause) {
    throw outOfMemory(bytes, cause);
  }
}

/** Gives memory of at least so many bytes. */
export type Allocate = (bytes: number) => ArrayBuffer;

/** Exactly so many bytes of allocated memory, which may have more. */
export function allocated(bytes: number, from: Allocate): Uint8Array<ArrayBuffer> {
  return new Uint8Array(from(bytes), 0, bytes);
}

/** Memory of its own for a large content; small ones cost nothing to clear. */
function unset(bytes: number): ArrayBuffer | undefined {
  if (bytes < LARGE || bytes > Number.MAX_SAFE_INTEGER) return undefined;
  const { buffer, byteLength } = Buffer.allocUnsafeSlow(bytes);
  return buffer.byteLength === byteLength ? buffer : undefined;
}

const LARGE = 65_536;

/** The memory of a view that owns all of it, or else a copy in memory of its own: never a slab shared with others. */
export function ownMemory(view: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = view;
  if (byteOffset === 0 && buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return buffer;
  const memory = allocate(byteLength);
  new Uint8Array(memory).set(view);
  return memory;
}
