/**
 * Hit ratios on recorded and generated traces, as parts of what a cache would reach that knows the future. Recorded
 * traces are read from the folder in PERF_TRACES, see traces.ts.
 */
import { simulate, type PolicyName } from '@perf/cache';
import type { Bench } from '@perf/tooling-bench';
import { generatedCells, recordedCells } from './traces.js';

const POLICIES: readonly PolicyName[] = ['lru', 'fifo', 'lfu', 's3-fifo', 'gdsf', 'tinylfu', 'adaptive'];

export default function run({ table }: Bench): Promise<void> {
  const recorded = recordedCells(process.env['PERF_TRACES']);
  const cells = [...recorded, ...generatedCells()];
  const rates = cells.map(({ keys, entries }) => {
    const trace = keys.map((key) => ({ key }));
    const results = simulate(trace, { policies: ['optimal', ...POLICIES], maxEntries: entries });
    return results.map(({ hitRate }) => 100 * hitRate);
  });
  table(
    recorded.length === 0
      ? 'Hit ratio in percent, generated traces only: PERF_TRACES names no folder with recorded ones'
      : 'Hit ratio in percent',
    ['trace@entries', 'optimal', ...POLICIES],
    cells.map(({ name, entries }, i) => [
      `${name}@${String(entries)}`,
      ...(rates[i] ?? []).map((rate) => rate.toFixed(1)),
    ]),
  );
  const shareOf = (rows: typeof rates, policy: number): number => {
    const shares = rows.map((row) => (row[policy + 1] ?? 0) / (row[0] ?? 1));
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  };
  const worst = (policy: number): number =>
    Math.min(...rates.map((row) => (row[policy + 1] ?? 0) - (row[1] ?? 0)));
  const parts: readonly (readonly [string, (policy: number) => string])[] = [
    ['mean share of the optimal, all', (i) => shareOf(rates, i).toFixed(3)],
    ...(recorded.length === 0
      ? []
      : [
          [
            'mean share, recorded traces',
            (i: number) => shareOf(rates.slice(0, recorded.length), i).toFixed(3),
          ] as const,
        ]),
    ['worst difference to lru, points', (i) => worst(i).toFixed(1)],
  ];
  table(
    'Over all traces',
    ['', ...POLICIES],
    parts.map(([title, value]) => [title, ...POLICIES.map((_, i) => value(i))]),
  );
  return Promise.resolve();
}
