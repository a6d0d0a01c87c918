import { csvAdapter } from './csv/adapter.js';
import { jsonAdapter } from './json/adapter.js';
import { AdapterRegistry } from './registry.js';
import { rowsAdapter } from './rows/adapter.js';

/** A registry with every format that needs no optional peer: csv, json, ndjson, rows, columns. */
export function defaultRegistry(): AdapterRegistry {
  return new AdapterRegistry().register(csvAdapter()).register(jsonAdapter()).register(rowsAdapter());
}
