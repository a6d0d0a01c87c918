import { corrupt } from '../errors.js';
import { allocated } from '../memory.js';
import type { Codec, DecodeOptions } from './codec.js';

/** Keeps bytes as they are. */
export const none: Codec = {
  name: 'none',
  verbatim: true,
  encodeSync: (content, { limit }) => (content.byteLength > limit ? undefined : content),
  decodeSync(payload, o) {
    const content = allocateFor(payload.byteLength, o);
    content.set(payload);
    return content;
  },
  async encode(content, sink, { signal }) {
    for await (const slice of content.paced(signal)) {
      if (!sink.write(slice)) return false;
    }
    return true;
  },
  async decode(payload, o) {
    const content = allocateFor(payload.byteLength, o);
    let offset = 0;
    for await (const slice of payload.paced(o.signal)) {
      content.set(slice, offset);
      offset += slice.byteLength;
    }
    return content;
  },
  mostContent: (payloadBytes) => payloadBytes,
};

function allocateFor(
  payloadBytes: number,
  { contentBytes, allocate }: DecodeOptions,
): Uint8Array<ArrayBuffer> {
  if (payloadBytes === contentBytes) return allocated(contentBytes, allocate);
  throw corrupt(
    `a raw payload of ${String(payloadBytes)} bytes cannot hold a content of ${String(contentBytes)} bytes`,
  );
}
