/** A gigabyte through three stages: what an item costs on its way, what the ledger had, what the process took. */
import type { Bench } from '@perf/tooling-bench';
import { median, spread } from '@perf/tooling-bench/rounds';
import * as tasks from './streaming-tasks.js';

const MODULE = new URL('./streaming-tasks.ts', import.meta.url);
const MB = 2 ** 20;
const BATCH_ITEMS = 1000;

export default async function run({ benchmark, table, quick }: Bench): Promise<void> {
  const bytes = quick ? 16 * MB : 2 ** 30;
  const ways = {
    'async generators, batches of 1000': { export: 'generators', items: BATCH_ITEMS },
    'StreamingConverter, batches of 1000': { export: 'converter', items: BATCH_ITEMS },
    'StreamingConverter, as it asks': { export: 'converter', items: 0 },
    'StreamingConverter, as it asks, pooled': { export: 'pooled', items: 0 },
    'Node streams, batches of 1000': { export: 'nodeStreams', items: BATCH_ITEMS },
    'Web streams, batches of 1000': { export: 'webStreams', items: BATCH_ITEMS },
  } as const;
  const seen = new Map<string, { ms: number[]; peak: number[]; ledger: number }>();
  for (let round = 0; round < (quick ? 1 : 5); round += 1) {
    for (const [name, { export: task, items }] of Object.entries(ways)) {
      const profile = await benchmark.profileMemory(
        name,
        { module: MODULE, export: task, args: { bytes, items } },
        { runs: 1, timeout: '10m' },
      );
      const run = seen.get(name) ?? { ms: [], peak: [], ledger: 0 };
      run.ms.push(profile.durationMs);
      run.peak.push(profile.peakBytes / MB);
      seen.set(name, run);
    }
  }
  // The books do not depend on the machine: once is enough.
  for (const [name, { export: task, items }] of Object.entries(ways)) {
    const run = seen.get(name);
    if (run !== undefined) run.ledger = (await tasks[task]({ bytes: bytes / 8, items })).peakBytes / MB;
  }
  const [base] = seen.values();
  const perItem = (ms: readonly number[]): number => (1e6 * median(ms)) / (bytes / 8);
  table(
    `${String(bytes / MB)} MB of numbers through three stages, budget 64 MB`,
    ['', 'ms', 'ns/item', 'over generators', 'ledger peak MB', 'process peak MB'],
    [...seen].map(([name, { ms, peak, ledger }]) => [
      name,
      spread(ms),
      perItem(ms).toFixed(1),
      ms === base?.ms ? '' : (perItem(ms) - perItem(base?.ms ?? [])).toFixed(1),
      ledger === 0 ? '' : ledger.toFixed(2),
      spread(peak, 1),
    ]),
  );
}
