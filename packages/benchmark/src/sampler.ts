import { shown } from '@perf/internal/errors';
import { BenchmarkError } from './errors.js';
import { isPromiseLike, type Candidate, type Hooks } from './candidate.js';
import { release, timeAsyncCalls, timeCalls } from './loop.js';
import { Series } from './series.js';
import type { Timer } from './timer.js';

/** More calls than this never share a sample: with 5 ns a call it lasts 80 ms already. */
export const MOST_CALLS: number = 2 ** 24;

/** Looks on while a sample is taken. */
export interface Witness {
  before(): void;
  after(): void;
}

/**
 * Takes samples of one function. A sample is `calls` calls between two readings of the clock, with `setup` before and `teardown`
 * after. Whether the function returns a promise is found out once, by `probe`; a synchronous one is never awaited.
 */
export class Sampler {
  readonly name: string;
  /** Time per call in milliseconds, when each sample began, and how long it was, one entry per good sample. */
  readonly perCall: Series = new Series();
  readonly beganAt: Series = new Series();
  readonly lengths: Series = new Series();
  calls = 1;
  /** Is told right before and right after the calls of each sample, outside the time taken and inside the hooks. */
  witness: Witness | undefined;
  /** Calls made in the samples kept. */
  madeCalls = 0;
  /** Samples the clock said nothing sensible about: it stood still or went back. */
  discarded = 0;
  /** Length of the last sample in milliseconds, and its time per call: `NaN` when it was discarded. */
  lastMs = 0;
  lastPerCall: number = Number.NaN;
  readonly #candidate: Candidate;
  readonly #hooks: Hooks;
  readonly #timer: Timer;
  #asynchronous = false;

  constructor(candidate: Candidate, hooks: Hooks, timer: Timer) {
    this.name = candidate.name;
    this.#candidate = candidate;
    this.#hooks = hooks;
    this.#timer = timer;
  }

  get asynchronous(): boolean {
    return this.#asynchronous;
  }

  /** One call, with its hooks: returns the output and finds out whether the function is asynchronous. */
  async probe(): Promise<unknown> {
    let output: unknown;
    const elapsed = await this.#withHooks(async () => {
      const began = this.#timer.clock.now();
      const returned = this.#candidate.run();
      this.#asynchronous = isPromiseLike(returned);
      output = await returned;
      return this.#timer.clock.now() - began;
    });
    this.lastMs = elapsed;
    return output;
  }

  /** Takes one sample; a promise only where something has to be awaited. The outcome is `lastPerCall`. */
  take(): void | Promise<void> {
    if (this.#asynchronous || this.#hooks.setup !== undefined || this.#hooks.teardown !== undefined) {
      return this.#takeLater();
    }
    this.witness?.before();
    const began = this.#timer.clock.now();
    let elapsed: number;
    try {
      elapsed = timeCalls(this.#candidate.run, this.calls, this.#timer.clock);
    } catch (cause) {
      throw this.#threw('the function', cause);
    }
    this.witness?.after();
    release();
    this.#keep(began, elapsed);
  }

  /** Forgets the samples taken so far. */
  reset(): void {
    this.perCall.clear();
    this.beganAt.clear();
    this.lengths.clear();
    this.madeCalls = 0;
    this.discarded = 0;
  }

  async #takeLater(): Promise<void> {
    let began = 0;
    const elapsed = await this.#withHooks(async () => {
      this.witness?.before();
      began = this.#timer.clock.now();
      const taken = this.#asynchronous
        ? await timeAsyncCalls(this.#candidate.run, this.calls, this.#timer.clock)
        : timeCalls(this.#candidate.run, this.calls, this.#timer.clock);
      this.witness?.after();
      return taken;
    });
    release();
    this.#keep(began, elapsed);
  }

  async #withHooks(work: () => Promise<number>): Promise<number> {
    try {
      await this.#hooks.setup?.();
    } catch (cause) {
      throw this.#threw('setup', cause);
    }
    let elapsed: number;
    try {
      elapsed = await work();
    } catch (cause) {
      // The function's own error is the one worth telling; a teardown that fails on top of it says nothing new.
      await quietly(this.#hooks.teardown);
      throw this.#threw('the function', cause);
    }
    try {
      await this.#hooks.teardown?.();
    } catch (cause) {
      throw this.#threw('teardown', cause);
    }
    return elapsed;
  }

  #keep(began: number, elapsed: number): void {
    this.lastMs = elapsed;
    const net = elapsed - this.#timer.readMs;
    if (!(net > 0) || net === Infinity) {
      this.lastPerCall = Number.NaN;
      this.discarded += 1;
      return;
    }
    this.lastPerCall = net / this.calls;
    this.perCall.push(this.lastPerCall);
    this.beganAt.push(began);
    this.lengths.push(elapsed);
    this.madeCalls += this.calls;
  }

  #threw(what: string, cause: unknown): BenchmarkError {
    return threw(what, this.name, cause);
  }
}

/** The error for something that the caller passed in and that threw. */
export function threw(what: string, name: string, cause: unknown): BenchmarkError {
  return new BenchmarkError('ERR_PERF_BENCHMARK_THREW', `${what} of '${name}' threw: ${told(cause)}`, {
    cause,
  });
}

async function quietly(work: (() => unknown) | undefined): Promise<void> {
  try {
    await work?.();
  } catch {
    return;
  }
}

function told(cause: unknown): string {
  return cause instanceof Error ? cause.message : shown(cause);
}
