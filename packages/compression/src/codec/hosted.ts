import { tooLittle, tooMuch } from '../errors.js';
import { allocate, allocated, ownMemory } from '../memory.js';
import { SLICE_BYTES } from '../slices.js';
import type { Codec } from './codec.js';
import { GENERAL, type GeneralName } from './general.js';
import { Inflow, plausibleBytes } from './inflow.js';
import { codeOf, decodeFailure, encodeFailure, runZlib } from './zlib-run.js';
import type { ZlibEngine } from './zlib.js';

/** A general codec by `node:zlib`: the synchronous functions on the spot, the asynchronous ones on libuv's threads. */
export function hostedCodec(name: GeneralName, engine: ZlibEngine): Codec {
  const { levels, smallest, densest } = GENERAL[name];
  return {
    name,
    verbatim: false,
    encodeSync(content, { level, limit }) {
      if (limit < smallest) return undefined;
      const chunkSize = chunkFor(content.byteLength);
      try {
        return engine.compressSync(content, levels[level], { chunkSize, maxOutputLength: limit });
      } catch (error) {
        if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
        throw encodeFailure(error, content.byteLength);
      }
    },
    decodeSync(payload, { contentBytes, allocate: from }) {
      // Where the length can be true, one chunk of it: the result then owns its memory, and nothing has to be joined.
      const chunkSize = Math.max(SMALLEST_CHUNK, plausibleBytes(payload.byteLength, contentBytes));
      const content = inflated(engine, payload, contentBytes, chunkSize);
      if (content.byteLength > contentBytes) throw tooMuch(contentBytes);
      if (content.byteLength < contentBytes) throw tooLittle(content.byteLength, contentBytes);
      if (from === allocate) return new Uint8Array(ownMemory(content));
      const copy = allocated(contentBytes, from);
      copy.set(content);
      return copy;
    },
    async encode(content, sink, { level, limit, signal }) {
      if (limit < smallest) return false;
      const chunkSize = chunkFor(content.byteLength);
      try {
        const stream = engine.compressor(levels[level], { chunkSize });
        return await runZlib(stream, content, (piece) => sink.write(piece), signal);
      } catch (error) {
        throw encodeFailure(error, content.byteLength);
      }
    },
    async decode(payload, { contentBytes, allocate: from, signal }) {
      const inflow = new Inflow(payload.byteLength, contentBytes, from);
      try {
        const stream = engine.decompressor({ chunkSize: chunkFor(contentBytes) });
        await runZlib(stream, payload, (piece) => inflow.take(piece), signal);
      } catch (error) {
        throw decodeFailure(error, contentBytes);
      }
      return inflow.finish(signal);
    },
    mostContent: (payloadBytes) => payloadBytes * densest,
  };
}

function inflated(
  engine: ZlibEngine,
  payload: Uint8Array,
  contentBytes: number,
  chunkSize: number,
): Uint8Array {
  try {
    return engine.decompressSync(payload, { chunkSize, maxOutputLength: Math.max(1, contentBytes) });
  } catch (error) {
    throw decodeFailure(error, contentBytes);
  }
}

/** The smallest output buffer that zlib takes. */
const SMALLEST_CHUNK = 64;

function chunkFor(contentBytes: number): number {
  return Math.min(SLICE_BYTES, Math.max(SMALLEST_CHUNK, contentBytes));
}
