import type { Duel } from './comparison.js';
import { course, describe } from './distribution.js';
import { garbageOf } from './garbage.js';
import type { GcPause } from './ports.js';
import type { Comparison, ComparisonResult, Contender } from './result.js';
import type { Sampler } from './sampler.js';
import { callCost, type Timer } from './timer.js';
import type { WarmUp } from './warm-up.js';
import { coldWarnings, pairWarnings, sampleWarnings } from './warning.js';

/** Writes down what a comparison found. */
export function conclude(
  base: Sampler,
  [first, ...others]: readonly [Duel, ...Duel[]],
  o: {
    pauses: readonly GcPause[];
    timer: Timer;
    warm: WarmUp;
    elapsedMs: number;
    budgetMs: number;
    margin: number;
    confidence: number;
  },
): ComparisonResult {
  const duels = [first, ...others];
  const baseSide = portray(base, o.pauses);
  const sides = duels.map(({ sampler }) => portray(sampler, o.pauses));
  const main = compared(first);
  const callMs = callCost(o.timer);
  const comparisons = [main, ...others.map(compared)];
  return {
    kind: 'comparison',
    base: base.name,
    ...main,
    margin: o.margin,
    confidence: o.confidence,
    contenders: [baseSide, ...sides],
    comparisons,
    warmUp: o.warm,
    elapsedMs: o.elapsedMs,
    budgetMs: o.budgetMs,
    warnings: [
      ...coldWarnings(o.warm),
      ...[baseSide, ...sides].flatMap((side) => sampleWarnings(side, { timer: o.timer, callMs })),
      ...comparisons.flatMap((comparison, i) => {
        const own = sides[i];
        const drift = duels[i]?.pairs.drift();
        return own === undefined
          ? []
          : pairWarnings(comparison, { base: baseSide, own, drift, margin: o.margin });
      }),
    ],
  };
}

function portray(sampler: Sampler, pauses: readonly GcPause[]): Contender {
  return {
    name: sampler.name,
    time: describe(sampler.perCall.view()),
    samples: sampler.perCall.size,
    discarded: sampler.discarded,
    batch: sampler.calls,
    asynchronous: sampler.asynchronous,
    gc: garbageOf(sampler, pauses),
    course: course(sampler.perCall.view()),
  };
}

function compared({ sampler, pairs, found }: Duel): Comparison {
  const order = pairs.orderEffect();
  return {
    candidate: sampler.name,
    ratio: found.ratio,
    interval: [found.low, found.high],
    verdict: found.verdict,
    pairs: found.pairs,
    effectivePairs: found.effective,
    spread: found.spread,
    meanRatio: pairs.meanRatio,
    ...(order === undefined ? {} : { orderEffect: order }),
    ...(found.verdict === 'undecided' ? { moreMs: found.moreMs } : {}),
    course: course(pairs.ratios()),
  };
}
