import { formatBytes } from '@perf/internal/bytes';
import { requireAllocatable } from '@perf/internal/memory/ceiling';
import { LazyError } from '../errors.js';

/**
 * A buffer that nobody had before, zeroed or with whatever stands in its memory: Node zeroes an `ArrayBuffer` even where
 * it is about to be overwritten, which costs as much as writing it.
 * @throws `LazyError` `ERR_PERF_LAZY_POOL_EXHAUSTED` when the system has no such memory
 */
export function freshBuffer(bytes: number, zero: boolean): ArrayBuffer {
  try {
    requireAllocatable(bytes);
    return zero ? new ArrayBuffer(bytes) : Buffer.allocUnsafeSlow(bytes).buffer;
  } catch (cause) {
    throw new LazyError(
      'ERR_PERF_LAZY_POOL_EXHAUSTED',
      `the system has no ${formatBytes(bytes)} in one piece: ask for less`,
      { cause },
    );
  }
}
