export { LazyLoadingManager, type ConverterOptions, type ConvertOptions } from './loading-manager.js';
export { LazyConverter, type LoadOptions } from './lazy-converter.js';
export { DEFAULTS, type LazyLoadingOptions } from './options.js';
export type { LazyConversionState, LazyStatus } from './state.js';
export type { LazyStatistics } from './statistics.js';
export type { LazyEvent, UnloadCause } from './events.js';
export { RETRY_DEFAULTS, type RetryOptions } from './retry.js';
export type { WhenFull } from './task-queue.js';
export type { Convertible } from './ports.js';
export type { Executor, RunOptions, Task, TaskContext, Transferable } from './executor/executor.js';
export { InlineExecutor } from './executor/inline.js';
export { WorkerExecutor, type WorkerExecutorStatistics } from './executor/worker-threads.js';
export { WORKER_DEFAULTS, type WorkerExecutorOptions } from './executor/options.js';
export { transferring, type Transferring } from './executor/transfer.js';
export { StreamingConverter } from './stream/streaming-converter.js';
export {
  StreamRun,
  type Sink,
  type SinkObject,
  type StreamCount,
  type StreamStatistics,
} from './stream/stream-run.js';
export { STREAM_DEFAULTS, type RunStreamOptions, type StreamingOptions } from './stream/stream-options.js';
export type { Batch } from './stream/batch.js';
export type { Source, SourceControl } from './stream/source.js';
export type { Batches, Stage, StageContext, StageFunction } from './stream/stage.js';
export type { StreamProgress, StreamTotal } from './stream/progress.js';
export { fromByteStream, fromItems, type ControlledSource, type GatherOptions } from './stream/gathering.js';
export { intoNodeStream, toNodeStream, type ChunkOptions } from './stream/node-streams.js';
export { intoWebStream, toWebStream } from './stream/web-streams.js';
export {
  MemoryPool,
  type AcquireOptions,
  type AcquireWaitOptions,
  type MemoryPoolStatistics,
} from './memory/memory-pool.js';
export { POOL_DEFAULTS, type MemoryPoolOptions } from './memory/pool-options.js';
export type { PooledBuffer } from './memory/pooled-buffer.js';
export type { PoolScope } from './memory/pool-scope.js';
export {
  ObjectPool,
  type ObjectPoolOptions,
  type ObjectPoolStatistics,
  type PooledObject,
} from './memory/object-pool.js';
export {
  MemoryMonitor,
  type MemoryLimit,
  type MemoryMonitorOptions,
  type MonitorReading,
} from './memory/memory-monitor.js';
export { MONITOR_DEFAULTS } from './memory/monitor-options.js';
export type { MonitorSources, ProcessUsage } from './memory/process-memory.js';
export { Ledger, type LedgerAccount, type LedgerEntry } from './memory/ledger.js';
export { LazyError, type LazyErrorCode } from './errors.js';
export type { Timers } from './timers.js';
export type { ByteSize } from '@perf/internal/bytes';
export type { Clock } from '@perf/internal/clock';
export type { Duration } from '@perf/internal/duration';
export type { PressureLevels, Threshold } from '@perf/internal/memory/levels';
export type { MemoryPressure, MemoryReader, MemoryReading } from '@perf/internal/memory/reading';
