import { CodedError } from '@perf/internal/errors';

/**
 * Why an operation was refused:
 *
 * - `OPTION`: an option, or an option of one call, is unknown or out of range.
 * - `INPUT`: the value is of a kind that cannot be compressed, or the frame is not a `Uint8Array`.
 * - `DETACHED`: the memory behind the value was transferred away or shrunk, before or during the call.
 * - `NOT_A_FRAME`: the bytes do not begin like a frame.
 * - `VERSION`: a frame of a version, or with flags, that this release does not know.
 * - `CODEC`: a sound frame, written by a codec that this release does not have.
 * - `ELEMENT_TYPE`: a sound frame of an element type that this release, or this host, does not have.
 * - `CORRUPT`: damaged, cut short, extended, or with sizes that cannot be true.
 * - `TOO_LARGE`: the content is larger than `maxOutputBytes`.
 * - `MEMORY`: the host could not provide the memory.
 * - `ABORTED`: the signal fired; its reason is the `cause`.
 * - `THREAD`: the thread that worked on the data was lost.
 * - `QUEUE_FULL`: `maxQueue` asynchronous calls are waiting already.
 * - `CLOSED`: the compressor is closed.
 */
export type CompressionErrorCode =
  | 'ERR_PERF_COMPRESSION_OPTION'
  | 'ERR_PERF_COMPRESSION_INPUT'
  | 'ERR_PERF_COMPRESSION_DETACHED'
  | 'ERR_PERF_COMPRESSION_NOT_A_FRAME'
  | 'ERR_PERF_COMPRESSION_VERSION'
  | 'ERR_PERF_COMPRESSION_CODEC'
  | 'ERR_PERF_COMPRESSION_ELEMENT_TYPE'
  | 'ERR_PERF_COMPRESSION_CORRUPT'
  | 'ERR_PERF_COMPRESSION_TOO_LARGE'
  | 'ERR_PERF_COMPRESSION_MEMORY'
  | 'ERR_PERF_COMPRESSION_ABORTED'
  | 'ERR_PERF_COMPRESSION_THREAD'
  | 'ERR_PERF_COMPRESSION_QUEUE_FULL'
  | 'ERR_PERF_COMPRESSION_CLOSED';

/** Where a block stands in a stream of frames. */
export interface BlockPosition {
  /** Its number, from 0. */
  readonly index: number;
  /** The byte of the stream at which its header begins. */
  readonly offset: number;
}

/** Every error this package raises on purpose. Tell them apart by `code`; `cause` keeps what lay beneath. */
export class CompressionError extends CodedError<CompressionErrorCode> {
  override readonly name = 'CompressionError';
  /** For damage in a stream: the block that it is in. */
  readonly block: BlockPosition | undefined;

  constructor(
    code: CompressionErrorCode,
    message: string,
    options?: ErrorOptions & { block?: BlockPosition },
  ) {
    super(code, message, options);
    this.block = options?.block;
  }
}

export function optionError(message: string): CompressionError {
  return new CompressionError('ERR_PERF_COMPRESSION_OPTION', message);
}

export function corrupt(message: string, cause?: unknown): CompressionError {
  return new CompressionError(
    'ERR_PERF_COMPRESSION_CORRUPT',
    message,
    cause === undefined ? undefined : { cause },
  );
}

/** The payload goes on where, by its header, it should have ended. */
export function tooMuch(contentBytes: number): CompressionError {
  return corrupt(`the payload holds more than the ${String(contentBytes)} bytes that the header declares`);
}

/** The payload ends before what its header declares. */
export function tooLittle(given: number, contentBytes: number): CompressionError {
  return corrupt(
    `the payload holds ${String(given)} bytes where the header declares ${String(contentBytes)} bytes`,
  );
}

export function unreadableBlock(why: unknown): CompressionError {
  return corrupt(`a block of the payload cannot be decoded: ${String(why)}`, why);
}

/** Work that went to another thread and did not come back. */
export function lost(what: string, cause?: unknown): CompressionError {
  return new CompressionError(
    'ERR_PERF_COMPRESSION_THREAD',
    `${what}; the data is as it was: call again`,
    cause === undefined ? undefined : { cause },
  );
}

export function detached(): CompressionError {
  return new CompressionError(
    'ERR_PERF_COMPRESSION_DETACHED',
    'the memory behind the data was transferred away or shrunk; it must stay as it is until the call ends',
  );
}

export function outOfMemory(bytes: number, cause: unknown): CompressionError {
  return new CompressionError(
    'ERR_PERF_COMPRESSION_MEMORY',
    `the host could not provide memory for ${String(bytes)} bytes`,
    { cause },
  );
}
