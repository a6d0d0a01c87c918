import { gunzipSync, gzipSync, unzlibSync, zlibSync } from 'fflate';
import { corrupt, tooLittle, tooMuch } from '../errors.js';
import { allocate, allocated } from '../memory.js';
import { nextTurn } from '../turn.js';
import type { Codec, DecodeOptions, EncodeOptions, Level } from './codec.js';
import { GENERAL } from './general.js';

type DeflateLevel = 1 | 6 | 9;

/** What fflate has of a format. */
interface PortableEngine {
  compress(bytes: Uint8Array, level: DeflateLevel): Uint8Array;
  decompress(bytes: Uint8Array, out: Uint8Array): Uint8Array;
}

const ENGINES: Readonly<Record<'gzip' | 'deflate', PortableEngine>> = {
  gzip: {
    // Without a time stamp, so that equal content gives equal frames.
    compress: (bytes, level) => gzipSync(bytes, { level, mtime: 0 }),
    decompress: (bytes, out) => gunzipSync(bytes, { out }),
  },
  deflate: {
    compress: (bytes, level) => zlibSync(bytes, { level }),
    decompress: (bytes, out) => unzlibSync(bytes, { out }),
  },
};
const LEVELS: Readonly<Record<Level, DeflateLevel>> = { fast: 1, balanced: 6, small: 9 };

/**
 * A general codec by fflate's synchronous functions, for hosts without zlib. The asynchronous functions of this codec
 * do the same work in one piece on the event loop.
 */
export function portableCodec(name: 'gzip' | 'deflate'): Codec {
  const engine = ENGINES[name];
  const { smallest, densest } = GENERAL[name];
  const encodeSync = (content: Uint8Array, { level, limit }: EncodeOptions): Uint8Array | undefined => {
    if (limit < smallest) return undefined;
    const payload = engine.compress(content, LEVELS[level]);
    return payload.byteLength > limit ? undefined : payload;
  };
  const decodeSync = (payload: Uint8Array, o: DecodeOptions): Uint8Array<ArrayBuffer> => {
    const { contentBytes } = o;
    // fflate believes the size field of the payload, so it gets a buffer instead; it drops what does not fit, so one
    // byte more than declared tells a payload that goes on from one that ends.
    const room = new Uint8Array(allocate(contentBytes + 1));
    const content = inflated(engine, payload, room);
    if (content.byteLength > contentBytes) throw tooMuch(contentBytes);
    if (content.byteLength < contentBytes) throw tooLittle(content.byteLength, contentBytes);
    const copy = allocated(contentBytes, o.allocate);
    copy.set(content);
    return copy;
  };
  return {
    name,
    verbatim: false,
    encodeSync,
    decodeSync,
    async encode(content, sink, o) {
      await nextTurn(o.signal);
      const payload = encodeSync(content.whole(), o);
      return payload !== undefined && sink.write(payload);
    },
    async decode(payload, o) {
      await nextTurn(o.signal);
      return decodeSync(payload.whole(), o);
    },
    mostContent: (payloadBytes) => payloadBytes * densest,
  };
}

function inflated(engine: PortableEngine, payload: Uint8Array, room: Uint8Array): Uint8Array {
  try {
    return engine.decompress(payload, room);
  } catch (cause) {
    throw corrupt('the payload of the frame cannot be decompressed', cause);
  }
}
