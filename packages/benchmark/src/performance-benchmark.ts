import { readCandidate, readCandidates, type Candidate, type Operation } from './candidate.js';
import { runComparison } from './comparison.js';
import {
  readSizes,
  resolveComplexity,
  runComplexity,
  type ComplexityFit,
  type ComplexityOptions,
} from './complexity.js';
import {
  judgeEstimate,
  readAdapter,
  resultAmounts,
  sourceBytes,
  type ConversionAdapter,
  type ConversionBenchmarkResult,
} from './conversion.js';
import { resolveDoctor, runDoctor, type DoctorOptions, type DoctorReport } from './doctor.js';
import { refuseOption } from './errors.js';
import { unsettle } from './loop.js';
import { runMeasurement } from './measurement.js';
import { resolveMemory, type ProfileMemoryOptions, type ResolvedMemory } from './memory/options.js';
import { runMemoryProfile, type MemoryProfile } from './memory/profile.js';
import {
  resolveCompare,
  resolveInstruments,
  resolveMeasure,
  type CompareOptions,
  type MeasureOptions,
  type PerformanceBenchmarkOptions,
} from './options.js';
import type { Instruments } from './ports.js';
import {
  runIsolatedComparison,
  runIsolatedMeasurement,
  type IsolatedComparisonResult,
  type IsolatedMeasurement,
} from './process/isolation.js';
import {
  readTasks,
  resolveCompareIsolated,
  resolveMeasureIsolated,
  type CompareIsolatedOptions,
  type MeasureIsolatedOptions,
} from './process/options.js';
import { isTaskLike, readTask, type NamedTask, type Task } from './process/task.js';
import { seededRandom, type Random } from './random.js';
import type { BenchmarkResult, ComparisonResult } from './result.js';
import { Sampler } from './sampler.js';
import { Session, throwIfAborted, untilAborted } from './session.js';
import {
  rankStrategies,
  readStrategies,
  resolveStrategies,
  Trials,
  type CompareStrategiesOptions,
  type StrategyComparison,
} from './strategies.js';
import {
  resolveThroughput,
  runThroughput,
  type MeasureThroughputOptions,
  type Source,
  type ThroughputMetrics,
} from './throughput.js';
import { calibrate, type Timer } from './timer.js';
import { TRIAL_KINDS } from './trial-kinds.js';

