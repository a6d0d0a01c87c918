import type { ConversionResult } from '../result.js';
import { isTypedArray } from './plain-object.js';
import type { CompressibleArray, CompressorLike, ValueCodec } from './ports.js';
import { damaged, isPlainJson, restoredValue, shapeOf, type ValueShape } from './value-shape.js';

/**
 * Keeps conversion results compressed: what a cache takes as its `compression`. Bytes (csv, json, ndjson, parquet,
 * arrow-ipc, msgpack), column tables, arrays of numbers, sparse matrices and time series are encoded, each buffer as a
 * frame of its own and of its own element type; rows and Arrow tables are left as they are. Everything is in frames, so that damage anywhere is noticed.
 */
export function withCompression(compressor: CompressorLike): ValueCodec<ConversionResult> {
  return {
    async encode({ data, ...result }) {
      const packed = isPlainJson(result) ? shapeOf(data) : undefined;
      if (packed === undefined) return undefined;
      const header = Buffer.from(JSON.stringify({ result, data: packed.shape }), 'utf8');
      return Promise.all([header, ...packed.buffers].map((buffer) => compressor.compress(buffer)));
    },
    async decode(frames) {
      return unpack(await Promise.all(frames.map((frame) => compressor.decompress(frame))));
    },
    decodeSync(frames) {
      return unpack(frames.map((frame) => compressor.decompressSync(frame)));
    },
  };
}

interface Header {
  readonly result: Omit<ConversionResult, 'data'>;
  readonly data: ValueShape;
}

function unpack(frames: readonly unknown[]): ConversionResult {
  const [header, ...buffers] = frames.map(asArray);
  const { result, data: shape } = readHeader(header);
  const data = restoredValue(shape, buffers);
  if (buffers.length > 0) throw damaged();
  return { ...result, data };
}

function asArray(value: unknown): CompressibleArray {
  if (isTypedArray(value)) return value;
  throw damaged();
}

function readHeader(header: CompressibleArray | undefined): Header {
  if (!(header instanceof Uint8Array)) throw damaged();
  const value = parsed(Buffer.from(header).toString('utf8'));
  if (isHeader(value)) return value;
  throw damaged();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(cause);
  }
}

function isHeader(value: unknown): value is Header {
  return typeof value === 'object' && value !== null && 'result' in value && 'data' in value;
}
