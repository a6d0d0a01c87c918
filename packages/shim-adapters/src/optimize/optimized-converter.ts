import { systemClock, type Clock } from '@perf/internal/clock';
import { refuseUnknown } from '@perf/internal/options';
import type { Batch, ConvertOptions, StreamOptions } from '../adapter.js';
import { Bounds } from '../bounds.js';
import { ConversionError, refuseOption, throwIfAborted } from '../errors.js';
import { noRoute, type AdapterRegistry } from '../registry.js';
import type { AnyRequest, Converted, ConversionRequest, Format } from '../request.js';
import { checkRequirements, requireResult } from '../requirements.js';
import type { ConversionResult } from '../result.js';
import type { ConversionPath } from '../route.js';
import { routeText } from '../route-run.js';
import { DeclaredWays, type Way } from './declared-ways.js';
import { convertChannel } from './events.js';
import { Execution } from './execution.js';
import { Keeping } from './keeping.js';
import { Opening } from './opening.js';
import { PARTS, type OptimizeParts } from './parts.js';
import { Planning } from './planning.js';
import type { LazyHandle } from './ports.js';
import { addressOf, type Address } from './request-key.js';
import type { ConverterStatistics } from './statistics.js';
import { closedError, Streaming } from './streaming.js';
import { traceOf, type Work } from './trace.js';
import { fromWider } from './wider-result.js';
import { sharedOptions, whereCacheable, withMetadata, withoutMetadata } from './with-cache.js';
import { deferred, partsOf } from './with-lazy.js';

/**
 * Converts through all parts it was given: the selector says how, the cache answers what was converted before, the
 * executor takes work off this thread, the lazy manager defers. Closes none of them: who made them closes them.
 */
export class OptimizedConverter {
  readonly #registry: AdapterRegistry;
  readonly #parts: OptimizeParts;
  readonly #clock: Clock;
  readonly #execution: Execution;
  readonly #planning: Planning;
  readonly #streaming: Streaming;
  readonly #opening: Opening;
  readonly #keeping: Keeping;
  readonly #ways = new DeclaredWays();
  #closed = false;
  #conversions = 0;
  #cacheHits = 0;
  #uncacheable = 0;
  #failures = 0;
  #opened = 0;
  #streams = 0;

