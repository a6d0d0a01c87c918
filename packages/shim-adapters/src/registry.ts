import { shown } from '@perf/internal/errors';
import type { Batch, ConvertOptions, ShimAdapter, StreamOptions } from './adapter.js';
import { heldBytes } from './define-adapter.js';
import { ConversionError } from './errors.js';
import type { AnyRequest, Converted, ConversionRequest, Format } from './request.js';
import { checkRequirements, requireResult } from './requirements.js';
import type { ConversionResult } from './result.js';
import { findRoute, lostOf, type ConversionPath, type Hop } from './route.js';
import { runRoute, selectedFirst } from './route-run.js';
import { isWhole, selectionOf } from './selection.js';
import { estimateSourceBytes, sourceBytes } from './source.js';
import { streamRoute, type StreamRoute } from './stream-run.js';
import { validateRequest } from './validation.js';

const HUB: Format = 'columns';
const NOTHING_TO_DO: ConversionPath = {
  hops: [],
  durationMs: 0,
  bytes: 0,
  qualityLoss: 0,
  alternatives: [],
};

/** The adapters a program knows, and the cheapest way between any two of their formats. */
export class AdapterRegistry {
  readonly #adapters = new Map<string, ShimAdapter>();
  #revision = 0;

  /**
   * Adds an adapter; one with the same id is replaced.
   * @throws ConversionError `ERR_PERF_CONVERT_INVALID_ADAPTER`
   */
  register(adapter: ShimAdapter): this {
    if (adapter.id === '' || adapter.version === '' || adapter.conversions.length === 0) {
      throw new ConversionError(
        'ERR_PERF_CONVERT_INVALID_ADAPTER',
        `an adapter needs an id, a version and conversions; given id ${shown(adapter.id)}, version ${shown(adapter.version)}`,
      );
    }
    this.#adapters.set(adapter.id, adapter);
    this.#revision += 1;
    return this;
  }

  /** Changes with every adapter that is registered: what was found out about routes before is then out of date. */
  get revision(): number {
    return this.#revision;
  }

  get adapters(): readonly ShimAdapter[] {
    return [...this.#adapters.values()];
  }

  /** Every format that some adapter reads or writes. */
  get formats(): readonly Format[] {
    return [...new Set(this.adapters.flatMap(({ conversions }) => conversions.flat()))];
  }

  /**
   * The cheapest route for this request, with alternatives; null when there is none. A request for some columns or
   * rows needs a route on which they can be selected.
   * @throws ConversionError `ERR_PERF_CONVERT_INVALID_REQUEST`
   */
  path(request: AnyRequest): ConversionPath | null {
    this.#requireValid(request);
    const bytes = estimateSourceBytes(request);
    const whole = isWhole(selectionOf(request));
    if (request.from === request.to) {
      return whole && !rewrites(request) ? { ...NOTHING_TO_DO, bytes } : this.#throughHub(request, bytes);
    }
    const route = findRoute(this.adapters, request, bytes);
    if (route === undefined) return null;
    return whole || canSelect(route.hops) ? route : this.#throughHub(request, bytes);
  }

  /**
   * Converts by the cheapest route. Costs what the adapters cost; nothing is kept.
   * @throws ConversionError `ERR_PERF_CONVERT_NO_ROUTE` and whatever the adapters report
   */
  async convert<F extends Format, T extends Format>(
    request: ConversionRequest<F, T>,
    options?: ConvertOptions,
  ): Promise<ConversionResult<Converted<T>>>;
  async convert(request: AnyRequest, options: ConvertOptions = {}): Promise<ConversionResult> {
    const path = this.path(request);
    if (path === null) throw noRoute(request, this.formats);
    return this.convertAlong(path, request, options);
  }

  /** Converts by a route that `path` gave. */
  async convertAlong(
    path: ConversionPath,
    request: AnyRequest,
    options: ConvertOptions = {},
  ): Promise<ConversionResult> {
    checkRequirements(options);
    if (path.hops.length > 0) return requireResult(await runRoute(path.hops, request, options), options);
    const { source } = selectedFirst(request);
    const data = 'value' in source ? source.value : await sourceBytes(source, options.signal);
    const result = await runRoute([], request, options);
    return requireResult({ ...result, data, bytes: heldBytes(data) }, options);
  }

  /**
   * Converts batch by batch. To columns, each batch is a table; to another format, a piece of it: all pieces in a row
   * are what `convert` would give. Where an adapter cannot stream, the source or the target is held as a whole and the
   * warning `not-streamed` says so. Types are settled by the first batch: a later value that does not fit is an error
   * that tells how to name the type beforehand.
   * @throws ConversionError when the first batch is asked for
   */
  stream<F extends Format, T extends Format>(
    request: ConversionRequest<F, T>,
    options?: StreamOptions,
  ): AsyncIterable<Batch<Converted<T>>>;
  stream(request: AnyRequest, options: StreamOptions = {}): AsyncIterable<Batch> {
    return streamRoute(this.#streamRoute(request), request, options);
  }

  /** Whether `stream` holds neither the source nor the target as a whole: both are read and written batch by batch. */
  streams(request: AnyRequest): boolean {
    const { from, to } = request;
    const reads = (): boolean =>
      from === HUB ||
      this.adapters.some((adapter) => adapter.streams?.({ ...request, to: HUB }).reads === true);
    const writes = (): boolean =>
      to === HUB ||
      this.adapters.some((adapter) => adapter.streams?.({ ...request, from: HUB }).writes === true);
    return from !== to && reads() && writes();
  }

  #streamRoute(request: AnyRequest): StreamRoute {
    const whole = this.path(request);
    if (whole === null) throw noRoute(request, this.formats);
    const reading: AnyRequest = { ...request, to: HUB };
    const writing: AnyRequest = { ...request, from: HUB };
    const reader = cheapest(
      this.adapters.filter((adapter) => adapter.streams?.(reading).reads === true),
      reading,
    );
    const writer = cheapest(
      this.adapters.filter((adapter) => adapter.streams?.(writing).writes === true),
      writing,
    );
    const bytes = estimateSourceBytes(request);
    const toHub = request.from === HUB ? [] : findRoute(this.adapters, reading, bytes)?.hops;
    const fromHub = request.to === HUB ? [] : findRoute(this.adapters, writing, bytes)?.hops;
    if (toHub === undefined || fromHub === undefined) throw noRoute(request, this.formats);
    return { reader, toHub, writer, fromHub };
  }

  #requireValid(request: AnyRequest): void {
    const further = this.adapters.flatMap(({ options = [] }) => options);
    const checked = validateRequest(request, further);
    if (checked.valid) return;
    throw new ConversionError('ERR_PERF_CONVERT_INVALID_REQUEST', checked.problems.join('; '));
  }

