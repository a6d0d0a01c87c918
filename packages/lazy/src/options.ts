import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { systemClock, type Clock } from '@perf/internal/clock';
import { parseDuration, type Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import type { MemoryReader } from '@perf/internal/memory/reading';
import { parseChoice, parseCount, refuseUnknown } from '@perf/internal/options';
import { refuseOption } from './errors.js';
import type { Executor } from './executor/executor.js';
import { Ledger } from './memory/ledger.js';
import { sharedMonitor } from './memory/memory-monitor.js';
import { RetryPolicy, systemRandom, type RetryOptions } from './retry.js';
import type { WhenFull } from './task-queue.js';
import { systemTimers, type Timers } from './timers.js';

/** How a `LazyLoadingManager` is set up. Everything has a default. */
export interface LazyLoadingOptions {
  /**
   * `convert` loads at once what is expected to weigh at most this much, and lets the rest wait. `0` lets everything
   * wait that weighs anything; `Infinity` loads everything, estimated or not. Default `'50MB'`.
   */
  readonly threshold?: ByteSize;
  /** Conversions at the same time. Default 3. */
  readonly concurrency?: number;
  /** Conversions that may wait for their turn, the most urgent first. Default 1000. */
  readonly maxQueue?: number;
  /**
   * What becomes of one more: `'refuse'` rejects it with `ERR_PERF_LAZY_QUEUE_FULL`; `'wait'` lets it wait to be let
   * into the queue, in the order of coming. Default `'refuse'`.
   */
  readonly whenFull?: WhenFull;
  /** How loads that fail are tried again. Default: not at all. */
  readonly retry?: RetryOptions;
  /**
   * Bytes held by loaded values and columns; beyond it the least valuable that is not in use is unloaded. What has
   * just arrived is spared, so a single value larger than this stays until the next load or cleanup. Default `'1GB'`.
   */
  readonly maxBytes?: ByteSize;
  /** A value not used for this long is unloaded by the next cleanup. `Infinity`: never. Default `'30m'`. */
  readonly idleTimeout?: Duration;
  /** Between two cleanups, while anything is held. More than 0; `Infinity`: only when you call it. Default `'5m'`. */
  readonly cleanupInterval?: Duration;
  /** Runs the conversions whose adapter offers a `task`. Not closed by the manager. Default: all run in this thread. */
  readonly executor?: Executor;
  /**
   * The bytes that a value keeps alive. Asked first; a result that is not a finite number of at least 0 counts as "I
   * do not know". Then come buffers, views, strings and objects with a numeric `byteLength` or `bytes`, then the
   * adapter's corrected estimate, and last 0.
   */
  readonly sizeOf?: (value: unknown) => number;
  /**
   * While it tells that memory is scarce, half of what is held is unloaded, and half again each second; everything that is
   * not in use when it is critical. `false`: takes no notice. Default: one `MemoryMonitor` that all parts of the process
   * share, read while anything is held.
   */
  readonly memory?: MemoryReader | false;
  /** Where the bytes that are held are written down. Default: nowhere. */
  readonly ledger?: Ledger;
  /** The source of chance, from 0 to 1, for the waits between attempts. Default: the system's. */
  readonly random?: () => number;
  /** The source of time. Default: the process's monotonic clock. */
  readonly clock?: Clock;
  /** The source of the cleanup timer. Default: Node's, unref'd. */
  readonly timers?: Timers;
}

/** The options of a `LazyLoadingManager` that are not given. */
export const DEFAULTS: Required<
  Omit<LazyLoadingOptions, 'executor' | 'sizeOf' | 'retry' | 'memory' | 'ledger' | 'random'>
> = Object.freeze({
  threshold: '50MB',
  concurrency: 3,
  maxQueue: 1000,
  whenFull: 'refuse',
  maxBytes: '1GB',
  idleTimeout: '30m',
  cleanupInterval: '5m',
  clock: systemClock,
  timers: systemTimers,
});

/** The options of a `LazyLoadingManager`, read: bytes and milliseconds. */
export interface ResolvedOptions {
  readonly threshold: number;
  readonly concurrency: number;
  readonly maxQueue: number;
  readonly whenFull: WhenFull;
  readonly retry: RetryPolicy;
  readonly memory: MemoryReader | undefined;
  readonly ledger: Ledger;
  readonly random: () => number;
  readonly maxBytes: number;
  readonly idleTimeout: number;
  readonly cleanupInterval: number;
  readonly executor: Executor | undefined;
  readonly sizeOf: ((value: unknown) => number) | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
}

const KNOWN = [...Object.keys(DEFAULTS), 'executor', 'sizeOf', 'retry', 'memory', 'ledger', 'random'];

/** Reads the options of a `LazyLoadingManager`. */
export function resolveOptions(o: LazyLoadingOptions): ResolvedOptions {
  refuseUnknown(o, KNOWN, refuseOption);
  const {
    threshold = DEFAULTS.threshold,
    concurrency = DEFAULTS.concurrency,
    maxQueue = DEFAULTS.maxQueue,
    whenFull = DEFAULTS.whenFull,
    memory,
    ledger = new Ledger(),
    random = systemRandom,
    maxBytes = DEFAULTS.maxBytes,
    idleTimeout = DEFAULTS.idleTimeout,
    cleanupInterval = DEFAULTS.cleanupInterval,
    clock = DEFAULTS.clock,
    timers = DEFAULTS.timers,
    executor,
    sizeOf,
  } = o;
  if (sizeOf !== undefined) requireMethod({ sizeOf }, 'sizeOf', 'sizeOf');
  if (executor !== undefined) requireMethod(executor, 'run', 'executor');
  requireMethod({ random }, 'random', 'random');
  requireMethod(clock, 'now', 'clock');
  requireMethod(timers, 'every', 'timers');
  requireMethod(timers, 'after', 'timers');
  return {
    threshold: parseThreshold(threshold),
    concurrency: parseCount(concurrency, 'concurrency', refuseOption),
    maxQueue: parseCount(maxQueue, 'maxQueue', refuseOption, { min: 0 }),
    whenFull: parseWhenFull(whenFull),
    retry: new RetryPolicy(o.retry),
    memory: resolveMemory(memory),
    ledger,
    random,
    maxBytes: parseBytes(maxBytes, 'maxBytes', refuseOption, true),
    idleTimeout: parseDuration(idleTimeout, 'idleTimeout', refuseOption, true),
    cleanupInterval: parseInterval(cleanupInterval),
    executor,
    sizeOf,
    clock,
    timers,
  };
}

/** Reads what becomes of work that finds a queue full. */
export function parseWhenFull(value: unknown): WhenFull {
  return parseChoice<WhenFull>(value, 'whenFull', ['refuse', 'wait'], refuseOption);
}

/** Reads the option `memory`: a reader, the shared one, or none. */
export function resolveMemory(memory: MemoryReader | false | undefined): MemoryReader | undefined {
  if (memory === false) return undefined;
  if (memory === undefined) return sharedMonitor();
  requireMethod(memory, 'subscribe', 'memory');
  return memory;
}

/** Reads a threshold in bytes. */
export function parseThreshold(value: ByteSize): number {
  return parseBytes(value, 'threshold', refuseOption, true);
}

/** Refuses an object that lacks the one method it was passed in for. */
export function requireMethod(given: unknown, method: string, field: string): void {
  const found: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, method) : undefined;
  if (typeof found === 'function') return;
  const wanted = method === field ? 'a function' : `an object with a method ${method}()`;
  throw refuseOption(`${field} must be ${wanted}; given ${shown(method === field ? found : given)}`);
}

function parseInterval(value: Duration): number {
  const ms = parseDuration(value, 'cleanupInterval', refuseOption, true);
  if (ms > 0) return ms;
  throw refuseOption(`cleanupInterval must be more than 0; given ${shown(value)}`);
}
