export { PerformanceBenchmark } from './performance-benchmark.js';
export { DEFAULTS } from './defaults.js';
export { BenchmarkError } from './errors.js';
export { formatComparison, formatTable } from './report/table.js';
export { formatMemory } from './report/memory.js';
export { formatThroughput } from './report/throughput.js';
export { formatComplexity } from './report/complexity.js';
export { formatStrategies } from './report/strategies.js';
export { formatIsolated } from './report/isolated.js';
export { formatDoctor } from './report/doctor.js';
export { drawTable, sparkline, type Column as TableColumn } from './report/drawing.js';
export { readEnvironment } from './report/environment.js';
export { toReport, REPORT_SCHEMA } from './report/json.js';
export type { Hooks, Operation } from './candidate.js';
export type { ComplexityFit, ComplexityOptions, ComplexityPoint } from './complexity.js';
export type { ConversionAdapter, ConversionBenchmarkResult } from './conversion.js';
export type { Distribution } from './distribution.js';
export type { DoctorFinding, DoctorOptions, DoctorReport } from './doctor.js';
export type { BenchmarkErrorCode } from './errors.js';
export type { GarbageCollection } from './garbage.js';
export type { Growth, GrowthFit } from './growth.js';
export type { ProfileMemoryOptions } from './memory/options.js';
export type { HighWaterMark, MemoryProbe, MemorySample, MemoryUsage, MemoryWatch } from './memory/probe.js';
export type { MemoryProfile } from './memory/profile.js';
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
export type { Child, ChildHost } from './process/child.js';
export type {
  IsolatedComparison,
  IsolatedComparisonResult,
  IsolatedContender,
  IsolatedMeasurement,
} from './process/isolation.js';
export type { CompareIsolatedOptions, MeasureIsolatedOptions } from './process/options.js';
export type { Conversation, Prepared, Topic } from './process/protocol.js';
export type { NamedTask, Task } from './process/task.js';
export type { Environment } from './report/environment.js';
export type { BenchmarkReport, Plain, ReportableResult } from './report/json.js';
export type { BenchmarkResult, Comparison, ComparisonResult, Contender } from './result.js';
export type { CompareStrategiesOptions, StrategyComparison, StrategyRow } from './strategies.js';
export type { MeasureThroughputOptions, Source, ThroughputMetrics } from './throughput.js';
export type { Verdict } from './verdict.js';
export type { WarmUp } from './warm-up.js';
export type { Warning, WarningCode } from './warning.js';
export type { TableOptions } from './report/table.js';
export type { Clock } from '@perf/internal/clock';
export type { Duration } from '@perf/internal/duration';
