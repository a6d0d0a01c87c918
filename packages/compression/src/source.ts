import { shown } from '@perf/internal/errors';
import { isTypedArray, viewType, type ContentType, type TypedArray } from './element-type.js';
import { CompressionError, detached } from './errors.js';
import { allocate } from './memory.js';

/** The bytes behind a value that was given, and what it was. */
export interface Source {
  readonly type: ContentType;
  /** A view of fixed length over the caller's memory. */
  readonly bytes: Uint8Array;
  /** The length at the time of the call: `bytes` shrinks to nothing when its memory is taken away. */
  readonly byteLength: number;
}

/** Reads what is to be compressed. Raises `INPUT` for a value of another kind and `DETACHED` for memory that is gone. */
export function readSource(data: unknown): Source {
  if (isArrayBuffer(data)) return { type: 'ArrayBuffer', bytes: viewOf(data), byteLength: data.byteLength };
  const type = viewType(data);
  if (type === undefined || !isTypedArray(data)) throw unsuitable(data);
  return { type, bytes: liveView(data), byteLength: data.byteLength };
}

/** Reads a frame: any `Uint8Array`, a `Buffer` included. */
export function readFrameBytes(frame: unknown): Uint8Array {
  if (isTypedArray(frame) && viewType(frame) === 'Uint8Array') return liveView(frame);
  throw new CompressionError(
    'ERR_PERF_COMPRESSION_INPUT',
    `a frame must be a Uint8Array; given ${viewType(frame) ?? shown(frame)}`,
  );
}

/**
 * The bytes for one synchronous pass: the caller's own memory, or a copy where another thread could write to it
 * between the checksum and the codec.
 */
export function steadyBytes(source: Source): Uint8Array {
  if (isArrayBuffer(source.bytes.buffer)) return source.bytes;
  const copy = new Uint8Array(allocate(source.byteLength));
  copy.set(source.bytes);
  return copy;
}

function liveView(view: TypedArray): Uint8Array {
  // A view that lost its memory, or whose memory shrank below it, says that it is empty; only its methods tell.
  try {
    view.at(0);
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  } catch {
    throw detached();
  }
}

function viewOf(memory: ArrayBuffer): Uint8Array {
  // The length is given so that the view does not follow a resizable buffer.
  try {
    return new Uint8Array(memory, 0, memory.byteLength);
  } catch {
    throw detached();
  }
}

function isArrayBuffer(value: unknown): value is ArrayBuffer {
  if (typeof value !== 'object' || value === null) return false;
  // The getter recognises a buffer of any realm, and no shared one.
  try {
    Reflect.get(ArrayBuffer.prototype, 'byteLength', value);
    return true;
  } catch {
    return false;
  }
}

function unsuitable(data: unknown): CompressionError {
  return new CompressionError(
    'ERR_PERF_COMPRESSION_INPUT',
    `data must be a Uint8Array, another typed array or an ArrayBuffer; given ${describe(data)}`,
  );
}

function describe(data: unknown): string {
  if (ArrayBuffer.isView(data)) return 'a DataView or another view (pass a Uint8Array over the same bytes)';
  if (typeof SharedArrayBuffer === 'function' && data instanceof SharedArrayBuffer) {
    return 'a SharedArrayBuffer (pass a typed array over it)';
  }
  return shown(data);
}
