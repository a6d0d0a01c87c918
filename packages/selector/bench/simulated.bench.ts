/** What choosing costs above always knowing best, in simulated worlds: 16 seeds, heavy tails, a drift half way. */
import type { Bench } from '@perf/tooling-bench';
import { replay } from '../test/simulation/replay.js';
import { CHOOSERS, SEEDS, shownRegret } from './regret.js';

export default async function run({ table, quick }: Bench): Promise<void> {
  const lengths = quick ? [200] : [200, 2000, 10_000];
  const seeds = quick ? SEEDS.slice(0, 4) : SEEDS;
  const rows: string[][] = [];
  const halves: string[][] = [];
  for (const [name, make] of CHOOSERS) {
    const all = lengths.map((requests) => seeds.map((seed) => replay(make(seed), { seed, requests })));
    rows.push([name, ...all.map((regrets) => shownRegret(regrets, (regret) => regret.all))]);
    const last = all.at(-1) ?? [];
    halves.push([name, shownRegret(last, ({ before }) => before), shownRegret(last, ({ after }) => after)]);
    await Promise.resolve();
  }
  const last = String(lengths.at(-1));
  table(
    `Simulated worlds: total cost above the best possible, median (range) of ${String(seeds.length)} seeds`,
    ['chosen by', ...lengths.map((n) => `${String(n)} requests`)],
    rows,
  );
  table(`The same, before and after the drift (${last} requests)`, ['chosen by', 'before', 'after'], halves);
}
