/** Every way of reading a CSV file that the benches compare: from the file on disk to what the reader gives. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defaultRegistry } from '@perf/shim-adapters';
import { callable } from '@perf/tooling-bench';

export interface Input {
  readonly path: string;
}

const peers = createRequire(
  fileURLToPath(new URL('../../../tooling/bench-peers/package.json', import.meta.url)),
);

async function peer(name: string): Promise<unknown> {
  return (await import(pathToFileURL(peers.resolve(name)).href)) as unknown;
}

/** @perf/shim-adapters: typed columns. */
export async function columns({ path }: Input): Promise<unknown> {
  return (await defaultRegistry().convert({ source: { path }, from: 'csv', to: 'columns' })).data;
}

/** uDSV: arrays of JavaScript values by column. */
export async function udsv({ path }: Input): Promise<unknown> {
  const library = await peer('udsv');
  const text = readFileSync(path, 'utf8');
  const schema = callable(library, 'inferSchema')(text);
  return callable(callable(library, 'initParser')(schema), 'typedCols')(text);
}

/** csv-parse: arrays of strings by record, nothing converted. */
export async function csvParseText({ path }: Input): Promise<unknown> {
  return callable(await peer('csv-parse/sync'), 'parse')(readFileSync(path));
}

/** csv-parse: objects by record with numbers and dates converted. */
export async function csvParseCast({ path }: Input): Promise<unknown> {
  const options = { columns: true, cast: true };
  return callable(await peer('csv-parse/sync'), 'parse')(readFileSync(path), options);
}

/** Papa Parse: objects by record with numbers and booleans converted. */
export async function papaparse({ path }: Input): Promise<unknown> {
  const options = { header: true, dynamicTyping: true };
  return callable(await peer('papaparse'), 'default.parse')(readFileSync(path, 'utf8'), options);
}

/** DuckDB: a table of its own, in its memory, on all cores. */
export async function duckdbTable({ path }: Input): Promise<unknown> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`CREATE TABLE t AS SELECT * FROM read_csv('${path}')`);
  return connection;
}

/** DuckDB: JavaScript values by column. */
export async function duckdbColumns({ path }: Input): Promise<unknown> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return (await connection.runAndReadAll(`SELECT * FROM read_csv('${path}')`)).getColumnsJS();
}
