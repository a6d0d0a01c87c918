import type { MessagePort } from 'node:worker_threads';
import { describe, expectTypeOf, it } from 'vitest';
import {
  InlineExecutor,
  StreamingConverter,
  type Batch,
  type LazyLoadingManager,
  type MemoryMonitor,
  type MemoryPool,
  type MemoryReader,
  type PooledBuffer,
  type PoolScope,
  type Source,
  type Stage,
  type StreamRun,
  type WorkerExecutor,
  type Convertible,
  type Executor,
  type LazyConversionState,
  type LazyConverter,
  type LazyEvent,
  type LazyStatistics,
  type Transferable,
} from '../src/index.js';

interface Table {
  readonly rows: number;
}
interface Request {
  readonly path: string;
}
declare const manager: LazyLoadingManager;

describe('the port Executor', () => {
  it('fits both executors', () => {
    expectTypeOf<WorkerExecutor>().toExtend<Executor>();
    expectTypeOf<InlineExecutor>().toExtend<Executor>();
  });

  it('fits the shape that other packages declare for themselves', () => {
    interface Elsewhere {
      run<R>(
        task: { module: string; export: string; args: unknown; transfer?: Transferable[] },
        o?: { signal?: AbortSignal; priority?: number },
      ): Promise<R>;
      readonly concurrency: number;
    }
    expectTypeOf<WorkerExecutor>().toExtend<Elsewhere>();
    expectTypeOf<InlineExecutor>().toExtend<Elsewhere>();
    expectTypeOf<Elsewhere>().toExtend<Executor>();
  });

  it('moves buffers and ports, without the DOM library', () => {
    expectTypeOf<ArrayBuffer>().toExtend<Transferable>();
    expectTypeOf<MessagePort>().toExtend<Transferable>();
    expectTypeOf<string>().not.toExtend<Transferable>();
  });

  it('promises what the caller says the task returns', () => {
    expectTypeOf(new InlineExecutor().run<Table>({ module: 'm', export: 'e', args: 0 })).toEqualTypeOf<
      Promise<Table>
    >();
  });
});

describe('the port Convertible', () => {
  it('needs no more than a convert, synchronous or not', () => {
    expectTypeOf<{ convert(request: Request): Table }>().toExtend<Convertible<Table, Request>>();
    expectTypeOf<{ convert(request: Request): Promise<Table> }>().toExtend<Convertible<Table, Request>>();
    expectTypeOf<{ column(): Promise<number> }>().not.toExtend<Convertible<Table, Request>>();
  });

  it('fits an adapter with more options and results than it asks for', () => {
    interface Adapter {
      readonly id: string;
      convert(
        request: Request,
        o?: { signal?: AbortSignal; onProgress?(done: number): void },
      ): Promise<Table>;
      estimateCost(request: Request): { bytes: number; durationMs: number; confidence: number };
    }
    expectTypeOf<Adapter>().toExtend<Convertible<Table, Request>>();
    expectTypeOf<Adapter>().toExtend<Convertible<Table>>();
  });
});

