import { constants } from 'node:buffer';
import { statSync } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { ReadableStream } from 'node:stream/web';
import { allocated, type Allocate } from './allocation.js';
import { ConversionError, throwIfAborted } from './errors.js';
import type { AnyRequest, Source } from './request.js';
import { ColumnTable } from './table/column-table.js';

const UNKNOWN_BYTES = 2 ** 20;

/** The whole source as UTF-8 or binary bytes. A path is read into memory from `allocate` where that is given. */
export async function sourceBytes(
  source: Source,
  signal?: AbortSignal,
  allocate?: Allocate,
): Promise<Uint8Array> {
  throwIfAborted(signal);
  if ('value' in source) return valueBytes(source.value);
  if ('path' in source) return readPath(source.path, signal, allocate);
  if ('url' in source) return fetchBytes(source.url, signal);
  return collect(source.stream, signal);
}

/** A piece of a source and how far it has been read. */
export interface SourceChunk {
  readonly bytes: Uint8Array;
  /** Bytes up to the end of this piece. */
  readonly done: number;
  /** Bytes of the whole source, 0 when unknown. */
  readonly total: number;
}

const CHUNK_BYTES = 2 ** 20;

/**
 * The source piece by piece, read no faster than it is asked for. Pieces of a path are about `chunkBytes` each and
 * valid until the next one is asked for; a value comes in views, a url or stream as it arrives.
 */
export async function* sourceChunks(
  source: Source,
  { signal, chunkBytes = CHUNK_BYTES }: { readonly signal?: AbortSignal; readonly chunkBytes?: number } = {},
): AsyncGenerator<SourceChunk, void> {
  throwIfAborted(signal);
  if ('path' in source) {
    yield* pathChunks(source.path, chunkBytes, signal);
    return;
  }
  let done = 0;
  if ('value' in source) {
    const whole = valueBytes(source.value);
    for (; done < whole.length; done += chunkBytes) {
      throwIfAborted(signal);
      const bytes = whole.subarray(done, done + chunkBytes);
      yield { bytes, done: done + bytes.length, total: whole.length };
    }
    return;
  }
  const { stream, total } =
    'url' in source ? await openUrl(source.url, signal) : { stream: source.stream, total: 0 };
  const iterator = stream[Symbol.asyncIterator]();
  let open = true;
  try {
    for (;;) {
      const next = await unlessAborted(Promise.resolve(iterator.next()), signal);
      if (next.done === true) {
        open = false;
        return;
      }
      const bytes = valueBytes(next.value);
      done += bytes.length;
      yield { bytes, done, total };
    }
  } finally {
    // A stream that stalls would never answer; whoever made it learns of the end all the same.
    if (open) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

async function* pathChunks(
  path: string,
  chunkBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<SourceChunk, void> {
  const file = await opened(path);
  try {
    const total = (await file.stat()).size;
    const buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(chunkBytes, total || chunkBytes)));
    for (let done = 0; ;) {
      throwIfAborted(signal);
      const { bytesRead } = await readAt(file, buffer, done, path);
      if (bytesRead === 0) return;
      done += bytesRead;
      yield { bytes: buffer.subarray(0, bytesRead), done, total };
    }
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (cause) {
    throw unreadablePath(path, cause);
  }
}

async function readAt(
  file: FileHandle,
  buffer: Buffer,
  position: number,
  path: string,
): Promise<{ bytesRead: number }> {
  try {
    return await file.read(buffer, 0, buffer.length, position);
  } catch (cause) {
    throw unreadablePath(path, cause);
  }
}

/** The value of a source that must be given as a value. */
export function sourceValue(source: Source, format: string): unknown {
  if ('value' in source) return source.value;
  throw new ConversionError(
    'ERR_PERF_CONVERT_INVALID_REQUEST',
    `format '${format}' lives in memory only: pass source as { value }, not as a path, url or stream`,
  );
}

/** Bytes of the source as far as they can be told without reading it. */
export function estimateSourceBytes(request: AnyRequest): number {
  const known = request.hints?.sourceBytes;
  if (known !== undefined) return known;
  const { source } = request;
  if ('path' in source) {
    return fileBytes(source.path);
  }
  if (!('value' in source)) return UNKNOWN_BYTES;
  const { value } = source;
  if (typeof value === 'string') return value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (value instanceof ColumnTable) return value.byteLength;
  if (Array.isArray(value)) return value.length * 100;
  return UNKNOWN_BYTES;
}

/** 0 for a path that cannot be looked at: reading it tells why. */
function fileBytes(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}

function valueBytes(value: unknown): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (value instanceof Uint8Array) {
    if (isDetached(value)) {
      throw new ConversionError(
        'ERR_PERF_CONVERT_BAD_INPUT',
        'the source bytes are detached: their buffer was transferred to another thread; convert a copy',
      );
    }
    return value;
  }
  throw new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    'the source value must be a string or a Uint8Array for this format',
  );
}

