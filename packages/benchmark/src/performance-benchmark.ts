import { readCandidate, readCandidates, type Candidate, type Operation } from './candidate.js';
import { runComparison } from './comparison.js';
import { unsettle } from './loop.js';
import { runMeasurement } from './measurement.js';
import {
  resolveCompare,
  resolveInstruments,
  resolveMeasure,
  type CompareOptions,
  type MeasureOptions,
  type PerformanceBenchmarkOptions,
} from './options.js';
import type { Instruments } from './ports.js';
import { seededRandom, type Random } from './random.js';
import type { BenchmarkResult, ComparisonResult } from './result.js';
import { Sampler } from './sampler.js';
import { Session, throwIfAborted, untilAborted } from './session.js';
import { calibrate, type Timer } from './timer.js';

/**
 * Times functions, by themselves (`measure`) or against each other (`compare`).
 *
 * Runs of one instance never overlap: a second call waits for the first, as two measurements at a time would measure
 * each other. Nothing has to be closed.
 */
export class PerformanceBenchmark {
  /** The seed of the orders within rounds: given again, it repeats them. */
  readonly seed: number;
  readonly #instruments: Instruments;
  readonly #random: Random;
  #timer: Timer | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** Throws `ERR_PERF_BENCHMARK_OPTION` on an option that is unknown or out of range. */
  constructor(options: PerformanceBenchmarkOptions = {}) {
    const { instruments, seed } = resolveInstruments(options);
    this.seed = seed;
    this.#instruments = instruments;
    this.#random = seededRandom(seed);
  }

  /**
   * How long one call takes: its distribution, rate, collections, allocations, CPU time. Whether `run` returns a promise is
   * found out by a first call; calls of an asynchronous function are awaited one after the other.
   *
   * Rejects with `ERR_PERF_BENCHMARK_OPTION`, `_CANDIDATES` (no name, no function), `_THREW`, `_ABORTED` or `_CLOCK`.
   */
  async measure(name: string, run: Operation, options: MeasureOptions = {}): Promise<BenchmarkResult> {
    const resolved = resolveMeasure(options);
    const candidate = readCandidate(name, run);
    return this.#inTurn(resolved, (session) =>
      runMeasurement(new Sampler(candidate, resolved.hooks, session.timer), resolved, session),
    );
  }

  /**
   * How the time of each candidate compares with that of the first, the base. All of them are timed in turns, in random
   * order, and judged by the median of their pair ratios; the run ends as soon as the verdicts stand, or with the budget.
   *
   * Rejects with `ERR_PERF_BENCHMARK_OPTION`, `_CANDIDATES` (fewer than two), `_UNEQUAL`, `_THREW`, `_ABORTED` or `_CLOCK`.
   */
  async compare(
    candidates: Readonly<Record<string, Operation>>,
    options: CompareOptions = {},
  ): Promise<ComparisonResult> {
    const resolved = resolveCompare(options);
    const [base, first, ...others] = readCandidates(candidates);
    return this.#inTurn(resolved, (session) => {
      const made = (candidate: Candidate): Sampler => new Sampler(candidate, resolved.hooks, session.timer);
      return runComparison(made(base), [made(first), ...others.map(made)], resolved, session);
    });
  }

  async #inTurn<T>(
    o: { budgetMs: number; signal: AbortSignal | undefined },
    run: (session: Session) => Promise<T>,
  ): Promise<T> {
    const before = this.#last;
    const turn = before.then(async () => {
      // Called off while it waited: its place in the line is simply skipped.
      throwIfAborted(o.signal);
      this.#timer ??= await this.#calibrated();
      const session = new Session({
        instruments: this.#instruments,
        timer: this.#timer,
        random: this.#random,
        budgetMs: o.budgetMs,
        signal: o.signal,
      });
      try {
        return await untilAborted(run(session), o.signal);
      } finally {
        session.close();
      }
    });
    this.#last = turn.catch(() => undefined);
    return untilAborted(turn, o.signal);
  }

  async #calibrated(): Promise<Timer> {
    await unsettle(this.#instruments.clock);
    return calibrate(this.#instruments.clock);
  }
}
