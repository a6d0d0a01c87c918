import type { ComplexityFit } from '../complexity.js';
import type { ConversionBenchmarkResult } from '../conversion.js';
import type { DoctorReport } from '../doctor.js';
import type { MemoryProfile } from '../memory/profile.js';
import type { IsolatedComparisonResult, IsolatedMeasurement } from '../process/isolation.js';
import type { BenchmarkResult, ComparisonResult } from '../result.js';
import type { StrategyComparison } from '../strategies.js';
import type { ThroughputMetrics } from '../throughput.js';
import { readEnvironment, type Environment } from './environment.js';

/** Names the shape of a report. The number rises when a field changes its meaning or goes; new fields do not raise it. */
export const REPORT_SCHEMA = 'perf-benchmark/1';

/** A value as JSON holds it: a number that is not finite is `null`. */
export type Plain<T> = T extends number
  ? number | null
  : T extends object
    ? { readonly [Field in keyof T]: Plain<T[Field]> }
    : T;

/** Everything a benchmark finds; `kind` tells them apart. */
export type ReportableResult =
  | BenchmarkResult
  | ConversionBenchmarkResult
  | ComparisonResult
  | IsolatedComparisonResult
  | IsolatedMeasurement
  | MemoryProfile
  | ThroughputMetrics
  | ComplexityFit
  | StrategyComparison
  | DoctorReport;

/** What programs read: results, and where they come from. */
export interface BenchmarkReport {
  readonly schema: typeof REPORT_SCHEMA;
  /** The revision measured, when the caller said so. */
  readonly commit?: string;
  /** When it was measured, when the caller said so. */
  readonly at?: string;
  readonly environment: Environment;
  /** Each with its `kind`; times in milliseconds, per call where a call is what was measured. */
  readonly results: readonly Plain<ReportableResult>[];
}

/** A plain object for `JSON.stringify`, the same after a way through JSON. */
export function toReport(
  results: readonly ReportableResult[],
  o: { readonly commit?: string; readonly at?: string; readonly environment?: Environment } = {},
): BenchmarkReport {
  return {
    schema: REPORT_SCHEMA,
    ...(o.commit === undefined ? {} : { commit: o.commit }),
    ...(o.at === undefined ? {} : { at: o.at }),
    environment: o.environment ?? readEnvironment(),
    results: results.map((result) => plain(result)),
  };
}

function plain<T>(value: T): Plain<T>;
function plain(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map((item: unknown) => plain(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, item]: [string, unknown]) => [field, plain(item)]),
  );
}
