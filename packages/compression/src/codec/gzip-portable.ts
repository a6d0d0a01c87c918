import { gunzipSync, gzipSync } from 'fflate';
import { corrupt, tooLittle, tooMuch } from '../errors.js';
import { allocate } from '../memory.js';
import { nextTurn } from '../turn.js';
import type { Codec, EncodeOptions } from './codec.js';
import { GZIP_LEVELS, mostGzipContent, SMALLEST_GZIP } from './gzip.js';

/**
 * gzip by fflate's synchronous functions, for hosts without zlib. The asynchronous functions of this codec do the
 * same work in one piece on the event loop.
 */
export function portableGzip(): Codec {
  return {
    name: 'gzip',
    verbatim: false,
    encodeSync,
    decodeSync,
    async encode(content, sink, o) {
      await nextTurn(o.signal);
      const payload = encodeSync(content.whole(), o);
      return payload !== undefined && sink.write(payload);
    },
    async decode(payload, contentBytes, { signal }) {
      await nextTurn(signal);
      return decodeSync(payload.whole(), contentBytes);
    },
    mostContent: mostGzipContent,
  };
}

function encodeSync(content: Uint8Array, { level, limit }: EncodeOptions): Uint8Array | undefined {
  if (limit < SMALLEST_GZIP) return undefined;
  // Without a time stamp, so that equal content gives equal frames.
  const payload = gzipSync(content, { level: GZIP_LEVELS[level], mtime: 0 });
  return payload.byteLength > limit ? undefined : payload;
}

function decodeSync(payload: Uint8Array, contentBytes: number): ArrayBuffer {
  // fflate believes the size field of the payload, so it gets a buffer instead; it drops what does not fit, so one
  // byte more than declared tells a payload that goes on from one that ends.
  const room = new Uint8Array(allocate(contentBytes + 1));
  const content = inflate(payload, room);
  if (content.byteLength > contentBytes) throw tooMuch(contentBytes);
  if (content.byteLength < contentBytes) throw tooLittle(content.byteLength, contentBytes);
  return room.buffer.slice(0, contentBytes);
}

function inflate(payload: Uint8Array, room: Uint8Array): Uint8Array {
  try {
    return gunzipSync(payload, { out: room });
  } catch (cause) {
    throw corrupt('the payload of the frame cannot be decompressed', cause);
  }
}
