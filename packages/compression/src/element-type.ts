import { CompressionError } from './errors.js';

/** What a `Float16Array` looks like to a compiler whose `lib` has none yet. */
export interface Float16Shape {
  readonly BYTES_PER_ELEMENT: number;
  readonly buffer: ArrayBufferLike;
  readonly byteLength: number;
  readonly byteOffset: number;
  readonly length: number;
  readonly [Symbol.toStringTag]: 'Float16Array';
  at(index: number): number | undefined;
  [index: number]: number;
}

/** The host's own `Float16Array` type where the compiler knows it, and its shape elsewhere. */
export type Float16 = typeof globalThis extends { Float16Array: { prototype: infer T extends Float16Shape } }
  ? T
  : Float16Shape;

/** What a frame gives back, by the name it carries. Everything comes back in memory of its own. */
export interface ContentTypes {
  ArrayBuffer: ArrayBuffer;
  Uint8Array: Uint8Array<ArrayBuffer>;
  Uint8ClampedArray: Uint8ClampedArray<ArrayBuffer>;
  Int8Array: Int8Array<ArrayBuffer>;
  Uint16Array: Uint16Array<ArrayBuffer>;
  Int16Array: Int16Array<ArrayBuffer>;
  Uint32Array: Uint32Array<ArrayBuffer>;
  Int32Array: Int32Array<ArrayBuffer>;
  BigUint64Array: BigUint64Array<ArrayBuffer>;
  BigInt64Array: BigInt64Array<ArrayBuffer>;
  Float16Array: Float16;
  Float32Array: Float32Array<ArrayBuffer>;
  Float64Array: Float64Array<ArrayBuffer>;
}

/** The name of what a frame holds, such as `'Float64Array'`. */
export type ContentType = keyof ContentTypes;

/** Any value that comes out of a frame. */
export type Content = ContentTypes[ContentType];

/** Every typed array of the language, over plain or shared memory. */
export type TypedArray =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float16Shape
  | Float32Array
  | Float64Array;

/** What can be compressed. A `Buffer` is taken as the `Uint8Array` it is; a `DataView` is refused. */
export type Compressible = TypedArray | ArrayBuffer;

/** What comes back for a given input: the same kind of array, never a `Buffer`, never over shared memory. */
export type Restored<T extends Compressible> = ContentTypes[T[typeof Symbol.toStringTag]];

interface TypeRow {
  /** The number that stands for the type in a frame: fixed for ever. */
  readonly code: number;
  readonly elementBytes: number;
}

const ROWS: Readonly<Record<ContentType, TypeRow>> = {
  ArrayBuffer: { code: 1, elementBytes: 1 },
  Uint8Array: { code: 2, elementBytes: 1 },
  Uint8ClampedArray: { code: 3, elementBytes: 1 },
  Int8Array: { code: 4, elementBytes: 1 },
  Uint16Array: { code: 5, elementBytes: 2 },
  Int16Array: { code: 6, elementBytes: 2 },
  Uint32Array: { code: 7, elementBytes: 4 },
  Int32Array: { code: 8, elementBytes: 4 },
  BigUint64Array: { code: 9, elementBytes: 8 },
  BigInt64Array: { code: 10, elementBytes: 8 },
  Float16Array: { code: 11, elementBytes: 2 },
  Float32Array: { code: 12, elementBytes: 4 },
  Float64Array: { code: 13, elementBytes: 8 },
};
const CODES: ReadonlyMap<number, ContentType> = new Map(
  Object.keys(ROWS)
    .filter(isContentType)
    .map((type) => [ROWS[type].code, type]),
);

function isContentType(name: unknown): name is ContentType {
  return typeof name === 'string' && Object.hasOwn(ROWS, name);
}

/** Whether a value is the name of a kind of typed array. */
export function isElementType(name: unknown): name is Exclude<ContentType, 'ArrayBuffer'> {
  return isContentType(name) && name !== 'ArrayBuffer';
}

export function rowOf(type: ContentType): TypeRow {
  return ROWS[type];
}

export function typeOfCode(code: number): ContentType | undefined {
  return CODES.get(code);
}

const VIEWS: { readonly [K in Exclude<ContentType, 'ArrayBuffer' | 'Float16Array'>]: ViewConstructor<K> } = {
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  BigUint64Array,
  BigInt64Array,
  Float32Array,
  Float64Array,
};

type ViewConstructor<K extends ContentType> = new (
  memory: ArrayBuffer,
  byteOffset: number,
  length: number,
) => ContentTypes[K];

/** Refuses a type that this host cannot build, before any work is done for it. */
export function requireType(type: ContentType): void {
  if (type === 'Float16Array') float16Constructor();
}

/** Gives bytes their type again. Their memory is handed over, not copied, unless it has more than an `ArrayBuffer` may. */
export function restore(type: ContentType, bytes: Uint8Array<ArrayBuffer>): Content {
  const { buffer, byteOffset, byteLength } = bytes;
  if (type === 'ArrayBuffer') return byteLength === buffer.byteLength ? buffer : bytes.slice().buffer;
  if (type === 'Float16Array') return restoreFloat16(bytes);
  return new VIEWS[type](buffer, byteOffset, byteLength / ROWS[type].elementBytes);
}

function restoreFloat16({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): Content {
  const view: unknown = Reflect.construct(float16Constructor(), [buffer, byteOffset, byteLength / 2]);
  if (isFloat16(view)) return view;
  throw noFloat16();
}

function float16Constructor(): (...args: never) => unknown {
  const constructor: unknown = Reflect.get(globalThis, 'Float16Array');
  if (isConstructor(constructor)) return constructor;
  throw noFloat16();
}

function isConstructor(value: unknown): value is (...args: never) => unknown {
  return typeof value === 'function';
}

function isFloat16(value: unknown): value is Float16 {
  return viewType(value) === 'Float16Array';
}

function noFloat16(): CompressionError {
  return new CompressionError(
    'ERR_PERF_COMPRESSION_ELEMENT_TYPE',
    'the frame holds a Float16Array, which this host does not have',
  );
}

const TypedArrayPrototype: object = Reflect.getPrototypeOf(Uint8Array.prototype) ?? Uint8Array.prototype;

/** The type of a typed array, also of another realm or of a subclass; `undefined` for anything else. */
export function viewType(value: unknown): ContentType | undefined {
  const name: unknown = Reflect.get(TypedArrayPrototype, Symbol.toStringTag, value);
  return isContentType(name) ? name : undefined;
}

/** Whether a value is a typed array of a kind that a frame can hold. */
export function isTypedArray(value: unknown): value is TypedArray {
  return viewType(value) !== undefined;
}
