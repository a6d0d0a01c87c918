import type { Clock } from '@perf/internal/clock';
import { parseDuration, type Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import type { Hooks } from './candidate.js';
import { refuseOption } from './errors.js';
import { blindGc, systemInstruments } from './instruments.js';
import type { CpuReader, GcObserver, HeapReader, Instruments, LoopDelayObserver } from './ports.js';
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
}

interface RunOptions extends Hooks {
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

/** What holds when nothing is said. */
export const DEFAULTS: {
  readonly budget: Duration;
  readonly margin: number;
  readonly confidence: number;
  readonly equal: boolean;
  readonly seed: number;
} = Object.freeze({ budget: '1s', margin: 0.01, confidence: 0.95, equal: false, seed: 1 });

interface ResolvedRun {
  readonly budgetMs: number;
  readonly signal: AbortSignal | undefined;
  readonly hooks: Hooks;
  readonly batch: number | undefined;
}

export interface ResolvedMeasure extends ResolvedRun {
  readonly bytes: number | undefined;
  readonly rows: number | undefined;
}

export interface ResolvedCompare extends ResolvedRun {
  readonly margin: number;
  readonly confidence: number;
  readonly equal: boolean | ((base: unknown, candidate: unknown) => boolean);
}

const INSTRUMENTS = ['clock', 'seed', 'gc', 'heap', 'cpu', 'loopDelay', 'pause'];
const RUN = ['budget', 'signal', 'setup', 'teardown', 'batch'];

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
  const { clock, gc, heap, cpu, loopDelay, pause } = systemInstruments;
  return {
    seed,
    instruments: {
      clock: o.clock ?? clock,
      gc: o.gc ?? (o.clock === undefined ? gc : blindGc),
      heap: o.heap ?? heap,
      cpu: o.cpu ?? cpu,
      loopDelay: o.loopDelay ?? loopDelay,
      pause: o.pause ?? pause,
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

function resolveRun(o: RunOptions): ResolvedRun {
  const budgetMs = parseDuration(o.budget ?? DEFAULTS.budget, 'budget', refuseOption);
  if (budgetMs === 0) throw refuseOption('budget must be more than nothing; given 0 ms');
  if (o.signal !== undefined && !(o.signal instanceof AbortSignal)) {
    throw refuseOption(`signal must be an AbortSignal; given ${shown(o.signal)}`);
  }
  requireFunction(o.setup, 'setup');
  requireFunction(o.teardown, 'teardown');
  return {
    budgetMs,
    signal: o.signal,
    hooks: { setup: o.setup, teardown: o.teardown },
    batch:
      o.batch === undefined ? undefined : parseCount(o.batch, 'batch', refuseOption, { max: MOST_CALLS }),
  };
}

function within(value: unknown, field: string, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw refuseOption(
    `${field} must be a number from ${String(min)} to ${String(max)}; given ${shown(value)}`,
  );
}

function amount(value: unknown, field: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw refuseOption(`${field} must be a finite number of at least 0; given ${shown(value)}`);
}

function requireObject(o: unknown): void {
  if (o === null || typeof o !== 'object') throw refuseOption(`options must be an object; given ${shown(o)}`);
}

function requireFunction(value: unknown, field: string): void {
  if (value === undefined || typeof value === 'function') return;
  throw refuseOption(`${field} must be a function; given ${shown(value)}`);
}

function requireMethod(value: unknown, field: string, method: string): void {
  if (value === undefined) return;
  const found: unknown = value === null || typeof value !== 'object' ? undefined : Reflect.get(value, method);
  if (typeof found === 'function') return;
  throw refuseOption(`${field} must be an object with a method ${method}(); given ${shown(value)}`);
}
