export type {
  Batch,
  ConversionCost,
  ConvertOptions,
  Progress,
  ShimAdapter,
  StreamOptions,
  ValidationResult,
} from './adapter.js';
export type { Allocate } from './allocation.js';
export type { ArrowColumn, ArrowTable } from './arrow-table.js';
export { csvAdapter } from './csv/adapter.js';
export { defaultRegistry } from './default-registry.js';
export {
  defineAdapter,
  type AdapterDefinition,
  type AdapterStep,
  type EncodedPiece,
  type StepContext,
  type StreamContext,
} from './define-adapter.js';
export { ConversionError, type ConversionErrorCode, type InputPosition } from './errors.js';
export { jsonAdapter } from './json/adapter.js';
export type { InputLimits } from './limits.js';
export { Losses, type ConversionWarning } from './losses.js';
export { ndarrayAdapter } from './ndarray/adapter.js';
export { ndArray } from './ndarray/array-shape.js';
export type { DType, NdArray } from './ndarray/nd-array.js';
export { AdapterRegistry } from './registry.js';
export type {
  AnyRequest,
  ConversionOptions,
  ConversionRequest,
  Converted,
  ConvertedMap,
  Format,
  FormatMap,
  Metadata,
  PerformanceHints,
  Source,
} from './request.js';
export type { ConversionResult, RouteStep } from './result.js';
export type { ConversionPath, Hop } from './route.js';
export { rowsAdapter } from './rows/adapter.js';
export { sparseAdapter } from './sparse/adapter.js';
export type { CooMatrix, CscMatrix, CsrMatrix, SparseMatrix } from './sparse/sparse-matrix.js';
export type {
  BitColumn,
  Column,
  ColumnType,
  DecimalColumn,
  DictionaryColumn,
  Field,
  FixedColumn,
  FixedType,
  FixedValues,
  ListColumn,
  NullColumn,
  StructColumn,
  TextColumn,
  TimeUnit,
} from './table/column.js';
export { ColumnTable } from './table/column-table.js';
export { type Row } from './table/row.js';
export { timeSeriesAdapter } from './time-series/adapter.js';
export type { TimeSeries } from './time-series/time-series.js';
export { valueReader, type ReadOptions, type ValueReader } from './table/value.js';
export { optimize, OptimizedConverter } from './optimize/optimized-converter.js';
export type { OptimizeParts } from './optimize/parts.js';
export type { ConverterStatistics } from './optimize/statistics.js';
export type { ConvertEvent, ConvertSpans } from './optimize/events.js';
export type {
  CacheLike,
  CompressibleArray,
  CompressorLike,
  ConvertibleLike,
  Executor,
  KeyLike,
  LazyHandle,
  LazyParts,
  LazyLike,
  MemoryLike,
  MemoryPressure,
  OutcomeLike,
  OwnStrategy,
  PlanLike,
  PoolLike,
  PoolScopeLike,
  RequestFacts,
  SelectionContext,
  SelectorLike,
  StrategyName,
  ValueCodec,
} from './optimize/ports.js';
export { requestKey, type RequestKeyOptions } from './optimize/request-key.js';
export { withCache } from './optimize/with-cache.js';
export { withCompression } from './optimize/with-compression.js';
export { withLazy, type LazyShim } from './optimize/with-lazy.js';
export type { ByteSize } from '@perf/internal/bytes';
export type { Clock } from '@perf/internal/clock';
export type { Duration } from '@perf/internal/duration';
