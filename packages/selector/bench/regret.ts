import { OptimizationSelector } from '../src/index.js';
import { median, type Regret } from '../test/simulation/replay.js';
import { epsilonGreedy, linUcb, ruleScoring, single, type Chooser } from '../test/simulation/rivals.js';
import { selectorChooser, wronglyPriced } from '../test/simulation/selector-chooser.js';
import { WAYS } from '../test/simulation/world.js';

export const SEEDS = Array.from({ length: 16 }, (_, i) => i + 1);

/** Who is to choose, by name. */
export const CHOOSERS: readonly (readonly [string, (seed: number) => Chooser])[] = [
  ...WAYS.map((way) => [`always ${way}`, () => single(way)] as const),
  ['rule scoring', ruleScoring],
  ['epsilon-greedy', epsilonGreedy],
  ['LinUCB', () => linUcb()],
  [
    'cost model alone',
    (seed) => selectorChooser(new OptimizationSelector({ seed, explore: 0 }), { learns: false }),
  ],
  ['OptimizationSelector', (seed) => selectorChooser(new OptimizationSelector({ seed }))],
  [
    'model alone, wrong by e',
    (seed) =>
      selectorChooser(new OptimizationSelector({ seed, explore: 0, strategies: wronglyPriced(seed) }), {
        learns: false,
      }),
  ],
  [
    'OptimizationSelector, prior wrong by e',
    (seed) => selectorChooser(new OptimizationSelector({ seed, strategies: wronglyPriced(seed) })),
  ],
];

/** `'11.3 % (5.2..17.9)'`: the median and the range over the seeds, above the best possible. */
export function shownRegret(regrets: readonly Regret[], pick: (regret: Regret) => number): string {
  const shares = regrets.map((regret) => 100 * pick(regret));
  return `${median(shares).toFixed(1)} % (${Math.min(...shares).toFixed(0)}..${Math.max(...shares).toFixed(0)})`;
}
