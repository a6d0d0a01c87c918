import { formatBytes } from '@perf/internal/bytes';
import { formatDuration } from '@perf/internal/duration';
import type { StrategyComparison, StrategyRow } from '../strategies.js';
import { drawTable, wrapped, type Column } from './drawing.js';
import { drawWarnings, showRatio, WIDTH } from './figures.js';
import type { TableOptions } from './table.js';

/** Strategies as an aligned table, the fastest first, with the place by each criterion and the Pareto front. */
export function formatStrategies(result: StrategyComparison, o: TableOptions = {}): string {
  const width = o.width ?? WIDTH;
  const columns: Column<StrategyRow>[] = [
    { title: 'strategy', cell: (r) => r.name, flexible: true },
    { title: 'time', right: true, cell: (r) => formatDuration(r.timeMs) },
    { title: 'ratio', right: true, cell: (r) => (r.ratio === undefined ? 'base' : showRatio(r.ratio)) },
    { title: 'verdict', cell: (r) => r.verdict ?? '' },
    {
      title: 'peak',
      right: true,
      cell: (r) => (r.peakBytes === undefined ? '?' : formatBytes(r.peakBytes)),
    },
    { title: 'quality', right: true, cell: (r) => (r.quality === undefined ? '?' : r.quality.toFixed(3)) },
    {
      title: 'places',
      cell: ({ ranks }) => [ranks.time, ranks.memory ?? '-', ranks.quality ?? '-'].join('/'),
    },
    { title: 'front', cell: (r) => (r.onFront ? 'yes' : `behind ${r.dominatedBy.join(', ')}`) },
  ];
  return [
    ...drawTable(columns, result.rows, width),
    ...wrapped(`places: by time/memory/quality; on the front: ${result.front.join(', ')}`, width),
    ...drawWarnings(result.warnings, width),
  ].join('\n');
}