/**
 * Times functions, by themselves (`measure`) or against each other (`compare`), here or in fresh processes; profiles their
 * memory; reads streams; tells how time grows with size; puts strategies side by side.
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

  /**
   * `measure` in several fresh processes, one after the other: what the luck of a process does is in the interval.
   *
   * Rejects as `measure` does, and with `ERR_PERF_BENCHMARK_TASK`, `_CHILD` or `_TIMEOUT`.
   */
  async measureIsolated(
    name: string,
    task: Task,
    options: MeasureIsolatedOptions = {},
  ): Promise<IsolatedMeasurement> {
    const resolved = resolveMeasureIsolated(options);
    const named = readTask(name, task);
    return this.#alone(resolved.signal, () => runIsolatedMeasurement(named, resolved, this.#world));
  }

  /**
   * `compare` in fresh processes: each round starts one for every task and lets them take turns; the verdict is on the median of the
   * rounds. Functions cannot cross a process, so tasks say where theirs can be found.
   *
   * Rejects as `compare` does, and with `ERR_PERF_BENCHMARK_TASK` (not found), `_CHILD` (a process died) or `_TIMEOUT` (one hung).
   */
  async compareIsolated(
    tasks: Readonly<Record<string, Task>>,
    options: CompareIsolatedOptions = {},
  ): Promise<IsolatedComparisonResult> {
    const resolved = resolveCompareIsolated(options);
    const named = readTasks(tasks);
    return this.#alone(resolved.signal, () => runIsolatedComparison(named, resolved, this.#world));
  }

  /**
   * How much memory an operation needs at its peak, what it keeps, and whether it seems to leak. A function runs here; a task runs in a
   * fresh process, where nothing that was freed before can hide growth: prefer one where the figure must be exact.
   *
   * Rejects with `ERR_PERF_BENCHMARK_OPTION`, `_CANDIDATES`, `_THREW`, `_ABORTED`, and for tasks `_TASK`, `_CHILD` or `_TIMEOUT`.
   */
  async profileMemory(work: Operation | Task, options?: ProfileMemoryOptions): Promise<MemoryProfile>;
  async profileMemory(
    name: string,
    work: Operation | Task,
    options?: ProfileMemoryOptions,
  ): Promise<MemoryProfile>;
  async profileMemory(
    first: string | Operation | Task,
    second?: Operation | Task | ProfileMemoryOptions,
    third?: ProfileMemoryOptions,
  ): Promise<MemoryProfile> {
    const named = typeof first === 'string';
    const work: unknown = named ? second : first;
    // The overloads say which of the two the options are.
    const resolved = resolveMemory((named ? third : (second as ProfileMemoryOptions | undefined)) ?? {});
    const name = named ? first : nameOf(work);
    if (isTaskLike(work)) {
      if (resolved.hooks.setup !== undefined || resolved.hooks.teardown !== undefined) {
        throw refuseOption(
          'setup and teardown cannot cross into the process of a task; make them part of it',
        );
      }
      const task = readTask(name, work);
      return this.#alone(resolved.signal, () => this.#profileTask(task, resolved));
    }
    const candidate = readCandidate(name, work);
    return this.#alone(resolved.signal, () => runMemoryProfile(candidate, resolved, this.#instruments));
  }

  /**
   * How fast a stream delivers, and who waits for whom. Reads it to its end, or cancels it after `maxChunks` or on abort.
   *
   * Rejects with `ERR_PERF_BENCHMARK_OPTION`, `_CANDIDATES` (no stream), `_THREW` (the stream or `consume`) or `_ABORTED`.
   */
  async measureThroughput<Chunk>(
    source: Source<Chunk>,
    options: MeasureThroughputOptions<Chunk> = {},
  ): Promise<ThroughputMetrics> {
    const resolved = resolveThroughput(options);
    return this.#alone(resolved.signal, () => runThroughput(source, resolved, this.#instruments.clock));
  }

  /**
   * How the time of `run` grows with the size of its input: the model that fits best, the next one, and how sure that is. All sizes
   * are timed in turns, so that a slow stretch of the machine does not look like growth.
   *
   * Rejects with `ERR_PERF_BENCHMARK_OPTION` (fewer than five sizes, too), `_CANDIDATES`, `_THREW`, `_ABORTED` or `_CLOCK`.
   */
  async complexity<Input = number>(
    run: (input: Input, size: number) => unknown,
    sizes: readonly number[],
    options: ComplexityOptions<Input> = {},
  ): Promise<ComplexityFit> {
    const resolved = resolveComplexity(options);
    const sorted = readSizes(sizes);
    const name = nameOf(run);
    readCandidate(name, run);
    return this.#inTurn(resolved, (session) => runComplexity(name, run, sorted, resolved, session));
  }

  /**
   * `measure` for a conversion: rates come from the bytes of the request's source, else of the result, and from the rows that the result tells;
   * the adapter's own estimate is held against the outcome.
   *
   * Rejects as `measure` does.
   */
  async benchmarkConversion<Request>(
    adapter: ConversionAdapter<Request>,
    request: Request,
    options: MeasureOptions = {},
  ): Promise<ConversionBenchmarkResult> {
    readAdapter(adapter);
    const resolved = resolveMeasure(options);
    const { signal } = resolved;
    const own = sourceBytes(request);
    const bytesOf = resolved.bytes !== undefined ? 'given' : own !== undefined ? 'source' : 'result';
    const candidate = readCandidate(adapter.id, () =>
      signal === undefined ? adapter.convert(request) : adapter.convert(request, { signal }),
    );
    const estimated = adapter.estimateCost?.(request);
    const plan = { ...resolved, bytes: resolved.bytes ?? own, amountsOf: resultAmounts };
    const result = await this.#inTurn(plan, (session) =>
      runMeasurement(new Sampler(candidate, plan.hooks, session.timer), plan, session),
    );
    const estimate = judgeEstimate(estimated, result.time.p50);
    return {
      ...result,
      ...(result.bytesPerSecond === undefined ? {} : { bytesOf }),
      ...(estimate === undefined ? {} : { estimate }),
    };
  }

  /**
   * Strategies by time (interleaved, against the first), peak memory and quality: the rank by each, and the Pareto front. No score is
   * mixed from them.
   *
   * Rejects as `compare` and `profileMemory` do.
   */
  async compareStrategies<Strategy, Outcome>(
    strategies: Readonly<Record<string, Strategy>>,
    run: (strategy: Strategy, name: string) => Outcome | Promise<Outcome>,
    options: CompareStrategiesOptions<Outcome> = {},
  ): Promise<StrategyComparison> {
    const { budgetMs, runs, quality, margin, signal } = resolveStrategies(options);
    readStrategies(strategies, run);
    const trials = new Trials(strategies, run, quality);
    const calledOff = signal === undefined ? {} : { signal };
    const comparison = await this.compare(trials.runs, { budget: budgetMs, margin, ...calledOff });
    await this.#alone(signal, () => untilAborted(trials.judgeAll(), signal));
    const memory: MemoryProfile[] = [];
    for (const [name, work] of Object.entries(trials.runs)) {
      if (runs > 0) memory.push(await this.profileMemory(name, work, { runs, ...calledOff }));
    }
    return rankStrategies(comparison, memory, { qualityOf: (name) => trials.qualityOf(name), margin });
  }

  /**
   * How small a difference this machine shows here and now, within the budget of one comparison: compares several kinds of work
   * with themselves, then with exactly so much more of themselves. Takes up to 60 budgets by default.
   *
   * Rejects with `ERR_PERF_BENCHMARK_OPTION`, `_ABORTED` or `_CLOCK`.
   */
  async doctor(options: DoctorOptions = {}): Promise<DoctorReport> {
    return runDoctor(TRIAL_KINDS, resolveDoctor(options), {
      compare: (candidates, o) => this.compare(candidates, o),
      now: () => this.#instruments.clock.now(),
    });
  }

  get #world(): Pick<Instruments, 'clock' | 'children'> & { readonly random: Random } {
    return { ...this.#instruments, random: this.#random };
  }

  async #profileTask(task: NamedTask, o: ResolvedMemory): Promise<MemoryProfile> {
    const child = this.#instruments.children.start(task.name);
    try {
      const { runs, intervalMs, method } = o;
      return await child.ask('memory', { task, runs, intervalMs, method }, o);
    } finally {
      child.close();
    }
  }

  async #inTurn<T>(
    o: { budgetMs: number; signal: AbortSignal | undefined },
    run: (session: Session) => Promise<T>,
  ): Promise<T> {
    return this.#alone(o.signal, async () => {
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
  }

  async #alone<T>(signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      // Called off while it waited: its place in the line is simply skipped.
      throwIfAborted(signal);
      return run();
    });
    this.#last = turn.catch(() => undefined);
    return untilAborted(turn, signal);
  }

  async #calibrated(): Promise<Timer> {
    await unsettle(this.#instruments.clock);
    return calibrate(this.#instruments.clock);
  }
}

function nameOf(work: unknown): string {
  if (isTaskLike(work)) return String(work.export);
  return typeof work === 'function' && work.name !== '' ? work.name : 'operation';
}
