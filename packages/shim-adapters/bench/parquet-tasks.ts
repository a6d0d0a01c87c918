/** Parquet: what the benches read and write, each to be called in a process of its own. */
import { writeFileSync } from 'node:fs';
import { defaultRegistry } from '@perf/shim-adapters';
import { duckdbAdapter } from '@perf/shim-adapters/duckdb';
import { parquetAdapter } from '@perf/shim-adapters/parquet';

export interface Reading {
  readonly path: string;
  /** Default: all. */
  readonly columns?: readonly string[];
}

/** @perf/shim-adapters: typed columns. */
export async function columns({ path, columns: wanted }: Reading): Promise<unknown> {
  const registry = defaultRegistry().register(parquetAdapter());
  const selection = wanted === undefined ? {} : { columns: wanted };
  return (await registry.convert({ source: { path }, from: 'parquet', to: 'columns', ...selection })).data;
}

/** hyparquet: objects by record. */
export async function hyparquetRows({ path, columns: wanted }: Reading): Promise<unknown> {
  const { asyncBufferFromFile, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const file = await asyncBufferFromFile(path);
  return parquetReadObjects({
    file,
    compressors,
    ...(wanted === undefined ? {} : { columns: [...wanted] }),
  });
}

/** DuckDB: a table of its own. */
export async function duckdbTable({ path, columns: wanted }: Reading): Promise<unknown> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const list = wanted?.map((name) => `"${name}"`).join(', ') ?? '*';
  await connection.run(`CREATE TABLE t AS SELECT ${list} FROM read_parquet('${path}')`);
  return connection;
}

export interface Writing {
  readonly path: string;
  readonly out: string;
}

/** csv to parquet in JavaScript, the whole table at once. */
export async function csvToParquet({ path, out }: Writing): Promise<void> {
  const registry = defaultRegistry().register(parquetAdapter());
  const { data } = await registry.convert({ source: { path }, from: 'csv', to: 'parquet' });
  writeFileSync(out, data);
}

/** csv to parquet: read in JavaScript, written by DuckDB. */
export async function csvToParquetByDuckDb({ path, out }: Writing): Promise<void> {
  const registry = defaultRegistry().register(duckdbAdapter());
  const { data } = await registry.convert({ source: { path }, from: 'csv', to: 'parquet' });
  writeFileSync(out, data);
}

/** Columns by DuckDB, as this package gives them. */
export async function columnsByDuckDb({ path, columns: wanted }: Reading): Promise<unknown> {
  const registry = defaultRegistry().register(duckdbAdapter());
  const columns = wanted === undefined ? {} : { columns: wanted };
  return (await registry.convert({ source: { path }, from: 'parquet', to: 'columns', ...columns })).data;
}

/** csv to parquet by DuckDB alone, from file to file, its guesses of the types included. */
export async function csvToParquetNative({ path, out }: Writing): Promise<void> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`COPY (SELECT * FROM read_csv('${path}')) TO '${out}' (FORMAT parquet)`);
}
