import type { Transform } from 'node:stream';
import { aborted, onAbort } from '../abort.js';
import { CompressionError, corrupt, outOfMemory, tooMuch } from '../errors.js';

/**
 * Runs slices through a zlib stream, whose work is done on libuv's threads: one slice is written when the one before
 * it is used up, so that memory stays bounded and an abort takes hold within a slice.
 * `take` gets each piece of output; what it raises ends the run. Whether the run went to its end, rather than being
 * stopped by a `false` from `take`.
 */
export function runZlib(
  stream: Transform,
  slices: Iterable<Uint8Array>,
  take: (piece: Uint8Array) => boolean,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const source = slices[Symbol.iterator]();
    let settled = false;
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      stopListening();
      stream.destroy();
      act();
    };
    const fail = (error: unknown): void => {
      settle(() => {
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    };
    const finish = (complete: boolean): void => {
      settle(() => {
        resolve(complete);
      });
    };
    const stopListening = onAbort(signal, () => {
      fail(aborted(signal));
    });
    const feed = (): void => {
      if (settled) return;
      try {
        const next = source.next();
        if (next.done === true) stream.end();
        else stream.write(next.value, feed);
      } catch (error) {
        fail(error);
      }
    };
    // The handler of errors stays: a stream that was destroyed at work may still report one.
    stream.on('error', fail);
    stream.on('end', () => {
      finish(true);
    });
    stream.on('data', (piece: Uint8Array) => {
      if (settled) return;
      try {
        if (!take(piece)) finish(false);
      } catch (error) {
        fail(error);
      }
    });
    if (signal?.aborted === true) fail(aborted(signal));
    feed();
  });
}

/** What went wrong while compressing, in this package's words. */
export function encodeFailure(error: unknown, contentBytes: number): unknown {
  return isOutOfMemory(error) ? outOfMemory(contentBytes, error) : error;
}

/** What went wrong while decompressing, in this package's words: without other evidence it is the payload's fault. */
export function decodeFailure(error: unknown, contentBytes: number): unknown {
  if (error instanceof CompressionError) return error;
  if (isOutOfMemory(error)) return outOfMemory(contentBytes, error);
  if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return tooMuch(contentBytes);
  return corrupt('the payload of the frame cannot be decompressed', error);
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined;
}

const MEMORY_CODES: readonly unknown[] = [
  'Z_MEM_ERROR',
  'ERR_MEMORY_ALLOCATION_FAILED',
  'ERR_ZLIB_INITIALIZATION_FAILED',
];

function isOutOfMemory(error: unknown): boolean {
  if (MEMORY_CODES.includes(codeOf(error))) return true;
  // What the engine itself raises for an array that it cannot allocate; Node's own range errors carry a code.
  return error instanceof RangeError && codeOf(error) === undefined;
}
