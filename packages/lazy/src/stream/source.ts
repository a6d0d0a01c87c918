import { shown } from '@perf/internal/errors';
import { refuseOption, type LazyError } from '../errors.js';
import type { Batch } from './batch.js';

/** What a source may heed. */
export interface SourceControl {
  /**
   * How many bytes the next batch should have, about. Looked at anew for each batch: it grows while there is room, and
   * shrinks when the stages make more of a batch than the budget allows, or memory is scarce.
   */
  readonly batchBytes: number;
  /** Fires when the run is given up. */
  readonly signal: AbortSignal;
}

/** Where batches come from: anything that can be iterated over, or a function that makes it and may heed `control`. */
export type Source<T = unknown> =
  | AsyncIterable<Batch<T>>
  | Iterable<Batch<T>>
  | ((control: SourceControl) => AsyncIterable<Batch<T>> | Iterable<Batch<T>>);

/** An iterator whose answers need not be promises. */
export interface Pulled {
  next(): unknown;
  return?(): unknown;
}

/** Refuses what can be no source, before anything has begun. */
export function checkSource(source: unknown): void {
  if (typeof source === 'function' || isAsyncIterable(source) || isIterable(source)) return;
  throw notIterable(source);
}

/** Begins to iterate over a source. */
export function openSource(source: unknown, control: SourceControl): Pulled {
  const found: unknown = typeof source === 'function' ? Reflect.apply(source, undefined, [control]) : source;
  if (isAsyncIterable(found)) return found[Symbol.asyncIterator]();
  if (isIterable(found)) return found[Symbol.iterator]();
  throw notIterable(found);
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function notIterable(given: unknown): LazyError {
  return refuseOption(`source must be iterable, or a function that gives what is; given ${shown(given)}`);
}
