import { outOfMemory } from './errors.js';

/** Memory for exactly so many bytes; raises `MEMORY` where the host has none. */
export function allocate(bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes);
  } catch (cause) {
    throw outOfMemory(bytes, cause);
  }
}

/** The memory of a view that owns all of it, or else a copy in memory of its own: never a slab shared with others. */
export function ownMemory(view: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = view;
  if (byteOffset === 0 && buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return buffer;
  const memory = allocate(byteLength);
  new Uint8Array(memory).set(view);
  return memory;
}
