import { describe, type Distribution } from '../distribution.js';
import { BenchmarkError } from '../errors.js';
import { signTestRank } from '../interval.js';
import { Pairs } from '../pairs.js';
import type { Instruments } from '../ports.js';
import { shuffled, type Random } from '../random.js';
import type { BenchmarkResult } from '../result.js';
import { throwIfAborted } from '../session.js';
import { median, medianAbsoluteDeviation, SIGMA_PER_MAD, sorted } from '../statistics.js';
import { decide, moreTime, type Verdict } from '../verdict.js';
import { percent, type Warning } from '../warning.js';
import type { Child } from './child.js';
import type { ResolvedCompareIsolated, ResolvedMeasureIsolated } from './options.js';
import type { NamedTask } from './task.js';

/**
 * # Fresh processes, in pairs
 *
 * Two processes that run the same code differ by a few percent for as long as they live: where code and heap happened to land,
 * what was compiled first. No number of samples within one process averages that out. So every round starts a fresh process
 * for each side, lets them take turns (the others idle meanwhile), draws the median pair ratio of the round, and ends them. What is
 * judged is the rounds: each is one independent value, and the interval is that of their median.
 */
export interface IsolatedComparison {
  readonly candidate: string;
  /** Candidate time divided by base time: the median over the rounds. */
  readonly ratio: number;
  /** Holds the true ratio with the confidence asked; `[0, Infinity]` with too few rounds. */
  readonly interval: readonly [low: number, high: number];
  readonly verdict: Verdict;
  /** The median pair ratio of each round, in order of time. */
  readonly ratios: readonly number[];
  /** Standard deviation of the rounds, as a share: what the luck of a process does. */
  readonly spread: number;
  /** The usual standard deviation of one pair of turns within a round, as a share. */
  readonly spreadWithin: number;
  /** Only when undecided: an estimate, in milliseconds, of how much longer it would take. */
  readonly moreMs?: number;
}

/** One side of an isolated comparison by itself. */
export interface IsolatedContender {
  readonly name: string;
  /** Over the rounds: each value is the median time per call in one process, in milliseconds. */
  readonly time: Distribution;
  readonly asynchronous: boolean;
  /** Whether the time per call had settled in every process. */
  readonly settled: boolean;
}

/** What `compareIsolated` found: the first candidate against the base, and all of them in `comparisons`. */
export interface IsolatedComparisonResult extends IsolatedComparison {
  readonly kind: 'isolated-comparison';
  readonly base: string;
  readonly margin: number;
  readonly confidence: number;
  /** Rounds, each with a fresh process for each side. */
  readonly processes: number;
  readonly contenders: readonly IsolatedContender[];
  readonly comparisons: readonly IsolatedComparison[];
  readonly elapsedMs: number;
  readonly budgetMs: number;
  readonly warnings: readonly Warning[];
}

/** What `measureIsolated` found. */
export interface IsolatedMeasurement {
  readonly kind: 'isolated-measurement';
  readonly name: string;
  /** Over the processes: each value is the median time per call in one, in milliseconds. */
  readonly time: Distribution;
  /** An interval of the median over processes at 95 %; `[0, Infinity]` with fewer than 6. */
  readonly interval: readonly [low: number, high: number];
  /** What `measure` found in each process. */
  readonly processes: readonly BenchmarkResult[];
  readonly elapsedMs: number;
  readonly warnings: readonly Warning[];
}

type World = Pick<Instruments, 'clock' | 'children'> & { readonly random: Random };

/** A turn lasts about this long: far more than a message takes, far less than a busy stretch. */
const TURN_MS = 4;
/** The shares of a round: warming each side up takes the first in all, turns the rest. Starting a process counts in neither. */
const WARM_UP_SHARE = 0.4;
const FEWEST_COUPLES = 2;
const MOST_COUPLES = 10_000;
/** Sides whose calls take about as long share their number of calls, so that what a sample itself costs cancels. */
const ALIKE = 4;
const INTERVAL_ERROR = 0.05;
const UNEVEN = 0.02;

