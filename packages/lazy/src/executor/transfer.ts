import type { Transferable } from './executor.js';

// Registered globally: the task's module, the worker entry and the caller may each have their own copy of this file.
const TRANSFER: unique symbol = Symbol.for('@perf/lazy.transfer');

/** A task's result together with the buffers in it that are to be moved, not copied. Made by `transferring`. */
export interface Transferring<T> {
  readonly value: T;
  readonly transfer: readonly Transferable[];
  readonly [TRANSFER]: true;
}

/**
 * Returned by a task to move buffers back to the caller: `return transferring(table, [table.prices.buffer])`.
 * Moving costs the same whatever the size; without it a worker's result is copied. A moved buffer is detached on the
 * worker. The inline executor hands over `value` as it is.
 */
export function transferring<T>(value: T, transfer: readonly Transferable[]): Transferring<T> {
  return { value, transfer, [TRANSFER]: true };
}

/** Whether a task's result was made by `transferring`. */
export function isTransferring(result: unknown): result is Transferring<unknown> {
  return typeof result === 'object' && result !== null && TRANSFER in result;
}
