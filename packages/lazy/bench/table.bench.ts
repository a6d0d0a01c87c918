/** What a Parquet table of ten columns takes in memory: opened as a whole, and column by column as they are used. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callable, type Bench } from '@perf/tooling-bench';
import { writeMixedTable } from '@perf/tooling-bench/mixed-table';
import { median, spread } from '@perf/tooling-bench/rounds';

const MODULE = new URL('./table-tasks.ts', import.meta.url);
const MB = 2 ** 20;
const ROWS = 1_000_000;
const WAYS = {
  'eager, all 10 columns': { export: 'eager', columns: [] },
  'lazy, 1 column: price': { export: 'lazy', columns: ['price'] },
  'lazy, 1 column: name': { export: 'lazy', columns: ['name'] },
  'lazy, 3 columns: price, time, city': { export: 'lazy', columns: ['price', 'time', 'city'] },
  'lazy, 3 columns: name, id, flag': { export: 'lazy', columns: ['name', 'id', 'flag'] },
} as const;

export default async function run({ benchmark, sibling, table, quick }: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'perf-lazy-bench-'));
  try {
    const path = join(folder, 'mixed.parquet');
    const bytes = await writeParquet(path, quick ? 20_000 : ROWS, sibling);
    const rounds = quick ? 1 : 5;
    const runs = new Map<string, { peak: number[]; held: number[]; ms: number[] }>();
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, { export: task, columns }] of Object.entries(WAYS)) {
        const { peakBytes, heldBytes, durationMs } = await benchmark.profileMemory(
          name,
          { module: MODULE, export: task, args: { path, columns } },
          { runs: 1, timeout: '5m' },
        );
        const run = runs.get(name) ?? { peak: [], held: [], ms: [] };
        run.peak.push(peakBytes / MB);
        run.held.push(heldBytes / MB);
        run.ms.push(durationMs);
        runs.set(name, run);
      }
    }
    const [eager] = runs.values();
    const saved = (own: readonly number[], all: readonly number[] = []): string =>
      own === all ? '' : `${(100 * (1 - median(own) / median(all))).toFixed(0)} %`;
    table(
      `A Parquet table of 10 columns, ${String(bytes)} bytes: memory above the start`,
      ['opened', 'peak MB', 'saved', 'held MB', 'saved', 'ms'],
      [...runs].map(([name, { peak, held, ms }]) => [
        name,
        spread(peak, 1),
        saved(peak, eager?.peak),
        spread(held, 1),
        saved(held, eager?.held),
        spread(ms),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeParquet(path: string, rows: number, sibling: Bench['sibling']): Promise<number> {
  const csv = `${path}.csv`;
  writeMixedTable(csv, rows);
  const adapters = await sibling('@perf/shim-adapters');
  const registry = callable(adapters, 'defaultRegistry')() as {
    register(adapter: unknown): unknown;
    convert(request: object): Promise<{ readonly data: unknown }>;
  };
  registry.register(callable(await sibling('@perf/shim-adapters/parquet'), 'parquetAdapter')());
  const { data } = await registry.convert({ source: { path: csv }, from: 'csv', to: 'parquet' });
  if (!(data instanceof Uint8Array)) throw new TypeError('parquet is not bytes');
  writeFileSync(path, data);
  rmSync(csv);
  return data.byteLength;
}
