import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { shown } from '@perf/internal/errors';
import { refuseUnknown } from '@perf/internal/options';
import { isElementType, rowOf, type ContentType } from './element-type.js';
import { optionError, type CompressionError } from './errors.js';
import { allocate, type Allocate } from './memory.js';
import { requireObject } from './options.js';
import { MOST_BLOCK_BYTES } from './stream/layout.js';

/** What every asynchronous call takes. */
export interface CallOptions {
  /** Ends the call early, whether it waits or works: it is then rejected with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

/** What `decompress` takes. */
export interface DecompressOptions extends CallOptions {
  /**
   * Gives the memory for the content: an `ArrayBuffer` of at least so many bytes, as of a pool. What comes back is then
   * a view of its beginning. Default: fresh memory, which the system may take long to provide.
   */
  readonly allocate?: ((bytes: number) => ArrayBuffer) | undefined;
}

/** What `decompressColumns` takes. */
export interface ColumnsCallOptions extends CallOptions {
  /** The names of the columns that are wanted. Default: all. */
  readonly columns?: readonly string[] | undefined;
}

/** What `compressStream` takes. */
export interface CompressStreamOptions extends CallOptions {
  /** What the bytes are, such as `'Float64Array'`: numbers are compressed as numbers. Default `'Uint8Array'`. */
  readonly type?: Exclude<ContentType, 'ArrayBuffer'>;
  /** Bytes of content in a block, 1 KB to 64 MB: what is lost with a damaged one. Default `'1MB'`. */
  readonly blockBytes?: ByteSize;
}

/** What `decompressStream` takes. */
export interface DecompressStreamOptions extends CallOptions {
  /** The most bytes that the whole stream may give. Default: the `maxOutputBytes` of the compressor. */
  readonly maxOutputBytes?: ByteSize;
  /** Hears of each damaged block, which is then left out. Default: damage ends the stream. */
  readonly onDamage?: (damage: CompressionError) => void;
}

const LEAST_BLOCK_BYTES = 1024;
const USUAL_BLOCK_BYTES = '1MB';

/** Reads the options of one call. */
export function resolveSignal(options: CallOptions = {}): AbortSignal | undefined {
  requireKnown(options, ['signal']);
  return parseSignal(options.signal);
}

/** Reads the options of one decompression. */
export function resolveDecompress(options: DecompressOptions = {}): {
  readonly signal: AbortSignal | undefined;
  readonly allocate: Allocate;
} {
  requireKnown(options, ['signal', 'allocate']);
  const given: unknown = options.allocate;
  if (given !== undefined && typeof given !== 'function') {
    throw optionError(`allocate must be a function; given ${shown(given)}`);
  }
  const signal = parseSignal(options.signal);
  return { signal, allocate: options.allocate === undefined ? allocate : checked(options.allocate) };
}

/** Memory of the caller's must be large enough; what comes is checked each time. */
function checked(from: Allocate): Allocate {
  return (bytes) => {
    const memory: unknown = from(bytes);
    if (memory instanceof ArrayBuffer && memory.byteLength >= bytes) return memory;
    throw optionError(
      `allocate must give an ArrayBuffer of at least ${String(bytes)} bytes; it gave ${shown(memory)}`,
    );
  };
}

export function resolveColumnsCall(options: ColumnsCallOptions): {
  readonly signal: AbortSignal | undefined;
  readonly columns: readonly string[] | undefined;
} {
  requireKnown(options, ['signal', 'columns']);
  const columns: unknown = options.columns;
  if (columns !== undefined && !isNames(columns)) {
    throw optionError(`columns must be an array of names; given ${shown(columns)}`);
  }
  return { signal: parseSignal(options.signal), columns };
}

export function resolveCompressStream(options: CompressStreamOptions = {}): {
  readonly signal: AbortSignal | undefined;
  readonly type: ContentType;
  readonly blockBytes: number;
} {
  requireKnown(options, ['signal', 'type', 'blockBytes']);
  const type: unknown = options.type ?? 'Uint8Array';
  if (!isElementType(type)) throw optionError(`type must be the name of a typed array; given ${shown(type)}`);
  const bytes = parseBytes(options.blockBytes ?? USUAL_BLOCK_BYTES, 'blockBytes', optionError);
  if (bytes < LEAST_BLOCK_BYTES || bytes > MOST_BLOCK_BYTES) {
    throw optionError(`blockBytes must be from 1 KB to 64 MB; given ${shown(options.blockBytes)}`);
  }
  return {
    signal: parseSignal(options.signal),
    type,
    blockBytes: bytes - (bytes % rowOf(type).elementBytes),
  };
}

export function resolveDecompressStream(
  options: DecompressStreamOptions | undefined,
  usual: number,
): {
  readonly signal: AbortSignal | undefined;
  readonly maxOutputBytes: number;
  readonly onDamage: ((damage: CompressionError) => void) | undefined;
} {
  const given = options === undefined ? {} : options;
  requireKnown(given, ['signal', 'maxOutputBytes', 'onDamage']);
  const onDamage: unknown = given.onDamage;
  if (onDamage !== undefined && typeof onDamage !== 'function') {
    throw optionError(`onDamage must be a function; given ${shown(onDamage)}`);
  }
  return {
    signal: parseSignal(given.signal),
    maxOutputBytes:
      given.maxOutputBytes === undefined
        ? usual
        : parseBytes(given.maxOutputBytes, 'maxOutputBytes', optionError),
    onDamage: given.onDamage,
  };
}

function requireKnown(options: object, known: readonly string[]): void {
  requireObject(options, 'options');
  refuseUnknown(options, known, optionError);
}

function parseSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw optionError(`signal must be an AbortSignal; given ${shown(signal)}`);
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}
