export type { Clock } from '@perf/internal/clock';
export type { ByteSize } from '@perf/internal/bytes';
export type { CodecName, Level } from './codec/codec.js';
export { Compressor } from './compressor.js';
export type {
  Compressible,
  Content,
  ContentType,
  ContentTypes,
  Float16,
  Float16Shape,
  Restored,
  TypedArray,
} from './element-type.js';
export { CompressionError, type BlockPosition, type CompressionErrorCode } from './errors.js';
export { COMPRESSION_CHANNEL, type CompressionEvent } from './events.js';
export type { FrameDescription } from './description.js';
export type { FilterChain } from './columnar/description.js';
export { HEADER_BYTES, type Frame, type FrameInfo } from './frame.js';
export { DEFAULTS, type CodecChoice, type CompressorOptions } from './options.js';
export type {
  CallOptions,
  ColumnsCallOptions,
  CompressStreamOptions,
  DecompressOptions,
  DecompressStreamOptions,
} from './call-options.js';
export type { ColumnInfo } from './columns/column-archive.js';
export type { Column, ColumnKind, Columns, DictionaryColumn, TextColumn } from './columns/column.js';
export type { ColumnCodec } from './ports.js';
export type { Missing } from './engine.js';
export type { CompressionStatistics, DirectionStatistics } from './statistics.js';
export type { Executor } from './threads/executor.js';
