import { ConversionError, throwIfAborted } from '../errors.js';
import type { ConvertOptions, ShimAdapter } from '../adapter.js';
import type { AnyRequest } from '../request.js';
import type { ConversionResult } from '../result.js';
import type { CacheLike } from './ports.js';
import { addressOf, type RequestKeyOptions } from './request-key.js';

/**
 * The same adapter, with its results kept: a repeated request is answered from the cache, concurrent ones share a
 * conversion. Requests that have no identity are converted each time. The adapter itself is not changed. One cache may
 * serve several adapters, and a converter made by `optimize` as well: their entries stay apart.
 */
export function withCache(
  adapter: ShimAdapter,
  cache: CacheLike,
  options: RequestKeyOptions = {},
): ShimAdapter {
  const convert = async (request: AnyRequest, o: ConvertOptions = {}): Promise<ConversionResult> => {
    const { from, to } = request;
    const address = whereCacheable(() =>
      addressOf(
        request,
        { hops: [{ adapter, from, to }], durationMs: 0, bytes: 0, qualityLoss: 0, alternatives: [] },
        options,
      ),
    );
    if (address === undefined) return adapter.convert(request, o);
    const { cacheKey, label } = address.key;
    const bare = withoutMetadata(request);
    try {
      const kept = await cache.getOrConvert(
        // An adapter gives what it gives, a route selects and adds facts: under one key one would be taken for the other.
        { cacheKey: `adapter ${cacheKey}`, label },
        ({ signal }) => adapter.convert(bare, { ...o, signal }),
        { tags: address.tags, ...(o.signal === undefined ? {} : { signal: o.signal }) },
      );
      return withMetadata(asResult(kept), request);
    } catch (error) {
      throwIfAborted(o.signal);
      throw error;
    }
  };
  return { ...delegated(adapter), convert };
}

/** The address, or undefined where the request says it has none. */
export function whereCacheable<A>(make: () => A): A | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof ConversionError && error.code === 'ERR_PERF_CONVERT_NOT_CACHEABLE') return undefined;
    throw error;
  }
}

/** Checks that a cache gave back what was put in. */
export function asResult(value: unknown): ConversionResult {
  if (isResult(value)) return value;
  throw new ConversionError(
    'ERR_PERF_CONVERT_FAILED',
    'the cache returned something that is no conversion result; give conversions a cache of their own',
  );
}

function isResult(value: unknown): value is ConversionResult {
  return typeof value === 'object' && value !== null && 'data' in value && 'route' in value;
}

/** The request that is carried out for everybody who asks the same: metadata is not part of the key. */
export function withoutMetadata(request: AnyRequest): AnyRequest {
  const { metadata, ...bare } = request;
  return bare;
}

/** The result of such a request, with the metadata of the one that asks now. */
export function withMetadata(result: ConversionResult, { metadata }: AnyRequest): ConversionResult {
  return { ...result, metadata: { ...result.metadata, ...metadata } };
}

/** An adapter's own members, bound, so that classes can be wrapped too. */
function delegated(adapter: ShimAdapter): ShimAdapter {
  const split = adapter.split?.bind(adapter);
  const merge = adapter.merge?.bind(adapter);
  return {
    id: adapter.id,
    version: adapter.version,
    conversions: adapter.conversions,
    selects: adapter.selects,
    ...(adapter.module === undefined ? {} : { module: adapter.module }),
    ...(split === undefined ? {} : { split }),
    ...(merge === undefined ? {} : { merge }),
    canConvert: (request) => adapter.canConvert(request),
    estimateCost: (request) => adapter.estimateCost(request),
    validateRequest: (request) => adapter.validateRequest(request),
    convert: (request, o) => adapter.convert(request, o),
  };
}
