import { describe, expectTypeOf, it } from 'vitest';
import type {
  DataCharacteristics,
  Estimate,
  OptimizationPlan,
  OptimizationSelector,
  SelectEvent,
  SelectorError,
  SelectorOptions,
  SelectorStatistics,
  Strategy,
} from '../src/index.js';

declare const selector: OptimizationSelector;

describe('the shape that others declare of a selector', () => {
  interface PlanLike {
    readonly strategy: string;
    readonly fallbacks: readonly string[];
    readonly reason: string;
  }
  interface SelectorLike {
    select(
      facts: { readonly bytes: number; readonly conversionMs: number; readonly resultBytes: number },
      context: {
        readonly route: string;
        readonly cores: number;
        readonly parts: number;
        readonly available: readonly ('cache-first' | 'lazy-loading' | 'parallel')[];
        readonly reuseProbability?: number;
        readonly memoryLimit?: number;
      },
    ): PlanLike;
    feedback(plan: PlanLike, outcome: { durationMs: number; cacheHit?: boolean; error?: unknown }): void;
    explain(plan: PlanLike): string;
  }

  it('fits the class', () => {
    expectTypeOf<OptimizationSelector>().toExtend<SelectorLike>();
    expectTypeOf<OptimizationPlan>().toExtend<PlanLike>();
  });
});

describe('what the compiler knows', () => {
  it('of the strategies there are', () => {
    expectTypeOf<Strategy>().toEqualTypeOf<'cache-first' | 'lazy-loading' | 'parallel'>();
    expectTypeOf<SelectorStatistics['chosen']>().toEqualTypeOf<Readonly<Record<Strategy, number>>>();
  });

  it('of what goes from one call into the next', () => {
    expectTypeOf(selector.analyze).parameter(0).toBeUnknown();
    expectTypeOf(selector.analyze([])).toEqualTypeOf<DataCharacteristics>();
    expectTypeOf<DataCharacteristics>().toExtend<Parameters<OptimizationSelector['select']>[0]>();
    expectTypeOf(selector.select({})).toEqualTypeOf<OptimizationPlan>();
    expectTypeOf<OptimizationPlan['estimates']>().toEqualTypeOf<readonly Estimate[]>();
  });

  it('of errors and events', () => {
    expectTypeOf<SelectorError['code']>().toEqualTypeOf<
      'ERR_PERF_SELECTOR_INVALID_OPTION' | 'ERR_PERF_SELECTOR_INVALID_INPUT'
    >();
    expectTypeOf<SelectEvent>().toEqualTypeOf<{
      readonly strategy: Strategy;
      readonly estimates: readonly Estimate[];
      readonly regretMs: number;
    }>();
  });
});

describe('what the compiler refuses', () => {
  it('options, strategies and outcomes that there are not', () => {
    // @ts-expect-error there is no such option
    ({ exlpore: 0 }) satisfies SelectorOptions;
    // @ts-expect-error there is no such strategy
    void selector.select({}, { available: ['warp'] });
    // @ts-expect-error an outcome has a duration
    selector.feedback(selector.select({}), { cacheHit: true });
  });
});
