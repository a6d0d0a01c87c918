import { describe, expect, it } from 'vitest';
import { OptimizationSelector } from '../src/index.js';
import { median, replay, type Regret } from './simulation/replay.js';
import { epsilonGreedy, linUcb, oracle, ruleScoring, single, type Chooser } from './simulation/rivals.js';
import { selectorChooser, wronglyPriced } from './simulation/selector-chooser.js';
import { WAYS } from './simulation/world.js';

const SEEDS = Array.from({ length: 16 }, (_, i) => i + 1);

const regrets = (make: (seed: number) => Chooser, requests: number): Regret[] =>
  SEEDS.map((seed) => replay(make(seed), { seed, requests }));
const typical = (all: readonly Regret[]): number => median(all.map(({ all: share }) => share));

const learning = (seed: number): Chooser => selectorChooser(new OptimizationSelector({ seed }));
const priorAlone = (seed: number): Chooser =>
  selectorChooser(new OptimizationSelector({ seed, explore: 0 }), { learns: false });

describe('over simulated worlds with heavy tails, a drift and costs of another form than the model', () => {
  it('what knows every cost has no regret, and every single strategy much', () => {
    expect(typical(regrets(() => oracle(), 200))).toBe(0);
    for (const way of WAYS) expect(typical(regrets(() => single(way), 200))).toBeGreaterThan(0.25);
  });

  it.each([
    [200, 0.25],
    [2000, 0.15],
  ])('after %i requests the median cost is at most %f above the best possible', (requests, most) => {
    expect(typical(regrets(learning, requests))).toBeLessThanOrEqual(most);
  });

  it('it is less than that of rules, of epsilon-greedy and of LinUCB', () => {
    const ours = typical(regrets(learning, 2000));
    for (const other of [() => ruleScoring(), epsilonGreedy, () => linUcb()]) {
      expect(ours).toBeLessThan(typical(regrets(other, 2000)));
    }
  });

  it('goes on learning, also after the drift', () => {
    const after = (requests: number): number => median(regrets(learning, requests).map((one) => one.after));
    expect(after(2000)).toBeLessThan(after(200));
    expect(typical(regrets(learning, 2000))).toBeLessThan(typical(regrets(learning, 200)));
  });

  it('is never worse than the prior alone by more than 2 %', () => {
    for (const requests of [200, 2000]) {
      const [learned, prior] = [regrets(learning, requests), regrets(priorAlone, requests)];
      const over = learned.map(({ paid }, i) => paid / (prior[i]?.paid ?? Number.NaN));
      expect(Math.max(...over)).toBeLessThan(1.02);
    }
  });

  it('makes up for a prior whose every coefficient is wrong by a factor of e', () => {
    const wrong = (learns: boolean) => (seed: number) =>
      selectorChooser(
        new OptimizationSelector({
          seed,
          strategies: wronglyPriced(seed),
          ...(learns ? {} : { explore: 0 }),
        }),
        { learns },
      );
    expect(typical(regrets(wrong(true), 2000))).toBeLessThan(typical(regrets(wrong(false), 2000)) / 1.5);
  });

  it('is the same every time', () => {
    expect(regrets(learning, 200)).toEqual(regrets(learning, 200));
  });
});
