import { formatBytes } from '@perf/internal/bytes';
import { formatDuration } from '@perf/internal/duration';
import type { ThroughputMetrics } from '../throughput.js';
import { percent } from '../warning.js';
import { drawTable, sparkline, type Column } from './drawing.js';
import { drawWarnings, thousands, WIDTH } from './figures.js';
import type { TableOptions } from './table.js';

/** Streams as an aligned table: one line each. */
export function formatThroughput(streams: readonly ThroughputMetrics[], o: TableOptions = {}): string {
  const width = o.width ?? WIDTH;
  const columns: Column<ThroughputMetrics>[] = [
    { title: 'name', cell: (r) => r.name, flexible: true },
    {
      title: 'bytes',
      right: true,
      cell: (r) => (r.bytesPerSecond === undefined ? '?' : `${formatBytes(r.bytesPerSecond)}/s`),
    },
    {
      title: 'rows',
      right: true,
      cell: (r) => (r.rowsPerSecond === undefined ? '?' : `${thousands(r.rowsPerSecond)}/s`),
    },
    { title: 'chunks', right: true, cell: (r) => String(r.chunks) },
    { title: 'wait p50', right: true, cell: (r) => shown(r.latency.p50) },
    { title: 'p99', right: true, cell: (r) => shown(r.latency.p99) },
    { title: 'starved', right: true, cell: (r) => percent(r.starved) },
    { title: 'stalls', right: true, cell: (r) => String(r.stalls.count) },
    { title: 'over time', cell: (r) => sparkline(r.course) },
  ];
  return [
    ...drawTable(columns, streams, width),
    ...drawWarnings(
      streams.flatMap((r) => r.warnings),
      width,
    ),
  ].join('\n');
}

function shown(ms: number): string {
  return Number.isNaN(ms) ? '-' : formatDuration(ms);
}
