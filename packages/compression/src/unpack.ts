import { throwIfAborted } from './abort.js';
import type { Codec } from './codec/codec.js';
import { requireType, restore, type Content } from './element-type.js';
import { CompressionError, corrupt } from './errors.js';
import { readHeader, type FrameInfo } from './frame.js';
import type { Allocate } from './memory.js';
import type { Made, Workshop } from './pack.js';
import { Slices } from './slices.js';

/** A frame whose header was verified and whose sizes can be true. */
export interface Admitted {
  readonly info: FrameInfo;
  readonly codec: Codec;
  readonly payload: Uint8Array;
}

/** Reads the header and refuses, before any memory is taken, what cannot or must not be unpacked. */
export function admit(frame: Uint8Array, { codecs, checksum, maxOutputBytes }: Workshop): Admitted {
  const info = readHeader(frame, checksum);
  requireType(info.type);
  if (info.contentBytes > maxOutputBytes) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_TOO_LARGE',
      `the frame declares ${String(info.contentBytes)} bytes, more than maxOutputBytes (${String(maxOutputBytes)})`,
    );
  }
  const codec = codecs[info.codec];
  if (codec === undefined) {
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_CODEC',
      `the frame was written by ${info.codec}, which this host does not have (zstd needs Node 22.15, brotli node:zlib)`,
    );
  }
  if (info.contentBytes > codec.mostContent(info.payloadBytes)) {
    throw corrupt(
      `the frame declares ${String(info.contentBytes)} bytes, which ${info.codec} cannot have packed into ${String(info.payloadBytes)}`,
    );
  }
  return { info, codec, payload: frame.subarray(info.payloadOffset) };
}

/** A frame back into what was given, on the spot. */
export function unpackSync(
  { info, codec, payload }: Admitted,
  shop: Workshop,
  allocate: Allocate,
): Made<Content> {
  if (!codec.verbatim) requireChecksum('payload', shop.checksum(payload), info.payloadChecksum);
  const content = codec.decodeSync(payload, { ...info, allocate });
  requireChecksum('content', shop.checksum(content), info.contentChecksum);
  return made(info, content);
}

/** A frame back into what was given, piece by piece and off the event loop. */
export async function unpack(
  { info, codec, payload }: Admitted,
  shop: Workshop,
  { allocate, signal }: { readonly allocate: Allocate; readonly signal: AbortSignal | undefined },
): Promise<Made<Content>> {
  throwIfAborted(signal);
  const slices = new Slices(payload, info.payloadBytes, shop.checksum);
  if (!codec.verbatim) requireChecksum('payload', await slices.sum(signal), info.payloadChecksum);
  const content = await codec.decode(slices, { ...info, allocate, signal });
  const whole = new Slices(content, content.byteLength, shop.checksum);
  requireChecksum('content', await whole.sum(signal), info.contentChecksum);
  return made(info, content);
}

function requireChecksum(part: 'payload' | 'content', found: number, expected: number): void {
  if (found !== expected) throw corrupt(`the ${part} of the frame is damaged: its checksum does not fit`);
}

function made(
  { type, codec, contentBytes, payloadOffset, payloadBytes }: FrameInfo,
  content: Uint8Array<ArrayBuffer>,
): Made<Content> {
  return { result: restore(type, content), codec, contentBytes, frameBytes: payloadOffset + payloadBytes };
}
