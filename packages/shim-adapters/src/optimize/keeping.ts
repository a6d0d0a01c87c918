import { ConversionError } from '../errors.js';
import type { ConversionResult } from '../result.js';
import type { CompressorLike, ValueCodec } from './ports.js';
import { withCompression } from './with-compression.js';

/** Results from here on are kept compressed. */
const COMPRESS_ABOVE = 10 * 2 ** 20;
/** What compresses to more than this share of its bytes is kept as it is. */
const WORTH_IT = 0.9;

/** A result as it is kept: in frames. */
class KeptFrames {
  readonly frames: readonly Uint8Array[];

  constructor(frames: readonly Uint8Array[]) {
    this.frames = frames;
  }
}

/**
 * In what form results are handed to the cache: compressed, for caches that do not compress by themselves. `ConversionCache`
 * does, in the background, with `withCompression` as its own option.
 */
export class Keeping {
  readonly #codec: ValueCodec<ConversionResult> | undefined;

  constructor(compressor?: CompressorLike) {
    this.#codec = compressor === undefined ? undefined : withCompression(compressor);
  }

  async kept(result: ConversionResult): Promise<unknown> {
    if (this.#codec === undefined || result.bytes < COMPRESS_ABOVE) return result;
    // What cannot be compressed is kept as it is: the conversion has succeeded.
    const frames = await this.#codec.encode(result).catch(() => undefined);
    if (frames === undefined) return result;
    const bytes = frames.reduce((sum, { byteLength }) => sum + byteLength, 0);
    return bytes <= WORTH_IT * result.bytes ? new KeptFrames(frames) : result;
  }

  /**
   * @param own the result, where it was made for this very request: it need not be restored
   * @throws ConversionError `ERR_PERF_CONVERT_FAILED` for what was not kept by a converter
   */
  async restored(value: unknown, own?: ConversionResult): Promise<ConversionResult> {
    if (!(value instanceof KeptFrames) || this.#codec === undefined) return asResult(value);
    return own ?? this.#codec.decode([...value.frames]);
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
