import { formatBytes } from '@perf/internal/bytes';
import type { Candidate, Hooks } from '../candidate.js';
import type { Instruments } from '../ports.js';
import { threw } from '../sampler.js';
import { throwIfAborted, untilAborted } from '../session.js';
import { median } from '../statistics.js';
import type { Warning } from '../warning.js';
import type { ResolvedMemory } from './options.js';
import type { HighWaterMark, MemorySample, MemoryUsage, MemoryWatch } from './probe.js';
import { timelineOf } from './timeline.js';
import { trendOf } from './trend.js';

/**
 * # What the peak means
 *
 * The process is settled first (garbage collected until nothing moves any more), and a peak is how far its resident memory
 * stood above that, less what earlier runs still hold for good. It counts pages: memory that was allocated and never
 * touched is not in it, and the native memory of libraries is. Memory that was freed before the profile began but not given
 * back to the system is taken up again without a trace; so the figure is exact in a fresh process, which is what a
 * task gets, and a lower bound in one that has worked before. Because what a first run leaves with the allocator would hide
 * the growth of the second in the same way, all runs are measured from the first start. The median over the runs leaves out
 * what happens once: the engine's young generation growing, code being compiled.
 */
export interface MemoryProfile {
  readonly kind: 'memory';
  readonly name: string;
  /** The most that was resident above the start: the median over the runs. */
  readonly peakBytes: number;
  /** The same for each run, in order. */
  readonly peaks: readonly number[];
  /** What was resident before the first run: the whole process stood at this plus a peak, plus what was held by then. */
  readonly startBytes: number;
  /** What is still held after all runs and a collection: heap and external memory above the start. Negative when less. */
  readonly heldBytes: number;
  /** The median rise of what is held, from one run to the next; the first two, which load and compile, are left out where five others remain. */
  readonly growthPerRun: number;
  /** Whether it rises by more than 4 KB a run, and too steadily for chance (1 %). Never with fewer than 5 runs. */
  readonly leakSuspected: boolean;
  /** Up to 512 samples in order of time; `atMs` counts from the start of the first run. */
  readonly timeline: readonly MemorySample[];
  /** Where the peaks come from: the kernel's own mark, which misses nothing, or samples, which miss what is shorter than their interval. */
  readonly method: 'kernel' | 'sampled';
  readonly runs: number;
  /** Whether it ran in a fresh process of its own. */
  readonly isolated: boolean;
  /** The median length of a run. */
  readonly durationMs: number;
  readonly warnings: readonly Warning[];
}

/** Code that is no longer used is let go of after several collections only: without so many it would fall into the first runs. */
const FIRST_COLLECTIONS = 10;
const FEWEST_COLLECTIONS = 6;
const MOST_COLLECTIONS = 16;
const STILL_HELD = 2048;
const STILL_RESIDENT = 128 * 1024;
const CLEAR = 0.01;
/** Below this it is as likely the engine's own bookkeeping. */
const LEAST_LEAK = 4096;
const FEWEST_FOR_TREND = 5;
/** Runs that load and compile, and so are left out of the trend where enough others remain. */
const FIRST_RUNS = 2;
const HIDDEN_SHARE = 0.1;
const LEAST_HIDDEN = 8 * 2 ** 20;

type World = Pick<Instruments, 'clock' | 'pause' | 'memory'>;

/** Runs an operation several times and watches the memory of the process. */
export async function runMemoryProfile(
  { name, run }: Candidate,
  o: ResolvedMemory,
  world: World,
): Promise<MemoryProfile> {
  const { clock, memory } = world;
  const highWater = o.method === 'sampled' ? undefined : memory.highWater;
  throwIfAborted(o.signal);
  const watch = await memory.watch({ intervalMs: o.intervalMs, clock });
  let samples: readonly MemorySample[] = [];
  const passes: Pass[] = [];
  const held: number[] = [];
  let start = restOf(memory.read());
  let beganAt = 0;
  try {
    start = await settle(world, FIRST_COLLECTIONS);
    beganAt = clock.now();
    for (let i = 0; i < o.runs; i++) {
      throwIfAborted(o.signal);
      passes.push(await pass(name, run, o, { world, watch, highWater }));
      const rest = await settle(world);
      held.push(rest.held - start.held);
    }
  } finally {
    samples = await watch.close();
  }
  const peaks = passes.map(({ peak }, i) =>
    Math.max(0, peak - start.usage.rssBytes - Math.max(0, held[i - 1] ?? 0)),
  );
  const peakBytes = median(peaks);
  const trend = trendOf(held.slice(Math.min(FIRST_RUNS, Math.max(0, o.runs - FEWEST_FOR_TREND))));
  const unseen = passes.filter(({ seen }) => !seen).length;
  return {
    kind: 'memory',
    name,
    peakBytes,
    startBytes: start.usage.rssBytes,
    peaks,
    heldBytes: held.at(-1) ?? 0,
    growthPerRun: trend.slope,
    leakSuspected:
      memory.collect !== undefined &&
      o.runs >= FEWEST_FOR_TREND &&
      trend.slope > LEAST_LEAK &&
      trend.chance < CLEAR,
    timeline: timelineOf(samples, beganAt),
    method: highWater === undefined ? 'sampled' : 'kernel',
    runs: o.runs,
    isolated: false,
    durationMs: median(passes.map(({ ms }) => ms)),
    warnings: [
      ...collectorWarnings(name, memory.collect !== undefined),
      ...hiddenWarnings(name, start.usage, peakBytes),
      ...unseenWarnings(name, unseen, o.runs),
    ],
  };
}

