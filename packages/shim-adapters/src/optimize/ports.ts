/**
 * The shapes of the parts that `optimize` joins. Each is the least that is needed of a class in another package, or
 * of one of yours: nothing is imported, the caller passes the real object in.
 */

import type { Batch, ConvertOptions } from '../adapter.js';
import type { AnyRequest } from '../request.js';
import type { ConversionResult } from '../result.js';

/** Runs an export of a module somewhere: in this thread, or in a worker. */
export interface Executor {
  readonly concurrency: number;
  /** How many tasks wait for a thread, and how many threads there are, where it is known. */
  stats?(): { readonly queued: number; readonly threads?: number };
  run<R>(
    task: { module: string; export: string; args: unknown; transfer?: Transferable[] },
    options?: { signal?: AbortSignal; priority?: number },
  ): Promise<R>;
}

export type Transferable = ArrayBuffer;

export interface KeyLike {
  readonly cacheKey: string;
  readonly label: string;
}

/** Keeps results. `@perf/cache` has one. */
export interface CacheLike {
  getOrConvert(
    key: KeyLike,
    convert: (options: { signal: AbortSignal }) => unknown,
    options?: { signal?: AbortSignal; tags?: readonly string[] },
  ): Promise<unknown>;
  has(key: KeyLike): boolean;
  /** What is kept under a tag. With `getAsync`, a result with more columns answers a request for fewer. */
  entries?(options: { tag: string }): Iterable<{ readonly key: string }>;
  getAsync?(key: string): Promise<unknown>;
}

/** What a lazy manager is told about a conversion. */
export interface ConvertibleLike<T> {
  convert(request: unknown, options?: { signal?: AbortSignal }): Promise<T>;
  estimateCost(request: unknown): { bytes: number; durationMs: number };
  column(request: unknown, name: string, options?: { signal?: AbortSignal }): Promise<unknown>;
  /** The conversion batch by batch, where it need not be done as a whole. */
  stream?(request: unknown, options?: { signal?: AbortSignal }): AsyncIterable<Batch>;
  /** The conversion as work for an executor, or undefined when it cannot leave this thread. */
  task?(request: unknown): { module: string; export: string; args: unknown } | undefined;
  /** Makes the value of what the task returned. */
  restore?(result: unknown): T;
}

/** A conversion that waits until it is needed. */
export interface LazyHandle<T> {
  readonly isLoaded: boolean;
  readonly value: T;
  load(options?: { signal?: AbortSignal }): Promise<T>;
  column(name: string, options?: { signal?: AbortSignal }): Promise<unknown>;
  /** The value batch by batch; what is streamed is not held as a whole. */
  batches(options?: { signal?: AbortSignal }): AsyncIterable<Pick<Batch, 'data' | 'rows' | 'bytes'>>;
  unload(): void;
  close(): void;
}

/** How a lazy manager takes parts out of a value that is loaded. */
export interface LazyParts<T> {
  readonly pick?: ((value: T, name: string) => unknown) | undefined;
  readonly cut?: ((value: T, batchBytes: number) => Iterable<Batch>) | undefined;
}

/** Makes lazy conversions. `@perf/lazy` has one. */
export interface LazyLike {
  createLazyConverter<T>(adapter: ConvertibleLike<T>, request: unknown, parts?: LazyParts<T>): LazyHandle<T>;
}

/** Makes bytes smaller and back. `@perf/compression` has one. */
export interface CompressorLike {
  compress(data: CompressibleArray): Promise<Uint8Array>;
  decompress(frame: Uint8Array): Promise<unknown>;
  decompressSync(frame: Uint8Array): unknown;
}

export type CompressibleArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** How a value is kept in few bytes; what the cache's `compression` option takes. */
export interface ValueCodec<V> {
  /** The parts of the value, or undefined when this codec does not know it. */
  encode(value: V): Promise<Uint8Array[] | undefined>;
  decode(parts: Uint8Array[]): Promise<V>;
  decodeSync(parts: Uint8Array[]): V;
}

/** The strategies that a converter carries out by itself. */
export type StrategyName =
  'cache-first' | 'lazy-loading' | 'streaming' | 'memory-pool' | 'parallel' | 'adaptive';

/** A way of your own to carry conversions out, for a selector that knows what it costs. */
export interface OwnStrategy {
  readonly name: string;
  /** Whether this request can be carried out in this way. */
  can(request: AnyRequest): boolean;
  /** Must give what the registry's own `convert` would give. */
  run(request: AnyRequest, options: ConvertOptions): Promise<ConversionResult>;
}

/** Lends memory for the time of a conversion. `MemoryPool` of `@perf/lazy` does. */
export interface PoolLike {
  scope(): PoolScopeLike;
}

export interface PoolScopeLike extends Disposable {
  /** Memory of at least so many bytes, until the scope is disposed of. Needs no `this`. */
  readonly allocate: (bytes: number) => Uint8Array;
}

/** Tells how scarce memory is. `MemoryMonitor` of `@perf/lazy` does. */
export interface MemoryLike {
  read(): { readonly usedBytes: number; readonly limitBytes: number };
  readonly pressure: MemoryPressure;
}

export type MemoryPressure = 'none' | 'moderate' | 'critical';

/** What is known of a request when its strategy is chosen. */
export interface RequestFacts {
  readonly bytes: number;
  /** Milliseconds that the adapters expect, inline. */
  readonly conversionMs: number;
  /** Bytes that the adapters expect the result to hold. */
  readonly resultBytes: number;
  /** Columns of the source, where somebody looked. */
  readonly columns?: number;
}

export interface SelectionContext {
  /** The route, such as `'parquet>columns>csv'`: what is learned about one is used for its like. */
  readonly route: string;
  /** The key under which the result is kept, where it is. */
  readonly key?: string;
  readonly cores: number;
  /** Parts into which the work can be cut; 1 when it can only run elsewhere as a whole. */
  readonly parts: number;
  /** Tasks that wait for the executor. */
  readonly queueLength?: number;
  /** `true`: no thread runs yet. */
  readonly coldStart?: boolean;
  /** Strategies that can be carried out here. */
  readonly available: readonly string[];
  readonly reuseProbability?: number;
  readonly columnsTouched?: number;
  readonly memoryLimit?: number;
  readonly memoryPressure?: MemoryPressure;
}

export interface PlanLike {
  readonly strategy: string;
  readonly fallbacks: readonly string[];
  readonly reason: string;
  /** What each strategy is expected to cost, where the selector tells. */
  readonly estimates?: readonly { readonly strategy: string; readonly missMs: number }[];
}

/** What came of a plan. */
export interface OutcomeLike {
  readonly durationMs: number;
  /** Set when the plan's strategy failed; `strategy` then names what was carried out in its place. */
  readonly error?: unknown;
  readonly strategy?: string;
}

/** Chooses strategies and learns from outcomes. `@perf/selector` has one. */
export interface SelectorLike {
  select(facts: RequestFacts, context: SelectionContext): PlanLike;
  /** What `select` would decide, without effect on later decisions. Without it, `select` is asked. */
  preview?(facts: RequestFacts, context: SelectionContext): PlanLike;
  feedback(plan: PlanLike, outcome: OutcomeLike): void;
  /** Hears of a request that the cache answered, before anything had to be chosen. */
  noteHit?(key: string): void;
  /** What a source is like; asked once for a conversion that is opened, to learn how many columns there are. */
  analyzeSource?(
    source: { readonly path: string } | { readonly value: unknown },
    options?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly columns: number }>;
  explain(plan: PlanLike): string;
}
