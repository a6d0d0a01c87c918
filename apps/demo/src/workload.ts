/**
 * The stream of requests that the demo serves. Like the load of a data server it repeats itself unevenly: 70 % of
 * the requests are drawn by Zipf's law (exponent 0.9) from 40 templates, 30 % are asked once and never again, and in
 * one of ten repeats the source has a new version, so that what was kept for it is out of date.
 */
import { DATASETS, type Dataset } from './datasets.js';
import { seededRandom, shuffled } from './random.js';

export type Target = 'columns' | 'arrow' | 'arrow-ipc' | 'csv' | 'json' | 'ndjson' | 'parquet';

/** What a client asks for. */
export interface Template {
  readonly dataset: Dataset;
  readonly to: Target;
  readonly columns?: readonly string[];
  readonly offset?: number;
  readonly limit?: number;
}

export interface ServedRequest extends Template {
  readonly kind: 'template' | 'one-off';
  /** The version of the source; a new one makes everything kept for the old one worthless. */
  readonly version: string;
}

export const ZIPF_EXPONENT = 0.9;
const ONE_OFF_SHARE = 0.3;
const BUMP_SHARE = 0.1;
const FLIGHTS = 3_000_000;
const PAGE = 50_000;

const PARQUET_COLUMNS: readonly (readonly string[])[] = [
  ['date', 'delay'],
  ['delay', 'distance'],
  ['origin', 'destination', 'delay'],
  ['date', 'origin', 'destination'],
  ['date', 'delay', 'distance', 'origin', 'destination'],
];
const PARQUET_TARGETS: readonly Target[] = ['arrow', 'columns', 'csv', 'json', 'ndjson'];

/** The 40 templates, in a fixed order. */
export const TEMPLATES: readonly Template[] = [
  ...PARQUET_TARGETS.flatMap((to, t) =>
    [0, 1, 2, 3].map((n): Template => {
      const columns = PARQUET_COLUMNS[(t + n) % PARQUET_COLUMNS.length] ?? [];
      return { dataset: 'flights-3m.parquet', to, columns, offset: (t * 4 + n) * PAGE * 2, limit: PAGE };
    }),
  ),
  { dataset: 'flights-200k.json', to: 'parquet' },
  { dataset: 'flights-200k.json', to: 'parquet', columns: ['delay', 'distance'] },
  { dataset: 'flights-200k.json', to: 'csv' },
  { dataset: 'flights-200k.json', to: 'csv', columns: ['delay', 'time'] },
  { dataset: 'flights-200k.json', to: 'csv', columns: ['distance'] },
  { dataset: 'movies.json', to: 'parquet' },
  { dataset: 'movies.json', to: 'csv' },
  { dataset: 'movies.json', to: 'csv', columns: ['Title', 'IMDB Rating', 'IMDB Votes'] },
  { dataset: 'flights-200k.arrow', to: 'csv' },
  { dataset: 'flights-200k.arrow', to: 'json' },
  { dataset: 'flights-200k.arrow', to: 'ndjson', columns: ['delay', 'distance'] },
  { dataset: 'zipcodes.csv', to: 'columns' },
  { dataset: 'zipcodes.csv', to: 'columns', columns: ['zip_code', 'state'] },
  { dataset: 'zipcodes.csv', to: 'columns', columns: ['zip_code', 'latitude', 'longitude'] },
  { dataset: 'zipcodes.csv', to: 'arrow-ipc' },
  { dataset: 'zipcodes.csv', to: 'arrow-ipc', columns: ['city', 'state'] },
  { dataset: 'sp500-2000.csv', to: 'columns' },
  { dataset: 'sp500-2000.csv', to: 'columns', columns: ['date', 'close'] },
  { dataset: 'sp500-2000.csv', to: 'arrow-ipc' },
  { dataset: 'sp500-2000.csv', to: 'arrow-ipc', columns: ['date', 'close', 'volume'] },
];

/** The stream for a seed: always the same one. */
export function drawRequests({ requests, seed }: { requests: number; seed: number }): ServedRequest[] {
  const random = seededRandom(seed);
  const ranked = shuffled(TEMPLATES, random);
  const rank = zipf(ranked.length, random);
  const versions = new Map<Template, number>();
  return Array.from({ length: requests }, (_, index) => {
    if (random() < ONE_OFF_SHARE) return oneOff(index, random);
    const template = ranked[rank()] ?? { dataset: 'movies.json', to: 'csv' };
    const known = versions.get(template);
    const version = known === undefined ? 1 : known + (random() < BUMP_SHARE ? 1 : 0);
    versions.set(template, version);
    return { ...template, kind: 'template', version: `v${String(version)}` };
  });
}

/** A window that nobody asks for again. */
function oneOff(index: number, random: () => number): ServedRequest {
  const version = 'v1';
  if (random() < 0.5) {
    const columns = PARQUET_COLUMNS[Math.floor(random() * PARQUET_COLUMNS.length)] ?? [];
    const to = PARQUET_TARGETS[Math.floor(random() * PARQUET_TARGETS.length)] ?? 'columns';
    const offset = Math.floor(random() * (FLIGHTS - PAGE));
    return {
      kind: 'one-off',
      dataset: 'flights-3m.parquet',
      to,
      columns,
      offset,
      limit: 20_000 + index,
      version,
    };
  }
  const others = TEMPLATES.filter(({ dataset }) => dataset !== 'flights-3m.parquet');
  const template = others[Math.floor(random() * others.length)] ?? { dataset: 'movies.json', to: 'csv' };
  return { ...template, kind: 'one-off', offset: 1 + index, limit: 1000 + index, version };
}

function zipf(count: number, random: () => number): () => number {
  const weights = Array.from({ length: count }, (_, i) => 1 / (i + 1) ** ZIPF_EXPONENT);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return () => {
    let left = random() * total;
    for (let i = 0; i < count; i++) {
      left -= weights[i] ?? 0;
      if (left <= 0) return i;
    }
    return count - 1;
  };
}

/** `parquet > csv` */
export function routeOf({ dataset, to }: Template): string {
  return `${DATASETS[dataset]} > ${to}`;
}

/** What is asked for, apart from the version of the source. */
export function identityOf({ dataset, to, columns, offset, limit }: Template): string {
  return JSON.stringify([dataset, to, columns ?? null, offset ?? 0, limit ?? null]);
}
