/** What is known about the data of a request. */
export interface DataCharacteristics {
  /** Bytes of the source: exact for buffers, tables of columns and files, an estimate for rows, Arrow tables and long text. */
  readonly bytes: number;
  /** Rows; an estimate for files of text. */
  readonly rows: number;
  readonly columns: number;
  /** Columns of which most cells that are not null are numbers; text and times likewise. */
  readonly numericColumns: number;
  readonly textColumns: number;
  readonly temporalColumns: number;
  /** Share of cells that are null or missing, 0 to 1. */
  readonly nullRatio: number;
  /** Share of numeric cells that are zero, 0 to 1. */
  readonly sparsity: number;
  /** Different values of a column, the mean over the columns, estimated from the sample. */
  readonly cardinality: number;
  /** Share of the bytes that gzip saves at its fastest, 0 to 1, on the sample; for Parquet what its own codec saved. */
  readonly compressibility: number;
  /** How far the columns are in order, up or down, 0 (shuffled) to 1 (sorted), the mean over the columns. */
  readonly sortedness: number;
  /** Whether it can be cut into parts that are converted apart. */
  readonly splittable: boolean;
  /** Rows that were looked at; equal to `rows` when all were. */
  readonly sampledRows: number;
  /** What was looked at, in words: `'1000 of 3000000 rows'`. */
  readonly sampled: string;
  /** Milliseconds that an inline conversion is expected to take, where an adapter said so. */
  readonly conversionMs?: number;
  /** Bytes that the result is expected to hold, where an adapter said so. */
  readonly resultBytes?: number;
  /** Bytes that are held between the first step of a conversion and the last, beside source and result. */
  readonly intermediateBytes?: number;
}
