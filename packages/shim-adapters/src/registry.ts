import { shown } from '@perf/internal/errors';
import type { ConvertOptions, ShimAdapter } from './adapter.js';
import { heldBytes } from './define-adapter.js';
import { ConversionError } from './errors.js';
import type { AnyRequest, Converted, ConversionRequest, Format } from './request.js';
import type { ConversionResult } from './result.js';
import { findRoute, type ConversionPath, type Hop } from './route.js';
import { runRoute, selectedFirst } from './route-run.js';
import { isWhole, selectionOf } from './selection.js';
import { estimateSourceBytes, sourceBytes } from './source.js';
import { validateRequest } from './validation.js';

const HUB: Format = 'columns';

/** The adapters a program knows, and the cheapest way between any two of their formats. */
export class AdapterRegistry {
  readonly #adapters = new Map<string, ShimAdapter>();

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
    return this;
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
    requireValid(request);
    const bytes = estimateSourceBytes(request);
    const whole = isWhole(selectionOf(request));
    if (request.from === request.to) {
      return whole ? { hops: [], durationMs: 0, bytes, alternatives: [] } : this.#throughHub(request, bytes);
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
    if (path.hops.length > 0) return runRoute(path.hops, request, options);
    const { source } = selectedFirst(request);
    const data = 'value' in source ? source.value : await sourceBytes(source, options.signal);
    const result = await runRoute([], request, options);
    return { ...result, data, bytes: heldBytes(data) };
  }

  #throughHub(request: AnyRequest, bytes: number): ConversionPath | null {
    const hubRequest = { ...request, to: HUB };
    const there =
      request.from === HUB ? { hops: [], durationMs: 0, bytes } : findRoute(this.adapters, hubRequest, bytes);
    if (there === undefined) return null;
    const back =
      request.to === HUB
        ? { hops: [], durationMs: 0, bytes: there.bytes }
        : findRoute(this.adapters, { ...request, from: HUB }, there.bytes);
    if (back === undefined) return null;
    return {
      hops: [...there.hops, ...back.hops],
      durationMs: there.durationMs + back.durationMs,
      bytes: back.bytes,
      alternatives: [],
    };
  }
}

function canSelect(hops: readonly Hop[]): boolean {
  return hops[0]?.adapter.selects === true || hops.some(({ to }) => to === HUB);
}

function requireValid(request: AnyRequest): void {
  const checked = validateRequest(request);
  if (checked.valid) return;
  throw new ConversionError('ERR_PERF_CONVERT_INVALID_REQUEST', checked.problems.join('; '));
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
