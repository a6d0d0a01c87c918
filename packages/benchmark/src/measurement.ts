import { course, describe } from './distribution.js';
import { BenchmarkError } from './errors.js';
import { garbageOf } from './garbage.js';
import { medianInterval } from './interval.js';
import { allocatedBytes } from './memory/allocation.js';
import type { ResolvedMeasure } from './options.js';
import type { LoopDelay } from './ports.js';
import type { BenchmarkResult } from './result.js';
import type { Sampler } from './sampler.js';
import type { Session } from './session.js';
import { callCost, sampleLength } from './timer.js';
import { lengthen, warmUp } from './warm-up.js';
import { coldWarnings, sampleWarnings, scatterWarnings, speedWarnings } from './warning.js';

/** Shares of the budget: sampling ends at the first, counting allocations takes at most the second. */
const SAMPLING_UNTIL = 0.92;
const ALLOCATION_SHARE = 0.06;
const SAMPLING_SHARE = 0.7;
const INTERVAL_ERROR = 0.05;
/** A bound on the samples of one run, whatever the clock says. */
const MOST_SAMPLES = 200_000;

/** Times one function until its budget is gone. */
export async function runMeasurement(
  sampler: Sampler,
  o: ResolvedMeasure,
  session: Session,
): Promise<BenchmarkResult> {
  const { budgetMs, timer } = session;
  const told = await probe(sampler, o);
  const { bytes = told.bytes, rows = told.rows } = o;
  await session.breathe();
  const sampleMs = sampleLength(timer, budgetMs * SAMPLING_SHARE);
  const warm = await warmUp([sampler], session, { sampleMs, calls: o.batch });

  const watch = sampler.asynchronous ? session.instruments.loopDelay.watch() : undefined;
  let loopDelay: LoopDelay | undefined;
  const cpuBefore = session.instruments.cpu.read();
  try {
    for (let taken = 0; taken < MOST_SAMPLES; taken++) {
      const sample = sampler.take();
      if (sample !== undefined) await sample;
      if (session.mustBreathe) {
        await session.breathe();
        if (o.batch === undefined) lengthen([sampler], sampleMs);
      }
      if (!(session.elapsedMs < budgetMs * SAMPLING_UNTIL)) break;
    }
  } finally {
    loopDelay = watch?.();
  }
  const cpuAfter = session.instruments.cpu.read();

  const times = sampler.perCall.view().slice();
  if (times.length === 0) {
    throw new BenchmarkError(
      'ERR_PERF_BENCHMARK_CLOCK',
      `the clock gave no sensible time for '${sampler.name}'`,
    );
  }
  const calls = sampler.madeCalls;
  const gc = garbageOf(sampler, await session.gc.take());
  const { discarded } = sampler;
  const allocated = await allocatedBytes(sampler, session, budgetMs * ALLOCATION_SHARE);
  const time = describe(times);
  const median = medianInterval(times, INTERVAL_ERROR);
  const side = {
    name: sampler.name,
    time,
    samples: times.length,
    discarded,
    batch: sampler.calls,
    gc,
    course: course(times),
  };
  const perSecond = 1000 / time.p50;
  return {
    kind: 'measurement',
    name: sampler.name,
    time,
    interval: [Math.max(0, median.low), median.high],
    samples: times.length,
    batch: sampler.calls,
    calls,
    asynchronous: sampler.asynchronous,
    opsPerSecond: perSecond,
    ...(bytes === undefined ? {} : { bytesPerSecond: bytes * perSecond }),
    ...(rows === undefined ? {} : { rowsPerSecond: rows * perSecond }),
    gc,
    ...(allocated === undefined ? {} : { allocatedBytes: allocated }),
    cpuMs: {
      user: (cpuAfter.userMs - cpuBefore.userMs) / calls,
      system: (cpuAfter.systemMs - cpuBefore.systemMs) / calls,
    },
    ...(loopDelay === undefined ? {} : { loopDelayMs: loopDelay }),
    warmUp: warm,
    elapsedMs: session.elapsedMs,
    course: side.course,
    warnings: [
      ...coldWarnings(warm),
      ...sampleWarnings(side, { timer, callMs: callCost(timer) }),
      ...scatterWarnings(side),
      ...speedWarnings(side),
    ],
  };
}

/** A function of its own, so that the output is let go of. */
async function probe(
  sampler: Sampler,
  { amountsOf }: ResolvedMeasure,
): Promise<{ readonly bytes?: number; readonly rows?: number }> {
  const output = await sampler.probe();
  return amountsOf?.(output) ?? {};
}
