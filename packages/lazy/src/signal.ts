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

/** What `answer` comes to, or the reason of an abort, even if it never does. */
export async function unlessAborted(answer: unknown, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return await answer;
  let stop: (() => void) | undefined;
  try {
    return await new Promise((resolve, reject) => {
      stop = () => {
        reject(abortReason(signal));
      };
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      Promise.resolve(answer).then(resolve, reject);
    });
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}