/** Compares tasks over several rounds of fresh processes. */
export async function runIsolatedComparison(
  [base, first, ...others]: readonly [NamedTask, NamedTask, ...NamedTask[]],
  o: ResolvedCompareIsolated,
  world: World,
): Promise<IsolatedComparisonResult> {
  const began = world.clock.now();
  const baseLog = new SideLog(base);
  const duels = [new Duel(first), ...others.map((task) => new Duel(task))] as const;
  for (let round = 0; round < o.processes; round++) {
    throwIfAborted(o.signal);
    const leftMs = o.budgetMs - (world.clock.now() - began);
    const shareMs = Math.max(leftMs / (o.processes - round), Number.MIN_VALUE);
    await runRound(baseLog, duels, { ...o, shareMs }, world);
  }
  const elapsedMs = world.clock.now() - began;
  const error = 1 - o.confidence;
  const [mainDuel, ...otherDuels] = duels;
  const conclude = (duel: Duel): IsolatedComparison =>
    concluded(duel, { error, margin: o.margin, elapsedMs, base: base.name });
  const main = conclude(mainDuel);
  const comparisons = [main, ...otherDuels.map(conclude)];
  return {
    kind: 'isolated-comparison',
    base: base.name,
    ...main,
    margin: o.margin,
    confidence: o.confidence,
    processes: o.processes,
    contenders: [baseLog, ...duels.map(({ log }) => log)].map((log) => log.portray()),
    comparisons,
    elapsedMs,
    budgetMs: o.budgetMs,
    warnings: comparisons.flatMap((comparison) => unevenWarnings(comparison)),
  };
}

/** Measures a task in several fresh processes, one after the other. */
export async function runIsolatedMeasurement(
  task: NamedTask,
  o: ResolvedMeasureIsolated,
  { clock, children }: World,
): Promise<IsolatedMeasurement> {
  const began = clock.now();
  const results: BenchmarkResult[] = [];
  for (let i = 0; i < o.processes; i++) {
    throwIfAborted(o.signal);
    const leftMs = o.budgetMs - (clock.now() - began);
    const budgetMs = Math.max(1, leftMs / (o.processes - i));
    const { batch, bytes, rows } = o;
    const child = children.start(task.name);
    try {
      results.push(await child.ask('measure', { task, budgetMs, batch, bytes, rows }, o));
    } finally {
      child.close();
    }
  }
  const medians = results.map(({ time }) => time.p50);
  const { low, high } = independentInterval(medians, INTERVAL_ERROR);
  return {
    kind: 'isolated-measurement',
    name: task.name,
    time: describe(medians),
    interval: [Math.max(0, low), high],
    processes: results,
    elapsedMs: clock.now() - began,
    warnings: [],
  };
}

/** What the processes of one side told. */
class SideLog {
  readonly task: NamedTask;
  readonly medians: number[] = [];
  asynchronous = false;
  settled = true;

  constructor(task: NamedTask) {
    this.task = task;
  }

  portray(): IsolatedContender {
    return {
      name: this.task.name,
      time: describe(this.medians),
      asynchronous: this.asynchronous,
      settled: this.settled,
    };
  }
}

/** One candidate against the base, over the rounds. */
class Duel {
  readonly log: SideLog;
  readonly logs: number[] = [];
  readonly spreads: number[] = [];

  constructor(task: NamedTask) {
    this.log = new SideLog(task);
  }
}

/** One side in one round. */
interface Side {
  readonly log: SideLog;
  readonly child: Child;
  readonly times: number[];
  calls: number;
}