  #throughHub(request: AnyRequest, bytes: number): ConversionPath | null {
    const hubRequest = { ...request, to: HUB };
    const there =
      request.from === HUB ? { ...NOTHING_TO_DO, bytes } : findRoute(this.adapters, hubRequest, bytes);
    if (there === undefined) return null;
    const back =
      request.to === HUB
        ? { ...NOTHING_TO_DO, bytes: there.bytes }
        : findRoute(this.adapters, { ...request, from: HUB }, there.bytes);
    if (back === undefined) return null;
    return {
      hops: [...there.hops, ...back.hops],
      durationMs: there.durationMs + back.durationMs,
      bytes: back.bytes,
      qualityLoss: lostOf(there.qualityLoss, back.qualityLoss),
      alternatives: [],
    };
  }
}

/** Whether options ask for the same format in another form. Those that only bound or speed up the work do not. */
function rewrites({ from, options = {} }: AnyRequest): boolean {
  return from !== HUB && Object.keys(options).some((name) => !NEUTRAL.has(name));
}

const NEUTRAL: ReadonlySet<string> = new Set([
  'offset',
  'limit',
  'limits',
  'types',
  'bigint',
  'exactIntegers',
]);

function canSelect(hops: readonly Hop[]): boolean {
  return hops[0]?.adapter.selects === true || hops.some(({ to }) => to === HUB);
}

function cheapest(adapters: readonly ShimAdapter[], request: AnyRequest): ShimAdapter | undefined {
  const costs = adapters.map((adapter) => ({ adapter, ms: adapter.estimateCost(request).durationMs }));
  return costs.sort((a, b) => a.ms - b.ms)[0]?.adapter;
}

/** The error for a request that no chain of adapters can serve. */
export function noRoute(request: AnyRequest, formats: readonly Format[]): ConversionError {
  const unknown = [request.from, request.to].filter((format) => !formats.includes(format));
  const [first] = unknown;
  return new ConversionError(
    'ERR_PERF_CONVERT_NO_ROUTE',
    first === undefined
      ? `no chain of adapters leads from ${request.from} to ${request.to}`
      : `no adapter knows the format ${shown(first)}; known are ${formats.join(', ')}. Register the adapter that reads or writes it`,
  );
}
