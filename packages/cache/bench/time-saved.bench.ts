/** Conversion time saved, in percent of all, where results differ in size and in what they cost to make. */
import { simulate, type PolicyName } from '@perf/cache';
import type { Bench } from '@perf/tooling-bench';
import { conversions } from './conversions.js';

const FIXED: readonly PolicyName[] = ['lru', 'fifo', 'lfu', 'memory-pressure', 's3-fifo', 'tinylfu', 'gdsf'];
const SHARES = [0.01, 0.05, 0.2] as const;
const SEEDS = [1, 2, 3, 4, 5] as const;

export default function run({ table, quick }: Bench): Promise<void> {
  const seeds = quick ? SEEDS.slice(0, 1) : SEEDS;
  const policies = [...FIXED, 'adaptive'] as const;
  const rows = [false, true].flatMap((drift) =>
    SHARES.map((share) => {
      const saved = seeds.map((seed) => {
        const { requests, bytes } = conversions(seed, drift);
        const results = simulate(requests, { policies, maxBytes: Math.round(share * bytes) });
        return results.map(({ savedRate }) => 100 * savedRate);
      });
      const means = policies.map((_, i) => saved.reduce((sum, row) => sum + (row[i] ?? 0), 0) / saved.length);
      const leads = saved.map((row) => (row.at(-1) ?? 0) - Math.max(...row.slice(0, -1)));
      return [
        `${drift ? 'into a scan' : 'steady'}, ${String(100 * share)} % of the bytes`,
        ...means.map((mean) => mean.toFixed(1)),
        `${Math.min(...leads).toFixed(1)} .. ${Math.max(...leads).toFixed(1)}`,
      ];
    }),
  );
  table(
    `Conversion time saved in percent, mean of ${String(seeds.length)} streams; adaptive against the best fixed policy of each stream, in points`,
    ['stream', ...policies, 'adaptive - best fixed'],
    rows,
  );
  return Promise.resolve();
}
