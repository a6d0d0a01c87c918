import { tooLittle, tooMuch } from '../errors.js';
import { allocate, ownMemory } from '../memory.js';
import { SLICE_BYTES } from '../slices.js';
import type { Codec } from './codec.js';
import { GZIP_LEVELS, mostGzipContent, SMALLEST_GZIP } from './gzip.js';
import { codeOf, decodeFailure, encodeFailure, runZlib, type Zlib } from './zlib.js';

/** gzip by `node:zlib`: the synchronous functions on the spot, the asynchronous ones on libuv's threads. */
export function nodeGzip(zlib: Zlib): Codec {
  return {
    name: 'gzip',
    verbatim: false,
    encodeSync(content, { level, limit }) {
      if (limit < SMALLEST_GZIP) return undefined;
      const chunkSize = chunkFor(content.byteLength);
      try {
        return zlib.gzipSync(content, { level: GZIP_LEVELS[level], chunkSize, maxOutputLength: limit });
      } catch (error) {
        if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
        throw encodeFailure(error, content.byteLength);
      }
    },
    decodeSync(payload, contentBytes) {
      const content = gunzip(zlib, payload, contentBytes);
      if (content.byteLength > contentBytes) throw tooMuch(contentBytes);
      if (content.byteLength < contentBytes) throw tooLittle(content.byteLength, contentBytes);
      return ownMemory(content);
    },
    async encode(content, sink, { level, limit, signal }) {
      if (limit < SMALLEST_GZIP) return false;
      const chunkSize = chunkFor(content.byteLength);
      try {
        const stream = zlib.createGzip({ level: GZIP_LEVELS[level], chunkSize });
        return await runZlib(stream, content, (piece) => sink.write(piece), signal);
      } catch (error) {
        throw encodeFailure(error, content.byteLength);
      }
    },
    async decode(payload, contentBytes, { signal }) {
      const memory = allocate(contentBytes);
      const content = new Uint8Array(memory);
      let length = 0;
      const take = (piece: Uint8Array): boolean => {
        if (length + piece.byteLength > contentBytes) throw tooMuch(contentBytes);
        content.set(piece, length);
        length += piece.byteLength;
        return true;
      };
      try {
        const stream = zlib.createGunzip({ chunkSize: chunkFor(contentBytes) });
        await runZlib(stream, payload, take, signal);
      } catch (error) {
        throw decodeFailure(error, contentBytes);
      }
      if (length < contentBytes) throw tooLittle(length, contentBytes);
      return memory;
    },
    mostContent: mostGzipContent,
  };
}

function gunzip(zlib: Zlib, payload: Uint8Array, contentBytes: number): Uint8Array {
  // One chunk of the declared length: the result then owns its memory, and nothing has to be joined.
  const chunkSize = Math.max(SMALLEST_CHUNK, contentBytes);
  try {
    return zlib.gunzipSync(payload, { chunkSize, maxOutputLength: Math.max(1, contentBytes) });
  } catch (error) {
    throw decodeFailure(error, contentBytes);
  }
}

/** The smallest output buffer that zlib takes. */
const SMALLEST_CHUNK = 64;

function chunkFor(contentBytes: number): number {
  return Math.min(SLICE_BYTES, Math.max(SMALLEST_CHUNK, contentBytes));
}
