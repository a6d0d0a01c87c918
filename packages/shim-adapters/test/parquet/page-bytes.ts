/** Pages of Parquet files made by hand, for what no writer at hand writes. */

/** A field of a Thrift struct in the compact protocol: an integer, a boolean, bytes, or a struct. */
export type ThriftValue = number | boolean | Uint8Array | ThriftStruct;
export interface ThriftStruct {
  readonly [id: string]: ThriftValue;
}

export function thrift(struct: ThriftStruct): Buffer {
  const parts: Buffer[] = [];
  let last = 0;
  for (const [key, value] of Object.entries<ThriftValue>(struct)) {
    const id = Number(key);
    parts.push(Buffer.from([((id - last) << 4) | typeOf(value)]), bodyOf(value));
    last = id;
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function typeOf(value: ThriftValue): number {
  if (typeof value === 'boolean') return value ? 1 : 2;
  if (typeof value === 'number') return 5;
  return value instanceof Uint8Array ? 8 : 12;
}

function bodyOf(value: ThriftValue): Buffer {
  if (typeof value === 'boolean') return Buffer.alloc(0);
  if (typeof value === 'number') return varint(value >= 0 ? value * 2 : -value * 2 - 1);
  return value instanceof Uint8Array ? Buffer.concat([varint(value.length), value]) : thrift(value);
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  return Buffer.from([...bytes, left]);
}

/** A page of the first version: `body` is all of it, levels and values, before compression. */
export function dataPage(values: number, body: Uint8Array, rest: ThriftStruct = {}, encoding = 0): Buffer {
  const sizes = { 1: 0, 2: body.length, 3: body.length };
  return Buffer.concat([thrift({ ...sizes, ...rest, 5: { 1: values, 2: encoding, 3: 3, 4: 3 } }), body]);
}

/** A page of the second version without nulls. */
export function dataPageV2(values: number, body: Uint8Array, rest: ThriftStruct = {}): Buffer {
  const sizes = { 1: 3, 2: body.length, 3: body.length };
  const header = { 1: values, 2: 0, 3: values, 4: 0, 5: 0, 6: 0, ...rest };
  return Buffer.concat([thrift({ ...sizes, 8: header }), body]);
}

export function dictionaryPage(values: number, body: Uint8Array): Buffer {
  return Buffer.concat([thrift({ 1: 2, 2: body.length, 3: body.length, 7: { 1: values, 2: 0 } }), body]);
}

/** An index page: nothing that a reader of values needs. */
export function indexPage(bytes: number): Buffer {
  return Buffer.concat([thrift({ 1: 1, 2: bytes, 3: bytes, 6: {} }), Buffer.alloc(bytes, 0xff)]);
}

export function int32s(...values: readonly number[]): Buffer {
  return Buffer.from(Int32Array.from(values).buffer);
}
