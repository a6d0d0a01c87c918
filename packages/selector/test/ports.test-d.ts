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
  StrategyModel,
  StrategyName,
  CostTerm,
  SelectorState,
} from '../src/index.js';

declare const selector: OptimizationSelector;

describe('the shape that others declare of a selector', () => {
  interface PlanLike {
    readonly strategy: string;
    readonly fallbacks: readonly string[];
    readonly reason: string;
    readonly estimates?: readonly { readonly strategy: string; readonly missMs: number }[];
  }
  interface SelectorLike {
    select(
      facts: { readonly bytes: number; readonly conversionMs: number; readonly resultBytes: number },
      context: {
        readonly route: string;
        readonly key?: string;
        readonly cores: number;
        readonly parts: number;
        readonly queueLength?: number;
        readonly coldStart?: boolean;
        readonly available: readonly string[];
        readonly reuseProbability?: number;
        readonly memoryLimit?: number;
        readonly memoryPressure?: 'none' | 'moderate' | 'critical';
      },
    ): PlanLike;
    feedback(plan: PlanLike, outcome: { durationMs: number; error?: unknown; strategy?: string }): void;
    noteHit?(key: string): void;
    explain(plan: PlanLike): string;
  }

  it('fits the class', () => {
    expectTypeOf<OptimizationSelector>().toExtend<SelectorLike>();
    expectTypeOf<OptimizationPlan>().toExtend<PlanLike>();
  });
});

describe('what the compiler knows', () => {
  it('of the strategies there are', () => {
    expectTypeOf<StrategyName>().toEqualTypeOf<
      'cache-first' | 'lazy-loading' | 'streaming' | 'memory-pool' | 'parallel' | 'adaptive'
    >();
    expectTypeOf<Strategy>().toEqualTypeOf<StrategyName | StrategyModel>();
    expectTypeOf<SelectorStatistics['chosen']>().toEqualTypeOf<Readonly<Record<string, number>>>();
    expectTypeOf(selector.toJSON()).toEqualTypeOf<SelectorState>();
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
      | 'ERR_PERF_SELECTOR_INVALID_OPTION'
      | 'ERR_PERF_SELECTOR_INVALID_INPUT'
      | 'ERR_PERF_SELECTOR_BAD_STATE'
      | 'ERR_PERF_SELECTOR_UNREADABLE'
    >();
    expectTypeOf<SelectEvent>().toEqualTypeOf<{
      readonly strategy: string;
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
    ({ strategies: ['warp'] }) satisfies SelectorOptions;
    // @ts-expect-error there is no such coefficient
    ({ ms: 1, coefficients: ['luck'] }) satisfies CostTerm;
    // @ts-expect-error an outcome has a duration
    selector.feedback(selector.select({}), { cacheHit: true });
  });
});
