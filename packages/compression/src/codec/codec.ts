import type { Slices } from '../slices.js';

/** How hard to try: `'fast'` is gzip level 1, `'balanced'` 6, `'small'` 9. */
export type Level = 'fast' | 'balanced' | 'small';

/** The codecs a frame can be written with. */
export type CodecName = 'none' | 'gzip';

/** A way to make bytes smaller, and back. Its number in a frame is fixed for ever. */
export interface Codec {
  readonly name: CodecName;
  /** The payload is the content, byte for byte. */
  readonly verbatim: boolean;
  /** The payload, or `undefined` as soon as it is clear that it would be larger than `limit` bytes. */
  encodeSync(content: Uint8Array, o: EncodeOptions): Uint8Array | undefined;
  /** The content, in memory of its own; raises `CORRUPT` unless it is exactly `contentBytes` long. */
  decodeSync(payload: Uint8Array, contentBytes: number): ArrayBuffer;
  /** As `encodeSync`, piece by piece and off the event loop: whether the whole payload was written. */
  encode(content: Slices, sink: Sink, o: EncodeOptions & Abortable): Promise<boolean>;
  /** As `decodeSync`, piece by piece and off the event loop. */
  decode(payload: Slices, contentBytes: number, o: Abortable): Promise<ArrayBuffer>;
  /** The most bytes of content that a payload of this size can hold: what a frame says beyond it is forged. */
  mostContent(payloadBytes: number): number;
}

export interface EncodeOptions {
  readonly level: Level;
  readonly limit: number;
}

interface Abortable {
  readonly signal: AbortSignal | undefined;
}

/** Takes a payload piece by piece, copying each; `false` once it holds more than it may. */
export interface Sink {
  write(piece: Uint8Array): boolean;
}

const NUMBERS: Readonly<Record<CodecName, number>> = { none: 0, gzip: 1 };
const NAMES: readonly CodecName[] = ['none', 'gzip'];

export function numberOfCodec(name: CodecName): number {
  return NUMBERS[name];
}

export function codecOfNumber(number: number): CodecName | undefined {
  return NAMES.find((name) => NUMBERS[name] === number);
}
