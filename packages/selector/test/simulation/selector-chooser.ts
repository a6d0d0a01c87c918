import { PRIORS, type Coefficients } from '../../src/coefficients.js';
import { builtInModels } from '../../src/cost-model.js';
import type { OptimizationPlan, OptimizationSelector, StrategyModel } from '../../src/index.js';
import { drawFrom } from './random.js';
import type { Chooser } from './rivals.js';
import { WAYS, type Way, type WorldRequest } from './world.js';

/** The selector as one of those who choose. Without `learns` it is told nothing, and remains with its prior. */
export function selectorChooser(selector: OptimizationSelector, { learns = true } = {}): Chooser {
  const plans = new WeakMap<WorldRequest, OptimizationPlan>();
  return {
    choose(request) {
      const plan = selector.select(request.characteristics, request.context);
      plans.set(request, plan);
      return wayOf(plan.strategy);
    },
    learn(request, _way, durationMs) {
      const plan = plans.get(request);
      if (learns && plan !== undefined) selector.feedback(plan, { durationMs, cacheHit: request.hit });
    },
  };
}

function wayOf(strategy: string): Way {
  const found = WAYS.find((way) => way === strategy);
  if (found === undefined) throw new Error(`the world has no strategy ${strategy}`);
  return found;
}

/** The six strategies with every coefficient wrong by a factor of e, up or down. */
export function wronglyPriced(seed: number): readonly StrategyModel[] {
  const draw = drawFrom(seed * 31 + 7);
  const off = (value: number): number => value * Math.exp(draw.pick([-1, 1]));
  const wrong: Coefficients = {
    ...PRIORS,
    serialShare: Math.min(0.9, off(PRIORS.serialShare)),
    parseShare: Math.min(0.9, off(PRIORS.parseShare)),
    memoryMsPerMb: off(PRIORS.memoryMsPerMb),
    dispatchMs: off(PRIORS.dispatchMs),
    copyMsPerMb: off(PRIORS.copyMsPerMb),
    mergeMsPerMb: off(PRIORS.mergeMsPerMb),
    contention: off(PRIORS.contention),
    batchMs: off(PRIORS.batchMs),
    openMs: off(PRIORS.openMs),
    poolMs: off(PRIORS.poolMs),
    switchMs: off(PRIORS.switchMs),
  };
  return builtInModels(wrong);
}
