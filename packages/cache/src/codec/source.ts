import { detached } from './binary-kind.js';

/** A piece of a value as bytes of its own, in elements of `width` bytes. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly width: number;
}

/** The large content of a value, read piece by piece. */
export interface Source {
  readonly text: boolean;
  /** Bytes, or characters of a text. */
  readonly length: number;
  /** How much of it makes a block. */
  readonly perBlock: number;
  /** A copy: what works on it in another thread must not depend on what becomes of the value. */
  read(start: number, end: number): Piece;
}

const BLOCK_BYTES = 2 ** 20;
const WIDE = /[^\0-\xff]/;

/** The memory of a typed array or buffer, in blocks of 1 MB. */
export function memorySource(bytes: Uint8Array, width: number): Source {
  const length = bytes.byteLength;
  return {
    text: false,
    length,
    perBlock: BLOCK_BYTES,
    read(start, end) {
      if (bytes.byteLength !== length) throw detached();
      return { bytes: bytes.slice(start, end), width };
    },
  };
}

/** A text in blocks of half a million UTF-16 units, at one byte each where that is enough; lone surrogates stay. */
export function textSource(text: string): Source {
  return {
    text: true,
    length: text.length,
    perBlock: BLOCK_BYTES / 2,
    read(start, end) {
      const part = text.slice(start, end);
      return WIDE.test(part)
        ? { bytes: Buffer.from(part, 'utf16le'), width: 2 }
        : { bytes: Buffer.from(part, 'latin1'), width: 1 };
    },
  };
}

/** Takes the restored blocks of a source, in any order. */
export interface Sink {
  put(block: number, bytes: Uint8Array): void;
  /** The whole, once every block is there. */
  content(): ArrayBuffer | string;
}

export function memorySink(length: number): Sink {
  const whole = new Uint8Array(new ArrayBuffer(length));
  return {
    put(block, bytes) {
      whole.set(bytes, block * BLOCK_BYTES);
    },
    content: () => whole.buffer,
  };
}

/** `widths` are those of the blocks. */
export function textSink(widths: readonly number[]): Sink {
  const parts = widths.map(() => '');
  return {
    put(block, bytes) {
      const part = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      parts[block] = part.toString(widths[block] === 2 ? 'utf16le' : 'latin1');
    },
    content: () => parts.join(''),
  };
}
