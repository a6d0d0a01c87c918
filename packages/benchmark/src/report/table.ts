import { formatBytes } from '@perf/internal/bytes';
import { formatDuration } from '@perf/internal/duration';
import type { BenchmarkResult, Comparison, ComparisonResult, Contender } from '../result.js';
import { percent } from '../warning.js';
import { drawTable, sparkline, wrapped, type Column } from './drawing.js';
import {
  drawWarnings,
  showForecast,
  showInterval,
  showRatio,
  showShare,
  thousands,
  WIDTH,
} from './figures.js';

/** How a table is drawn. */
export interface TableOptions {
  /** Characters a line may have. Default 100; columns of least interest go first where it is too narrow. */
  readonly width?: number;
}

/** Bars of the course of a comparison: room for names matters more. */
const COURSE_WIDTH = 15;

/** Measurements as an aligned table: one line each, warnings below. The line without a trailing end. */
export function formatTable(results: readonly BenchmarkResult[], o: TableOptions = {}): string {
  const width = o.width ?? WIDTH;
  const columns: Column<BenchmarkResult>[] = [
    { title: 'name', cell: (r) => r.name, flexible: true },
    { title: 'median', right: true, cell: (r) => formatDuration(r.time.p50) },
    { title: '+-', right: true, cell: (r) => percent(r.time.mad / r.time.p50) },
    { title: 'p99', right: true, cell: (r) => formatDuration(r.time.p99) },
    { title: 'rate', right: true, cell: rate },
    { title: 'gc', right: true, cell: (r) => percent(r.gc.share) },
    {
      title: 'bytes/call',
      right: true,
      cell: (r) => (r.allocatedBytes === undefined ? '?' : formatBytes(r.allocatedBytes)),
    },
    { title: 'over time', cell: (r) => sparkline(r.course) },
  ];
  return [
    ...drawTable(columns, results, width),
    ...drawWarnings(
      results.flatMap((r) => r.warnings),
      width,
    ),
  ].join('\n');
}

/** A comparison as an aligned table: the base, then each candidate with its ratio, interval and verdict. */
export function formatComparison(result: ComparisonResult, o: TableOptions = {}): string {
  const width = o.width ?? WIDTH;
  const rows = result.contenders.map((side, i) => ({
    side,
    against: i === 0 ? undefined : result.comparisons[i - 1],
  }));
  type Row = { readonly side: Contender; readonly against: Comparison | undefined };
  const columns: Column<Row>[] = [
    { title: 'name', cell: ({ side }) => side.name, flexible: true },
    { title: 'median', right: true, cell: ({ side }) => formatDuration(side.time.p50) },
    { title: '+-', right: true, cell: ({ side }) => percent(side.time.mad / side.time.p50) },
    {
      title: 'ratio',
      right: true,
      cell: ({ against }) => (against === undefined ? 'base' : showRatio(against.ratio)),
    },
    {
      title: `${showShare(result.confidence)} interval`,
      right: true,
      cell: ({ against }) => (against === undefined ? '' : showInterval(against.interval)),
    },
    { title: 'verdict', cell: ({ against }) => against?.verdict ?? '' },
    {
      title: 'pairs',
      right: true,
      cell: ({ against }) => (against === undefined ? '' : String(against.pairs)),
    },
    {
      title: 'ratio over time',
      cell: ({ against }) => (against === undefined ? '' : sparkline(against.course, COURSE_WIDTH)),
    },
  ];
  return [
    ...drawTable(columns, rows, width),
    ...wrapped(
      `ratio: time over that of '${result.base}'; same: within ${percent(result.margin)}; ` +
        `took ${formatDuration(result.elapsedMs)} of ${formatDuration(result.budgetMs)}`,
      width,
    ),
    ...result.comparisons.flatMap((c) => showForecast(c, width)),
    ...drawWarnings(result.warnings, width),
  ].join('\n');
}

function rate(r: BenchmarkResult): string {
  if (r.bytesPerSecond !== undefined) return `${formatBytes(r.bytesPerSecond)}/s`;
  if (r.rowsPerSecond !== undefined) return `${thousands(r.rowsPerSecond)} rows/s`;
  return `${thousands(r.opsPerSecond)}/s`;
}
