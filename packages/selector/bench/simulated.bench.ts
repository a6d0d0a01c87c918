/** What choosing costs above always knowing best, in simulated worlds: 16 seeds, heavy tails, a drift half way. */
import type { Bench } from '@perf/tooling-bench';
import { OptimizationSelector } from '../src/index.js';
import { median, replay } from '../test/simulation/replay.js';
import { selectorChooser } from '../test/simulation/selector-chooser.js';
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
  table(
    `Learning beside the model alone, in ${String(4 * seeds.length)} worlds: what it costs more, in percent`,
    ['requests', 'median', 'worst', 'worlds above 2 %'],
    lengths.slice(0, 2).map((requests) => besideTheModel(requests, 4 * seeds.length)),
  );
}

function besideTheModel(requests: number, worlds: number): string[] {
  const over = Array.from({ length: worlds }, (_, i) => {
    const paid = (learns: boolean): number => {
      const selector = new OptimizationSelector(learns ? { seed: i + 1 } : { explore: 0 });
      return replay(selectorChooser(selector, { learns }), { seed: i + 1, requests }).paid;
    };
    return 100 * (paid(true) / paid(false) - 1);
  });
  const above = over.filter((percent) => percent > 2).length;
  return [String(requests), median(over).toFixed(1), Math.max(...over).toFixed(1), String(above)];
}