interface Pass {
  /** The most that was resident, in bytes. */
  readonly peak: number;
  /** Whether anybody looked while it ran. */
  readonly seen: boolean;
  readonly ms: number;
}

async function pass(
  name: string,
  run: () => unknown,
  { hooks, signal }: { hooks: Hooks; signal: AbortSignal | undefined },
  { world, watch, highWater }: { world: World; watch: MemoryWatch; highWater: HighWaterMark | undefined },
): Promise<Pass> {
  const { clock, memory } = world;
  const attempt = (what: string, work: () => unknown): Promise<void> =>
    untilAborted(guarded(what, name, work), signal);
  await attempt('setup', () => hooks.setup?.());
  const before = memory.read();
  highWater?.reset();
  watch.mark();
  let peak = before.rssBytes;
  let seen = true;
  let ms = 0;
  try {
    await attempt('the function', async () => {
      const began = clock.now();
      const output: unknown = await run();
      ms = clock.now() - began;
      const sampled = watch.peak();
      seen = highWater !== undefined || sampled !== undefined;
      peak = Math.max(peak, highWater?.read() ?? sampled ?? 0, memory.read().rssBytes);
      return output;
    });
  } catch (error) {
    await attempt('teardown', () => hooks.teardown?.()).catch(() => undefined);
    throw error;
  }
  await attempt('teardown', () => hooks.teardown?.());
  return { peak, seen, ms };
}

async function guarded(what: string, name: string, work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw threw(what, name, cause);
  }
}

/** The process at rest. */
interface Rest {
  readonly usage: MemoryUsage;
  readonly held: number;
}

/**
 * Collects until neither what is held nor what is resident moves any more: other threads give pages back with delay. One
 * collection leaves some garbage that the next one takes, and makes some of its own, so the least that was left counts as held.
 */
async function settle({ memory, pause }: World, fewest: number = FEWEST_COLLECTIONS): Promise<Rest> {
  let last = memory.read();
  let held = heldIn(last);
  for (let i = 1; i <= MOST_COLLECTIONS; i++) {
    memory.collect?.();
    await pause();
    const now = memory.read();
    const still = heldIn(now) > held - STILL_HELD && Math.abs(now.rssBytes - last.rssBytes) <= STILL_RESIDENT;
    held = Math.min(held, heldIn(now));
    last = now;
    if (still && i >= fewest) break;
  }
  return { usage: last, held };
}

function restOf(usage: MemoryUsage): Rest {
  return { usage, held: heldIn(usage) };
}

function heldIn({ heapUsedBytes, externalBytes }: MemoryUsage): number {
  return heapUsedBytes + externalBytes;
}

function collectorWarnings(name: string, collects: boolean): Warning[] {
  if (collects) return [];
  const message = `garbage cannot be collected on demand here: what '${name}' holds includes garbage, and no leak is suspected`;
  return [{ code: 'no-collector', name, message }];
}

function hiddenWarnings(name: string, start: MemoryUsage, peakBytes: number): Warning[] {
  const free = start.heapTotalBytes - start.heapUsedBytes;
  if (free < LEAST_HIDDEN || free < HIDDEN_SHARE * peakBytes) return [];
  const message = `${formatBytes(free)} of the heap were free at the start: as much growth of '${name}' may have gone unseen; profile it as a task, in a fresh process`;
  return [{ code: 'reused-memory', name, message }];
}

function unseenWarnings(name: string, unseen: number, runs: number): Warning[] {
  if (unseen === 0) return [];
  const message = `nobody looked at the memory in ${String(unseen)} of ${String(runs)} runs of '${name}': their peak is what was resident at their ends`;
  return [{ code: 'unseen-peak', name, message }];
}
