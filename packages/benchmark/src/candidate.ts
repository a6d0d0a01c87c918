import { shown } from '@perf/internal/errors';
import { BenchmarkError } from './errors.js';

/** A function under test: synchronous, or one that returns a promise. What it returns is kept alive until its sample ends. */
export type Operation = () => unknown;

/** Work around each sample, never timed. */
export interface Hooks {
  /** Runs before each sample of a function (a sample is one or more calls). May return a promise. */
  readonly setup?: (() => unknown) | undefined;
  /** Runs after each sample, also when the function threw. May return a promise. */
  readonly teardown?: (() => unknown) | undefined;
}

/** A function under test with its name. */
export interface Candidate {
  readonly name: string;
  readonly run: Operation;
}

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

/** Checks one function and its name. */
export function readCandidate(name: unknown, run: unknown): Candidate {
  if (typeof name !== 'string' || name.trim() === '')
    throw wrong(`a name must be text; given ${shown(name)}`);
  if (!isOperation(run)) throw wrong(`${shown(name)} must be a function; given ${shown(run)}`);
  return { name, run };
}

/** Checks what `compare` was given: at least two functions under names that keep their order; the first is the base. */
export function readCandidates(given: unknown): [base: Candidate, first: Candidate, ...others: Candidate[]] {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw wrong(`candidates must be an object of named functions; given ${shown(given)}`);
  }
  const [base, first, ...others] = Object.entries(given).map(([name, run]) => {
    // JavaScript moves such keys to the front, in order of number: the base would not be the one written first.
    if (/^(0|[1-9]\d*)$/.test(name)) {
      throw wrong(`a name must not be a whole number, for it would lose its place; given ${shown(name)}`);
    }
    return readCandidate(name, run);
  });
  if (base === undefined || first === undefined) {
    throw wrong(`compare needs at least two candidates; given ${String(Object.keys(given).length)}`);
  }
  return [base, first, ...others];
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'function';
}

function wrong(message: string): BenchmarkError {
  return new BenchmarkError('ERR_PERF_BENCHMARK_CANDIDATES', message);
}
