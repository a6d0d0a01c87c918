/** A hundred converters of which ten are used: the memory that waiting saves, and whether the books are true. */
import type { Bench } from '@perf/tooling-bench';
import { median, spread } from '@perf/tooling-bench/rounds';
import { books } from './converter-tasks.js';

const MODULE = new URL('./converter-tasks.ts', import.meta.url);
const MB = 2 ** 20;
const OPENING = { tables: 100, used: 10, rows: 500_000 };

export default async function run({ benchmark, table, figures, quick }: Bench): Promise<void> {
  const args = quick ? { ...OPENING, rows: 20_000 } : OPENING;
  const peaks = new Map<string, number[]>();
  const held = new Map<string, number[]>();
  for (let round = 0; round < (quick ? 1 : 5); round += 1) {
    for (const way of ['eager', 'lazy']) {
      const profile = await benchmark.profileMemory(way, { module: MODULE, export: way, args }, { runs: 1 });
      peaks.set(way, [...(peaks.get(way) ?? []), profile.peakBytes / MB]);
      held.set(way, [...(held.get(way) ?? []), profile.heldBytes / MB]);
    }
  }
  const saved = (of: ReadonlyMap<string, number[]>): string =>
    `${(100 * (1 - median(of.get('lazy') ?? []) / median(of.get('eager') ?? []))).toFixed(1)} %`;
  table(
    `${String(args.tables)} tables of ${((8 * args.rows) / MB).toFixed(1)} MB, ${String(args.used)} of them used`,
    ['', 'peak MB', 'held MB'],
    [
      ...['eager', 'lazy'].map((way) => [
        way,
        spread(peaks.get(way) ?? [], 1),
        spread(held.get(way) ?? [], 1),
      ]),
      ['saved', saved(peaks), saved(held)],
    ],
  );
  const { ledger, arrayBuffers, anonymous } = await books(args);
  figures('The ledger against the process, MB', {
    'ledger says': (ledger / MB).toFixed(2),
    'array buffers grew by': (arrayBuffers / MB).toFixed(2),
    'anonymous memory grew by': (anonymous / MB).toFixed(2),
  });
}
