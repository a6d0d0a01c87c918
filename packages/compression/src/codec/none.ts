import { corrupt } from '../errors.js';
import { allocate } from '../memory.js';
import type { Codec } from './codec.js';

/** Keeps bytes as they are. */
export const none: Codec = {
  name: 'none',
  verbatim: true,
  encodeSync: (content, { limit }) => (content.byteLength > limit ? undefined : content),
  decodeSync(payload, { contentBytes }) {
    const memory = allocateFor(payload.byteLength, contentBytes);
    new Uint8Array(memory).set(payload);
    return memory;
  },
  async encode(content, sink, { signal }) {
    for await (const slice of content.paced(signal)) {
      if (!sink.write(slice)) return false;
    }
    return true;
  },
  async decode(payload, { contentBytes, signal }) {
    const memory = allocateFor(payload.byteLength, contentBytes);
    const bytes = new Uint8Array(memory);
    let offset = 0;
    for await (const slice of payload.paced(signal)) {
      bytes.set(slice, offset);
      offset += slice.byteLength;
    }
    return memory;
  },
  mostContent: (payloadBytes) => payloadBytes,
};

function allocateFor(payloadBytes: number, contentBytes: number): ArrayBuffer {
  if (payloadBytes === contentBytes) return allocate(contentBytes);
  throw corrupt(
    `a raw payload of ${String(payloadBytes)} bytes cannot hold a content of ${String(contentBytes)} bytes`,
  );
}
