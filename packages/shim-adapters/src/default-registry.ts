import { csvAdapter } from './csv/adapter.js';
import { jsonAdapter } from './json/adapter.js';
import { ndarrayAdapter } from './ndarray/adapter.js';
import { AdapterRegistry } from './registry.js';
import { rowsAdapter } from './rows/adapter.js';
import { sparseAdapter } from './sparse/adapter.js';
import { timeSeriesAdapter } from './time-series/adapter.js';

/**
 * A registry with every format that needs no optional peer: csv, json, ndjson, rows, columns, ndarray, sparse,
 * time-series.
 */
export function defaultRegistry(): AdapterRegistry {
  return new AdapterRegistry()
    .register(csvAdapter())
    .register(jsonAdapter())
    .register(rowsAdapter())
    .register(ndarrayAdapter())
    .register(sparseAdapter())
    .register(timeSeriesAdapter());
}
