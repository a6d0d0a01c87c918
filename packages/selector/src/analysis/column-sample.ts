import type { DataCharacteristics } from '../characteristics.js';

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
  /** Different values, and those of them that were seen once. */
  readonly distinct: number;
  readonly once: number;
  /** How far the cells are in order, 0 to 1; undefined where no two can be compared. */
  readonly order: number | undefined;
}

/** Counts the kinds of cells of a column; the cells that are not there, of `seen` rows, are missing. */
export function sampleColumn(cells: readonly unknown[], seen: number = cells.length): ColumnSample {
  const counts: Record<CellKind, number> = { null: 0, number: 0, zero: 0, text: 0, time: 0, other: 0 };
  const values = new Map<unknown, number>();
  let characters = 0;
  for (const cell of cells) {
    const kind = kindOf(cell);
    counts[kind] += 1;
    if (typeof cell === 'string') characters += cell.length;
    if (kind === 'null' || kind === 'other') continue;
    const value = cell instanceof Date ? cell.getTime() : cell;
    values.set(value, (values.get(value) ?? 0) + 1);
  }
  let once = 0;
  for (const count of values.values()) once += Number(count === 1);
  return {
    numeric: counts.number + counts.zero,
    zero: counts.zero,
    text: counts.text,
    time: counts.time,
    other: counts.other,
    missing: counts.null + seen - cells.length,
    seen,
    characters,
    distinct: values.size,
    once,
    order: orderOf(cells),
  };
}

function kindOf(value: unknown): CellKind {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) === 0 ? 'zero' : 'number';
  if (typeof value === 'string') return 'text';
  return value instanceof Date ? 'time' : 'other';
}

/** Of the neighbours that differ, how many more go one way than the other. */
function orderOf(cells: readonly unknown[]): number | undefined {
  let up = 0;
  let down = 0;
  let equal = 0;
  let before: unknown;
  for (const cell of cells) {
    if (isComparable(cell) && isComparable(before) && typeof cell === typeof before) {
      if (cell > before) up += 1;
      else if (cell < before) down += 1;
      else equal += 1;
    }
    if (cell !== null && cell !== undefined) before = cell;
  }
  if (up + down === 0) return equal > 0 ? 1 : undefined;
  return Math.abs(up - down) / (up + down);
}

function isComparable(value: unknown): value is number | bigint | string | Date {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'string' ||
    value instanceof Date
  );
}

/** What the samples of all columns come to. */
export type ColumnFacts = Pick<
  DataCharacteristics,
  | 'columns'
  | 'numericColumns'
  | 'textColumns'
  | 'temporalColumns'
  | 'nullRatio'
  | 'sparsity'
  | 'cardinality'
  | 'sortedness'
>;

/** Puts the samples of all columns together. */
export function summarize(columns: readonly ColumnSample[], rows: number): ColumnFacts {
  let [missing, seen, zero, numeric, cardinality] = [0, 0, 0, 0, 0];
  const kinds = { numeric: 0, text: 0, time: 0 };
  const orders: number[] = [];
  for (const column of columns) {
    missing += column.missing;
    seen += column.seen;
    zero += column.zero;
    numeric += column.numeric;
    cardinality += distinctOf(column, rows);
    if (column.order !== undefined) orders.push(column.order);
    const most = Math.max(column.numeric, column.text, column.time);
    if (most === 0 || most < column.other) continue;
    if (column.numeric === most) kinds.numeric += 1;
    else if (column.text === most) kinds.text += 1;
    else kinds.time += 1;
  }
  return {
    columns: columns.length,
    numericColumns: kinds.numeric,
    textColumns: kinds.text,
    temporalColumns: kinds.time,
    nullRatio: seen === 0 ? 0 : missing / seen,
    sparsity: numeric === 0 ? 0 : zero / numeric,
    cardinality: columns.length === 0 ? 0 : Math.round(cardinality / columns.length),
    sortedness: orders.length === 0 ? 0 : orders.reduce((sum, order) => sum + order, 0) / orders.length,
  };
}

/**
 * How many different values the whole column has (the guaranteed-error estimator of M. Charikar et al., Towards
 * Estimation Error Guarantees for Distinct Values, 2000): what was seen once stands for others like it, what was seen
 * more often for itself.
 */
function distinctOf({ distinct, once, seen }: ColumnSample, rows: number): number {
  if (seen === 0) return 0;
  const scale = Math.sqrt(Math.max(1, rows / seen));
  return Math.min(Math.max(rows, distinct), scale * once + distinct - once);
}
