import type { ByteSink } from './byte-sink.js';
import type { TextColumn } from './column.js';

/** Bytes up to which copying word by word is faster than at once. */
const SHORT = 64;
const WORD = 4;

/** Runs of bytes of one column, to be appended to a sink as they are. */
export class TextRuns {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  /** Words that begin before it may be read. */
  readonly #readable: number;

  constructor({ bytes }: Pick<TextColumn, 'bytes'>) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#readable = bytes.length - WORD;
  }

  /** Bytes that are on their own, such as a key, with room behind them. */
  static of(bytes: Uint8Array): TextRuns {
    const padded = new Uint8Array(bytes.length + WORD);
    padded.set(bytes);
    return new TextRuns({ bytes: padded });
  }

  write(sink: ByteSink, start: number, end: number): void {
    if (end - start <= SHORT && end <= this.#readable) sink.words(this.#view, start, end);
    else sink.bytes(this.bytes, start, end);
  }
}
