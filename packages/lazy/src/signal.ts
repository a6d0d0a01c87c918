import { shown } from '@perf/internal/errors';
import { LazyError } from './errors.js';

/** What an aborted wait rejects with: the signal's own reason, wrapped only when that is not an error. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error) return reason;
  return new LazyError('ERR_PERF_LAZY_ABORTED', `aborted: ${shown(reason)}`, { cause: reason });
}

/** Throws the reason of a signal that has already been aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortReason(signal);
}
