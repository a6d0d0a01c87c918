import type { ConvertOptions, ShimAdapter } from '../adapter.js';
import { Bounds } from '../bounds.js';
import { ConversionError, throwIfAborted } from '../errors.js';
import type { AnyRequest } from '../request.js';
import { checkRequirements, requireResult } from '../requirements.js';
import type { ConversionResult } from '../result.js';
import { asResult } from './keeping.js';
import type { CacheLike } from './ports.js';
import { addressOf, type RequestKeyOptions } from './request-key.js';
import { fromWider } from './wider-result.js';

/**
 * The same adapter, with its results kept: a repeated request is answered from the cache, concurrent ones share a
 * conversion, and a kept result with more columns answers a request for fewer. Requests that have no identity are converted each time. The adapter itself is not changed. One cache may
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
    checkRequirements(o);
    // An adapter gives what it gives, a route selects and adds facts: under one key one would be taken for the other.
    const key = { cacheKey: `adapter ${address.key.cacheKey}`, label: address.key.label };
    const family = address.family === undefined ? undefined : `adapter ${address.family}`;
    const tags = [
      ...address.tags.filter((tag) => tag !== address.family),
      ...(family === undefined ? [] : [family]),
    ];
    const bare = withoutMetadata(request);
    using bounds = new Bounds(o);
    const { signal } = bounds;
    try {
      const wider =
        family === undefined || cache.has(key) ? undefined : await fromWider(cache, family, request);
      const kept =
        wider ??
        (await cache.getOrConvert(
          key,
          (shared) => adapter.convert(bare, { ...sharedOptions(o), signal: shared.signal }),
          {
            tags,
            ...(signal === undefined ? {} : { signal }),
          },
        ));
      return requireResult(withMetadata(asResult(kept), request), o);
    } catch (error) {
      throwIfAborted(signal);
      throw error;
    }
  };
  return { ...delegated(adapter), convert };
}

/**
 * The options of a conversion that others may wait for as well, and of which the result is kept: what only one caller
 * asks for is held against the result when it is there, and memory that is lent is not kept.
 */
export function sharedOptions({ clock, onProgress }: ConvertOptions): ConvertOptions {
  return { ...(clock === undefined ? {} : { clock }), ...(onProgress === undefined ? {} : { onProgress }) };
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
  const streams = adapter.streams?.bind(adapter);
  const convertStream = adapter.convertStream?.bind(adapter);
  const encodeStream = adapter.encodeStream?.bind(adapter);
  return {
    id: adapter.id,
    version: adapter.version,
    conversions: adapter.conversions,
    selects: adapter.selects,
    ...(adapter.module === undefined ? {} : { module: adapter.module }),
    ...(split === undefined ? {} : { split }),
    ...(merge === undefined ? {} : { merge }),
    ...(adapter.options === undefined ? {} : { options: adapter.options }),
    ...(streams === undefined ? {} : { streams }),
    ...(convertStream === undefined ? {} : { convertStream }),
    ...(encodeStream === undefined ? {} : { encodeStream }),
    canConvert: (request) => adapter.canConvert(request),
    estimateCost: (request) => adapter.estimateCost(request),
    validateRequest: (request) => adapter.validateRequest(request),
    convert: (request, o) => adapter.convert(request, o),
  };
}
