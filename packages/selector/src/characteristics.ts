/** What is known about the data of a request. */
export interface DataCharacteristics {
  /** Bytes of the source. */
  readonly bytes: number;
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
  /** Rows that were looked at; equal to `rows` when all were. */
  readonly sampledRows: number;
  /** Milliseconds that an inline conversion is expected to take, where an adapter said so. */
  readonly conversionMs?: number;
  /** Bytes that the result is expected to hold, where an adapter said so. */
  readonly resultBytes?: number;
}

/** Rows looked at, at most, spread evenly over the data. */
export const SAMPLE_ROWS = 1000;

type CellKind = 'null' | 'number' | 'zero' | 'text' | 'time' | 'other';

/** What a sample of one column showed. */
export interface ColumnSample {
  readonly numeric: number;
  readonly zero: number;
  readonly text: number;
  readonly time: number;
  readonly other: number;
  readonly missing: number;
  readonly seen: number;
  /** UTF-16 code units of all text. */
  readonly characters: number;
}

/** Fractional part of the golden ratio: its multiples never fall into step with a period of the data. */
const GOLDEN = 0.618_033_988_749_895;

/** Which of `length` rows are looked at, in order: all of few; of many, one of each of 1000 equal stretches. */
export function sampleRows(length: number): number[] {
  if (length <= SAMPLE_ROWS) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: SAMPLE_ROWS }, (_, i) => {
    const start = Math.floor((i * length) / SAMPLE_ROWS);
    const end = Math.floor(((i + 1) * length) / SAMPLE_ROWS);
    return start + Math.floor(((i * GOLDEN) % 1) * (end - start));
  });
}

/** Counts the kinds of cells of a column; the cells that are not there, of `seen` rows, are missing. */
export function sampleColumn(cells: readonly unknown[], seen: number = cells.length): ColumnSample {
  const counts: Record<CellKind, number> = { null: 0, number: 0, zero: 0, text: 0, time: 0, other: 0 };
  let characters = 0;
  for (const cell of cells) {
    counts[kindOf(cell)] += 1;
    if (typeof cell === 'string') characters += cell.length;
  }
  return {
    numeric: counts.number + counts.zero,
    zero: counts.zero,
    text: counts.text,
    time: counts.time,
    other: counts.other,
    missing: counts.null + seen - cells.length,
    seen,
    characters,
  };
}

function kindOf(value: unknown): CellKind {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) === 0 ? 'zero' : 'number';
  if (typeof value === 'string') return 'text';
  return value instanceof Date ? 'time' : 'other';
}

/** Puts the samples of all columns together. */
export function summarize(
  columns: readonly ColumnSample[],
  size: { readonly bytes: number; readonly rows: number; readonly sampledRows: number },
): DataCharacteristics {
  let missing = 0;
  let seen = 0;
  let zero = 0;
  let numeric = 0;
  const kinds = { numeric: 0, text: 0, time: 0 };
  for (const column of columns) {
    missing += column.missing;
    seen += column.seen;
    zero += column.zero;
    numeric += column.numeric;
    const most = Math.max(column.numeric, column.text, column.time);
    if (most === 0 || most < column.other) continue;
    if (column.numeric === most) kinds.numeric += 1;
    else if (column.text === most) kinds.text += 1;
    else kinds.time += 1;
  }
  return {
    ...size,
    columns: columns.length,
    numericColumns: kinds.numeric,
    textColumns: kinds.text,
    temporalColumns: kinds.time,
    nullRatio: seen === 0 ? 0 : missing / seen,
    sparsity: numeric === 0 ? 0 : zero / numeric,
  };
}
