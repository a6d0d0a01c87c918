import type { Clock } from '@perf/internal/clock';
import { BenchmarkError } from './errors.js';
import { timeCalls } from './loop.js';

const CHUNK = 500;
// The first reads are interpreted, and those after them half compiled: patience until chunks no longer become cheaper.
const PATIENCE = 50;
const CHEAPER = 0.95;
const STEPS = 10;
const MAX_READS = 200_000;
const EMPTY_CALLS = 1000;
const EMPTY_BATCHES = 20;

/** What a clock can tell here, in milliseconds: measured once, it decides how long a sample must be. */
export interface Timer {
  readonly clock: Clock;
  /** The smallest stretch that can be told from none: the smallest step of the clock, or the cost of reading it. */
  readonly resolutionMs: number;
  /** One reading of the clock; it is taken off every sample. */
  readonly readMs: number;
}

/** Measures a clock: in about two milliseconds where it counts nanoseconds, in some ten where it counts milliseconds. */
export function calibrate(clock: Clock): Timer {
  const began = clock.now();
  let last = began;
  let reads = 1;
  let steps = 0;
  let smallest = Infinity;
  let cheapest = Infinity;
  for (let patience = PATIENCE; reads < MAX_READS && (patience > 0 || steps < STEPS); patience--) {
    const first = last;
    for (let i = 0; i < CHUNK; i++) {
      const now = clock.now();
      const step = now - last;
      if (step > 0) {
        steps += 1;
        smallest = Math.min(smallest, step);
      }
      last = now;
    }
    reads += CHUNK;
    const cost = (last - first) / CHUNK;
    if (cost > 0 && cost < cheapest * CHEAPER) patience = PATIENCE;
    if (cost > 0) cheapest = Math.min(cheapest, cost);
  }
  if (!Number.isFinite(last)) {
    throw new BenchmarkError(
      'ERR_PERF_BENCHMARK_CLOCK',
      `clock.now() must be a finite number; it gave ${String(last)}`,
    );
  }
  // A step longer than a chunk makes the cheapest chunk that saw one too dear, and the mean right.
  const readMs = Math.max(0, Math.min((last - began) / reads, cheapest));
  const resolutionMs = Math.max(Number.isFinite(smallest) ? smallest : 0, readMs);
  return { clock, resolutionMs, readMs };
}

const RESOLUTIONS_PER_SAMPLE = 200;
const MOST_SAMPLES = 20_000;
const FEWEST_SAMPLES = 40;

/**
 * How long a sample should be, in milliseconds, when `shareMs` is there for all samples of one function: two hundred times the
 * resolution, so that the clock is off by half a percent at most. Short samples are the good ones: what disturbs a machine
 * seldom hits both of a pair, and many pairs fit. Longer only where more than 20,000 samples would come together,
 * shorter only where not even 40 would.
 */
export function sampleLength(timer: Timer, shareMs: number): number {
  const wanted = Math.max(RESOLUTIONS_PER_SAMPLE * timer.resolutionMs, shareMs / MOST_SAMPLES);
  return Math.min(wanted, shareMs / FEWEST_SAMPLES);
}

/**
 * Milliseconds that the loop takes for one call of an empty function: a part of every figure. To be asked at the end of a
 * run, when the loop is as warm as it was for the samples.
 */
export function callCost({ clock, readMs }: Timer): number {
  const empty = (): void => undefined;
  let best = Infinity;
  for (let i = 0; i < EMPTY_BATCHES; i++) best = Math.min(best, timeCalls(empty, EMPTY_CALLS, clock));
  return Math.max(0, best - readMs) / EMPTY_CALLS;
}
