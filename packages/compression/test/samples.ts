import fc from 'fast-check';
import type { Compressible } from '../src/index.js';

// Values to compress, and a way to compare them by their bytes.

type ViewOver = (memory: ArrayBufferLike, byteOffset: number, length: number) => Compressible;

export interface Kind {
  readonly name: string;
  readonly elementBytes: number;
  readonly over: ViewOver;
}

/** Every kind of typed array that this host has. */
export const KINDS: readonly Kind[] = [
  { name: 'Uint8Array', elementBytes: 1, over: (m, o, n) => new Uint8Array(m, o, n) },
  { name: 'Uint8ClampedArray', elementBytes: 1, over: (m, o, n) => new Uint8ClampedArray(m, o, n) },
  { name: 'Int8Array', elementBytes: 1, over: (m, o, n) => new Int8Array(m, o, n) },
  { name: 'Uint16Array', elementBytes: 2, over: (m, o, n) => new Uint16Array(m, o, n) },
  { name: 'Int16Array', elementBytes: 2, over: (m, o, n) => new Int16Array(m, o, n) },
  { name: 'Uint32Array', elementBytes: 4, over: (m, o, n) => new Uint32Array(m, o, n) },
  { name: 'Int32Array', elementBytes: 4, over: (m, o, n) => new Int32Array(m, o, n) },
  { name: 'BigUint64Array', elementBytes: 8, over: (m, o, n) => new BigUint64Array(m, o, n) },
  { name: 'BigInt64Array', elementBytes: 8, over: (m, o, n) => new BigInt64Array(m, o, n) },
  { name: 'Float32Array', elementBytes: 4, over: (m, o, n) => new Float32Array(m, o, n) },
  { name: 'Float64Array', elementBytes: 8, over: (m, o, n) => new Float64Array(m, o, n) },
  ...float16Kind(),
];

function float16Kind(): Kind[] {
  const constructor: unknown = Reflect.get(globalThis, 'Float16Array');
  if (typeof constructor !== 'function') return [];
  return [
    {
      name: 'Float16Array',
      elementBytes: 2,
      over: (m, o, n) => Reflect.construct(constructor, [m, o, n]) as Compressible,
    },
  ];
}

function bytesOf(value: ArrayBufferView | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}

export function sameBytes(a: ArrayBufferView | ArrayBuffer, b: ArrayBufferView | ArrayBuffer): boolean {
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

/** Bytes without pattern: a linear congruential generator (Numerical Recipes), the same in every run. */
export function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** Bytes that compress well, without being one single run. */
export function pattern(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = (index * index) % 23;
  return bytes;
}

export interface Shape {
  readonly kind: Kind;
  readonly length: number;
  readonly skipped: number;
  readonly content: 'zeros' | 'pattern' | 'noise';
  readonly shared: boolean;
}

/** Any kind, any length around the edges that matter, any alignment the kind allows. */
export const anyShape: fc.Arbitrary<Shape> = fc.record({
  kind: fc.constantFrom(...KINDS),
  length: fc.oneof(fc.nat(300), fc.constantFrom(0, 1, 2, 127, 128, 1023, 1024, 1025, 8191, 8192, 8193)),
  skipped: fc.nat(9),
  content: fc.constantFrom('zeros', 'pattern', 'noise'),
  shared: fc.boolean(),
});

export function build({ kind, length, skipped, content, shared }: Shape): Compressible {
  const byteOffset = skipped * kind.elementBytes;
  const byteLength = length * kind.elementBytes;
  const room = byteOffset + byteLength + 5;
  const memory = shared ? new SharedArrayBuffer(room) : new ArrayBuffer(room);
  new Uint8Array(memory, byteOffset, byteLength).set(fill(content, byteLength));
  return kind.over(memory, byteOffset, length);
}

function fill(content: Shape['content'], byteLength: number): Uint8Array {
  if (content === 'zeros') return new Uint8Array(byteLength);
  return content === 'pattern' ? pattern(byteLength) : noise(byteLength);
}