describe('a LazyConverter', () => {
  const adapter: Convertible<Table, Request> = { convert: () => ({ rows: 1 }) };

  it('carries the type of its value', () => {
    const lazy = manager.createLazyConverter(adapter, { path: 'a.csv' });
    expectTypeOf(lazy).toEqualTypeOf<LazyConverter<Table>>();
    expectTypeOf(lazy.load()).toEqualTypeOf<Promise<Table>>();
    expectTypeOf(lazy.value).toEqualTypeOf<Table>();
    expectTypeOf(lazy.state).toEqualTypeOf<LazyConversionState>();
    expectTypeOf(lazy.column('a')).toEqualTypeOf<Promise<unknown>>();
    expectTypeOf(lazy.map((table) => Promise.resolve(table.rows))).toEqualTypeOf<LazyConverter<number>>();
    expectTypeOf(lazy.read((table) => table.rows)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(manager.convert(adapter, { path: 'a.csv' })).toEqualTypeOf<Promise<LazyConverter<Table>>>();
  });

  it('is not thenable', () => {
    expectTypeOf<LazyConverter<Table>>().not.toExtend<PromiseLike<unknown>>();
    expectTypeOf<LazyConverter<Table>>().not.toHaveProperty('then');
  });

  it('is one of any less precise value', () => {
    expectTypeOf<LazyConverter<Table>>().toExtend<LazyConverter<unknown>>();
    expectTypeOf<LazyConverter<unknown>>().not.toExtend<LazyConverter<Table>>();
  });

  it('only takes requests that its adapter understands', () => {
    // @ts-expect-error -- a path is asked for
    manager.createLazyConverter(adapter, { url: 'a.csv' });
  });

  it('can be disposed of', () => {
    expectTypeOf<LazyConverter<Table>>().toExtend<Disposable>();
    expectTypeOf<LazyLoadingManager>().toExtend<AsyncDisposable>();
    expectTypeOf<WorkerExecutor>().toExtend<AsyncDisposable>();
  });
});

describe('the manager', () => {
  it('fits the port of those who only open converters', () => {
    interface LazyLike {
      createLazyConverter(
        adapter: Convertible<unknown>,
        request: unknown,
        o?: { threshold?: number | string },
      ): unknown;
    }
    expectTypeOf<LazyLoadingManager>().toExtend<LazyLike>();
  });

  it('reports what it counts and publishes', () => {
    expectTypeOf(manager.stats()).toEqualTypeOf<LazyStatistics>();
    expectTypeOf<LazyEvent['type']>().toEqualTypeOf<
      'queued' | 'loaded' | 'retrying' | 'failed' | 'cancelled' | 'unloaded'
    >();
  });
});

describe('a stream', () => {
  const converter = new StreamingConverter();
  const texts = async function* (): AsyncGenerator<Batch<string>> {
    yield await Promise.resolve({ data: 'a', rows: 1, bytes: 1 });
  };
  const measure = ({ data }: Batch<string>): Batch<number> => ({ data: data.length, rows: 1, bytes: 8 });

  it('has the type of what its last stage gives, by functions and objects, at once or later', () => {
    expectTypeOf(converter.run(texts(), [])).toEqualTypeOf<StreamRun<string>>();
    expectTypeOf(converter.run(texts(), [measure])).toEqualTypeOf<StreamRun<number>>();
    const later: Stage<number, Date> = {
      run: ({ data }) => Promise.resolve([{ data: new Date(data), rows: 1, bytes: 8 }]),
      concurrency: 4,
    };
    expectTypeOf(converter.run(texts, [measure, later])).toEqualTypeOf<StreamRun<Date>>();
    const alike: Stage<string, string>[] = [];
    expectTypeOf(converter.run(texts(), alike)).toEqualTypeOf<StreamRun<string>>();
  });

  it('refuses a stage that does not take what comes', () => {
    // @ts-expect-error -- text comes, a date is taken
    converter.run(texts(), [({ data }: Batch<Date>) => ({ data: data.getTime(), rows: 1, bytes: 8 })]);
  });

  it('is a source itself, as a lazy converter is', () => {
    expectTypeOf<StreamRun<string>>().toExtend<Source<string>>();
    expectTypeOf<LazyConverter<Table>>().toExtend<Source>();
    expectTypeOf<StreamRun<string>>().toExtend<AsyncDisposable>();
  });
});

describe('memory', () => {
  it('is read through a port that every monitor fits', () => {
    expectTypeOf<MemoryMonitor>().toExtend<MemoryReader>();
    expectTypeOf<ReturnType<MemoryMonitor['read']>['limit']>().toEqualTypeOf<
      'heap' | 'cgroup' | 'machine' | 'budget'
    >();
  });

  it('is lent by leases that can be disposed of', () => {
    expectTypeOf<ReturnType<MemoryPool['acquire']>>().toEqualTypeOf<PooledBuffer>();
    expectTypeOf<PooledBuffer>().toExtend<Disposable>();
    expectTypeOf<PoolScope['allocate']>().toEqualTypeOf<(bytes: number) => Uint8Array<ArrayBuffer>>();
  });
});
