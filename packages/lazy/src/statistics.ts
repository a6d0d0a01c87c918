import type { UnloadCause } from './events.js';

/** A frozen snapshot of a manager's counters. "Now" is when `stats()` was called; the rest counts since the start. */
export interface LazyStatistics {
  /** Converters made, by `createLazyConverter`, `convert` and `map`. */
  readonly created: number;
  /** Conversions waiting for their turn now, of whole values and of columns. */
  readonly queued: number;
  /** Conversions running now, also those that nobody waits for any more but that have not stopped yet. */
  readonly loading: number;
  /** Converters that hold a value or columns now. */
  readonly held: number;
  /** Bytes they hold now. Values that share a buffer count it once each. */
  readonly heldBytes: number;
  /** The bound on `heldBytes`. */
  readonly maxBytes: number;
  /** Whole values converted and taken. */
  readonly loads: number;
  /** Single columns converted and taken. */
  readonly columnLoads: number;
  /** Conversions begun through the executor; all others ran in this thread. */
  readonly executed: number;
  /** Attempts that failed and were followed by another. */
  readonly retries: number;
  /** Conversions that failed. Not: refused, cancelled, or turned away by closing. */
  readonly failed: number;
  /** Conversions given up because the last who waited left, by `cancel`, or by closing the converter. */
  readonly cancelled: number;
  /** Conversions refused because the queue was full. */
  readonly refused: number;
  /** How often a converter let go of what it held, by cause. */
  readonly unloaded: Readonly<Record<UnloadCause, number>>;
  /** Decisions by threshold that were taken without a usable estimate. */
  readonly unestimated: number;
}

type Now = 'queued' | 'loading' | 'held' | 'heldBytes' | 'maxBytes';

/** The counters that only grow. */
export type Counters = {
  -readonly [Name in Exclude<keyof LazyStatistics, Now | 'unloaded'>]: number;
} & { readonly unloaded: Record<UnloadCause, number> };

export function zero(): Counters {
  return {
    created: 0,
    loads: 0,
    columnLoads: 0,
    executed: 0,
    retries: 0,
    failed: 0,
    cancelled: 0,
    refused: 0,
    unestimated: 0,
    unloaded: { asked: 0, idle: 0, memory: 0, closed: 0 },
  };
}

export function snapshot(counters: Counters, now: Pick<LazyStatistics, Now>): LazyStatistics {
  return Object.freeze({ ...counters, ...now, unloaded: Object.freeze({ ...counters.unloaded }) });
}
