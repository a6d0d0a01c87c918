import { PerformanceBenchmark } from '@perf/benchmark';
import { ConversionCache, fingerprint } from '@perf/cache';
import { Compressor } from '@perf/compression';
import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { refuseUnknown } from '@perf/internal/options';
import { Ledger, LazyLoadingManager, MemoryMonitor, WorkerExecutor } from '@perf/lazy';
import { OptimizationSelector } from '@perf/selector';
import { arrowAdapter } from '../arrow/adapter.js';
import { defaultRegistry } from '../default-registry.js';
import { refuseOption } from '../errors.js';
import { msgpackAdapter } from '../msgpack/adapter.js';
import { parquetAdapter } from '../parquet/adapter.js';
import type { AdapterRegistry } from '../registry.js';
import type { ConversionResult } from '../result.js';
import { optimize, type OptimizedConverter } from './optimized-converter.js';
import { withCompression } from './with-compression.js';

/** How the whole suite is set up. */
export interface SuiteOptions {
  /** What the cache may hold, and less while memory is scarce. Lazy conversions may hold as much again. Default `'500MB'`. */
  readonly maxBytes?: ByteSize;
  /** Entries the cache may hold. Default 1000. */
  readonly maxEntries?: number;
  /** From which size on kept results are compressed; `false`: never. Default `'10MB'`. */
  readonly compressAbove?: ByteSize | false;
  /** Worker threads. Default: one less than there are cores, at least 1, at most 4. */
  readonly threads?: number;
  /** Seed of the selector's exploration. Default 1. */
  readonly seed?: number;
}

/** All parts, wired together. `close` closes every one of them. */
export interface OptimizerSuite {
  readonly cache: ConversionCache<ConversionResult>;
  readonly compression: Compressor;
  readonly lazy: LazyLoadingManager;
  readonly executor: WorkerExecutor;
  /** The memory of the process against its limits; cache and lazy values give way when it tells them to. */
  readonly memory: MemoryMonitor;
  readonly benchmark: PerformanceBenchmark;
  readonly selector: OptimizationSelector;
  readonly registry: AdapterRegistry;
  readonly converter: OptimizedConverter;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const DEFAULTS = { maxBytes: '500MB', maxEntries: 1000, compressAbove: '10MB' } as const;
const FIELDS = ['maxBytes', 'maxEntries', 'compressAbove', 'threads', 'seed'];

/**
 * Makes a cache, a compressor, a lazy manager with worker threads, a selector, a benchmark and a registry of every
 * format, joined into one converter. Needs the other five @perf packages; formats whose library is not installed
 * fail on first use with the name of what to install. Threads start when they are first needed.
 */
export function createOptimizerSuite(options: SuiteOptions = {}): OptimizerSuite {
  refuseUnknown(options, FIELDS, refuseOption);
  const maxBytes = parseBytes(options.maxBytes ?? DEFAULTS.maxBytes, 'maxBytes', refuseOption);
  const compressAbove = options.compressAbove ?? DEFAULTS.compressAbove;
  const compression = new Compressor();
  const ledger = new Ledger();
  const memory = new MemoryMonitor({ ledger });
  const cache = new ConversionCache<ConversionResult>({
    maxBytes,
    memory,
    maxEntries: options.maxEntries ?? DEFAULTS.maxEntries,
    shrinkUnderPressure: true,
    ...(compressAbove === false ? {} : { compression: withCompression(compression), compressAbove }),
  });
  const executor = new WorkerExecutor(options.threads === undefined ? {} : { threads: options.threads });
  const lazy = new LazyLoadingManager({ maxBytes, executor, memory, ledger });
  const selector = new OptimizationSelector(options.seed === undefined ? {} : { seed: options.seed });
  const registry = defaultRegistry()
    .register(arrowAdapter())
    .register(parquetAdapter())
    .register(msgpackAdapter());
  const converter = optimize(registry, { cache, lazy, selector, executor, fingerprint });
  const close = async (): Promise<void> => {
    await converter.close();
    await lazy.close();
    await executor.close();
    cache.close();
    memory.close();
    await compression.close();
  };
  return {
    cache,
    compression,
    lazy,
    executor,
    memory,
    benchmark: new PerformanceBenchmark(),
    selector,
    registry,
    converter,
    close,
    [Symbol.asyncDispose]: close,
  };
}
