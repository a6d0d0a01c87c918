import { throwIfAborted } from './abort.js';
import type { Checksum } from './checksum.js';
import type { Codec, Level } from './codec/codec.js';
import type { CodecSet, ForeignSet } from './codec/codec-set.js';
import { ExactDraft, GrowingDraft, type Draft } from './draft.js';
import { CompressionError } from './errors.js';
import { HEADER_BYTES, writeHeader } from './frame.js';
import { allocate } from './memory.js';
import type { CodecChoice } from './options.js';
import { worthwhileLimit } from './probe.js';
import { selectCodec } from './selection.js';
import { Slices } from './slices.js';
import { steadyBytes, type Source } from './source.js';
import type { Volume } from './statistics.js';

/** What packing and unpacking work with. */
export interface Workshop {
  readonly codec: CodecChoice;
  readonly level: Level;
  readonly minBytes: number;
  readonly maxOutputBytes: number;
  readonly codecs: CodecSet;
  readonly foreign: ForeignSet;
  readonly checksum: Checksum;
}

/** A value that was made, and what it took. */
export interface Made<R> extends Volume {
  readonly result: R;
}

/** Refuses content that could not be read back. */
export function requirePackable(source: Source, { maxOutputBytes }: Workshop): void {
  if (source.byteLength <= maxOutputBytes) return;
  throw new CompressionError(
    'ERR_PERF_COMPRESSION_TOO_LARGE',
    `the data has ${String(source.byteLength)} bytes, more than maxOutputBytes (${String(maxOutputBytes)}) lets back out`,
  );
}

/** Content into a frame, on the spot. */
export function packSync(source: Source, shop: Workshop): Made<Uint8Array<ArrayBuffer>> {
  const bytes = steadyBytes(source);
  const { codec, payload } = encodeSync({ ...source, bytes }, shop);
  const frame = new Uint8Array(allocate(HEADER_BYTES + payload.byteLength));
  frame.set(payload, HEADER_BYTES);
  const contentChecksum = shop.checksum(bytes);
  const payloadChecksum = codec.verbatim ? contentChecksum : shop.checksum(payload);
  return sealed(frame, source, codec, { contentChecksum, payloadChecksum }, shop);
}

/** Content into a frame, piece by piece and off the event loop. */
export async function pack(
  source: Source,
  shop: Workshop,
  signal: AbortSignal | undefined,
): Promise<Made<Uint8Array<ArrayBuffer>>> {
  throwIfAborted(signal);
  const codec = selectCodec(source, shop);
  const content = new Slices(source.bytes, source.byteLength, shop.checksum);
  const limit = limitFor(codec, source.byteLength, shop);
  const draft = codec.verbatim
    ? new ExactDraft(source.byteLength, shop.checksum)
    : new GrowingDraft(limit, shop.checksum);
  if (await codec.encode(content, draft, { level: shop.level, limit, type: source.type, signal })) {
    return finished(draft, content, source, codec, shop, signal);
  }
  const raw = new ExactDraft(source.byteLength, shop.checksum);
  const { type, byteLength } = source;
  await shop.codecs.none.encode(content, raw, { level: shop.level, limit: byteLength, type, signal });
  return finished(raw, content, source, shop.codecs.none, shop, signal);
}

async function finished(
  draft: Draft,
  content: Slices,
  source: Source,
  codec: Codec,
  shop: Workshop,
  signal: AbortSignal | undefined,
): Promise<Made<Uint8Array<ArrayBuffer>>> {
  const frame = await draft.finish(signal);
  const checksums = { contentChecksum: content.checksum, payloadChecksum: draft.checksum };
  return sealed(frame, source, codec, checksums, shop);
}

function encodeSync(source: Source, shop: Workshop): { codec: Codec; payload: Uint8Array } {
  const { bytes, type } = source;
  const codec = selectCodec(source, shop);
  const limit = limitFor(codec, bytes.byteLength, shop);
  const payload = codec.encodeSync(bytes, { level: shop.level, limit, type });
  return payload === undefined ? { codec: shop.codecs.none, payload: bytes } : { codec, payload };
}

/** The most bytes a payload may have before the content is kept raw instead. */
function limitFor(codec: Codec, contentBytes: number, shop: Workshop): number {
  if (codec.verbatim) return contentBytes;
  return shop.codec === 'auto' ? worthwhileLimit(contentBytes) : contentBytes - 1;
}

function sealed(
  frame: Uint8Array<ArrayBuffer>,
  { type, byteLength: contentBytes }: Source,
  { name: codec }: Codec,
  checksums: { contentChecksum: number; payloadChecksum: number },
  { checksum }: Workshop,
): Made<Uint8Array<ArrayBuffer>> {
  writeHeader(frame, { codec, type, contentBytes, ...checksums }, checksum);
  return { result: frame, codec, contentBytes, frameBytes: frame.byteLength };
}
