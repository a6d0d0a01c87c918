import type { ByteReader } from './byte-reader.js';

/** A struct by the ids of its fields. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;
export type ThriftValue = number | boolean | Uint8Array | ThriftStruct | readonly ThriftValue[];

const DEPTH = 32;
const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const STRUCT = 12;

/** Reads a struct in the compact protocol of Thrift. Integers beyond 2^53 come rounded. */
export function readStruct(reader: ByteReader, depth: number = 0): ThriftStruct {
  if (depth > DEPTH) throw new RangeError('it is nested too deep');
  const struct = new Map<number, ThriftValue>();
  let id = 0;
  for (;;) {
    const head = reader.byte();
    const type = head & 0x0f;
    if (type === STOP) return struct;
    const step = head >>> 4;
    id = step === 0 ? reader.zigzag() : id + step;
    struct.set(id, type === TRUE || type === FALSE ? type === TRUE : readValue(reader, type, depth));
  }
}

function readValue(reader: ByteReader, type: number, depth: number): ThriftValue {
  switch (type) {
    // Within a list; a field has its boolean in its type.
    case TRUE:
    case FALSE:
      return reader.byte() === TRUE;
    case BYTE:
      return (reader.byte() << 24) >> 24;
    case I16:
    case I32:
      return reader.zigzag();
    case I64:
      return reader.roundedZigzag();
    case DOUBLE:
      return reader.take(8);
    case BINARY:
      return reader.take(reader.varint());
    case LIST:
    case SET: {
      const head = reader.byte();
      const length = head >>> 4 === 15 ? reader.varint() : head >>> 4;
      const element = head & 0x0f;
      const list: ThriftValue[] = [];
      for (let i = 0; i < length; i++) list.push(readValue(reader, element, depth + 1));
      return list;
    }
    case STRUCT:
      return readStruct(reader, depth + 1);
    default:
      throw new RangeError('it has a field of no known type');
  }
}

export function integerAt(struct: ThriftStruct | undefined, id: number): number | undefined {
  const value = struct?.get(id);
  return typeof value === 'number' ? value : undefined;
}

/**
 * An integer that counts something.
 * @throws RangeError when there is none from 0 to 2^53 - 1
 */
export function countAt(struct: ThriftStruct | undefined, id: number, what: string): number {
  const value = integerAt(struct, id);
  if (value !== undefined && value >= 0 && Number.isSafeInteger(value)) return value;
  throw new RangeError(`it lacks ${what}`);
}

export function booleanAt(struct: ThriftStruct | undefined, id: number): boolean | undefined {
  const value = struct?.get(id);
  return typeof value === 'boolean' ? value : undefined;
}

export function textAt(struct: ThriftStruct | undefined, id: number): string | undefined {
  return textOf(struct?.get(id));
}

export function textOf(value: ThriftValue | undefined): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
}

export function structAt(struct: ThriftStruct | undefined, id: number): ThriftStruct | undefined {
  const value = struct?.get(id);
  return value instanceof Map ? value : undefined;
}

export function structsAt(struct: ThriftStruct | undefined, id: number): readonly ThriftStruct[] {
  return listAt(struct, id).filter((value): value is ThriftStruct => value instanceof Map);
}

export function listAt(struct: ThriftStruct | undefined, id: number): readonly ThriftValue[] {
  const value = struct?.get(id);
  return isList(value) ? value : [];
}

function isList(value: ThriftValue | undefined): value is readonly ThriftValue[] {
  return Array.isArray(value);
}
