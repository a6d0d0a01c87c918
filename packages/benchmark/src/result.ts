import type { Distribution } from './distribution.js';
import type { GarbageCollection } from './garbage.js';
import type { Shift } from './pairs.js';
import type { LoopDelay } from './ports.js';
import type { Verdict } from './verdict.js';
import type { WarmUp } from './warm-up.js';
import type { Warning } from './warning.js';

/** What `measure` found. All times are milliseconds per call unless a field says otherwise. */
export interface BenchmarkResult {
  readonly kind: 'measurement';
  readonly name: string;
  readonly time: Distribution;
  /** An interval of `time.p50` at 95 %; `[0, Infinity]` with too few samples. */
  readonly interval: readonly [low: number, high: number];
  readonly samples: number;
  /** Calls in one sample. Above 1, percentiles are those of means of so many calls. */
  readonly batch: number;
  /** Calls measured; warm-up is apart. */
  readonly calls: number;
  readonly asynchronous: boolean;
  /** Calls per second, from the median. */
  readonly opsPerSecond: number;
  /** Present when `bytes` was given, from the median. */
  readonly bytesPerSecond?: number;
  /** Present when `rows` was given, from the median. */
  readonly rowsPerSecond?: number;
  readonly gc: GarbageCollection;
  /** Bytes one call allocates, the median over windows without a collection; absent where no such window was found. */
  readonly allocatedBytes?: number;
  /** CPU time per call of the whole process, helper threads included: above `time.mean` when work is spread over cores. */
  readonly cpuMs: { readonly user: number; readonly system: number };
  /** How late timers came while an asynchronous function ran; absent for synchronous ones, which hold the loop by nature. */
  readonly loopDelayMs?: LoopDelay;
  readonly warmUp: WarmUp;
  /** Time of the whole run. */
  readonly elapsedMs: number;
  /** `time` over the run: up to 24 medians in order of time. */
  readonly course: readonly number[];
  readonly warnings: readonly Warning[];
}

/** One candidate against the base. */
export interface Comparison {
  readonly candidate: string;
  /** Candidate time divided by base time: the median of the pair ratios. 0.5 is twice as fast. */
  readonly ratio: number;
  /** Holds the true ratio with the confidence asked, looks in between included; `[0, Infinity]` with too few pairs. */
  readonly interval: readonly [low: number, high: number];
  readonly verdict: Verdict;
  readonly pairs: number;
  /** How many independent pairs these are worth. */
  readonly effectivePairs: number;
  /** Standard deviation of one pair ratio, as a share. */
  readonly spread: number;
  /**
   * Ratio of the mean times, collections and other outliers included. It has no interval; a distance from `ratio` says
   * that the candidates differ in their worst moments more than in their usual ones.
   */
  readonly meanRatio: number;
  /** What coming second did to a time; taken out of `ratio`. Absent with too few pairs. */
  readonly orderEffect?: Shift;
  /** Only when undecided: an estimate, in milliseconds, of how much longer it would take. */
  readonly moreMs?: number;
  /** The pair ratios over the run: up to 24 medians in order of time. */
  readonly course: readonly number[];
}

/** One side of a comparison by itself. */
export interface Contender {
  readonly name: string;
  readonly time: Distribution;
  readonly samples: number;
  /** Samples left out because the clock stood still or went back in them. */
  readonly discarded: number;
  /** Calls in one sample. */
  readonly batch: number;
  readonly asynchronous: boolean;
  readonly gc: GarbageCollection;
  /** The times over the run: up to 24 medians in order of time. */
  readonly course: readonly number[];
}

/** What `compare` found: the first candidate against the base, and all of them in `comparisons`. */
export interface ComparisonResult extends Comparison {
  readonly kind: 'comparison';
  readonly base: string;
  readonly margin: number;
  readonly confidence: number;
  /** The base first, then the candidates as they were given. */
  readonly contenders: readonly Contender[];
  readonly comparisons: readonly Comparison[];
  readonly warmUp: WarmUp;
  readonly elapsedMs: number;
  readonly budgetMs: number;
  readonly warnings: readonly Warning[];
}
