export { PerformanceBenchmark } from './performance-benchmark.js';
export { DEFAULTS } from './options.js';
export { BenchmarkError } from './errors.js';
export { formatComparison, formatTable } from './report/table.js';
export { drawTable, sparkline, type Column as TableColumn } from './report/drawing.js';
export { readEnvironment } from './report/environment.js';
export { toReport, REPORT_SCHEMA } from './report/json.js';
export type { Operation } from './candidate.js';
export type { Distribution } from './distribution.js';
export type { BenchmarkErrorCode } from './errors.js';
export type { GarbageCollection } from './garbage.js';
export type { CompareOptions, MeasureOptions, PerformanceBenchmarkOptions } from './options.js';
export type { Shift } from './pairs.js';
export type {
  CpuReader,
  CpuTime,
  GcObserver,
  GcPause,
  GcWatch,
  HeapReader,
  LoopDelay,
  LoopDelayObserver,
} from './ports.js';
export type { Environment } from './report/environment.js';
export type { BenchmarkReport, Plain } from './report/json.js';
export type { BenchmarkResult, Comparison, ComparisonResult, Contender } from './result.js';
export type { Verdict } from './verdict.js';
export type { WarmUp } from './warm-up.js';
export type { Warning, WarningCode } from './warning.js';