/** Whether the memory of these bytes was moved to another thread. */
export function isDetached(bytes: Uint8Array): boolean {
  if (bytes.length > 0 || bytes.buffer instanceof SharedArrayBuffer) return false;
  try {
    // A view on a detached buffer reports length 0; making another view on it throws.
    return new Uint8Array(bytes.buffer).length < 0;
  } catch {
    return true;
  }
}

async function readPath(path: string, signal?: AbortSignal, allocate?: Allocate): Promise<Uint8Array> {
  const size = fileBytes(path);
  if (size > constants.MAX_LENGTH) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_TOO_LARGE',
      `'${path}' has ${String(size)} bytes, more than this Node holds in one buffer; stream it`,
    );
  }
  if (size > 0) {
    const memory = allocate === undefined ? Buffer.allocUnsafeSlow(size) : allocated(allocate, size);
    const bytes = await readInto(memory.subarray(0, size), path, signal);
    if (bytes !== undefined) return bytes;
  }
  // What tells no size, such as a pipe, or grows while it is read, is read as it comes.
  try {
    return await readFile(path, signal === undefined ? {} : { signal });
  } catch (cause) {
    throwIfAborted(signal);
    throw unreadablePath(path, cause);
  }
}

/** The whole file in few large pieces, or undefined when it is longer than the memory. */
async function readInto(
  memory: Buffer,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  const file = await opened(path);
  try {
    for (let done = 0; ;) {
      throwIfAborted(signal);
      const whole = done === memory.length;
      const room = whole ? Buffer.alloc(1) : memory.subarray(done, done + CHUNK_BYTES * 16);
      const { bytesRead } = await readAt(file, room, done, path);
      if (bytesRead === 0) return memory.subarray(0, done);
      if (whole) return undefined;
      done += bytesRead;
    }
  } finally {
    await file.close();
  }
}

async function openUrl(
  url: string,
  signal?: AbortSignal,
): Promise<{ stream: AsyncIterable<Uint8Array>; total: number }> {
  const response = await respond(url, signal, (answer) => Promise.resolve(answer));
  const total = Number(response.headers.get('content-length') ?? 0);
  return { stream: response.body ?? new ReadableStream(), total: Number.isSafeInteger(total) ? total : 0 };
}

function fetchBytes(url: string, signal?: AbortSignal): Promise<Uint8Array> {
  return respond(url, signal, async (answer) => new Uint8Array(await answer.arrayBuffer()));
}

async function respond<T>(
  url: string,
  signal: AbortSignal | undefined,
  use: (answer: Response) => Promise<T>,
): Promise<T> {
  try {
    const response = await fetch(url, signal === undefined ? {} : { signal });
    if (!response.ok) throw unreadable(`cannot read ${url}: the server answered ${String(response.status)}`);
    return await use(response);
  } catch (cause) {
    throwIfAborted(signal);
    if (cause instanceof ConversionError) throw cause;
    throw unreadable(`cannot read ${url}: ${reasonOf(cause)}`, cause);
  }
}

async function collect(stream: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const gather = async (): Promise<Uint8Array> => {
    for await (const chunk of stream) {
      throwIfAborted(signal);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  };
  return unlessAborted(gather(), signal);
}

/** A stream may stall for good, so an abort does not wait for its next chunk. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop = (): void => undefined;
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => {
      resolve(undefined);
    };
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    const done = await Promise.race([work, aborted]);
    throwIfAborted(signal);
    return done ?? (await work);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The error for a file that cannot be read. */
export function unreadablePath(path: string, cause: unknown): ConversionError {
  return unreadable(`cannot read '${path}': ${reasonOf(cause)}`, cause);
}

function unreadable(message: string, cause?: unknown): ConversionError {
  return new ConversionError('ERR_PERF_CONVERT_UNREADABLE', message, cause === undefined ? {} : { cause });
}

/** The first line of a foreign error's message, with the system's words for its code where there is one. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code: unknown = Reflect.get(cause, 'code');
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EISDIR') return 'it is a directory';
  return cause.message.split('\n')[0] ?? cause.message;
}
