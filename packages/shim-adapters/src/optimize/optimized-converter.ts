import { systemClock, type Clock } from '@perf/internal/clock';
import { parseBytes } from '@perf/internal/bytes';
import { refuseUnknown } from '@perf/internal/options';
import type { ConvertOptions } from '../adapter.js';
import { ConversionError, refuseOption, throwIfAborted } from '../errors.js';
import { noRoute, type AdapterRegistry } from '../registry.js';
import type { AnyRequest, Converted, ConversionRequest, Format } from '../request.js';
import type { ConversionResult } from '../result.js';
import type { ConversionPath } from '../route.js';
import { routeText } from '../route-run.js';
import { estimateSourceBytes } from '../source.js';
import { convertChannel } from './events.js';
import { Execution, type Executed } from './execution.js';
import type {
  CacheLike,
  Executor,
  LazyHandle,
  LazyLike,
  PlanLike,
  RequestFacts,
  SelectionContext,
  SelectorLike,
  StrategyName,
} from './ports.js';
import { addressOf, type Address, type RequestKeyOptions } from './request-key.js';
import { asResult, whereCacheable, withMetadata, withoutMetadata } from './with-cache.js';
import { deferred } from './with-lazy.js';

/** The parts that `optimize` joins. Each may be missing; with none, the converter is the plain registry. */
export interface OptimizeParts extends RequestKeyOptions {
  readonly cache?: CacheLike;
  readonly lazy?: LazyLike;
  readonly selector?: SelectorLike;
  readonly executor?: Executor;
  readonly clock?: Clock;
}

/** What a converter has done so far. */
export interface ConverterStatistics {
  /** Calls of `convert` with a valid request that some route leads along, whatever came of them. */
  readonly conversions: number;
  /** Those answered from the cache, shared flights included. */
  readonly cacheHits: number;
  /** Those that could not be cached, because their source has no identity. */
  readonly uncacheable: number;
  /** Those that ended in an error, aborts included. */
  readonly failures: number;
  /** Times a strategy failed and the next one was taken. */
  readonly fallbacks: number;
  /** Calls of `open`. */
  readonly opened: number;
  /** How often each strategy was carried out to its end; hits are none. */
  readonly strategies: Readonly<Record<StrategyName, number>>;
}

const PARTS: readonly (keyof OptimizeParts)[] = [
  'cache',
  'lazy',
  'selector',
  'executor',
  'clock',
  'fingerprint',
];

/** What cannot be done otherwise is done inline, after asking the cache. */
const PLAIN_PLAN: PlanLike = { strategy: 'cache-first', fallbacks: [], reason: 'no selector was given' };

/**
 * Converts through all parts it was given: the selector says how, the cache answers what was converted before, the
 * executor takes work off this thread, the lazy manager defers. Closes none of them: who made them closes them.
 */
export class OptimizedConverter {
  readonly #registry: AdapterRegistry;
  readonly #parts: OptimizeParts;
  readonly #clock: Clock;
  readonly #execution: Execution;
  #closed = false;
  #conversions = 0;
  #cacheHits = 0;
  #uncacheable = 0;
  #failures = 0;
  #opened = 0;

  constructor(registry: AdapterRegistry, parts: OptimizeParts = {}) {
    refuseUnknown(parts, PARTS, refuseOption);
    this.#registry = registry;
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#execution = new Execution(registry, parts.executor);
  }

  /**
   * Converts, or answers from the cache. A caller's abort is its own: a conversion that others wait for goes on.
   * The data is shared with whoever asks for the same; do not change it.
   * @throws ConversionError; an error from another thread has its `code`, not its class
   */
  async convert<F extends Format, T extends Format>(
    request: ConversionRequest<F, T>,
    options?: ConvertOptions,
  ): Promise<ConversionResult<Converted<T>>>;
  async convert(request: AnyRequest, options: ConvertOptions = {}): Promise<ConversionResult> {
    const started = this.#clock.now();
    const path = this.#path(request);
    this.#conversions += 1;
    try {
      return await this.#carryOut(path, request, options, started);
    } catch (error) {
      // Bad input fails whatever the strategy, so the selector hears nothing of it.
      this.#failures += 1;
      throwIfAborted(options.signal);
      throw error;
    }
  }

  /**
   * Opens a conversion without running it. It is converted when it is first asked for; `column(name)` converts that
   * column alone. With a cache, what was converted for others is taken from there.
   * @throws ConversionError `ERR_PERF_CONVERT_INVALID_REQUEST` when no lazy manager was given
   */
  open<F extends Format, T extends Format>(request: ConversionRequest<F, T>): LazyHandle<Converted<T>>;
  open(request: AnyRequest): LazyHandle<unknown> {
    const { lazy } = this.#parts;
    if (lazy === undefined) {
      throw new ConversionError(
        'ERR_PERF_CONVERT_INVALID_REQUEST',
        'open() needs a lazy manager: optimize(registry, { lazy: new LazyLoadingManager() })',
      );
    }
    const path = this.#path(request);
    this.#opened += 1;
    const adapter = deferred(request, {
      convert: (wanted, options) => this.convert(wanted, options),
      estimate: () => ({ bytes: path.bytes, durationMs: path.durationMs }),
    });
    return lazy.createLazyConverter(adapter, request);
  }

