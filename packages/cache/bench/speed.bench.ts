/** How long a hit and a set that evicts take, against lru-cache with `max` and `ttl`: every policy in its own process. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PolicyName } from '@perf/cache';
import type { Bench } from '@perf/tooling-bench';
import type { Figures, PolicySpeed } from './policy-speed.js';

const POLICIES: readonly PolicyName[] = [
  'lru',
  'tinylfu',
  'adaptive',
  'gdsf',
  's3-fifo',
  'lfu',
  'fifo',
  'memory-pressure',
];
const SIZES = [10_000, 1000, 100_000] as const;

export default function run({ table, quick }: Bench): Promise<void> {
  for (const entries of quick ? SIZES.slice(0, 1) : SIZES) {
    const rows = POLICIES.map((policy) => {
      const { hit, set } = speedOf(policy, entries, quick ? '300ms' : '4s');
      return [policy, ...cells(hit), ...cells(set)];
    });
    const title = ['ns', 'lru-cache', 'ratio', '95 % interval'];
    table(
      `${entries.toLocaleString('en-US')} entries: a hit (zipf 0.9), then a set that evicts, against lru-cache (max, ttl)`,
      ['policy', ...title, ...title],
      rows,
    );
  }
  return Promise.resolve();
}

function speedOf(policy: PolicyName, entries: number, budget: string): PolicySpeed {
  const script = fileURLToPath(new URL('./policy-speed.ts', import.meta.url));
  const output = execFileSync(
    process.execPath,
    [...process.execArgv, script, policy, String(entries), budget],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return JSON.parse(output) as PolicySpeed;
}

function cells({ baseNs, candidateNs, ratio, interval: [low, high] }: Figures): string[] {
  return [
    candidateNs.toFixed(0),
    baseNs.toFixed(0),
    ratio.toFixed(2),
    `${low.toFixed(2)}-${high.toFixed(2)}`,
  ];
}
