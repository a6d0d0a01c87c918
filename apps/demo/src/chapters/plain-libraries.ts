import type { ServerReport } from '../server/messages.js';
import { bytes, duration, percent, quantile, times } from '../report/units.js';
import { chapter, type Chapter } from './chapter.js';

/** The same stream, served by the plain libraries and by the suite; a process each. */
export function againstPlain(suite: ServerReport, plain: ServerReport): Chapter {
  const rows = [summary('the libraries alone', plain), summary('the same libraries behind @perf', suite)];
  const [slow, fast] = rows;
  const notes =
    slow === undefined || fast === undefined
      ? []
      : [
          `In total ${times(slow.totalMs / fast.totalMs)} faster; the median answer ${times(slow.p50 / fast.p50)}.`,
        ];
  return chapter(
    'The same stream by the plain libraries',
    [
      { title: 'served by', cell: ({ name }) => name },
      { title: 'total', right: true, cell: ({ totalMs }) => duration(totalMs) },
      { title: 'p50', right: true, cell: ({ p50 }) => duration(p50) },
      { title: 'p99', right: true, cell: ({ p99 }) => duration(p99) },
      { title: 'hits', right: true, cell: ({ hitRate }) => percent(hitRate) },
      { title: 'peak growth', right: true, cell: ({ peakGrowthBytes }) => bytes(peakGrowthBytes) },
      { title: 'kept', right: true, cell: ({ keptBytes }) => bytes(keptBytes) },
    ],
    rows,
    notes,
  );
}

function summary(name: string, { served, totalMs, peakGrowthBytes, kept }: ServerReport) {
  const ms = served.map((one) => one.ms);
  return {
    name,
    totalMs,
    p50: quantile(ms, 0.5),
    p99: quantile(ms, 0.99),
    hitRate: served.filter(({ hit }) => hit).length / Math.max(1, served.length),
    peakGrowthBytes,
    keptBytes: kept?.bytes ?? 0,
  };
}
