import type { Clock } from '@perf/internal/clock';
import type { Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import type { Hooks } from './candidate.js';
import { DEFAULTS } from './defaults.js';
import { refuseOption } from './errors.js';
import {
  amount,
  length,
  readSignal,
  requireFunction,
  requireMethod,
  requireObject,
  within,
} from './fields.js';
import { blindGc, systemInstruments } from './instruments.js';
import type { MemoryProbe } from './memory/probe.js';
import type { CpuReader, GcObserver, HeapReader, Instruments, LoopDelayObserver } from './ports.js';
import type { ChildHost } from './process/child.js';
import { MOST_CALLS } from './sampler.js';

export interface PerformanceBenchmarkOptions {
  /** Where time comes from, in milliseconds. Default: the process's monotonic clock. */
  readonly clock?: Clock;
  /** Decides the order within rounds; the same seed gives the same orders. A whole number from 0 to 2^32 - 1. Default 1. */
  readonly seed?: number;
  /** Who watches the collector. Default: `PerformanceObserver`; nobody when a clock is given, whose time line it would not share. */
  readonly gc?: GcObserver;
  /** Who reads the size of the heap. Default: `process.memoryUsage`. */
  readonly heap?: HeapReader;
  /** Who reads CPU time. Default: `process.cpuUsage`. */
  readonly cpu?: CpuReader;
  /** Who watches the event loop. Default: `monitorEventLoopDelay`. */
  readonly loopDelay?: LoopDelayObserver;
  /** Lets the event loop turn. Default: `setImmediate`. */
  readonly pause?: () => Promise<void>;
  /** Who reads the memory of the process for `profileMemory`. Default: the kernel where it tells, else a sampling thread. */
  readonly memory?: MemoryProbe;
  /** Who starts the child processes of the isolated variants. Default: `child_process.fork`. */
  readonly children?: ChildHost;
}

export interface RunOptions extends Hooks {
  /** The time the run should take, warm-up included. Default `'1s'`. Functions slower than it get their few calls all the same. */
  readonly budget?: Duration;
  readonly signal?: AbortSignal;
  /**
   * Calls per sample. Default: as many as the clock needs. Give 1 where each call needs its own `setup`.
   */
  readonly batch?: number;
}

export interface MeasureOptions extends RunOptions {
  /** Bytes one call handles, for `bytesPerSecond`. */
  readonly bytes?: number;
  /** Rows one call handles, for `rowsPerSecond`. */
  readonly rows?: number;
}

export interface CompareOptions extends RunOptions {
  /** The difference that does not matter, as a share. Default 0.01. */
  readonly margin?: number;
  /** The chance with which the intervals hold. Default 0.95; at most 0.9999. */
  readonly confidence?: number;
  /** Requires equal outputs before anything is timed: `true` compares deeply and strictly. Default false. */
  readonly equal?: boolean | ((base: unknown, candidate: unknown) => boolean);
}

export interface ResolvedRun {
  readonly budgetMs: number;
  readonly signal: AbortSignal | undefined;
  readonly hooks: Hooks;
  readonly batch: number | undefined;
}

export interface ResolvedMeasure extends ResolvedRun {
  readonly bytes: number | undefined;
  readonly rows: number | undefined;
  /** What one call handles, as its output tells; asked once, and only for what was not given. */
  readonly amountsOf?: (output: unknown) => { readonly bytes?: number; readonly rows?: number };
}

export interface ResolvedCompare extends ResolvedRun {
  readonly margin: number;
  readonly confidence: number;
  readonly equal: boolean | ((base: unknown, candidate: unknown) => boolean);
}

const INSTRUMENTS = ['clock', 'seed', 'gc', 'heap', 'cpu', 'loopDelay', 'pause', 'memory', 'children'];
export const RUN: readonly string[] = ['budget', 'signal', 'setup', 'teardown', 'batch'];

export function resolveInstruments(o: PerformanceBenchmarkOptions): {
  instruments: Instruments;
  seed: number;
} {
  requireObject(o);
  refuseUnknown(o, INSTRUMENTS, refuseOption);
  const seed = parseCount(o.seed ?? DEFAULTS.seed, 'seed', refuseOption, {
    min: 0,
    max: 2 ** 32 - 1,
  });
  requireMethod(o.clock, 'clock', 'now');
  requireMethod(o.gc, 'gc', 'watch');
  requireMethod(o.heap, 'heap', 'read');
  requireMethod(o.cpu, 'cpu', 'read');
  requireMethod(o.loopDelay, 'loopDelay', 'watch');
  requireFunction(o.pause, 'pause');
  requireMethod(o.memory, 'memory', 'read');
  requireMethod(o.children, 'children', 'start');
  const { clock, gc, heap, cpu, loopDelay, pause, memory, children } = systemInstruments;
  return {
    seed,
    instruments: {
      clock: o.clock ?? clock,
      gc: o.gc ?? (o.clock === undefined ? gc : blindGc),
      heap: o.heap ?? heap,
      cpu: o.cpu ?? cpu,
      loopDelay: o.loopDelay ?? loopDelay,
      pause: o.pause ?? pause,
      memory: o.memory ?? memory,
      children: o.children ?? children,
    },
  };
}

export function resolveMeasure(o: MeasureOptions): ResolvedMeasure {
  requireObject(o);
  refuseUnknown(o, [...RUN, 'bytes', 'rows'], refuseOption);
  return { ...resolveRun(o), bytes: amount(o.bytes, 'bytes'), rows: amount(o.rows, 'rows') };
}

export function resolveCompare(o: CompareOptions): ResolvedCompare {
  requireObject(o);
  refuseUnknown(o, [...RUN, 'margin', 'confidence', 'equal'], refuseOption);
  const equal = o.equal ?? DEFAULTS.equal;
  if (typeof equal !== 'boolean' && typeof equal !== 'function') {
    throw refuseOption(`equal must be true, false or a function; given ${shown(equal)}`);
  }
  return {
    ...resolveRun(o),
    margin: within(o.margin ?? DEFAULTS.margin, 'margin', 0, 1),
    confidence: within(o.confidence ?? DEFAULTS.confidence, 'confidence', 0.5, 0.9999),
    equal,
  };
}

export function resolveRun(o: RunOptions, budget: Duration = DEFAULTS.budget): ResolvedRun {
  const budgetMs = length(o.budget ?? budget, 'budget');
  const signal = readSignal(o.signal);
  requireFunction(o.setup, 'setup');
  requireFunction(o.teardown, 'teardown');
  return {
    budgetMs,
    signal,
    hooks: { setup: o.setup, teardown: o.teardown },
    batch:
      o.batch === undefined ? undefined : parseCount(o.batch, 'batch', refuseOption, { max: MOST_CALLS }),
  };
}
