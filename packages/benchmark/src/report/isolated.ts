import { formatDuration } from '@perf/internal/duration';
import type {
  IsolatedComparison,
  IsolatedComparisonResult,
  IsolatedContender,
} from '../process/isolation.js';
import { percent } from '../warning.js';
import { drawTable, sparkline, wrapped, type Column } from './drawing.js';
import { drawWarnings, showForecast, showInterval, showRatio, showShare, WIDTH } from './figures.js';
import type { TableOptions } from './table.js';

/** A comparison in fresh processes as an aligned table: the base, then each candidate. */
export function formatIsolated(result: IsolatedComparisonResult, o: TableOptions = {}): string {
  const width = o.width ?? WIDTH;
  type Row = { readonly side: IsolatedContender; readonly against: IsolatedComparison | undefined };
  const rows = result.contenders.map((side, i): Row => ({
    side,
    against: i === 0 ? undefined : result.comparisons[i - 1],
  }));
  const columns: Column<Row>[] = [
    { title: 'name', cell: ({ side }) => side.name, flexible: true },
    { title: 'median', right: true, cell: ({ side }) => formatDuration(side.time.p50) },
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
      title: 'between',
      right: true,
      cell: ({ against }) => (against === undefined ? '' : percent(against.spread)),
    },
    {
      title: 'within',
      right: true,
      cell: ({ against }) => (against === undefined ? '' : percent(against.spreadWithin)),
    },
    { title: 'by process', cell: ({ against }) => (against === undefined ? '' : sparkline(against.ratios)) },
  ];
  return [
    ...drawTable(columns, rows, width),
    ...wrapped(
      `ratio: time over that of '${result.base}', median of ${String(result.processes)} rounds of fresh processes; ` +
        `between, within: how pair ratios scatter from process to process and inside one; ` +
        `took ${formatDuration(result.elapsedMs)} of ${formatDuration(result.budgetMs)}`,
      width,
    ),
    ...result.comparisons.flatMap((c) => showForecast(c, width)),
    ...drawWarnings(result.warnings, width),
  ].join('\n');
}
