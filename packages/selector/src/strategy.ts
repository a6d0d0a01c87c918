/** The ways in which this version can tell a conversion to be carried out. */
export type Strategy = 'cache-first' | 'lazy-loading' | 'parallel';

export const STRATEGIES: readonly Strategy[] = ['cache-first', 'lazy-loading', 'parallel'];

/** What surrounds a request. */
export interface SelectionContext {
  /** What requests with the same costs have in common, the route for example. Learning is kept per route. */
  readonly route?: string;
  /** Strategies that can be carried out here. Default: all. */
  readonly available?: readonly Strategy[];
  /** How likely the same request comes again, 0 to 1. Default: estimated from the answers of the cache so far. */
  readonly reuseProbability?: number;
  /** Columns that will be looked at. Default: all of them. */
  readonly columnsTouched?: number;
  /** Bytes that one conversion may take. Default: no limit. */
  readonly memoryLimit?: number;
  /** Threads that can work at the same time. Default 1. */
  readonly cores?: number;
  /** Parts into which the work can be cut. Default 1. */
  readonly parts?: number;
}

/** What a strategy is expected to cost. */
export interface Estimate {
  readonly strategy: Strategy;
  /** Milliseconds, the chance of a cache hit taken into account. */
  readonly durationMs: number;
  /** Bytes at the peak. */
  readonly peakBytes: number;
  /** `false` when it would break the memory limit or cannot be carried out. */
  readonly feasible: boolean;
}

/** A decision and its grounds. Hand it back to `feedback` when the work is done. */
export interface OptimizationPlan {
  readonly id: number;
  readonly strategy: Strategy;
  /** Every strategy, cheapest feasible first. */
  readonly estimates: readonly Estimate[];
  /** What to try next, in this order, when the strategy fails. */
  readonly fallbacks: readonly Strategy[];
  readonly reason: string;
  /** `true` when the second best was taken to learn about it. */
  readonly explored: boolean;
}
