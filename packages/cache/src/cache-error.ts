import { CodedError } from '@perf/internal/errors';

/** Every reason for which this package throws, rejects, or calls `onError`. */
export type CacheErrorCode =
  /** An option or argument is unknown, of the wrong type, or out of range. */
  | 'ERR_PERF_CACHE_INVALID_OPTION'
  /** The key is neither text, nor `{ cacheKey, label? }`, nor data that can be fingerprinted. */
  | 'ERR_PERF_CACHE_INVALID_KEY'
  /** The value is `undefined`, or cannot be cloned although `clone: true` asks for it. */
  | 'ERR_PERF_CACHE_INVALID_VALUE'
  /** The data holds something that has no content to compare: the message names its path. */
  | 'ERR_PERF_CACHE_UNHASHABLE'
  /** A conversion waits, directly or through others, for its own result. */
  | 'ERR_PERF_CACHE_REENTRANT'
  /** The cache was closed. */
  | 'ERR_PERF_CACHE_CLOSED'
  /** The codec could not compress a value; the original stays. */
  | 'ERR_PERF_CACHE_ENCODE_FAILED'
  /** The codec could not restore a value; the entry is gone. */
  | 'ERR_PERF_CACHE_DECODE_FAILED'
  /** An eviction policy of your own named no entry when one had to go; another went. */
  | 'ERR_PERF_CACHE_POLICY_FAILED'
  /** `onRemove` threw; the removal stands. */
  | 'ERR_PERF_CACHE_LISTENER_FAILED';

/** The one error class of this package; tell errors apart by `code`, the original error is the `cause`. */
export class CacheError extends CodedError<CacheErrorCode> {
  override readonly name = 'CacheError';
}

/** How option readers report a bad value. */
export function invalidOption(message: string): CacheError {
  return new CacheError('ERR_PERF_CACHE_INVALID_OPTION', message);
}
