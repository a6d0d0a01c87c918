import { open } from 'node:fs/promises';
import type { ByteSource } from './pages/byte-window.js';
import type { AnyRequest } from '../request.js';
import { sourceBytes, unreadablePath } from '../source.js';

/** Random access to the bytes of a Parquet file. */
export interface ParquetFile extends AsyncDisposable, ByteSource {
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** Opens the source of a request for reading parts of it. Whoever opens it disposes of it. */
export async function openParquetFile(
  { source }: AnyRequest,
  signal: AbortSignal | undefined,
): Promise<ParquetFile> {
  if (!('path' in source)) return inMemory(await sourceBytes(source, signal));
  const handle = await open(source.path, 'r').catch((cause: unknown) => {
    throw unreadablePath(source.path, cause);
  });
  const stat = await handle.stat();
  if (stat.isDirectory()) {
    await handle.close();
    throw unreadablePath(source.path, new Error('it is a directory'));
  }
  const { size } = stat;
  return {
    byteLength: size,
    async slice(start, end = size) {
      // A broken footer may ask for more than there is.
      const buffer = new ArrayBuffer(Math.max(0, Math.min(end, size) - start));
      const { bytesRead } = await handle.read(new Uint8Array(buffer), 0, buffer.byteLength, start);
      return bytesRead === buffer.byteLength ? buffer : buffer.slice(0, bytesRead);
    },
    async readInto(target, start) {
      let filled = 0;
      // A read may give less than is there.
      for (let bytesRead = -1; bytesRead !== 0 && filled < target.length; filled += bytesRead) {
        ({ bytesRead } = await handle.read(target, filled, target.length - filled, start + filled));
      }
      return filled;
    },
    async [Symbol.asyncDispose]() {
      await handle.close();
    },
  };
}

function inMemory(bytes: Uint8Array): ParquetFile {
  return {
    byteLength: bytes.byteLength,
    slice(start, end = bytes.byteLength) {
      const part = new Uint8Array(Math.max(0, Math.min(end, bytes.byteLength) - start));
      part.set(bytes.subarray(start, end));
      return Promise.resolve(part.buffer);
    },
    readInto(target, start) {
      const part = bytes.subarray(start, start + target.length);
      target.set(part);
      return Promise.resolve(part.length);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
