import { MAX_BYTES, SERVER_NAMES, type ServerKind, type ServerReport } from '../server/messages.js';
import { bytes, duration, percent, quantile, times } from '../report/units.js';
import { chapter, type Chapter } from './chapter.js';

/** One way to serve the stream, in figures. */
export interface Way {
  readonly server: ServerKind;
  readonly name: string;
  readonly totalMs: number;
  readonly p50: number;
  readonly p99: number;
  readonly hitRate: number;
  readonly peakGrowthBytes: number;
  readonly keptBytes: number;
}

export function wayOf({ server, served, totalMs, peakGrowthBytes, kept }: ServerReport): Way {
  const ms = served.map((one) => one.ms);
  return {
    server,
    name: SERVER_NAMES[server],
    totalMs,
    p50: quantile(ms, 0.5),
    p99: quantile(ms, 0.99),
    hitRate: served.filter(({ hit }) => hit).length / Math.max(1, served.length),
    peakGrowthBytes,
    keptBytes: kept?.bytes ?? 0,
  };
}

/** The same stream, served five ways; a process each. */
export function servedWays(reports: readonly ServerReport[]): Chapter {
  const ways = reports.map(wayOf);
  return chapter(
    'The same stream, served five ways',
    [
      { title: 'served by', cell: ({ name }) => name },
      { title: 'total', right: true, cell: ({ totalMs }) => duration(totalMs) },
      { title: 'p50', right: true, cell: ({ p50 }) => duration(p50) },
      { title: 'p99', right: true, cell: ({ p99 }) => duration(p99) },
      { title: 'hits', right: true, cell: ({ hitRate }) => percent(hitRate) },
      { title: 'peak growth', right: true, cell: ({ peakGrowthBytes }) => bytes(peakGrowthBytes) },
      { title: 'kept', right: true, cell: ({ keptBytes }) => bytes(keptBytes) },
    ],
    ways,
    verdicts(ways),
  );
}

/** What the figures come to, losses included. */
export function verdicts(ways: readonly Way[]): string[] {
  const find = (server: ServerKind): Way | undefined => ways.find((way) => way.server === server);
  const [plain, hand, adaptive] = [find('plain'), find('hand-cached'), find('adaptive')];
  if (plain === undefined || hand === undefined || adaptive === undefined) return [];
  const room = plain.peakGrowthBytes + MAX_BYTES;
  return [
    `@perf, adaptive: ${faster(plain.totalMs / adaptive.totalMs)} than ${plain.name}, ${faster(hand.totalMs / adaptive.totalMs)} than ${hand.name};`,
    `its memory grew by ${bytes(adaptive.peakGrowthBytes)}; ${plain.name} and ${bytes(MAX_BYTES)} for the cache would be ${bytes(room)}.`,
  ];
}

function faster(ratio: number): string {
  return ratio >= 1 ? `${times(ratio)} faster` : `${times(1 / ratio)} slower`;
}
