import { describe, expectTypeOf, it } from 'vitest';
import type {
  BenchmarkReport,
  BenchmarkResult,
  ComparisonResult,
  PerformanceBenchmark,
  Plain,
} from '../src/index.js';

declare const bench: PerformanceBenchmark;

describe('the public face', () => {
  it('compares named functions, synchronous or not', () => {
    expectTypeOf(
      bench.compare({ a: () => 1, b: async () => Promise.resolve('x') }),
    ).resolves.toEqualTypeOf<ComparisonResult>();
    // @ts-expect-error -- a candidate is a function
    void bench.compare({ a: () => 1, b: 2 });
    // @ts-expect-error -- a misspelt option
    void bench.compare({ a: () => 1, b: () => 2 }, { budgte: 1 });
  });

  it('has the fields of the contract', () => {
    expectTypeOf<ComparisonResult['ratio']>().toEqualTypeOf<number>();
    expectTypeOf<ComparisonResult['interval']>().toEqualTypeOf<readonly [low: number, high: number]>();
    expectTypeOf<ComparisonResult['verdict']>().toEqualTypeOf<'faster' | 'slower' | 'same' | 'undecided'>();
    expectTypeOf<ComparisonResult['pairs']>().toEqualTypeOf<number>();
  });

  it('measures one function', () => {
    expectTypeOf(bench.measure('x', () => 1, { budget: '1s' })).resolves.toEqualTypeOf<BenchmarkResult>();
  });

  it('tells results apart by their kind', () => {
    const name = (result: BenchmarkResult | ComparisonResult): string =>
      result.kind === 'measurement' ? result.name : result.base;
    expectTypeOf(name).returns.toBeString();
  });

  it('knows that JSON has no endless numbers', () => {
    expectTypeOf<Plain<{ a: number; b: readonly [number]; c: string }>>().toEqualTypeOf<{
      readonly a: number | null;
      readonly b: readonly [number | null];
      readonly c: string;
    }>();
    expectTypeOf<BenchmarkReport['results'][number]['kind']>().toEqualTypeOf<'measurement' | 'comparison'>();
  });
});
