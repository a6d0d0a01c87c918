import { open } from 'node:fs/promises';
import type { AnyRequest } from '../request.js';
import { sourceBytes, unreadablePath } from '../source.js';

/** Random access to the bytes of a Parquet file. */
export interface ParquetFile {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** Opens the source of a request for reading parts of it, and closes it after `use`. */
export async function withParquetFile<R>(
  { source }: AnyRequest,
  signal: AbortSignal | undefined,
  use: (file: ParquetFile) => Promise<R>,
): Promise<R> {
  if (!('path' in source)) return use(inMemory(await sourceBytes(source, signal)));
  const handle = await open(source.path, 'r').catch((cause: unknown) => {
    throw unreadablePath(source.path, cause);
  });
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw unreadablePath(source.path, new Error('it is a directory'));
    const { size } = stat;
    return await use({
      byteLength: size,
      async slice(start, end = size) {
        // A broken footer may ask for more than there is.
        const buffer = new ArrayBuffer(Math.max(0, Math.min(end, size) - start));
        const { bytesRead } = await handle.read(new Uint8Array(buffer), 0, buffer.byteLength, start);
        return bytesRead === buffer.byteLength ? buffer : buffer.slice(0, bytesRead);
      },
    });
  } finally {
    await handle.close();
  }
}

function inMemory(bytes: Uint8Array): ParquetFile {
  return {
    byteLength: bytes.byteLength,
    slice(start, end = bytes.byteLength) {
      const part = new Uint8Array(Math.max(0, Math.min(end, bytes.byteLength) - start));
      part.set(bytes.subarray(start, end));
      return Promise.resolve(part.buffer);
    },
  };
}
