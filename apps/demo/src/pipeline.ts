import { ConversionCache, fingerprint } from '@perf/cache';
import { Compressor } from '@perf/compression';
import { LazyLoadingManager, MemoryMonitor, MemoryPool, WorkerExecutor } from '@perf/lazy';
import { OptimizationSelector } from '@perf/selector';
import { defaultRegistry, optimize, withCompression, type ConversionResult } from '@perf/shim-adapters';
import { arrowAdapter } from '@perf/shim-adapters/arrow';
import { parquetAdapter } from '@perf/shim-adapters/parquet';

/** The six packages wired by hand: what `createOptimizerSuite` does, in ten lines that you can change. */
export function createPipeline({ seed = 1, maxBytes = '500MB' }: { seed?: number; maxBytes?: string } = {}) {
  const compressor = new Compressor();
  const compression = withCompression(compressor);
  const memory = new MemoryMonitor();
  const kept = { compression, compressAbove: '1MB', shrinkUnderPressure: true, memory } as const;
  const cache = new ConversionCache<ConversionResult>({ maxBytes, ...kept });
  const executor = new WorkerExecutor();
  const lazy = new LazyLoadingManager({ executor, memory });
  const pool = new MemoryPool({ memory });
  const selector = new OptimizationSelector({ seed });
  const registry = defaultRegistry().register(arrowAdapter()).register(parquetAdapter());
  const converter = optimize(registry, { cache, lazy, executor, selector, pool, memory, fingerprint });
  const close = async (): Promise<void> => {
    await converter.close();
    await lazy.close();
    await executor.close();
    pool.close();
    cache.close();
    memory.close();
    await compressor.close();
  };
  return { cache, compressor, executor, lazy, memory, pool, selector, registry, converter, close };
}
