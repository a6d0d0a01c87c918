import type { ServerReport } from '../server/messages.js';
import { duration, percent, quantile, times } from '../report/units.js';
import { chapter, type Chapter } from './chapter.js';

interface RouteRow {
  readonly route: string;
  readonly requests: number;
  readonly hits: number;
  readonly coldMs: number | null;
  readonly repeatedMs: number | null;
}

/** What the first request of a kind costs, and what its repetition costs. */
export function coldAndRepeated({ served }: ServerReport): Chapter {
  const routes = [...new Set(served.map(({ route }) => route))].sort();
  const rows = routes.map((route): RouteRow => {
    const own = served.filter((one) => one.route === route);
    const hits = own.filter(({ hit }) => hit);
    const asked = new Set(hits.map(({ request }) => request));
    // A fair pair: only what was repeated is compared with its repetition.
    const cold = own.filter(({ hit, request }) => !hit && asked.has(request)).map(({ ms }) => ms);
    const repeated = hits.map(({ ms }) => ms);
    return {
      route,
      requests: own.length,
      hits: repeated.length,
      coldMs: median(cold),
      repeatedMs: median(repeated),
    };
  });
  const hits = served.filter(({ hit }) => hit);
  const templates = served.filter(({ kind }) => kind === 'template').length;
  const notes = [
    'Medians of the requests that were repeated: the first time, and from the cache.',
    `${String(hits.length)} of ${String(served.length)} requests (${percent(hits.length / served.length)}) were answered from the cache,`,
    `${percent(hits.length / templates)} of those that could repeat; the median answer from it took ${duration(median(hits.map(({ ms }) => ms)) ?? 0)}.`,
  ];
  return chapter(
    'Cold against repeated',
    [
      { title: 'route', cell: ({ route }) => route },
      { title: 'requests', right: true, cell: ({ requests }) => String(requests) },
      { title: 'hits', right: true, cell: (row) => String(row.hits) },
      { title: 'first time', right: true, cell: ({ coldMs }) => shown(coldMs) },
      { title: 'repeated', right: true, cell: ({ repeatedMs }) => shown(repeatedMs) },
      {
        title: 'faster',
        right: true,
        cell: ({ coldMs, repeatedMs }) =>
          coldMs === null || repeatedMs === null ? '' : times(coldMs / repeatedMs),
      },
    ],
    rows,
    notes,
  );
}

function median(values: readonly number[]): number | null {
  return values.length === 0 ? null : quantile(values, 0.5);
}

function shown(ms: number | null): string {
  return ms === null ? '-' : duration(ms);
}
