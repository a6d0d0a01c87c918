/** A csv of 1 and 2 GB streamed to arrow-ipc, beside what csv-parse takes to read it, each run in a fresh process. */
import type { Bench } from '@perf/tooling-bench';
import { BenchFiles, type BenchFile } from './files.js';
import { COLUMNS, inTurn, rowsOf, type Task } from '@perf/tooling-bench/rounds';

const MODULE = new URL('./stream-tasks.ts', import.meta.url);
/** Rows of the mixed table in 1 GB (2^30 bytes), about. */
const GIGABYTE_ROWS = 8_530_000;

export default async function run({ benchmark, table, quick }: Bench): Promise<void> {
  using files = new BenchFiles();
  const rows = quick ? 50_000 : GIGABYTE_ROWS;
  const ours = ({ path }: BenchFile): Task => ({
    module: MODULE,
    export: 'csvToArrowIpc',
    args: { path, out: files.output('out.arrows') },
  });
  const one = files.mixed(rows);
  const tasks = {
    'csv > arrow-ipc, to a file': ours(one),
    'csv-parse, records counted': { module: MODULE, export: 'csvParseStream', args: { path: one.path } },
  };
  const runs = await inTurn(benchmark, tasks, quick ? 1 : 3);
  table(`${String(one.bytes)} bytes of csv, streamed`, COLUMNS, rowsOf(runs, one.bytes));

  const two = files.mixed(2 * rows);
  const twice = await inTurn(benchmark, { 'csv > arrow-ipc, to a file': ours(two) }, quick ? 1 : 3);
  table(`${String(two.bytes)} bytes of csv, streamed`, COLUMNS, rowsOf(twice, two.bytes));
}
