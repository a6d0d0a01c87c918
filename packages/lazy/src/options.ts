import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { systemClock, type Clock } from '@perf/internal/clock';
import { parseDuration, type Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import { refuseOption } from './errors.js';
import type { Executor } from './executor/executor.js';
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
  /** Conversions that may wait for their turn; one more is refused with `ERR_PERF_LAZY_QUEUE_FULL`. Default 1000. */
  readonly maxQueue?: number;
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
  /** The source of time. Default: the process's monotonic clock. */
  readonly clock?: Clock;
  /** The source of the cleanup timer. Default: Node's, unref'd. */
  readonly timers?: Timers;
}

/** The options of a `LazyLoadingManager` that are not given. */
export const DEFAULTS: Required<Omit<LazyLoadingOptions, 'executor' | 'sizeOf'>> = Object.freeze({
  threshold: '50MB',
  concurrency: 3,
  maxQueue: 1000,
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
  readonly maxBytes: number;
  readonly idleTimeout: number;
  readonly cleanupInterval: number;
  readonly executor: Executor | undefined;
  readonly sizeOf: ((value: unknown) => number) | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
}

const KNOWN = [...Object.keys(DEFAULTS), 'executor', 'sizeOf'];

/** Reads the options of a `LazyLoadingManager`. */
export function resolveOptions(o: LazyLoadingOptions): ResolvedOptions {
  refuseUnknown(o, KNOWN, refuseOption);
  const {
    threshold = DEFAULTS.threshold,
    concurrency = DEFAULTS.concurrency,
    maxQueue = DEFAULTS.maxQueue,
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
  requireMethod(clock, 'now', 'clock');
  requireMethod(timers, 'every', 'timers');
  return {
    threshold: parseThreshold(threshold),
    concurrency: parseCount(concurrency, 'concurrency', refuseOption),
    maxQueue: parseCount(maxQueue, 'maxQueue', refuseOption, { min: 0 }),
    maxBytes: parseBytes(maxBytes, 'maxBytes', refuseOption, true),
    idleTimeout: parseDuration(idleTimeout, 'idleTimeout', refuseOption, true),
    cleanupInterval: parseInterval(cleanupInterval),
    executor,
    sizeOf,
    clock,
    timers,
  };
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
