/**
 * Reads structures of the compact protocol of Apache Thrift, in which Parquet writes its footer, as maps from field
 * numbers to values. See the specification, thrift-compact-protocol.md of Apache Thrift.
 */

export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct;
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

/** Structures within structures are followed so far. */
const MAX_DEPTH = 32;
/** Elements of lists that are read: a byte may stand for a structure that takes a hundred in memory. */
const MAX_ELEMENTS = 2 ** 21;

/** Types of values, by the four bits that announce them. */
const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const INTEGERS = [4, 5, 6];
const DOUBLE = 7;
const BINARY = 8;
const LISTS = [9, 10];
const STRUCT = 12;

/** @throws RangeError for bytes that are no such structure */
export function readThrift(bytes: Uint8Array): ThriftStruct {
  return new Reader(bytes).struct(0);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #elements = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  struct(depth: number): ThriftStruct {
    if (depth > MAX_DEPTH) throw new RangeError('structures are nested too deep');
    const fields = new Map<number, ThriftValue>();
    let field = 0;
    for (;;) {
      const header = this.#byte();
      const type = header & 15;
      if (type === STOP) return fields;
      const delta = header >> 4;
      field = delta === 0 ? this.#zigzag() : field + delta;
      fields.set(field, this.#value(type, depth));
    }
  }

  #value(type: number, depth: number): ThriftValue {
    if (type === TRUE || type === FALSE) return type === TRUE;
    if (type === BYTE) return this.#byte();
    if (INTEGERS.includes(type)) return this.#zigzag();
    if (type === DOUBLE) {
      const at = this.#take(8);
      return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, 8).getFloat64(0, true);
    }
    if (type === BINARY) {
      const length = this.#varint();
      const at = this.#take(length);
      return this.#bytes.subarray(at, at + length);
    }
    if (LISTS.includes(type)) return this.#list(depth);
    if (type === STRUCT) return this.struct(depth + 1);
    throw new RangeError(`there is no type ${String(type)}`);
  }

  #list(depth: number): ThriftValue[] {
    if (depth > MAX_DEPTH) throw new RangeError('lists are nested too deep');
    const header = this.#byte();
    const type = header & 15;
    const length = header >> 4 === 15 ? this.#varint() : header >> 4;
    // Every element takes a byte at least, so a length beyond the end is a lie.
    if (length > this.#bytes.length - this.#at) throw new RangeError('a list ends beyond the end');
    this.#elements += length;
    if (this.#elements > MAX_ELEMENTS) throw new RangeError('there are too many elements');
    return Array.from({ length }, () =>
      // In a list a boolean is a byte of its own.
      type === TRUE || type === FALSE ? this.#byte() === 1 : this.#value(type, depth + 1),
    );
  }

  #zigzag(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError('a number has no end');
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at) throw new RangeError('the bytes end too early');
    this.#at += length;
    return at;
  }
}
