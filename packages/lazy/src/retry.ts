import { randomInt } from 'node:crypto';
import { parseDuration, type Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import { LazyError, refuseOption, type LazyErrorCode } from './errors.js';
import { requireMethod } from './options.js';

/** How a load that fails is tried again before whoever waits hears of it. */
export interface RetryOptions {
  /** Further attempts of one load. Default 0. */
  readonly retries?: number;
  /** The wait before the first of them. Default `'100ms'`. */
  readonly delay?: Duration;
  /** By how much each wait is longer than the one before, at least 1. Default 2. */
  readonly factor?: number;
  /** The longest wait. Default `'30s'`. */
  readonly maxDelay?: Duration;
  /** By which share of itself a wait is at random shorter, so that not all come back at once: 0 to 1. Default 0.2. */
  readonly jitter?: number;
  /**
   * Whether it is worth trying again, given the error and how many attempts have failed. Default: unless this package
   * itself refused the work (closed, cancelled, full, bad options, no such task).
   */
  readonly when?: (error: unknown, attempts: number) => boolean;
}

/** The options of retries that are not given. */
export const RETRY_DEFAULTS: Required<Omit<RetryOptions, 'when'>> = Object.freeze({
  retries: 0,
  delay: '100ms',
  factor: 2,
  maxDelay: '30s',
  jitter: 0.2,
});

const FINAL: ReadonlySet<LazyErrorCode> = new Set<LazyErrorCode>([
  'ERR_PERF_LAZY_OPTION',
  'ERR_PERF_LAZY_CLOSED',
  'ERR_PERF_LAZY_CANCELLED',
  'ERR_PERF_LAZY_ABORTED',
  'ERR_PERF_LAZY_QUEUE_FULL',
  'ERR_PERF_LAZY_TASK',
  'ERR_PERF_LAZY_CLONE',
  'ERR_PERF_LAZY_WORKER_MISSING',
]);

const CHANCES = 2 ** 32;

/** The system's source of chance. */
export function systemRandom(): number {
  return randomInt(CHANCES) / CHANCES;
}

/** When to try again. */
export class RetryPolicy {
  readonly #retries: number;
  readonly #delay: number;
  readonly #factor: number;
  readonly #maxDelay: number;
  readonly #jitter: number;
  readonly #when: (error: unknown, attempts: number) => boolean;

  constructor(o: RetryOptions = {}) {
    refuseUnknown(o, [...Object.keys(RETRY_DEFAULTS), 'when'], refuseOption);
    if (o.when !== undefined) requireMethod(o, 'when', 'when');
    this.#retries = parseCount(o.retries ?? RETRY_DEFAULTS.retries, 'retries', refuseOption, { min: 0 });
    this.#delay = parseDuration(o.delay ?? RETRY_DEFAULTS.delay, 'delay', refuseOption);
    this.#factor = parseWithin(o.factor ?? RETRY_DEFAULTS.factor, 'factor', 1, Number.MAX_VALUE);
    this.#maxDelay = parseDuration(o.maxDelay ?? RETRY_DEFAULTS.maxDelay, 'maxDelay', refuseOption);
    this.#jitter = parseWithin(o.jitter ?? RETRY_DEFAULTS.jitter, 'jitter', 0, 1);
    this.#when = o.when ?? isPassing;
  }

  /** How long to wait after so many failed attempts; `undefined`: that was the last. `random` is from 0 to 1. */
  delayAfter(attempts: number, error: unknown, random: number): number | undefined {
    if (attempts > this.#retries || !this.#when(error, attempts)) return undefined;
    const full = Math.min(this.#maxDelay, this.#delay * this.#factor ** (attempts - 1));
    return full * (1 - this.#jitter * random);
  }
}

function isPassing(error: unknown): boolean {
  return !(error instanceof LazyError && FINAL.has(error.code));
}

function parseWithin(value: unknown, field: string, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  const range =
    max === Number.MAX_VALUE ? `of at least ${String(min)}` : `from ${String(min)} to ${String(max)}`;
  throw refuseOption(`${field} must be a number ${range}; given ${shown(value)}`);
}
