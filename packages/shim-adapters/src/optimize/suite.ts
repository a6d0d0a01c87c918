import { PerformanceBenchmark } from '@perf/benchmark';
import { ConversionCache, fingerprint } from '@perf/cache';
import { Compressor } from '@perf/compression';
import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { parseChoice, refuseUnknown } from '@perf/internal/options';
import { Ledger, LazyLoadingManager, MemoryMonitor, MemoryPool, WorkerExecutor } from '@perf/lazy';
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

/** What a suite is for. */
export type SuiteIntent = 'fast' | 'low-memory' | 'balanced' | 'predictable';

/** How the whole suite is set up. */
export interface SuiteOptions {
  /**
   * What it is for. Default `'balanced'`.
   *
   * - `'balanced'`: time first, memory where it is scarce; everything adapts.
   * - `'fast'`: time alone; results are compressed only from 64 MB on.
   * - `'low-memory'`: memory first; results are compressed from 1 MB on, one thread, no idle buffers beyond a sixteenth
   *   of `maxBytes`.
   * - `'predictable'`: the same request is always carried out the same way: one eviction policy (least recently used),
   *   strategies in a fixed order, nothing learned, nothing tried.
   */
  readonly intent?: SuiteIntent;
  /** What the cache may hold, and less while memory is scarce. Lazy conversions may hold as much again. Default `'500MB'`. */
  readonly maxBytes?: ByteSize;
  /** Entries the cache may hold. Default 1000. */
  readonly maxEntries?: number;
  /** From which size on kept results are compressed; `false`: never. Default by the intent, `'10MB'`. */
  readonly compressAbove?: ByteSize | false;
  /** Worker threads. Default: one less than there are cores, at least 1, at most 4; by the intent. */
  readonly threads?: number;
  /** Seed of the selector's exploration. Default 1. */
  readonly seed?: number;
  /** What the selector of another suite had learned: `suite.selector.toJSON()`, on this machine or another one. */
  readonly state?: unknown;
}

/** All parts, wired together. `close` closes every one of them. */
export interface OptimizerSuite {
  readonly cache: ConversionCache<ConversionResult>;
  readonly compression: Compressor;
  readonly lazy: LazyLoadingManager;
  readonly executor: WorkerExecutor;
  /** Buffers that conversions borrow. */
  readonly pool: MemoryPool;
  /** The memory of the process against its limits; cache and lazy values give way when it tells them to. */
  readonly memory: MemoryMonitor;
  readonly benchmark: PerformanceBenchmark;
  readonly selector: OptimizationSelector;
  readonly registry: AdapterRegistry;
  readonly converter: OptimizedConverter;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const DEFAULTS = { maxBytes: '500MB', maxEntries: 1000, intent: 'balanced' } as const;
const FIELDS = ['intent', 'maxBytes', 'maxEntries', 'compressAbove', 'threads', 'seed', 'state'];

/** What each intent means for the parts, where the caller does not say it himself. */
interface IntentSettings {
  readonly policy: 'adaptive' | 'lru';
  readonly compressAbove: ByteSize;
  readonly threads?: number;
  /** The pool's share of `maxBytes`. */
  readonly poolShare: number;
}

const SETTINGS: Readonly<Record<SuiteIntent, IntentSettings>> = {
  balanced: { policy: 'adaptive', compressAbove: '10MB', poolShare: 1 / 4 },
  fast: { policy: 'adaptive', compressAbove: '64MB', poolShare: 1 / 2 },
  'low-memory': { policy: 'adaptive', compressAbove: '1MB', threads: 1, poolShare: 1 / 16 },
  predictable: { policy: 'lru', compressAbove: '10MB', poolShare: 1 / 4 },
};
const INTENTS: readonly SuiteIntent[] = ['fast', 'low-memory', 'balanced', 'predictable'];

/**
 * Makes a cache, a compressor, a lazy manager with worker threads, a selector, a benchmark and a registry of every
 * format, joined into one converter. Needs the other five @perf packages; formats whose library is not installed
 * fail on first use with the name of what to install. Threads start when they are first needed.
 */
export function createOptimizerSuite(options: SuiteOptions = {}): OptimizerSuite {
  refuseUnknown(options, FIELDS, refuseOption);
  const maxBytes = parseBytes(options.maxBytes ?? DEFAULTS.maxBytes, 'maxBytes', refuseOption);
  const intent = parseChoice(options.intent ?? DEFAULTS.intent, 'intent', INTENTS, refuseOption);
  const settings = SETTINGS[intent];
  const compressAbove = options.compressAbove ?? settings.compressAbove;
  const threads = options.threads ?? settings.threads;
  const compression = new Compressor();
  const ledger = new Ledger();
  const memory = new MemoryMonitor({ ledger });
  const cache = new ConversionCache<ConversionResult>({
    maxBytes,
    memory,
    maxEntries: options.maxEntries ?? DEFAULTS.maxEntries,
    policy: settings.policy,
    shrinkUnderPressure: true,
    ...(compressAbove === false ? {} : { compression: withCompression(compression), compressAbove }),
  });
  const executor = new WorkerExecutor(threads === undefined ? {} : { threads });
  const lazy = new LazyLoadingManager({ maxBytes, executor, memory, ledger });
  const pool = new MemoryPool({ maxBytes: Math.ceil(maxBytes * settings.poolShare), memory, ledger });
  const selector = new OptimizationSelector({
    intent,
    ...(intent === 'predictable' ? { explore: 0 } : {}),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.state === undefined ? {} : { state: options.state }),
  });
  const registry = defaultRegistry()
    .register(arrowAdapter())
    .register(parquetAdapter())
    .register(msgpackAdapter());
  const converter = optimize(registry, { cache, lazy, selector, executor, pool, memory, fingerprint });
  const close = async (): Promise<void> => {
    await converter.close();
    await lazy.close();
    await executor.close();
    pool.close();
    cache.close();
    memory.close();
    await compression.close();
  };
  return {
    cache,
    compression,
    lazy,
    executor,
    pool,
    memory,
    benchmark: new PerformanceBenchmark(),
    selector,
    registry,
    converter,
    close,
    [Symbol.asyncDispose]: close,
  };
}
