import type { Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import { DEFAULTS } from '../defaults.js';
import { BenchmarkError, refuseOption } from '../errors.js';
import { amount, length, readSignal, requireObject, within } from '../fields.js';
import { MOST_CALLS } from '../sampler.js';
import { readTask, type NamedTask } from './task.js';

interface IsolationOptions {
  /** The time the run should take, starting processes and warming up included. Default `'5s'`. */
  readonly budget?: Duration;
  /** Fresh processes for each side. Default 10. Fewer than 6 give no interval at 95 %. */
  readonly processes?: number;
  /** How long one process may take for one answer. Default `'30s'`. */
  readonly timeout?: Duration;
  readonly signal?: AbortSignal;
  /** Calls per sample. Default: as many as the clock needs. */
  readonly batch?: number;
}

export interface MeasureIsolatedOptions extends IsolationOptions {
  /** Bytes one call handles, for `bytesPerSecond`. */
  readonly bytes?: number;
  /** Rows one call handles, for `rowsPerSecond`. */
  readonly rows?: number;
}

export interface CompareIsolatedOptions extends IsolationOptions {
  /** The difference that does not matter, as a share. Default 0.01. */
  readonly margin?: number;
  /** The chance with which the intervals hold. Default 0.95; at most 0.9999. */
  readonly confidence?: number;
}

interface ResolvedIsolation {
  readonly budgetMs: number;
  readonly processes: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly batch: number | undefined;
}

export interface ResolvedMeasureIsolated extends ResolvedIsolation {
  readonly bytes: number | undefined;
  readonly rows: number | undefined;
}

export interface ResolvedCompareIsolated extends ResolvedIsolation {
  readonly margin: number;
  readonly confidence: number;
}

const KNOWN = ['budget', 'processes', 'timeout', 'signal', 'batch'];
const MOST_PROCESSES = 1000;

export function resolveMeasureIsolated(o: MeasureIsolatedOptions): ResolvedMeasureIsolated {
  requireObject(o);
  refuseUnknown(o, [...KNOWN, 'bytes', 'rows'], refuseOption);
  return { ...resolve(o), bytes: amount(o.bytes, 'bytes'), rows: amount(o.rows, 'rows') };
}

export function resolveCompareIsolated(o: CompareIsolatedOptions): ResolvedCompareIsolated {
  requireObject(o);
  refuseUnknown(o, [...KNOWN, 'margin', 'confidence'], refuseOption);
  return {
    ...resolve(o),
    margin: within(o.margin ?? DEFAULTS.margin, 'margin', 0, 1),
    confidence: within(o.confidence ?? DEFAULTS.confidence, 'confidence', 0.5, 0.9999),
  };
}

/** Checks what `compareIsolated` was given: at least two tasks under names that keep their order. */
export function readTasks(given: unknown): [base: NamedTask, first: NamedTask, ...others: NamedTask[]] {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw wrong(`sides must be an object of named tasks; given ${shown(given)}`);
  }
  const [base, first, ...others] = Object.entries(given).map(([name, task]) => {
    if (/^(0|[1-9]\d*)$/.test(name)) {
      throw wrong(`a name must not be a whole number, for it would lose its place; given ${shown(name)}`);
    }
    return readTask(name, task);
  });
  if (base === undefined || first === undefined) {
    throw wrong(`compareIsolated needs at least two tasks; given ${String(Object.keys(given).length)}`);
  }
  return [base, first, ...others];
}

function resolve(o: IsolationOptions): ResolvedIsolation {
  const { isolation } = DEFAULTS;
  return {
    budgetMs: length(o.budget ?? isolation.budget, 'budget'),
    processes: parseCount(o.processes ?? isolation.processes, 'processes', refuseOption, {
      max: MOST_PROCESSES,
    }),
    timeoutMs: length(o.timeout ?? isolation.timeout, 'timeout'),
    signal: readSignal(o.signal),
    batch:
      o.batch === undefined ? undefined : parseCount(o.batch, 'batch', refuseOption, { max: MOST_CALLS }),
  };
}

function wrong(message: string): BenchmarkError {
  return new BenchmarkError('ERR_PERF_BENCHMARK_CANDIDATES', message);
}
