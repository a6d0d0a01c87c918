import type { ByteSize } from '@perf/internal/bytes';
import type { Duration } from '@perf/internal/duration';
import type { ArrowTable } from './arrow-table.js';
import type { InputLimits } from './limits.js';
import type { DType, NdArray } from './ndarray/nd-array.js';
import type { SparseMatrix } from './sparse/sparse-matrix.js';
import type { ColumnType } from './table/column.js';
import type { ColumnTable } from './table/column-table.js';
import type { Row } from './table/row.js';
import type { TimeSeries } from './time-series/time-series.js';

/**
 * What each format is in memory. Open to declaration merging: a package that brings an adapter for a format of its
 * own adds a property here.
 */
export interface FormatMap {
  csv: string | Uint8Array;
  /** JSON text (string or UTF-8 bytes), or a parsed array of records or object of columns. */
  json: unknown;
  ndjson: string | Uint8Array;
  rows: Row[];
  columns: ColumnTable;
  arrow: ArrowTable;
  'arrow-ipc': Uint8Array;
  parquet: Uint8Array;
  ndarray: NdArray;
  sparse: SparseMatrix;
  'time-series': TimeSeries;
  /** MessagePack: an array of maps, or a map of arrays. */
  msgpack: Uint8Array;
}

/** What each format comes out as, where that is narrower than what goes in: text formats are UTF-8 bytes. */
export interface ConvertedMap extends Omit<FormatMap, 'csv' | 'json' | 'ndjson'> {
  csv: Uint8Array;
  json: Uint8Array;
  ndjson: Uint8Array;
}

export type Format = keyof FormatMap;

/** The in-memory form in which a conversion to `F` comes back. */
export type Converted<F extends Format> = F extends keyof ConvertedMap ? ConvertedMap[F] : FormatMap[F];

/**
 * Where the data is. Always tagged: a text is never taken for a path. `id` and `version` declare an identity:
 * the same pair always means the same content, and makes the conversion cacheable without reading it.
 */
export type Source<F extends Format = Format> =
  | { readonly value: FormatMap[F]; readonly id?: string; readonly version?: string }
  | { readonly path: string }
  | { readonly url: string }
  | { readonly stream: AsyncIterable<Uint8Array>; readonly id?: string; readonly version?: string };

/** What changes the output. All of it is part of the cache key. */
export interface ConversionOptions {
  /** The first source row to convert. Default 0. */
  readonly offset?: number;
  /** How many rows to convert. Default: all. */
  readonly limit?: number;
  /**
   * CSV: the field separator, one ASCII character. Default `,` when writing, found out when reading. From CSV to CSV it
   * is the one to write.
   */
  readonly delimiter?: string;
  /** CSV: whether the first line names the columns. Default `true`; without it they are `column_1`, `column_2`, ... */
  readonly header?: boolean;
  /** CSV: unquoted texts that mean null when reading; the first is written for null. Default `['']`. */
  readonly nullTokens?: readonly string[];
  /** CSV: types that override what the content suggests. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** Rows: 64-bit integers always as `bigint`. Default `false`: `number` where exact. */
  readonly bigint?: boolean;
  /**
   * CSV, writing: a text that a spreadsheet would run (it begins with `=`, `+`, `-`, `@`, tab or carriage return) gets
   * a `'` in front. Default `false`.
   */
  readonly escapeFormulas?: boolean;
  /** JSON, NDJSON, reading: whole numbers beyond 2^53 exactly, as 64-bit integers. Default `false`: rounded. */
  readonly exactIntegers?: boolean;
  /** Arrow IPC, writing: which of its two framings. Default `'stream'`. Both are read. */
  readonly ipc?: 'stream' | 'file';
  /** How large the parts of the source may be. */
  readonly limits?: InputLimits;
  /** ndarray, sparse: the type of the elements. Default: the narrowest that holds every column. */
  readonly dtype?: DType;
  /** ndarray: which axis is contiguous. Default `'row-major'`. */
  readonly order?: 'row-major' | 'column-major';
  /** sparse: how the matrix is stored. Default `'csr'`. */
  readonly sparse?: SparseMatrix['layout'];
  /** time-series: the column of moments. Default: the only `timestamp` or `date` column. */
  readonly timeColumn?: string;
  /** time-series: the distance of the rows, which is then checked. Default: found out. */
  readonly frequency?: Duration;
  /** time-series: the order into which rows are brought. Default `'ascending'`. */
  readonly timeOrder?: TimeSeries['order'];
}

/** Travels with the request into the result; never part of the key. */
export type Metadata = Readonly<Record<string, unknown>>;

/** What a caller knows or wants about speed and memory. Changes the way, never the output; never part of the key. */
export interface PerformanceHints {
  /** Bytes of the source, when the caller knows them. */
  readonly sourceBytes?: number;
  /** Rows of the source, when the caller knows them. */
  readonly rows?: number;
  /** How likely the same request comes again, 0 to 1. */
  readonly reuseProbability?: number;
  /** How much memory this conversion may take. */
  readonly memoryLimit?: ByteSize;
}

/** One conversion: from where, from what, to what, and which part of it. */
export interface ConversionRequest<F extends Format = Format, T extends Format = Format> {
  readonly source: Source<F>;
  readonly from: F;
  readonly to: T;
  /** Only these columns, in this order. Default: all. */
  readonly columns?: readonly string[];
  readonly options?: ConversionOptions;
  readonly metadata?: Metadata;
  readonly hints?: PerformanceHints;
}

/** A request whose formats are known only at run time. */
export type AnyRequest = ConversionRequest;
