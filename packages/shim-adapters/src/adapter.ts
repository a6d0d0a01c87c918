import type { ByteSize } from '@perf/internal/bytes';
import type { Clock } from '@perf/internal/clock';
import type { Duration } from '@perf/internal/duration';
import type { Allocate } from './allocation.js';
import type { ConversionWarning } from './losses.js';
import type { AnyRequest, Format } from './request.js';
import type { ConversionResult } from './result.js';
import type { ColumnTable } from './table/column-table.js';

/** What a conversion is expected to cost. */
export interface ConversionCost {
  readonly durationMs: number;
  /** Bytes of the result in memory. */
  readonly bytes: number;
  /** Share of values expected to be lost, 0 to 1. */
  readonly qualityLoss: number;
}

export type ValidationResult =
  { readonly valid: true } | { readonly valid: false; readonly problems: readonly string[] };

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'rows' | 'bytes' | 'steps';
}

/** How a conversion is carried out; nothing here changes its output. */
export interface ConvertOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** The clock that durations are read from. Default: the process's monotonic clock. */
  readonly clock?: Clock;
  /** Ends the conversion with `ERR_PERF_CONVERT_TIMEOUT`. Looked at between steps and blocks. Default: never. */
  readonly timeout?: Duration;
  /** Bytes that the result may hold; more is `ERR_PERF_CONVERT_MEMORY_EXCEEDED`. Default: no limit. */
  readonly maxBytes?: ByteSize;
  /** A result of less quality is `ERR_PERF_CONVERT_QUALITY_DEGRADED`. 0 to 1. Default 0. */
  readonly minQuality?: number;
  /** `true`: names, types or key/value pairs that the target cannot carry are `ERR_PERF_CONVERT_METADATA_LOSS`. */
  readonly keepMetadata?: boolean;
  /**
   * Where the memory for the bytes of a source that is read from a path, and for the text that is written, comes from.
   * The result may keep it: it is free again when the result is. Default: fresh memory.
   */
  readonly allocate?: Allocate;
}

/** How a stream is cut. */
export interface StreamOptions extends ConvertOptions {
  /** Rows of a batch, about: 1 to 16,777,216. Default 65,536. */
  readonly batchRows?: number;
  /**
   * `true`: a column of text formats whose type the first batch does not tell, because it has nothing but nulls there,
   * is `ERR_PERF_CONVERT_TYPE_MISMATCH` and not taken for text. All batches together are then what `convert` gives.
   * Default `false`.
   */
  readonly strictTypes?: boolean;
  /** Hears of each table on its way from the source to the target. */
  readonly onTable?: (table: ColumnTable) => void;
}

/** One piece of a streamed conversion: a table, or a piece of the target's bytes. */
export interface Batch<T = unknown> {
  readonly data: T;
  /** Rows in this piece. */
  readonly rows: number;
  /** Bytes of `data` in memory. */
  readonly bytes: number;
  /** How many rows came before. */
  readonly offset: number;
  /** What this piece lost. */
  readonly warnings: readonly ConversionWarning[];
}

/**
 * Converts between formats. Stateless: the same request gives the same output. Everything that changes the output
 * is in the request, and a change of behaviour is a change of `version`, because both are part of the cache key.
 */
export interface ShimAdapter {
  readonly id: string;
  readonly version: string;
  readonly conversions: readonly (readonly [Format, Format])[];
  /** How a worker thread finds this adapter: `export` of the module is the adapter, or a function that makes it. */
  readonly module?: { readonly url: string; readonly export: string };
  /** Names of options, beyond those of `ConversionOptions`, that this adapter understands. */
  readonly options?: readonly string[];
  /** `true` when `columns`, `options.offset` and `options.limit` of the request are honoured. */
  readonly selects: boolean;
  /** How well this adapter suits the request, 0 (cannot) to 1. */
  canConvert(request: AnyRequest): number;
  estimateCost(request: AnyRequest): ConversionCost;
  validateRequest(request: AnyRequest): ValidationResult;
  convert(request: AnyRequest, options?: ConvertOptions): Promise<ConversionResult>;
  /** Reads a source table by table, in memory that does not grow with it. */
  convertStream?(request: AnyRequest, options?: StreamOptions): AsyncIterable<Batch<ColumnTable>>;
  /** Writes tables as they come: the pieces, one after the other, are the target (its bytes, or its rows). */
  encodeStream?(
    tables: AsyncIterable<ColumnTable>,
    request: AnyRequest,
    options?: StreamOptions,
  ): AsyncIterable<Batch>;
  /** Whether `convertStream` or `encodeStream` takes this request. */
  streams?(request: AnyRequest): { readonly reads: boolean; readonly writes: boolean };
  /** Cuts a request into at most `parts` requests whose results `merge` puts together; one request when it cannot. */
  split?(request: AnyRequest, parts: number): Promise<readonly AnyRequest[]>;
  merge?(results: readonly ConversionResult[]): ConversionResult;
}
