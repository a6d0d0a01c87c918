import { CodedError } from '@perf/internal/errors';

/** Why a conversion was refused or failed. */
export type ConversionErrorCode =
  | 'ERR_PERF_CONVERT_INVALID_REQUEST'
  | 'ERR_PERF_CONVERT_INVALID_OPTION'
  | 'ERR_PERF_CONVERT_INVALID_ADAPTER'
  | 'ERR_PERF_CONVERT_NO_ROUTE'
  | 'ERR_PERF_CONVERT_NO_COLUMN'
  | 'ERR_PERF_CONVERT_BAD_INPUT'
  | 'ERR_PERF_CONVERT_UNREADABLE'
  | 'ERR_PERF_CONVERT_TYPE_MISMATCH'
  | 'ERR_PERF_CONVERT_INVALID_SCHEMA'
  | 'ERR_PERF_CONVERT_TOO_LARGE'
  | 'ERR_PERF_CONVERT_MEMORY_EXCEEDED'
  | 'ERR_PERF_CONVERT_TIMEOUT'
  | 'ERR_PERF_CONVERT_METADATA_LOSS'
  | 'ERR_PERF_CONVERT_QUALITY_DEGRADED'
  | 'ERR_PERF_CONVERT_NOT_CACHEABLE'
  | 'ERR_PERF_CONVERT_MISSING_PEER'
  | 'ERR_PERF_CONVERT_FAILED'
  | 'ERR_PERF_CONVERT_ABORTED'
  | 'ERR_PERF_CONVERT_CLOSED';

/** Where in an input it went wrong. */
export interface InputPosition {
  /** Lines count from 1; 1 in a binary format. */
  readonly line: number;
  /** Bytes from the start of the source. */
  readonly offset: number;
  /** The name of the column, or its number from 1 where it has none yet. */
  readonly column?: string | number;
}

/** Every error of this package. `code` tells what went wrong; the message says what to do about it. */
export class ConversionError extends CodedError<ConversionErrorCode> {
  override readonly name = 'ConversionError';
  /** Set for `ERR_PERF_CONVERT_BAD_INPUT` where the place is known. */
  readonly position: InputPosition | undefined;

  constructor(
    code: ConversionErrorCode,
    message: string,
    options: { cause?: unknown; position?: InputPosition } = {},
  ) {
    super(code, message, 'cause' in options ? { cause: options.cause } : undefined);
    this.position = options.position;
  }
}

/** Throws the typed form of an abort when `signal` is aborted; a timeout as itself. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    const reason: unknown = signal.reason;
    if (reason instanceof ConversionError && reason.code === 'ERR_PERF_CONVERT_TIMEOUT') throw reason;
    throw new ConversionError('ERR_PERF_CONVERT_ABORTED', 'the conversion was aborted by its signal', {
      cause: signal.reason,
    });
  }
}

/** Reports a bad option of a request. */
export function refuseOption(message: string): ConversionError {
  return new ConversionError('ERR_PERF_CONVERT_INVALID_OPTION', message);
}
