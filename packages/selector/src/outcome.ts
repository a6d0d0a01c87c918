/** What came of a plan. */
export interface Outcome {
  readonly durationMs: number;
  /** Bytes at the peak, where they were measured. */
  readonly peakBytes?: number;
  /** Whether the cache had the answer. Hits teach the chance of reuse, misses the cost of converting. */
  readonly cacheHit?: boolean;
  /** Set when the plan's strategy failed: it is then left alone on this route for a while. */
  readonly error?: unknown;
  /** What was carried out in the end, where that was another strategy; with it, `durationMs` is what that one took. */
  readonly strategy?: string;
}
