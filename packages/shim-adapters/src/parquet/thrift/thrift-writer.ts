import type { ByteSink } from '../../table/byte-sink.js';

const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Writes structs in the compact protocol of Thrift, field by field in the order of their ids. */
export class ThriftWriter {
  readonly #sink: ByteSink;
  #last = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  bool(id: number, value: boolean): void {
    this.#head(id, value ? TRUE : FALSE);
  }

  byte(id: number, value: number): void {
    this.#head(id, BYTE);
    this.#sink.byte(value);
  }

  /** Nothing for undefined, as everywhere here: a field that is not there. */
  i32(id: number, value: number | undefined): void {
    if (value === undefined) return;
    this.#head(id, I32);
    this.#zigzag(value);
  }

  i64(id: number, value: number | undefined): void {
    if (value === undefined) return;
    this.#head(id, I64);
    this.#zigzag(value);
  }

  binary(id: number, value: Uint8Array | undefined): void {
    if (value === undefined) return;
    this.#head(id, BINARY);
    this.#bytes(value);
  }

  text(id: number, value: string | undefined): void {
    if (value !== undefined) this.binary(id, Buffer.from(value, 'utf8'));
  }

  struct(id: number, write: () => void): void {
    this.#head(id, STRUCT);
    this.whole(write);
  }

  structs<T>(id: number, items: readonly T[], write: (item: T) => void): void {
    this.#list(id, STRUCT, items.length);
    for (const item of items) {
      this.whole(() => {
        write(item);
      });
    }
  }

  i32s(id: number, items: readonly number[]): void {
    this.#list(id, I32, items.length);
    for (const item of items) this.#zigzag(item);
  }

  texts(id: number, items: readonly string[]): void {
    this.#list(id, BINARY, items.length);
    for (const item of items) this.#bytes(Buffer.from(item, 'utf8'));
  }

  /** A struct of its own, up to its end. */
  whole(write: () => void): void {
    const outer = this.#last;
    this.#last = 0;
    write();
    this.#sink.byte(0);
    this.#last = outer;
  }

  #head(id: number, type: number): void {
    this.#sink.byte(((id - this.#last) << 4) | type);
    this.#last = id;
  }

  #list(id: number, type: number, length: number): void {
    this.#head(id, LIST);
    if (length < 15) this.#sink.byte((length << 4) | type);
    else {
      this.#sink.byte(0xf0 | type);
      writeVarint(this.#sink, length);
    }
  }

  #bytes(value: Uint8Array): void {
    writeVarint(this.#sink, value.length);
    this.#sink.bytes(value);
  }

  #zigzag(value: number): void {
    writeVarint(this.#sink, value >= 0 ? value * 2 : -value * 2 - 1);
  }
}

/** A safe integer from 0 on, seven bits a byte, lowest first. */
export function writeVarint(sink: ByteSink, value: number): void {
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) sink.byte((left % 0x80) | 0x80);
  sink.byte(left);
}
