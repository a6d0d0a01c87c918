import { drawTable, type TableColumn } from '@perf/benchmark';

/** One table of the demo: for people as text, for programs as data. */
export interface Chapter {
  readonly title: string;
  readonly lines: readonly string[];
  readonly data: unknown;
}

/** A chapter made of a table and what is to be said about it. */
export function chapter<Row>(
  title: string,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  notes: readonly string[] = [],
): Chapter {
  return { title, lines: [...drawTable(columns, rows, 100), ...notes], data: rows };
}
