import { type CacheError } from './cache-error.js';

/** Where errors go that no caller waits for. */
export type Report = (error: CacheError) => void;

/**
 * Hands errors to `onError`. Without one, failures of the codec are only counted, because the cache serves on without
 * compression; an error in the program's own `onRemove`, or in `onError` itself, becomes an uncaught exception.
 */
export function createReport(onError: Report | undefined): Report {
  return (error) => {
    try {
      if (onError !== undefined) onError(error);
      else if (error.code === 'ERR_PERF_CACHE_LISTENER_FAILED') throwLater(error);
    } catch (thrown) {
      throwLater(thrown);
    }
  };
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
