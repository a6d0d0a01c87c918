import { runChild } from '../child.js';
import { isMemoryReport, type MemoryReport } from '../memory/report.js';
import { bytes, duration, percent } from '../report/units.js';
import { chapter, type Chapter } from './chapter.js';

interface Way {
  readonly name: string;
  readonly args: readonly string[];
}

const WAYS: readonly Way[] = [
  { name: 'eager: all 5 columns', args: ['eager'] },
  { name: 'lazy: opened, 3 columns used', args: ['lazy', '3'] },
  { name: 'lazy: opened, 1 column used', args: ['lazy', '1'] },
];

interface MemoryRow extends MemoryReport {
  readonly name: string;
}

/** What a table of 3 million rows costs in memory, opened at once or column by column; a process each. */
export async function lazyMemory(): Promise<Chapter> {
  const rows: MemoryRow[] = [];
  for (const { name, args } of WAYS) {
    const reports: MemoryReport[] = [];
    await runChild(
      'memory-process.js',
      args,
      (message) => {
        if (isMemoryReport(message)) reports.push(message);
      },
      ['--expose-gc'],
    );
    const [report] = reports;
    if (report !== undefined) rows.push({ ...report, name });
  }
  const [eager] = rows;
  const saved = (row: MemoryRow, pick: (row: MemoryRow) => number): string =>
    eager === undefined || row === eager ? '' : percent(1 - pick(row) / pick(eager));
  return chapter(
    'Eager against lazy memory (flights-3m.parquet, 3 million rows)',
    [
      { title: 'way', cell: ({ name }) => name },
      { title: 'peak growth', right: true, cell: ({ peakGrowthBytes }) => bytes(peakGrowthBytes) },
      { title: 'saved', right: true, cell: (row) => saved(row, (r) => r.peakGrowthBytes) },
      { title: 'held after', right: true, cell: ({ heldBytes }) => bytes(heldBytes) },
      { title: 'saved', right: true, cell: (row) => saved(row, (r) => r.heldBytes) },
      { title: 'time', right: true, cell: ({ durationMs }) => duration(durationMs) },
    ],
    rows,
  );
}
