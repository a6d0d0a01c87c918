/** One Parquet table, opened eagerly or lazily, each to be called in a process of its own. */
import { LazyLoadingManager } from '@perf/lazy';
import { callable } from '@perf/tooling-bench';
import { sibling } from '@perf/tooling-bench/sibling';

export interface Opening {
  readonly path: string;
  readonly columns: readonly string[];
}

interface Request {
  readonly source: { readonly path: string };
  readonly from: 'parquet';
  readonly to: 'columns';
}

interface Lazy {
  column(name: string): Promise<unknown>;
}

interface Registry {
  register(adapter: unknown): Registry;
  convert(request: Request): Promise<{ readonly data: unknown }>;
}

// Loaded before anything is measured: what code takes is no part of opening a table.
const adapters = await sibling('@perf/shim-adapters');
const parquet = await sibling('@perf/shim-adapters/parquet');

// What was converted stays in reach, so that what is held can be weighed.
const kept: unknown[] = [];

/** The whole table. */
export async function eager({ path }: Opening): Promise<number> {
  const { registry, request } = setUp(path);
  kept.push((await registry.convert(request)).data);
  return kept.length;
}

/** The table opened, and some of its columns used, one after the other. */
export async function lazy({ path, columns }: Opening): Promise<number> {
  const { registry, request } = setUp(path);
  const manager = new LazyLoadingManager();
  const converter = callable(adapters, 'optimize')(registry, { lazy: manager }) as {
    open(request: Request): Lazy;
  };
  const table = converter.open(request);
  for (const name of columns) kept.push(await table.column(name));
  kept.push(manager);
  return kept.length;
}

function setUp(path: string): { registry: Registry; request: Request } {
  const registry = callable(adapters, 'defaultRegistry')() as Registry;
  registry.register(callable(parquet, 'parquetAdapter')());
  return { registry, request: { source: { path }, from: 'parquet', to: 'columns' } };
}
