import { CodedError } from '@perf/internal/errors';

/** Everything that `@perf/lazy` itself can refuse; errors of your own conversions arrive as they were thrown. */
export type LazyErrorCode =
  | 'ERR_PERF_LAZY_OPTION'
  | 'ERR_PERF_LAZY_NOT_LOADED'
  | 'ERR_PERF_LAZY_NO_COLUMN'
  | 'ERR_PERF_LAZY_FOREIGN'
  | 'ERR_PERF_LAZY_CLOSED'
  | 'ERR_PERF_LAZY_CANCELLED'
  | 'ERR_PERF_LAZY_ABORTED'
  | 'ERR_PERF_LAZY_QUEUE_FULL'
  | 'ERR_PERF_LAZY_TASK'
  | 'ERR_PERF_LAZY_CLONE'
  | 'ERR_PERF_LAZY_WORKER_MISSING'
  | 'ERR_PERF_LAZY_WORKER_LOST'
  | 'ERR_PERF_LAZY_POOL_EXHAUSTED'
  | 'ERR_PERF_LAZY_RELEASED'
  | 'ERR_PERF_LAZY_BUDGET'
  | 'ERR_PERF_LAZY_BATCH';

/** The error class of this package. Tell errors apart by `code`, not by class. */
export class LazyError extends CodedError<LazyErrorCode> {
  override readonly name = 'LazyError';
}

/** Reports a bad option or argument. */
export function refuseOption(message: string): LazyError {
  return new LazyError('ERR_PERF_LAZY_OPTION', message);
}

/** Reports the use of something that was closed. */
export function closedError(what: string): LazyError {
  return new LazyError('ERR_PERF_LAZY_CLOSED', `${what} is closed`);
}
