import { CodedError, type Refuse } from '@perf/internal/errors';

/**
 * What can go wrong in this package.
 *
 * - `ERR_PERF_BENCHMARK_OPTION`: an option is unknown or out of range.
 * - `ERR_PERF_BENCHMARK_CANDIDATES`: fewer than two candidates, a name that cannot keep its place, or no function.
 * - `ERR_PERF_BENCHMARK_UNEQUAL`: `equal` was asked for and two candidates returned different things.
 * - `ERR_PERF_BENCHMARK_THREW`: a candidate, its `setup` or its `teardown` threw; `cause` is what it threw.
 * - `ERR_PERF_BENCHMARK_ABORTED`: the signal was aborted; `cause` is its reason.
 * - `ERR_PERF_BENCHMARK_CLOCK`: the clock does not move, so nothing can be timed.
 */
export type BenchmarkErrorCode =
  | 'ERR_PERF_BENCHMARK_OPTION'
  | 'ERR_PERF_BENCHMARK_CANDIDATES'
  | 'ERR_PERF_BENCHMARK_UNEQUAL'
  | 'ERR_PERF_BENCHMARK_THREW'
  | 'ERR_PERF_BENCHMARK_ABORTED'
  | 'ERR_PERF_BENCHMARK_CLOCK';

/** Every error this package raises on purpose. Tell them apart by `code`. */
export class BenchmarkError extends CodedError<BenchmarkErrorCode> {
  override readonly name = 'BenchmarkError';
}

export const refuseOption: Refuse = (message) => new BenchmarkError('ERR_PERF_BENCHMARK_OPTION', message);