async function runRound(
  baseLog: SideLog,
  duels: readonly Duel[],
  o: ResolvedCompareIsolated & { shareMs: number },
  world: World,
): Promise<void> {
  const began = world.clock.now();
  const logs = [baseLog, ...duels.map(({ log }) => log)];
  const sides: Side[] = [];
  try {
    for (const log of shuffled(logs, world.random)) {
      sides.push({ log, child: world.children.start(log.task.name), times: [], calls: 1 });
    }
    for (const side of sides) {
      // The warm-up itself ends after a quarter of its budget at the latest.
      const budgetMs = (4 * WARM_UP_SHARE * o.shareMs) / sides.length;
      const ready = await side.child.ask('prepare', { task: side.log.task, budgetMs, batch: o.batch }, o);
      side.calls = ready.calls;
      side.log.asynchronous = ready.asynchronous;
      side.log.settled &&= ready.warmUp.settled;
    }
    if (o.batch === undefined) equalise(sides);
    const turns = await takeTurns(sides, baseLog, o, { world, began });
    for (const side of sides) side.log.medians.push(median(side.times));
    for (const duel of duels) {
      const pairs = turns.get(duel.log);
      if (pairs === undefined || pairs.size === 0) throw frozen(baseLog, duel.log);
      const { ratio, spread } = pairs.analyse(INTERVAL_ERROR);
      duel.logs.push(Math.log(ratio));
      duel.spreads.push(spread);
    }
  } finally {
    for (const { child } of sides) child.close();
  }
}

async function takeTurns(
  sides: readonly Side[],
  baseLog: SideLog,
  o: ResolvedCompareIsolated & { shareMs: number },
  { world, began }: { world: World; began: number },
): Promise<Map<SideLog, Pairs>> {
  const pairs = new Map(sides.map(({ log }) => [log, new Pairs()]));
  for (let couples = 1; ; couples++) {
    const order = shuffled(sides, world.random);
    for (const round of [order, order.toReversed()]) {
      const told = new Map<SideLog, number>();
      for (const { log, child, calls, times } of round) {
        const { perCall } = await child.ask('turn', { ms: TURN_MS, calls }, o);
        told.set(log, perCall);
        if (perCall > 0) times.push(perCall);
      }
      const places = [...told.keys()];
      const basePlace = places.indexOf(baseLog);
      for (const [log, perCall] of told) {
        pairs.get(log)?.add(told.get(baseLog) ?? Number.NaN, perCall, places.indexOf(log) > basePlace);
      }
    }
    const used = world.clock.now() - began;
    if ((couples >= FEWEST_COUPLES && !(used < o.shareMs)) || couples >= MOST_COUPLES) return pairs;
  }
}

function equalise(sides: readonly Side[]): void {
  const [least, most] = [
    Math.min(...sides.map(({ calls }) => calls)),
    Math.max(...sides.map(({ calls }) => calls)),
  ];
  if (most > ALIKE * least) return;
  for (const side of sides) side.calls = most;
}

function concluded(
  { log, logs, spreads }: Duel,
  o: { error: number; margin: number; elapsedMs: number; base: string },
): IsolatedComparison {
  const found = independentInterval(logs, o.error);
  const [ratio, low, high] = [Math.exp(median(logs)), Math.exp(found.low), Math.exp(found.high)];
  const verdict = decide(low, high, o.margin);
  return {
    candidate: log.task.name,
    ratio,
    interval: [low, high],
    verdict,
    ratios: logs.map(Math.exp),
    spread: SIGMA_PER_MAD * medianAbsoluteDeviation(logs),
    spreadWithin: median(spreads),
    ...(verdict === 'undecided'
      ? { moreMs: moreTime({ ratio, low, high, ...o, effective: logs.length }) }
      : {}),
  };
}

/** The sign test's interval for a median. Processes are independent by construction, so nothing is taken off their number. */
function independentInterval(values: readonly number[], error: number): { low: number; high: number } {
  const rank = signTestRank(values.length, error);
  if (rank === 0) return { low: -Infinity, high: Infinity };
  const ordered = sorted(values);
  return { low: ordered[rank - 1] ?? -Infinity, high: ordered[values.length - rank] ?? Infinity };
}

function unevenWarnings({ candidate, spread }: IsolatedComparison): Warning[] {
  if (!(spread > UNEVEN)) return [];
  const message = `the ratio of '${candidate}' differs by ${percent(spread)} from process to process: one process alone would mislead`;
  return [{ code: 'uneven-processes', name: candidate, message }];
}

function frozen(base: SideLog, own: SideLog): BenchmarkError {
  return new BenchmarkError(
    'ERR_PERF_BENCHMARK_CLOCK',
    `the clock gave no sensible time for any pair of '${base.task.name}' and '${own.task.name}'`,
  );
}
