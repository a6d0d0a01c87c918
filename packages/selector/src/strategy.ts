import type { CoefficientName } from './coefficients.js';
import type { Work } from './work.js';

/**
 * The ways in which a conversion can be carried out.
 *
 * - `cache-first`: ask the cache; on a miss convert right here.
 * - `lazy-loading`: convert only the columns that are looked at, when they are.
 * - `streaming`: batch by batch, in memory that does not grow with the source.
 * - `memory-pool`: right here, in buffers that are lent and used again.
 * - `parallel`: cut into parts, on threads, the results joined; one part where it cannot be cut.
 * - `adaptive`: begin right here; what outruns its estimate goes on by batches or on another thread.
 */
export type StrategyName =
  'cache-first' | 'lazy-loading' | 'streaming' | 'memory-pool' | 'parallel' | 'adaptive';

export const STRATEGY_NAMES: readonly StrategyName[] = [
  'cache-first',
  'lazy-loading',
  'streaming',
  'memory-pool',
  'parallel',
  'adaptive',
];

/** A part of what a strategy costs: milliseconds by the prior, and the coefficients that scale them. */
export interface CostTerm {
  readonly ms: number;
  /** What the milliseconds are made of. The term is multiplied by the learned correction of each. */
  readonly coefficients: readonly CoefficientName[];
}

/** What is known beforehand of a strategy, one of those above or one of your own. */
export interface StrategyModel {
  readonly name: string;
  /** What it takes when the cache has no answer: the terms are added up. */
  cost(work: Work): readonly CostTerm[];
  /** Bytes at its peak. */
  peakBytes(work: Work): number;
}

/** A strategy: by name where it is built in, or with what it is taken to cost. */
export type Strategy = StrategyName | StrategyModel;

/** What a selection is for: time, memory, both, or the same choice every time. */
export type Intent = 'fast' | 'low-memory' | 'balanced' | 'predictable';

/** What surrounds a request. */
export interface SelectionContext {
  /** What requests with the same costs have in common, the route for example. Learning is kept per route. Default `''`. */
  readonly route?: string;
  /** What tells this request from others, its cache key for example: how often it comes again is learned from it. */
  readonly key?: string;
  /** Strategies that can be carried out here. Default: all. */
  readonly available?: readonly string[];
  /** How likely the cache has the answer, 0 to 1. Default: estimated from the requests so far. */
  readonly reuseProbability?: number;
  /** Columns that will be looked at. Default: all of them. */
  readonly columnsTouched?: number;
  /** Bytes that one conversion may take. Default: no limit. */
  readonly memoryLimit?: number;
  /** How scarce memory is. Default `'none'`. */
  readonly memoryPressure?: 'none' | 'moderate' | 'critical';
  /** Threads that can work at the same time. Default 1. */
  readonly cores?: number;
  /** Parts into which the work can be cut. Default 1. */
  readonly parts?: number;
  /** Tasks that wait for those threads. Default 0. */
  readonly queueLength?: number;
  /** `true`: no thread runs yet, the first task waits for one to start. */
  readonly coldStart?: boolean;
  /** What this request is for. Default: the selector's own. */
  readonly intent?: Intent;
}

/** What a strategy is expected to cost. */
export interface Estimate {
  readonly strategy: string;
  /** Milliseconds, the chance of a cache hit taken into account. */
  readonly durationMs: number;
  /** Milliseconds when the cache has no answer. */
  readonly missMs: number;
  /** The factor within which that is right two times of three: 1.5 is from two thirds to one and a half. */
  readonly within: number;
  /** Bytes at the peak. */
  readonly peakBytes: number;
  /** `false` when it would break the memory limit or cannot be carried out. */
  readonly feasible: boolean;
  /** `true` when it failed here of late: for a while it is taken only where nothing else can be carried out. */
  readonly suspended: boolean;
}

/** A decision and its grounds. Hand it back to `feedback` when the work is done. */
export interface OptimizationPlan {
  readonly id: number;
  readonly strategy: string;
  /** Every strategy, in the order of preference, those that are feasible first. */
  readonly estimates: readonly Estimate[];
  /** What to try next, in this order, when the strategy fails. */
  readonly fallbacks: readonly string[];
  readonly reason: string;
  /** `true` when another than the best was taken to learn about it. */
  readonly explored: boolean;
  /** How likely the same request is to come again, 0 to 1. */
  readonly reuseProbability: number;
}
