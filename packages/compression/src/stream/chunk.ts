import { shown } from '@perf/internal/errors';
import { CompressionError, detached } from '../errors.js';

/** The bytes of a chunk that was written to a stream: any view of memory. Raises `INPUT` or `DETACHED`. */
export function chunkBytes(chunk: unknown): Uint8Array {
  if (!ArrayBuffer.isView(chunk)) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_INPUT',
      `a stream takes Uint8Arrays or other views of memory; given ${shown(chunk)}`,
    );
  }
  try {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  } catch {
    throw detached();
  }
}
