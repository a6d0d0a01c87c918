import type { StrategyCounts } from './execution.js';

/** What a converter has done so far. */
export interface ConverterStatistics {
  /** Calls of `convert` with a valid request that some route leads along, whatever came of them. */
  readonly conversions: number;
  /** Those answered from the cache, shared flights included. */
  readonly cacheHits: number;
  /** Those that could not be cached, because their source has no identity. */
  readonly uncacheable: number;
  /** Those that ended in an error, aborts included. */
  readonly failures: number;
  /** Times a strategy failed and the next one was taken. */
  readonly fallbacks: number;
  /** Calls of `open`. */
  readonly opened: number;
  /** Streams that were begun. */
  readonly streams: number;
  /**
   * How often each strategy was carried out to its end; hits are none. `lazy-loading` counts columns that were converted
   * alone, each of which was carried out in some way as well.
   */
  readonly strategies: Readonly<StrategyCounts>;
}
