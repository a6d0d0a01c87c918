/** A million entries: overhead and pauses, every store in its own process. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Bench } from '@perf/tooling-bench';
import type { Million, Pauses } from './million.js';

const STORES = ['map', 'lru-cache', 'lru', 'tinylfu', 'adaptive', 'gdsf', 's3-fifo'] as const;

export default function run({ table, quick }: Bench): Promise<void> {
  const rows = (quick ? STORES.slice(-1) : STORES).map((store) => {
    const { overheadBytes, filling, steady } = measured(store);
    return [store, overheadBytes.toFixed(0), ...cells(filling), ...cells(steady)];
  });
  const pauses = ['p99.9 us', 'max ms', 'no gc ms', '> 1 ms', 'by gc'];
  table(
    'A million entries: bytes beside key and value; operations while it fills (columns and index grow), then in steady use',
    ['store', 'bytes', ...pauses, ...pauses],
    rows,
  );
  return Promise.resolve();
}

function measured(store: string): Million {
  const script = fileURLToPath(new URL('./million.ts', import.meta.url));
  const output = execFileSync(process.execPath, [...process.execArgv, script, store], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output) as Million;
}

function cells({ p999, max, maxWithoutGc, long, longWithGc }: Pauses): string[] {
  return [
    (1000 * p999).toFixed(1),
    max.toFixed(1),
    maxWithoutGc.toFixed(1),
    String(long),
    String(longWithGc),
  ];
}
