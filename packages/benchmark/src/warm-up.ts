import { MOST_CALLS, type Sampler } from './sampler.js';
import { BenchmarkError } from './errors.js';
import { shuffled } from './random.js';
import { Series } from './series.js';
import type { Session } from './session.js';
import { median } from './statistics.js';

/**
 * # Warm-up
 *
 * A function is compiled in steps, each a plateau, and the last step comes late: V8 counts the bytecode a function has run, so
 * a short one has to be called some ten thousand times, and then the compiler takes its milliseconds on another thread.
 * So a run is called warm when the last three quarters of its samples have the same median and each function was called
 * 30,000 times, and not before a tenth of the budget is gone. A quarter of the budget is the end of patience; whether the
 * medians agreed by then is in the result. All candidates warm up together, in random order, for what one shows the
 * engine changes the code of the others.
 */
const FEWEST_SAMPLES = 32;
const AGREEMENT = 1.04;
const LEAST_CALLS = 30_000;
const LEAST_SHARE = 0.1;
const MOST_SHARE = 0.25;
/** Functions that cost about what the first one does share its number of calls, so that what a sample itself costs cancels. */
const ALIKE = 4;
const FRUITLESS = 10_000;
/** A bound for clocks that do not even reach the end of patience. */
const MOST_ROUNDS = 200_000;

export interface WarmUp {
  readonly ms: number;
  readonly calls: number;
  /** Whether the time per call had settled when the warm-up ended. */
  readonly settled: boolean;
}

/** Warms the samplers up, settles how many calls each sample has, and forgets the samples taken. */
export async function warmUp(
  samplers: readonly Sampler[],
  session: Session,
  o: { sampleMs: number; calls: number | undefined },
): Promise<WarmUp> {
  const { sampleMs } = o;
  const began = session.elapsedMs;
  const courses = samplers.map((sampler): Course => ({ sampler, plateau: new Plateau(), made: 0 }));
  for (const sampler of samplers) sampler.calls = o.calls ?? 1;
  for (let rounds = 1; ; rounds++) {
    for (const course of shuffled(courses, session.random)) {
      const { sampler, plateau } = course;
      await sampler.take();
      course.made += sampler.calls;
      if (o.calls === undefined && sampler.lastMs < sampleMs / 2 && sampler.calls < MOST_CALLS) {
        sampler.calls = Math.min(MOST_CALLS, sampler.calls * 2);
        plateau.reset();
      } else {
        plateau.add(sampler.lastPerCall);
      }
      // Without this a frozen clock would keep the loop going for ever.
      if (sampler.perCall.size === 0 && (sampler.calls === MOST_CALLS || sampler.discarded === FRUITLESS)) {
        throw stuck(sampler);
      }
    }
    // Judged only where the loop takes a breath: a median costs more than a sample.
    const breathing = session.mustBreathe;
    if (breathing) await session.breathe();
    const used = session.elapsedMs / session.budgetMs;
    const enough = used >= LEAST_SHARE && courses.every(({ made }) => made >= LEAST_CALLS);
    const settled = (): boolean => courses.every(({ plateau }) => plateau.reached);
    if (!(used < MOST_SHARE) || rounds >= MOST_ROUNDS || (breathing && enough && settled())) break;
  }
  if (o.calls === undefined) settleCalls(courses, sampleMs);
  for (const sampler of samplers) sampler.reset();
  return {
    ms: session.elapsedMs - began,
    calls: courses.reduce((sum, { made }) => sum + made, 0),
    settled: courses.every(({ plateau }) => plateau.reached),
  };
}

interface Course {
  readonly sampler: Sampler;
  readonly plateau: Plateau;
  made: number;
}

function settleCalls(courses: readonly Course[], sampleMs: number): void {
  for (const { sampler, plateau } of courses) {
    const perCall = plateau.latest;
    if (perCall > 0) sampler.calls = Math.min(MOST_CALLS, Math.max(1, Math.ceil(sampleMs / perCall)));
  }
  const base = courses[0]?.sampler.calls ?? 1;
  const alike = courses.filter(({ sampler: { calls } }) => calls <= ALIKE * base && base <= ALIKE * calls);
  const most = Math.max(...alike.map(({ sampler }) => sampler.calls));
  for (const { sampler } of alike) sampler.calls = most;
}

function stuck(sampler: Sampler): BenchmarkError {
  return new BenchmarkError(
    'ERR_PERF_BENCHMARK_CLOCK',
    `the clock did not move forward in any sample of '${sampler.name}'`,
  );
}

/**
 * Doubles the calls of samples that became too short because their function was compiled once more, and of those that had
 * as many calls, so that alike functions stay alike.
 */
export function lengthen(samplers: readonly Sampler[], sampleMs: number): void {
  for (const calls of new Set(samplers.map((sampler) => sampler.calls))) {
    const alike = samplers.filter((sampler) => sampler.calls === calls);
    if (!alike.some(({ lastMs }) => lastMs < sampleMs / 2) || calls >= MOST_CALLS) continue;
    for (const sampler of alike) sampler.calls = Math.min(MOST_CALLS, 2 * calls);
  }
}

/** Tells whether a falling series has come to rest: the medians of its last three quarters agree. */
export class Plateau {
  readonly #values = new Series();

  add(value: number): void {
    if (!Number.isNaN(value)) this.#values.push(value);
  }

  reset(): void {
    this.#values.clear();
  }

  get reached(): boolean {
    if (this.#values.size < FEWEST_SAMPLES) return false;
    const medians = [1, 2, 3].map((quarter) => median(this.#quarter(quarter)));
    return Math.max(...medians) <= AGREEMENT * Math.min(...medians);
  }

  /** The median of the last quarter; `NaN` before the first value. */
  get latest(): number {
    return median(this.#quarter(3));
  }

  #quarter(index: number): Float64Array {
    const values = this.#values.view();
    const at = (part: number): number => Math.floor((part * values.length) / 4);
    return values.subarray(at(index), at(index + 1));
  }
}
