import { throwIfAborted } from './abort.js';

/** Lets everything else that waits on the event loop go first. */
export async function nextTurn(signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
  throwIfAborted(signal);
}
