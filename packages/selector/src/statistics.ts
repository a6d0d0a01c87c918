/** What a selector has done so far. */
export interface SelectorStatistics {
  /** Plans given by `select`. */
  readonly decisions: number;
  /** Decisions that took another than the best to learn. */
  readonly explored: number;
  /** Outcomes that were no cache hits and did not fail. */
  readonly observed: number;
  /** Outcomes with an `error`. */
  readonly failures: number;
  /** Share of outcomes that hit the cache, recent ones counting more, failures not at all; 0.3 before the first. */
  readonly reuseProbability: number;
  /** How often each strategy was decided for. */
  readonly chosen: Readonly<Record<string, number>>;
  /** Whether what it knows comes from a `state`, and how many outcomes had taught that one. */
  readonly restored: number | 'none' | 'refused';
}
