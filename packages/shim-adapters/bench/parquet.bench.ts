/** Parquet: one column of ten beside all of them, and writing by this package and DuckDB, each run in a fresh process. */
import type { Bench } from '@perf/tooling-bench';
import { BenchFiles, flights, type BenchFile } from './files.js';
import type { Reading } from './parquet-tasks.js';
import { COLUMNS, inTurn, ratios, rowsOf, type Task } from '@perf/tooling-bench/rounds';

const MODULE = new URL('./parquet-tasks.ts', import.meta.url);

export default async function run({ benchmark, table, quick }: Bench): Promise<void> {
  using files = new BenchFiles();
  const rounds = quick ? 1 : 7;
  const rows = quick ? 50_000 : 1_000_000;
  const csv = files.mixed(rows);
  const parquet = await files.converted(csv, 'csv', 'parquet');
  const read = (task: string, path: string, wanted?: readonly string[]): Task => {
    const args: Reading = wanted === undefined ? { path } : { path, columns: wanted };
    return { module: MODULE, export: task, args };
  };

  const reading = async (title: string, { path, bytes }: BenchFile, column: string): Promise<void> => {
    const tasks = {
      'all columns': read('columns', path),
      [`'${column}' alone`]: read('columns', path, [column]),
      'hyparquet, all': read('hyparquetRows', path),
      [`hyparquet, '${column}'`]: read('hyparquetRows', path, [column]),
      'columns by DuckDB, all': read('columnsByDuckDb', path),
      [`columns by DuckDB, '${column}'`]: read('columnsByDuckDb', path, [column]),
      'DuckDB table, all': read('duckdbTable', path),
      [`DuckDB table, '${column}'`]: read('duckdbTable', path, [column]),
    };
    const runs = await inTurn(benchmark, tasks, rounds);
    table(`${title}, ${(bytes / 2 ** 20).toFixed(1)} MB: parquet to columns`, COLUMNS, rowsOf(runs, bytes));
  };
  await reading(`The mixed table, ${String(rows)} rows of 10 columns`, parquet, 'price');
  await eachColumn();
  if (!quick) await reading('flights-3m, 3,000,000 rows of 5 columns', flights(), 'delay');
  await writing();

  /** Columns differ: a text weighs more than a flag. */
  async function eachColumn(): Promise<void> {
    const names = ['id', 'big', 'price', 'score', 'category', 'city', 'name', 'token', 'time', 'flag'];
    const tasks: Record<string, Task> = { all: read('columns', parquet.path) };
    for (const name of names) tasks[name] = read('columns', parquet.path, [name]);
    const runs = await inTurn(benchmark, tasks, quick ? 1 : 5);
    const all = runs['all'] ?? { ms: [], growth: [] };
    table(
      'Each column of ten alone, as a share of all ten',
      ['column', 'time', 'memory growth'],
      names.map((name) => {
        const { ms, growth } = runs[name] ?? { ms: [], growth: [] };
        return [name, ratios(ms, all.ms), ratios(growth, all.growth)];
      }),
    );
  }

  async function writing(): Promise<void> {
    const args = { path: csv.path, out: files.output('written.parquet') };
    const tasks = {
      JavaScript: { module: MODULE, export: 'csvToParquet', args },
      'read here, written by DuckDB': { module: MODULE, export: 'csvToParquetByDuckDb', args },
      'DuckDB alone': { module: MODULE, export: 'csvToParquetNative', args },
    };
    const runs = await inTurn(benchmark, tasks, quick ? 1 : 5);
    table('The mixed table: csv to parquet by this package and DuckDB', COLUMNS, rowsOf(runs, csv.bytes));
  }
}
