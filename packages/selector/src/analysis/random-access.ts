import { open } from 'node:fs/promises';
import { SelectorError } from '../errors.js';

/** Bytes that can be read anywhere. */
export interface RandomAccess {
  readonly size: number;
  /** Fewer than asked for at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

/** A text as the bytes it would be, about: places are found by the ratio of the two lengths. */
export function inText(text: string, bytes: number): RandomAccess {
  const at = (offset: number): number => Math.floor(bytes === 0 ? 0 : (offset / bytes) * text.length);
  return {
    size: bytes,
    read: (offset, length) =>
      Promise.resolve(Buffer.from(text.slice(at(offset), at(offset + length)), 'utf8')),
  };
}

/**
 * Reads from a file, and closes it afterwards whatever happens.
 * @throws SelectorError `ERR_PERF_SELECTOR_UNREADABLE`
 */
export async function withFile<T>(path: string, use: (file: RandomAccess) => Promise<T>): Promise<T> {
  const file = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw unreadable(path, new Error('it is not a file'));
    return await use({
      size: stat.size,
      async read(offset, length) {
        const buffer = Buffer.alloc(Math.max(0, Math.min(length, stat.size - offset)));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
        return buffer.subarray(0, bytesRead);
      },
    });
  } finally {
    await file.close();
  }
}

function unreadable(path: string, cause: unknown): SelectorError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SelectorError('ERR_PERF_SELECTOR_UNREADABLE', `cannot read '${path}': ${reason}`, { cause });
}