  /** Why this request would be carried out the way it would, in words. Converts nothing. */
  explain(request: AnyRequest): Promise<string> {
    return new Promise((resolve) => {
      resolve(this.#explanation(request));
    });
  }

  /** A frozen snapshot; the counting rules are those of `ConverterStatistics`. */
  stats(): ConverterStatistics {
    return Object.freeze({
      conversions: this.#conversions,
      cacheHits: this.#cacheHits,
      uncacheable: this.#uncacheable,
      failures: this.#failures,
      opened: this.#opened,
      ...this.#execution.stats(),
    });
  }

  /** Refuses further work. The parts stay open. */
  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #carryOut(
    path: ConversionPath,
    request: AnyRequest,
    options: ConvertOptions,
    started: number,
  ): Promise<ConversionResult> {
    throwIfAborted(options.signal);
    const plan = this.#select(request, path);
    const planned = this.#clock.now();
    const address = this.#address(request, path);
    const keyed = this.#clock.now();
    const work: { done?: Executed } = {};
    const bare = withoutMetadata(request);
    const run = async (signal: AbortSignal | undefined): Promise<ConversionResult> => {
      const step = { ...options, ...(signal === undefined ? {} : { signal }) };
      work.done = await this.#execution.run(plan, path, bare, step);
      return work.done.result;
    };
    const result = await this.#ask(address, run, options);
    const ended = this.#clock.now();
    const { done } = work;
    if (done === undefined) this.#cacheHits += 1;
    this.#learn(plan, done, ended - keyed);
    convertChannel.publish(() => ({
      route: routeText(request.from, path.hops),
      from: request.from,
      to: request.to,
      bytes: result.bytes,
      rows: typeof result.metadata['rows'] === 'number' ? result.metadata['rows'] : undefined,
      durationMs: ended - started,
      strategy: done?.strategy ?? 'cache-first',
      reason: plan.reason,
      cacheHit: done === undefined,
      spans: {
        plan: planned - started,
        key: keyed - planned,
        convert: ended - keyed,
        total: ended - started,
      },
    }));
    return withMetadata(result, request);
  }

  #explanation(request: AnyRequest): string {
    const path = this.#path(request);
    const plan = this.#preview(request, path);
    const why = this.#parts.selector?.explain(plan) ?? plan.reason;
    const address = this.#address(request, path);
    const kept =
      address !== undefined && this.#parts.cache?.has(address.key) === true
        ? 'kept in the cache'
        : 'not in the cache';
    const state = address === undefined ? 'not cacheable: the source has no identity' : kept;
    return `${routeText(request.from, path.hops)}, ${state}. ${why}`;
  }

  async #ask(
    address: Address | undefined,
    run: (signal: AbortSignal | undefined) => Promise<ConversionResult>,
    { signal }: ConvertOptions,
  ): Promise<ConversionResult> {
    const { cache } = this.#parts;
    if (cache === undefined) return run(signal);
    if (address === undefined) {
      this.#uncacheable += 1;
      return run(signal);
    }
    const kept = await cache.getOrConvert(address.key, (o) => run(o.signal), {
      tags: address.tags,
      ...(signal === undefined ? {} : { signal }),
    });
    return asResult(kept);
  }

  #path(request: AnyRequest): ConversionPath {
    if (this.#closed) {
      throw new ConversionError(
        'ERR_PERF_CONVERT_CLOSED',
        'the converter is closed; make a new one with optimize()',
      );
    }
    const path = this.#registry.path(request);
    if (path === null) throw noRoute(request, this.#registry.formats);
    return path;
  }

  #learn(plan: PlanLike, done: Executed | undefined, durationMs: number): void {
    const { selector } = this.#parts;
    // A clock that was set back must not turn a conversion that succeeded into an error.
    const taken = Math.max(0, durationMs);
    if (done?.failure === undefined)
      selector?.feedback(plan, { durationMs: taken, cacheHit: done === undefined });
    else selector?.feedback(plan, { durationMs: taken, error: done.failure });
  }

  #select(request: AnyRequest, path: ConversionPath): PlanLike {
    const { selector } = this.#parts;
    if (selector === undefined) return PLAIN_PLAN;
    return selector.select(this.#facts(request, path), this.#context(request, path));
  }

  #preview(request: AnyRequest, path: ConversionPath): PlanLike {
    const { selector } = this.#parts;
    if (selector === undefined) return PLAIN_PLAN;
    const facts = this.#facts(request, path);
    const context = this.#context(request, path);
    return selector.preview?.(facts, context) ?? selector.select(facts, context);
  }

  #facts(request: AnyRequest, path: ConversionPath): RequestFacts {
    return {
      bytes: finite(estimateSourceBytes(request)),
      conversionMs: finite(path.durationMs),
      resultBytes: finite(path.bytes),
    };
  }

  #context(request: AnyRequest, path: ConversionPath): SelectionContext {
    const { reuseProbability, memoryLimit } = request.hints ?? {};
    return {
      route: routeText(request.from, path.hops),
      ...this.#execution.means(path, request),
      ...(reuseProbability === undefined ? {} : { reuseProbability }),
      ...(memoryLimit === undefined
        ? {}
        : { memoryLimit: parseBytes(memoryLimit, 'hints.memoryLimit', refuseOption) }),
    };
  }

  #address(request: AnyRequest, path: ConversionPath): Address | undefined {
    if (this.#parts.cache === undefined) return undefined;
    return whereCacheable(() => addressOf(request, path, this.#parts));
  }
}

/** An adapter's estimate that is no number must not stop the conversion: it counts as not known. */
function finite(estimate: number): number {
  return estimate >= 0 && estimate <= Number.MAX_SAFE_INTEGER ? estimate : 0;
}

/** Joins a registry with whatever parts there are into one converter. */
export function optimize(registry: AdapterRegistry, parts: OptimizeParts = {}): OptimizedConverter {
  return new OptimizedConverter(registry, parts);
}
