/** The figures of one run as a page with pictures: one file that needs nothing else. */
import type { Chapter } from '../chapters/chapter.js';
import { verdicts, wayOf, type Way } from '../chapters/ways.js';
import { SERVER_NAMES, type ServerReport } from '../server/messages.js';
import { bars } from './figures/bars.js';
import { escaped } from './figures/drawing.js';
import { lines } from './figures/lines.js';
import { strip } from './figures/strip.js';
import { bytes, duration } from './units.js';

export function reportPage(
  reports: readonly ServerReport[],
  chapters: readonly Chapter[],
  about: readonly string[],
): string {
  const ways = reports.map(wayOf);
  const adaptive = reports.find(({ server }) => server === 'adaptive');
  const sections = [
    section('Total time', totals(ways), verdicts(ways).join(' ')),
    section(
      'Answered as time goes by',
      progressOf(reports),
      'A steep line serves fast; where it flattens, something large is converted.',
    ),
    section(
      'How long answers take',
      distribution(reports),
      'The share of requests that is answered within so long. What rises far to the left comes from a cache.',
    ),
    section(
      'Memory',
      memoryOf(ways),
      'Growth of the process at its peak, and the bytes that are kept at the end.',
    ),
    ...(adaptive === undefined ? [] : ofTheSuite(adaptive)),
    ...chapters.map(
      ({ title, lines: rows }) =>
        `<section><h2>${escaped(title)}</h2><pre>${escaped(rows.join('\n'))}</pre></section>`,
    ),
  ];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>One stream of requests, served five ways</title><style>${STYLE}</style></head><body><main>`,
    `<h1>One stream of requests, served five ways</h1><p>${about.map(escaped).join(' ')}</p>`,
    ...sections,
    '</main></body></html>',
    '',
  ].join('\n');
}

function ofTheSuite(report: ServerReport): string[] {
  return [
    section(
      'How each request was carried out',
      ways(report),
      'One circle for each request, as large as the time it took. The selector begins with what it knows beforehand, and learns.',
    ),
    section(
      'Where the time went',
      rooms(report),
      'The rooms of the house, over all requests of the adaptive suite.',
    ),
    ...(report.explanation === undefined
      ? []
      : [
          `<section><h2>In the selector’s own words</h2><p class="quote">${escaped(report.explanation)}</p></section>`,
        ]),
  ];
}

function totals(all: readonly Way[]): string {
  const rows = all.map(({ server, name, totalMs }) => ({
    label: name,
    parts: [{ value: totalMs / 1000, className: server, name }],
    note: duration(totalMs),
  }));
  return bars('Total time', rows, seconds);
}

function progressOf(reports: readonly ServerReport[]): string {
  const all = reports.map(({ server, served }) => {
    let spent = 0;
    const points = served.map(({ ms }, i): [number, number] => [(spent += ms) / 1000, i + 1]);
    return { label: SERVER_NAMES[server], className: server, points: [[0, 0] as const, ...points] };
  });
  return lines('Answered as time goes by', all, {
    x: 'seconds',
    y: 'requests answered',
    names: 'below',
    shownX: String,
    shownY: String,
  });
}

function distribution(reports: readonly ServerReport[]): string {
  const all = reports.map(({ server, served }) => {
    const sorted = served.map(({ ms }) => ms).sort((a, b) => a - b);
    const points = sorted.map((ms, i): [number, number] => [ms, (100 * (i + 1)) / sorted.length]);
    return { label: SERVER_NAMES[server], className: server, points };
  });
  return lines('How long answers take', all, {
    x: 'milliseconds, in powers of ten',
    y: 'answered within, %',
    logarithmic: true,
    names: 'above',
    shownX: String,
    shownY: String,
  });
}

function memoryOf(all: readonly Way[]): string {
  const rows = all.flatMap(({ server, name, peakGrowthBytes, keptBytes }) => [
    {
      label: name,
      parts: [{ value: megabytes(peakGrowthBytes), className: server, name: 'growth at its peak' }],
      note: `${bytes(peakGrowthBytes)} peak`,
    },
    ...(keptBytes === 0
      ? []
      : [
          {
            label: '',
            parts: [{ value: megabytes(keptBytes), className: `${server} pale`, name: 'kept' }],
            note: `${bytes(keptBytes)} kept`,
          },
        ]),
  ]);
  return bars('Memory', rows, (value) => `${String(value)} MB`);
}

const HIT = 'from the cache';

function ways({ served }: ServerReport): string {
  const levels = [
    HIT,
    ...new Set(served.flatMap(({ hit, strategy = 'cache-first' }) => (hit ? [] : [strategy]))),
  ];
  const marks = served.map(({ hit, strategy = 'cache-first', ms, route }, i) => ({
    at: i + 1,
    level: hit ? HIT : strategy,
    className: hit ? 'mark hit' : 'mark miss',
    weight: ms,
    tip: `request ${String(i + 1)}, ${route}: ${duration(ms)}`,
  }));
  return strip('How each request was carried out', levels, marks, 'requests, one after the other');
}

const ROOMS = [
  ['key', 'keys'],
  ['cache', 'cache'],
  ['plan', 'selector'],
  ['thread', 'to threads and back'],
  ['convert', 'adapters'],
] as const;

function rooms({ served }: ServerReport): string {
  const rows = ROOMS.map(([room, label]) => {
    const ms = served.reduce((sum, { spans }) => sum + (spans?.[room] ?? 0), 0);
    return { label, parts: [{ value: ms / 1000, className: 'adaptive', name: label }], note: duration(ms) };
  });
  return bars('Where the time went', rows, seconds);
}

function section(title: string, figure: string, words: string): string {
  return `<section><h2>${escaped(title)}</h2><figure>${figure}<figcaption>${escaped(words)}</figcaption></figure></section>`;
}

function seconds(value: number): string {
  return `${String(Math.round(value * 1000) / 1000)} s`;
}

function megabytes(value: number): number {
  return Math.round(value / 2 ** 20);
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2530; --soft: #5c6875; --grid: #d9dee4; --paper: #fbfbfa;
  --plain: #9aa3ad; --hand-cached: #c98a2b; --predictable: #5b8fd0; --low-memory: #a678c8; --adaptive: #1f9d78; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #9aa5b1; --grid: #343c46; --paper: #14181d; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 800px; margin: 0 auto; padding: 40px 20px 80px; }
h1 { font-size: 30px; line-height: 1.2; } h2 { font-size: 19px; margin: 44px 0 8px; }
figure { margin: 0; } figcaption, p { color: var(--soft); max-width: 68ch; }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif; overflow: visible; }
svg text { fill: var(--ink); } svg .tick, svg .axis { fill: var(--soft); font-size: 12px; }
svg .note { font-weight: 600; } svg .grid { stroke: var(--grid); stroke-width: 1; }
svg .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; } svg .name { font-weight: 600; }
.plain { fill: var(--plain); } .hand-cached { fill: var(--hand-cached); } .predictable { fill: var(--predictable); }
.low-memory { fill: var(--low-memory); } .line.low-memory { stroke: var(--low-memory); } svg text.low-memory { fill: var(--low-memory); }
.adaptive { fill: var(--adaptive); } .pale { opacity: .45; }
.line.plain { stroke: var(--plain); } .line.hand-cached { stroke: var(--hand-cached); }
.line.predictable { stroke: var(--predictable); } .line.adaptive { stroke: var(--adaptive); }
svg text.plain { fill: var(--plain); } svg text.hand-cached { fill: var(--hand-cached); }
svg text.predictable { fill: var(--predictable); } svg text.adaptive { fill: var(--adaptive); }
.mark { opacity: .55; } .hit { fill: var(--predictable); } .miss { fill: var(--adaptive); }
pre { overflow-x: auto; font: 13px/1.5 ui-monospace, monospace; } .quote { border-left: 3px solid var(--grid); padding-left: 16px; }
`;
