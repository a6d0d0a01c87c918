import { CompressionError } from './errors.js';

interface Subscription {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const subscriptions = new WeakMap<AbortSignal, Subscription>();

/**
 * Calls back when the signal fires, unless the function returned was called before. However many calls share a
 * signal, it carries one listener, and none once they have ended: Node warns of a leak from the eleventh on.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return () => undefined;
  const { callbacks, listener } = subscriptions.get(signal) ?? subscribe(signal);
  callbacks.add(callback);
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    signal.removeEventListener('abort', listener);
    subscriptions.delete(signal);
  };
}

function subscribe(signal: AbortSignal): Subscription {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    for (const callback of callbacks) callback();
  };
  const subscription: Subscription = { callbacks, listener };
  subscriptions.set(signal, subscription);
  signal.addEventListener('abort', listener);
  return subscription;
}

/** Raises `ABORTED` with the signal's reason as its cause, if the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(signal);
}

export function aborted(signal: AbortSignal | undefined): CompressionError {
  return new CompressionError('ERR_PERF_COMPRESSION_ABORTED', 'the signal fired before the call ended', {
    cause: signal?.reason,
  });
}
