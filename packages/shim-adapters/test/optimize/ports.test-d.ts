import { ConversionCache, fingerprint, type MemoryReader, type ValueCodec as CacheCodec } from '@perf/cache';
import { Compressor } from '@perf/compression';
import {
  type Batch as LazyBatch,
  type InlineExecutor,
  LazyLoadingManager,
  MemoryMonitor,
  MemoryPool,
  type PoolScope,
  type Source,
  WorkerExecutor,
  type Transferring,
} from '@perf/lazy';
import { OptimizationSelector, type OptimizationPlan } from '@perf/selector';
import { assertType, describe, expectTypeOf, it } from 'vitest';
import {
  defaultRegistry,
  optimize,
  withCompression,
  type Batch,
  type CacheLike,
  type Column,
  type ColumnTable,
  type CompressorLike,
  type ConversionResult,
  type ConvertOptions,
  type ConvertEvent,
  type ConvertSpans,
  type ConverterStatistics,
  type Executor,
  type Format,
  type LazyHandle,
  type LazyLike,
  type OptimizeParts,
  type MemoryLike,
  type OwnStrategy,
  type PlanLike,
  type PoolLike,
  type RequestKeyOptions,
  type Row,
  type SelectorLike,
  type StrategyName,
  type ValueCodec,
} from '../../src/index.js';
import type { Moved } from '../../src/optimize/worker-task.js';

describe('the ports', () => {
  it('fit the classes of the other packages', () => {
    expectTypeOf<ConversionCache<ConversionResult>>().toExtend<CacheLike>();
    expectTypeOf<LazyLoadingManager>().toExtend<LazyLike>();
    expectTypeOf<Compressor>().toExtend<CompressorLike>();
    expectTypeOf<WorkerExecutor>().toExtend<Executor>();
    expectTypeOf<InlineExecutor>().toExtend<Executor>();
    expectTypeOf<MemoryPool>().toExtend<PoolLike>();
    expectTypeOf<MemoryMonitor>().toExtend<MemoryLike>();
    expectTypeOf<OptimizationSelector>().toExtend<SelectorLike>();
    expectTypeOf<OptimizationPlan>().toExtend<PlanLike>();
    expectTypeOf(fingerprint).toExtend<NonNullable<RequestKeyOptions['fingerprint']>>();
  });

  it('are met as they are wired together', () => {
    const codec = withCompression(new Compressor());
    expectTypeOf(codec).toExtend<CacheCodec<ConversionResult>>();
    expectTypeOf<CacheCodec<ConversionResult>>().toExtend<ValueCodec<ConversionResult>>();
    assertType<OptimizeParts>({
      cache: new ConversionCache<ConversionResult>({ compression: codec }),
      lazy: new LazyLoadingManager(),
      selector: new OptimizationSelector(),
      executor: new WorkerExecutor(),
      pool: new MemoryPool(),
      memory: new MemoryMonitor(),
      compression: new Compressor(),
      strategies: [] satisfies OwnStrategy[],
      clock: performance,
      fingerprint,
    });
  });

  it('do not fit a cache of something else, nor a part in the place of another', () => {
    // @ts-expect-error a manager of lazy conversions keeps no results
    assertType<OptimizeParts>({ cache: new LazyLoadingManager() });
    // @ts-expect-error the codec is one of conversion results
    new ConversionCache<number>({ compression: withCompression(new Compressor()) });
    // @ts-expect-error there is no such part
    assertType<OptimizeParts>({ cahce: new ConversionCache<ConversionResult>() });
  });

  it('let memory come from a pool, for adapters and for compression', () => {
    expectTypeOf<PoolScope['allocate']>().toExtend<NonNullable<ConvertOptions['allocate']>>();
    expectTypeOf<PoolScope['allocateBuffer']>().toExtend<
      NonNullable<NonNullable<Parameters<Compressor['decompress']>[1]>['allocate']>
    >();
  });

  it('let one monitor serve the cache as well', () => {
    expectTypeOf<MemoryMonitor>().toExtend<MemoryReader>();
  });

  it('agree with @perf/lazy on what a batch is, so that a stream is a source of stages', () => {
    expectTypeOf<Batch<ColumnTable>>().toExtend<LazyBatch<ColumnTable>>();
    expectTypeOf<AsyncIterable<Batch<ColumnTable>>>().toExtend<Source<ColumnTable>>();
  });

  it('agree with @perf/lazy on how a task says what it moves', () => {
    expectTypeOf<Omit<Moved, symbol>>().toExtend<Pick<Transferring<unknown>, 'value' | 'transfer'>>();
  });
});

describe('what the compiler knows of a converter', () => {
  const converter = optimize(defaultRegistry());

  it('the data that comes back, from the format that was asked for', async () => {
    const source = { value: 'a\n1\n' };
    expectTypeOf(
      (await converter.convert({ source, from: 'csv', to: 'columns' })).data,
    ).toEqualTypeOf<ColumnTable>();
    expectTypeOf((await converter.convert({ source, from: 'csv', to: 'rows' })).data).toEqualTypeOf<Row[]>();
    expectTypeOf(
      (await converter.convert({ source, from: 'csv', to: 'json' })).data,
    ).toEqualTypeOf<Uint8Array>();
  });

  it('the value that a lazy handle will have', () => {
    const table = converter.open({ source: { path: 'a.csv' }, from: 'csv', to: 'columns' });
    expectTypeOf(table).toEqualTypeOf<LazyHandle<ColumnTable>>();
    expectTypeOf(table.value.column('a')).toEqualTypeOf<Column>();
  });

  it('its counters and its events', () => {
    expectTypeOf(converter.stats()).toEqualTypeOf<ConverterStatistics>();
    expectTypeOf<ConverterStatistics['strategies']['streaming']>().toEqualTypeOf<number>();
    expectTypeOf<StrategyName>().toExtend<keyof ConverterStatistics['strategies']>();
    expectTypeOf<ConvertEvent>().toEqualTypeOf<{
      readonly route: string;
      readonly from: Format;
      readonly to: Format;
      readonly bytes: number;
      readonly rows: number | undefined;
      readonly durationMs: number;
      readonly strategy: string;
      readonly reason: string;
      readonly cacheHit: boolean;
      readonly spans: ConvertSpans;
    }>();
  });

  it('which requests make no sense', () => {
    // @ts-expect-error a text is never taken for a path
    void converter.convert({ source: 'a.csv', from: 'csv', to: 'columns' });
    // @ts-expect-error there is no such format
    void converter.convert({ source: { path: 'a.csv' }, from: 'csv', to: 'excel' });
    // @ts-expect-error rows are no bytes
    void converter.convert({ source: { value: new Uint8Array() }, from: 'rows', to: 'columns' });
  });
});
