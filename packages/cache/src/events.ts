import { openChannel, type Channel } from '@perf/internal/channel';
import { type RemovalCause } from './removal.js';

/** How a conversion ended: its result was kept, only handed to the callers, or there was none. */
export type FlightOutcome = 'kept' | 'not-kept' | 'failed' | 'aborted';

/**
 * What caches publish on the `node:diagnostics_channel` named `perf:cache`, while somebody listens. `bytes` are those
 * that the entry takes, `cost` the milliseconds it took to make.
 */
export type CacheEvent =
  | { readonly type: 'hit' | 'stale'; readonly label: string; readonly bytes: number; readonly cost: number }
  | { readonly type: 'miss'; readonly label: string }
  | { readonly type: 'set'; readonly label: string; readonly bytes: number; readonly cost: number }
  | {
      readonly type: 'remove';
      readonly label: string;
      readonly bytes: number;
      readonly cost: number;
      readonly cause: RemovalCause;
    }
  | {
      readonly type: 'flight';
      readonly label: string;
      readonly cost: number;
      readonly outcome: FlightOutcome;
    };

export function openCacheChannel(): Channel<CacheEvent> {
  return openChannel<CacheEvent>('perf:cache');
}
