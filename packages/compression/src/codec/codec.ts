import type { ContentType } from '../element-type.js';
import type { Allocate } from '../memory.js';
import type { Slices } from '../slices.js';

/** How hard to try. What it means for each codec stands in the README. */
export type Level = 'fast' | 'balanced' | 'small';

/** The codecs a frame can be written with. */
export type CodecName = 'none' | 'gzip' | 'deflate' | 'brotli' | 'zstd' | 'columnar';

/** A way to make bytes smaller, and back. Its number in a frame is fixed for ever. */
export interface Codec {
  readonly name: CodecName;
  /** The payload is the content, byte for byte. */
  readonly verbatim: boolean;
  /** The payload, or `undefined` as soon as it is clear that it would be larger than `limit` bytes. */
  encodeSync(content: Uint8Array, o: EncodeOptions): Uint8Array | undefined;
  /** The content, in memory that was allocated for it; raises `CORRUPT` unless it is exactly as long as it should be. */
  decodeSync(payload: Uint8Array, o: DecodeOptions): Uint8Array<ArrayBuffer>;
  /** As `encodeSync`, piece by piece and off the event loop: whether the whole payload was written. */
  encode(content: Slices, sink: Sink, o: EncodeOptions & Abortable): Promise<boolean>;
  /** As `decodeSync`, piece by piece and off the event loop. */
  decode(payload: Slices, o: DecodeOptions & Abortable): Promise<Uint8Array<ArrayBuffer>>;
  /** The most bytes of content that a payload of this size can hold: what a frame says beyond it is forged. */
  mostContent(payloadBytes: number): number;
}

export interface EncodeOptions {
  readonly level: Level;
  readonly limit: number;
  readonly type: ContentType;
}

export interface DecodeOptions {
  /** Where the memory of the content comes from. */
  readonly allocate: Allocate;
  readonly contentBytes: number;
  readonly type: ContentType;
}

export interface Abortable {
  readonly signal: AbortSignal | undefined;
}

/** Takes a payload piece by piece, copying each; `false` once it holds more than it may. */
export interface Sink {
  write(piece: Uint8Array): boolean;
}

const NUMBERS: Readonly<Record<CodecName, number>> = {
  none: 0,
  gzip: 1,
  deflate: 2,
  brotli: 3,
  zstd: 4,
  columnar: 5,
};

export const CODEC_NAMES: readonly CodecName[] = ['none', 'gzip', 'deflate', 'brotli', 'zstd', 'columnar'];

export function numberOfCodec(name: CodecName): number {
  return NUMBERS[name];
}

export function codecOfNumber(number: number): CodecName | undefined {
  return CODEC_NAMES.find((name) => NUMBERS[name] === number);
}
