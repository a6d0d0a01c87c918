import { closedError } from '../errors.js';
import { Budget } from './budget.js';
import { inParallel } from './in-parallel.js';
import { inSequence } from './in-sequence.js';
import { Intake } from './intake.js';
import type { Parcel } from './parcel.js';
import { ProgressMeter } from './progress.js';
import type { Source } from './source.js';
import { openStages, type OpenStage, type Stage, type StageFunction } from './stage.js';
import { StageCall, type Ground } from './stage-call.js';
import {
  resolveRunOptions,
  resolveStreamingOptions,
  type ResolvedStreamingOptions,
  type RunStreamOptions,
  type StreamingOptions,
} from './stream-options.js';
import { StreamRun } from './stream-run.js';

type Step<In, Out> = Stage<In, Out> | StageFunction<In, Out>;

/**
 * Takes data from a source through stages to whoever reads, batch by batch, within a byte budget. Everything is pulled:
 * nothing is made before it is asked for, so that a slow reader slows the source down and nothing piles up.
 */
export class StreamingConverter {
  readonly #options: ResolvedStreamingOptions;
  readonly #running = new Set<StreamRun>();
  #closed = false;

  constructor(o: StreamingOptions = {}) {
    this.#options = resolveStreamingOptions(o);
  }

  /**
   * Sets up a run; it begins when it is read. The types of up to four stages follow each other; for more, a run is the
   * source of another one.
   * @throws `LazyError` `ERR_PERF_LAZY_OPTION`, `ERR_PERF_LAZY_CLOSED`. While it is read: whatever the source or a stage
   * throws, as it was thrown; the signal's reason; `ERR_PERF_LAZY_BUDGET` when a batch and what is made of it do not fit
   * into `maxBytes` on their own; `ERR_PERF_LAZY_BATCH` when something gives what is not a batch
   */
  run<A>(source: Source<A>, stages: readonly [], o?: RunStreamOptions<A>): StreamRun<A>;
  run<A, B>(source: Source<A>, stages: readonly [Step<A, B>], o?: RunStreamOptions<A>): StreamRun<B>;
  run<A, B, C>(
    source: Source<A>,
    stages: readonly [Step<A, B>, Step<B, C>],
    o?: RunStreamOptions<A>,
  ): StreamRun<C>;
  run<A, B, C, D>(
    source: Source<A>,
    stages: readonly [Step<A, B>, Step<B, C>, Step<C, D>],
    o?: RunStreamOptions<A>,
  ): StreamRun<D>;
  run<A, B, C, D, E>(
    source: Source<A>,
    stages: readonly [Step<A, B>, Step<B, C>, Step<C, D>, Step<D, E>],
    o?: RunStreamOptions<A>,
  ): StreamRun<E>;
  run<T>(source: Source<T>, stages: readonly Step<T, T>[], o?: RunStreamOptions<T>): StreamRun<T>;
  run(source: Source, stages: readonly Step<unknown, unknown>[], o: RunStreamOptions = {}): StreamRun {
    if (this.#closed) throw closedError('streaming converter');
    const { pool, memory, ledger, clock } = this.#options;
    const { maxBytes, batchBytes, signal, onProgress, progressInterval, total } = resolveRunOptions(
      o,
      this.#options,
    );
    const steps = openStages(stages);
    const controller = new AbortController();
    const budget = new Budget({
      maxBytes,
      batchBytes: Math.min(batchBytes, maxBytes),
      lanes: lanesOf(steps),
      ledger,
      memory,
    });
    const ground: Ground = { budget, pool, signal: controller.signal };
    const meter = new ProgressMeter({ clock, total, interval: progressInterval, tell: onProgress });
    const intake = new Intake(source, ground, {
      split: o.split,
      took: (batch) => {
        meter.took(batch);
      },
    });
    const parcels = steps.reduce<AsyncGenerator<Parcel, void>>(
      (upstream, step) => joined(upstream, step, ground),
      intake.parcels(),
    );
    const run: StreamRun = new StreamRun({
      intake,
      budget,
      meter,
      parcels,
      controller,
      signal,
      begun: () => {
        if (this.#closed) throw closedError('streaming converter');
        this.#running.add(run);
        meter.begin();
      },
      ended: () => {
        this.#running.delete(run);
      },
    });
    return run;
  }

  /** Gives up every run, whose readers are rejected with `ERR_PERF_LAZY_CLOSED`. Again: does nothing. */
  close(): void {
    this.#closed = true;
    for (const run of [...this.#running]) run.abort(closedError('streaming converter'));
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Batches of the source that the stages can have in work at the same time. */
function lanesOf(steps: readonly OpenStage[]): number {
  return steps.reduce((sum, { concurrency }) => sum + (concurrency > 1 ? concurrency : 0), 1);
}

function joined(
  upstream: AsyncGenerator<Parcel, void>,
  step: OpenStage,
  ground: Ground,
): AsyncGenerator<Parcel, void> {
  const call = new StageCall(step, ground);
  return step.concurrency > 1 ? inParallel(call, upstream) : inSequence(call, upstream);
}
