import { describe, expectTypeOf, it } from 'vitest';
import { Readable } from 'node:stream';
import type {
  BenchmarkReport,
  BenchmarkResult,
  ComparisonResult,
  ComplexityFit,
  IsolatedComparisonResult,
  MemoryProfile,
  StrategyComparison,
  ThroughputMetrics,
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

  it('takes tasks where processes are crossed, and functions where they are not', () => {
    const task = { module: new URL('file:///tasks.js'), export: 'parse' };
    expectTypeOf(
      bench.compareIsolated({ a: task, b: { module: '/tasks.js', export: 'x', args: 1 } }),
    ).resolves.toEqualTypeOf<IsolatedComparisonResult>();
    expectTypeOf(bench.profileMemory(task)).resolves.toEqualTypeOf<MemoryProfile>();
    expectTypeOf(bench.profileMemory('x', () => 1, { runs: 3 })).resolves.toEqualTypeOf<MemoryProfile>();
    // @ts-expect-error -- a function cannot cross a process
    void bench.compareIsolated({ a: () => 1, b: () => 2 });
  });

  it('reads every kind of stream, and hands its chunks on with their type', () => {
    void bench.measureThroughput(Readable.from(['a']));
    void bench.measureThroughput(new ReadableStream<Uint8Array>(), {
      bytesOf: (chunk) => chunk.byteLength,
    });
    expectTypeOf(
      bench.measureThroughput([1, 2], { rowsOf: (n) => n }),
    ).resolves.toEqualTypeOf<ThroughputMetrics>();
  });

  it('knows what a sweep prepares and what strategies give', () => {
    expectTypeOf(
      bench.complexity((text: string, n) => text.slice(n), [1, 2, 3, 4, 5], {
        prepare: (n) => 'x'.repeat(n),
      }),
    ).resolves.toEqualTypeOf<ComplexityFit>();
    expectTypeOf(
      bench.compareStrategies({ a: { level: 1 }, b: { level: 9 } }, ({ level }) => ({ size: level }), {
        quality: ({ size }) => 1 / size,
      }),
    ).resolves.toEqualTypeOf<StrategyComparison>();
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
    expectTypeOf<BenchmarkReport['results'][number]['kind']>().toEqualTypeOf<
      | 'measurement'
      | 'comparison'
      | 'isolated-measurement'
      | 'isolated-comparison'
      | 'memory'
      | 'throughput'
      | 'complexity'
      | 'strategies'
      | 'doctor'
    >();
  });
});
