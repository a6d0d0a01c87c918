import { CodedError, type Refuse } from '@perf/internal/errors';

/**
 * What can go wrong in this package.
 *
 * - `ERR_PERF_BENCHMARK_OPTION`: an option is unknown or out of range.
 * - `ERR_PERF_BENCHMARK_CANDIDATES`: fewer than two candidates, a name that cannot keep its place, or no function.
 * - `ERR_PERF_BENCHMARK_UNEQUAL`: `equal` was asked for and two candidates returned different things.
 * - `ERR_PERF_BENCHMARK_THREW`: a candidate, its `setup`, its `teardown` or a stream threw; `cause` is what it threw.
 * - `ERR_PERF_BENCHMARK_ABORTED`: the signal was aborted; `cause` is its reason.
 * - `ERR_PERF_BENCHMARK_CLOCK`: the clock does not move, so nothing can be timed.
 * - `ERR_PERF_BENCHMARK_TASK`: a child process cannot find the module or the export of a task.
 * - `ERR_PERF_BENCHMARK_CHILD`: a child process could not be started, or ended before it had answered.
 * - `ERR_PERF_BENCHMARK_TIMEOUT`: a child process did not answer in time.
 */
export type BenchmarkErrorCode =
  | 'ERR_PERF_BENCHMARK_OPTION'
  | 'ERR_PERF_BENCHMARK_CANDIDATES'
  | 'ERR_PERF_BENCHMARK_UNEQUAL'
  | 'ERR_PERF_BENCHMARK_THREW'
  | 'ERR_PERF_BENCHMARK_ABORTED'
  | 'ERR_PERF_BENCHMARK_CLOCK'
  | 'ERR_PERF_BENCHMARK_TASK'
  | 'ERR_PERF_BENCHMARK_CHILD'
  | 'ERR_PERF_BENCHMARK_TIMEOUT';

/** Every error this package raises on purpose. Tell them apart by `code`. */
export class BenchmarkError extends CodedError<BenchmarkErrorCode> {
  override readonly name = 'BenchmarkError';
}

export const refuseOption: Refuse = (message) => new BenchmarkError('ERR_PERF_BENCHMARK_OPTION', message);

const CODES: Readonly<Record<BenchmarkErrorCode, true>> = {
  ERR_PERF_BENCHMARK_OPTION: true,
  ERR_PERF_BENCHMARK_CANDIDATES: true,
  ERR_PERF_BENCHMARK_UNEQUAL: true,
  ERR_PERF_BENCHMARK_THREW: true,
  ERR_PERF_BENCHMARK_ABORTED: true,
  ERR_PERF_BENCHMARK_CLOCK: true,
  ERR_PERF_BENCHMARK_TASK: true,
  ERR_PERF_BENCHMARK_CHILD: true,
  ERR_PERF_BENCHMARK_TIMEOUT: true,
};

/** Whether a code that came from elsewhere is one of ours. */
export function isBenchmarkErrorCode(code: unknown): code is BenchmarkErrorCode {
  return typeof code === 'string' && Object.hasOwn(CODES, code);
}
