/**
 * The entry of a worker thread. It is built to a file of its own, because Node loads it by itself, and exports the
 * one function that the pool calls for every task.
 */
import type { TaskAddress } from './task.js';
import { callTask } from './task.js';
import { packError, type PortableError } from './portable-error.js';
import { isTransferring } from './transfer.js';

/** What is posted to a worker. */
export interface TaskCall extends TaskAddress {
  readonly args: unknown;
}

/** What a worker posts back. A task's own error is an answer too; only the loss of the thread is not. */
export type TaskOutcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: PortableError };

// Aborting a task stops its thread, so no task can ever see this signal fire.
const { signal } = new AbortController();

export default async function runTask(call: TaskCall): Promise<unknown> {
  let result: unknown;
  try {
    result = await callTask(call, call.args, { signal });
  } catch (error) {
    return { ok: false, error: packError(error) } satisfies TaskOutcome;
  }
  if (!isTransferring(result)) return { ok: true, value: result } satisfies TaskOutcome;
  const outcome: TaskOutcome = { ok: true, value: result.value };
  // Only now: a worker that moves nothing starts without loading the pool's main module.
  const piscina = await import('piscina');
  return piscina.move({
    [piscina.transferableSymbol]: [...result.transfer],
    [piscina.valueSymbol]: outcome,
  });
}
