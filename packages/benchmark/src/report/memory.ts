import { formatBytes } from '@perf/internal/bytes';
import { formatDuration } from '@perf/internal/duration';
import type { MemoryProfile } from '../memory/profile.js';
import { drawTable, sparkline, type Column } from './drawing.js';
import { drawWarnings, WIDTH } from './figures.js';
import type { TableOptions } from './table.js';

const POINTS = 24;

/** Memory profiles as an aligned table: one line each, warnings below. */
export function formatMemory(profiles: readonly MemoryProfile[], o: TableOptions = {}): string {
  const width = o.width ?? WIDTH;
  const columns: Column<MemoryProfile>[] = [
    { title: 'name', cell: (r) => r.name, flexible: true },
    { title: 'peak', right: true, cell: (r) => formatBytes(r.peakBytes) },
    { title: 'held', right: true, cell: (r) => formatBytes(r.heldBytes) },
    { title: 'growth/run', right: true, cell: (r) => formatBytes(r.growthPerRun) },
    { title: 'leak', cell: (r) => (r.leakSuspected ? 'suspected' : '-') },
    { title: 'time', right: true, cell: (r) => formatDuration(r.durationMs) },
    { title: 'runs', right: true, cell: (r) => String(r.runs) },
    { title: 'by', cell: (r) => `${r.method}${r.isolated ? ', isolated' : ''}` },
    { title: 'over time', cell: (r) => sparkline(heights(r)) },
  ];
  return [
    ...drawTable(columns, profiles, width),
    ...drawWarnings(
      profiles.flatMap((r) => r.warnings),
      width,
    ),
  ].join('\n');
}

/** The highest figures of equal stretches. */
function heights({ timeline }: MemoryProfile): number[] {
  const count = Math.min(POINTS, timeline.length);
  return Array.from({ length: count }, (_, i) =>
    Math.max(
      ...timeline
        .slice(Math.floor((i * timeline.length) / count), Math.floor(((i + 1) * timeline.length) / count))
        .map(({ rssBytes }) => rssBytes),
    ),
  );
}