  constructor(registry: AdapterRegistry, parts: OptimizeParts = {}) {
    refuseUnknown(parts, PARTS, refuseOption);
    this.#registry = registry;
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#execution = new Execution(registry, { ...parts, clock: this.#clock });
    this.#planning = new Planning(parts.selector, this.#execution, parts.memory);
    this.#streaming = new Streaming(registry, this.#clock);
    this.#opening = new Opening(this.#planning, this.#execution, this.#clock);
    this.#keeping = new Keeping(parts.compression);
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
    if (this.#closed) throw closedError();
    const known = this.#ways.find(request, this.#registry.revision);
    const path = known?.path ?? this.#path(request);
    this.#conversions += 1;
    try {
      const way = known ?? this.#way(request, path);
      return await this.#carryOut(way, request, options, started);
    } catch (error) {
      // Bad input fails whatever the strategy, so the selector hears nothing of it.
      this.#failures += 1;
      throwIfAborted(options.signal);
      throw error;
    }
  }

  /**
   * Opens a conversion without running it. It is converted when it is first asked for; `column(name)` converts that
   * column alone, unless the whole is loaded or the selector expects so many columns to be touched that all of them at
   * once take less; `batches()` streams as `stream` does. With a cache, what was converted for others is taken from there.
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
    const convert = (wanted: AnyRequest, options: ConvertOptions): Promise<ConversionResult> =>
      this.convert(wanted, options);
    const isKept = (): boolean => request.to === 'columns' && this.#address(request, path) !== undefined;
    const adapter = deferred(request, {
      convert,
      tableWith: this.#opening.columns(request, path, isKept, convert),
      estimate: () => ({ bytes: path.bytes, durationMs: path.durationMs }),
      stream: (wanted, options) => this.#stream(wanted, options),
    });
    return lazy.createLazyConverter(adapter, request, partsOf(request));
  }

  /**
   * Converts batch by batch, as `AdapterRegistry.stream` does. Streams are not cached: whoever can hold the whole asks for
   * it. `close` ends those that run.
   * @throws ConversionError when the first batch is asked for
   */
  stream<F extends Format, T extends Format>(
    request: ConversionRequest<F, T>,
    options?: StreamOptions,
  ): AsyncIterable<Batch<Converted<T>>>;
  stream(request: AnyRequest, options: StreamOptions = {}): AsyncIterable<Batch> {
    return this.#stream(request, options);
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
      streams: this.#streams,
      ...this.#execution.stats(),
    });
  }

  /** Refuses further work and ends the streams that run. The parts stay open. */
  close(): Promise<void> {
    this.#closed = true;
    this.#streaming.close();
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #carryOut(
    { path, address }: Way,
    request: AnyRequest,
    given: ConvertOptions,
    started: number,
  ): Promise<ConversionResult> {
    checkRequirements(given);
    using bounds = new Bounds({ ...given, clock: given.clock ?? this.#clock });
    const { signal } = bounds;
    const options = { ...given, ...(signal === undefined ? {} : { signal }) };
    throwIfAborted(signal);
    const keyed = this.#clock.now();
    const work: Work = { planMs: 0, runMs: 0 };
    const result = await this.#ask(
      address,
      request,
      (step) => this.#work(work, address, path, request, step),
      options,
    );
    const ended = this.#clock.now();
    const { done } = work;
    if (done === undefined) {
      this.#cacheHits += 1;
      if (address !== undefined) this.#planning.noteHit(address.key.cacheKey);
    }
    convertChannel.publish(() => traceOf(work, { request, path, result, started, keyed, ended }));
    return requireResult(withMetadata(result, request), given);
  }

  /** Chooses a strategy, carries it out and tells what came of it. */
  async #work(
    work: Work,
    address: Address | undefined,
    path: ConversionPath,
    request: AnyRequest,
    options: ConvertOptions,
  ): Promise<ConversionResult> {
    const begun = this.#clock.now();
    const plan = this.#planning.select(request, path, { key: address?.key.cacheKey, reuseProbability: 0 });
    work.plan = plan;
    const planned = this.#clock.now();
    work.planMs = planned - begun;
    const done = await this.#execution.run(plan, path, withoutMetadata(request), options);
    work.done = done;
    work.runMs = this.#clock.now() - planned;
    this.#planning.learn(plan, done);
    return done.result;
  }

  async *#stream(request: AnyRequest, options: StreamOptions): AsyncGenerator<Batch, void> {
    const path = this.#path(request);
    this.#streams += 1;
    yield* this.#streaming.run(request, options, routeText(request.from, path.hops));
  }

  #explanation(request: AnyRequest): string {
    const path = this.#path(request);
    const address = this.#address(request, path);
    const isKept = address !== undefined && this.#parts.cache?.has(address.key) === true;
    const kept = isKept ? 'kept in the cache' : 'not in the cache';
    const why = this.#planning.explain(request, path, { key: address?.key.cacheKey });
    const state = address === undefined ? 'not cacheable: the source has no identity' : kept;
    return `${routeText(request.from, path.hops)}, ${state}. ${why}`;
  }

  async #ask(
    address: Address | undefined,
    request: AnyRequest,
    run: (options: ConvertOptions) => Promise<ConversionResult>,
    options: ConvertOptions,
  ): Promise<ConversionResult> {
    const { cache } = this.#parts;
    if (cache === undefined) return run(options);
    if (address === undefined) {
      this.#uncacheable += 1;
      return run(options);
    }
    const { key, tags, family } = address;
    if (family !== undefined && request.columns !== undefined && !cache.has(key)) {
      const restored = (value: unknown): Promise<ConversionResult> => this.#keeping.restored(value);
      const wider = await fromWider(cache, family, request, restored);
      if (wider !== undefined) return wider;
    }
    const { signal } = options;
    let own: ConversionResult | undefined;
    const convert = async (o: { signal: AbortSignal }): Promise<unknown> => {
      own = await run({ ...sharedOptions(options), signal: o.signal });
      return this.#keeping.kept(own);
    };
    const kept = await cache.getOrConvert(key, convert, {
      tags,
      ...(signal === undefined ? {} : { signal }),
    });
    return this.#keeping.restored(kept, own);
  }

  #way(request: AnyRequest, path: ConversionPath): Way {
    const way = { path, address: this.#address(request, path) };
    this.#ways.remember(request, way);
    return way;
  }

  #path(request: AnyRequest): ConversionPath {
    if (this.#closed) throw closedError();
    const path = this.#registry.path(request);
    if (path === null) throw noRoute(request, this.#registry.formats);
    return path;
  }

  #address(request: AnyRequest, path: ConversionPath): Address | undefined {
    if (this.#parts.cache === undefined) return undefined;
    return whereCacheable(() => addressOf(request, path, this.#parts));
  }
}

/** Joins a registry with whatever parts there are into one converter. */
export function optimize(registry: AdapterRegistry, parts: OptimizeParts = {}): OptimizedConverter {
  return new OptimizedConverter(registry, parts);
}
