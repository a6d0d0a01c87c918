import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Format } from '@perf/shim-adapters';

/** The real files that the demo serves: they come with the npm package `vega-datasets` (BSD-3-Clause). */
export const DATASETS = {
  'flights-3m.parquet': 'parquet',
  'flights-200k.json': 'json',
  'flights-200k.arrow': 'arrow-ipc',
  'zipcodes.csv': 'csv',
  'sp500-2000.csv': 'csv',
  'movies.json': 'json',
} as const satisfies Readonly<Record<string, Format>>;

export type Dataset = keyof typeof DATASETS;

/** Where a data set lies on disk. */
export function datasetPath(name: Dataset): string {
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  return join(dirname(entry), '..', 'data', name);
}

/** All data sets in memory, as a server holds what its clients send or its storage returns. */
export async function readDatasets(): Promise<Readonly<Record<Dataset, Uint8Array>>> {
  const read = (name: Dataset): Promise<Uint8Array> => readFile(datasetPath(name));
  return {
    'flights-3m.parquet': await read('flights-3m.parquet'),
    'flights-200k.json': await read('flights-200k.json'),
    'flights-200k.arrow': await read('flights-200k.arrow'),
    'zipcodes.csv': await read('zipcodes.csv'),
    'sp500-2000.csv': await read('sp500-2000.csv'),
    'movies.json': await read('movies.json'),
  };
}
