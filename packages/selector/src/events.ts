import { openChannel, type Channel } from '@perf/internal/channel';
import type { Estimate } from './strategy.js';

/**
 * One decision with its outcome, as published on the diagnostics channel `perf:select` soon after `feedback`, for
 * outcomes that were neither cache hits nor failures.
 */
export interface SelectEvent {
  readonly strategy: string;
  readonly estimates: readonly Estimate[];
  /** Milliseconds by which the outcome was slower than the best strategy was expected to be without the cache's
   * answer; 0 when it was not. */
  readonly regretMs: number;
}

export const selectChannel: Channel<SelectEvent> = openChannel('perf:select');
