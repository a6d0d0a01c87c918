/** CSV into columns beside the readers people use, from the file on disk, each in a fresh process. */
import type { Bench } from '@perf/tooling-bench';
import { BenchFiles, flights, type BenchFile } from './files.js';
import { COLUMNS, inTurn, rowsOf, type Task } from '@perf/tooling-bench/rounds';

const READERS = {
  '@perf/shim-adapters': 'columns',
  uDSV: 'udsv',
  'csv-parse, text': 'csvParseText',
  'csv-parse, cast': 'csvParseCast',
  'Papa Parse': 'papaparse',
  'DuckDB, own table': 'duckdbTable',
  'DuckDB, to JS': 'duckdbColumns',
} as const;

export default async function run({ benchmark, table, quick }: Bench): Promise<void> {
  using files = new BenchFiles();
  const report = async (title: string, { path, bytes }: BenchFile): Promise<void> => {
    const tasks = Object.fromEntries(
      Object.entries(READERS).map(([name, task]): [string, Task] => [
        name,
        { module: new URL('./csv-readers.ts', import.meta.url), export: task, args: { path } },
      ]),
    );
    const runs = await inTurn(benchmark, tasks, quick ? 1 : 5);
    table(`${title}, ${(bytes / 2 ** 20).toFixed(1)} MB: csv to columns`, COLUMNS, rowsOf(runs, bytes));
  };
  const rows = quick ? 20_000 : 1_000_000;
  await report(`The mixed table, ${String(rows)} rows of 10 columns`, files.mixed(rows));
  if (quick) return;
  const asCsv = await files.converted(flights(), 'parquet', 'csv');
  await report('flights-3m, 3,000,000 rows of 5 columns', asCsv);
}
