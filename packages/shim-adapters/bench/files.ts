/** The files that the benches read: made once, in a folder of their own that is removed at the end. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultRegistry, type Format } from '@perf/shim-adapters';
import { arrowAdapter } from '@perf/shim-adapters/arrow';
import { parquetAdapter } from '@perf/shim-adapters/parquet';
import { writeMixedTable } from '@perf/tooling-bench/mixed-table';

export interface BenchFile {
  readonly path: string;
  readonly bytes: number;
}

export class BenchFiles {
  readonly #folder = mkdtempSync(join(tmpdir(), 'perf-adapters-bench-'));

  /** The mixed table as CSV. */
  mixed(rows: number): BenchFile {
    const path = join(this.#folder, `mixed-${String(rows)}.csv`);
    return { path, bytes: writeMixedTable(path, rows) };
  }

  /** A file in another format. */
  async converted(source: BenchFile, from: Format, to: Format): Promise<BenchFile> {
    const registry = defaultRegistry().register(arrowAdapter()).register(parquetAdapter());
    const { data } = await registry.convert({ source: { path: source.path }, from, to });
    if (!(data instanceof Uint8Array)) throw new TypeError(`${to} is not bytes`);
    const path = join(this.#folder, `${String(source.bytes)}-${from}.${to}`);
    writeFileSync(path, data);
    return { path, bytes: data.length };
  }

  /** A path in the folder, for what a task writes. */
  output(name: string): string {
    return join(this.#folder, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Three million flights in five columns, as the npm package `vega-datasets` has them (BSD-3-Clause). */
export function flights(): BenchFile {
  const peers = createRequire(
    fileURLToPath(new URL('../../../tooling/bench-peers/package.json', import.meta.url)),
  );
  const path = join(dirname(peers.resolve('vega-datasets')), '..', 'data', 'flights-3m.parquet');
  return { path, bytes: statSync(path).size };
}
