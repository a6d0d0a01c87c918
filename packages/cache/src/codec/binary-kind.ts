import { inspect, types } from 'node:util';

/** Memory with a way to look at it. */
export type Binary = ArrayBufferView | ArrayBuffer;

/** One of the classes that a {@link Binary} can be of. */
export interface BinaryKind {
  readonly name: string;
  readonly prototype: unknown;
  /** Bytes of one element; 1 where there is no saying. */
  readonly width: number;
  /** An instance over memory that nothing else uses, or over a part of any memory. */
  over(memory: ArrayBuffer, byteOffset?: number, length?: number): Binary;
}

interface ViewClass {
  readonly name: string;
  readonly prototype: object;
  readonly BYTES_PER_ELEMENT: number;
  new (memory: ArrayBuffer, byteOffset?: number, length?: number): ArrayBufferView;
}

const VIEW_CLASSES: readonly ViewClass[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

const KINDS: readonly BinaryKind[] = [
  ...[...VIEW_CLASSES, ...newerClasses()].map(viewKind),
  { name: 'Buffer', prototype: Buffer.prototype, width: 1, over: (...part) => Buffer.from(...part) },
  { name: 'DataView', prototype: DataView.prototype, width: 1, over: (...part) => new DataView(...part) },
  { name: 'ArrayBuffer', prototype: ArrayBuffer.prototype, width: 1, over: (memory) => memory },
];
const BY_PROTOTYPE = new Map<unknown, BinaryKind>(KINDS.map((kind) => [kind.prototype, kind]));
const BY_NAME = new Map<unknown, BinaryKind>(KINDS.map((kind) => [kind.name, kind]));

function viewKind(view: ViewClass): BinaryKind {
  return {
    name: view.name,
    prototype: view.prototype,
    width: view.BYTES_PER_ELEMENT,
    over: (...part) => new view(...part),
  };
}

function newerClasses(): readonly ViewClass[] {
  const found: unknown = Reflect.get(globalThis, 'Float16Array');
  return isViewClass(found) ? [found] : [];
}

function isViewClass(value: unknown): value is ViewClass {
  return typeof value === 'function' && Reflect.get(value, 'BYTES_PER_ELEMENT') === 2;
}

export function kindNamed(name: unknown): BinaryKind | undefined {
  return BY_NAME.get(name);
}

export function isBinary(value: object): value is Binary {
  return ArrayBuffer.isView(value) || types.isArrayBuffer(value);
}

/**
 * The kind of a value that is nothing but its bytes: an instance of a built-in class itself, without properties of its
 * own, over memory that is neither shared between threads nor resizable.
 */
export function kindOf(value: Binary): BinaryKind | undefined {
  const kind = BY_PROTOTYPE.get(Object.getPrototypeOf(value));
  if (kind === undefined || !Object.isExtensible(value)) return undefined;
  if (!ArrayBuffer.isView(value)) return kind.name === 'ArrayBuffer' && isUsual(value) ? kind : undefined;
  // The questions that follow would be answered by these instead of by the view.
  if (SHADOWS.some((name) => Object.hasOwn(value, name)) || !isUsual(value.buffer)) return undefined;
  if (types.isDataView(value)) {
    return kind.name === 'DataView' && Reflect.ownKeys(value).length === 0 ? kind : undefined;
  }
  return types.isTypedArray(value) && isOfKind(value, kind) && isBare(value, kind) ? kind : undefined;
}

const SHADOWS = ['buffer', 'byteOffset', 'byteLength', 'length'] as const;

function isUsual(memory: ArrayBufferLike): memory is ArrayBuffer {
  return (
    types.isArrayBuffer(memory) &&
    Object.getPrototypeOf(memory) === ArrayBuffer.prototype &&
    Object.isExtensible(memory) &&
    Reflect.ownKeys(memory).length === 0 &&
    Reflect.get(memory, 'resizable') !== true
  );
}

const TYPED_ARRAY: object | null = Reflect.getPrototypeOf(Uint8Array.prototype);

/** A prototype can be exchanged; what a typed array really is, only this getter tells. */
function isOfKind(view: NodeJS.TypedArray, kind: BinaryKind): boolean {
  const name: unknown = TYPED_ARRAY === null ? undefined : Reflect.get(TYPED_ARRAY, Symbol.toStringTag, view);
  return name === kind.name || (name === 'Uint8Array' && kind.name === 'Buffer');
}

/*
 * `Reflect.ownKeys` would build a string for every element. `inspect` can leave the elements out and still shows every
 * other property, hidden ones too: a view that has none looks exactly as a fresh one over the same memory does.
 */
const OUTLINE = {
  showHidden: true,
  maxArrayLength: 0,
  depth: 0,
  customInspect: false,
  getters: false,
  colors: false,
  breakLength: Infinity,
} as const;
const SHORT = 64;

function isBare(view: NodeJS.TypedArray, kind: BinaryKind): boolean {
  if (view.length <= SHORT) return Reflect.ownKeys(view).length === view.length;
  const { buffer, byteOffset, length } = view;
  return (
    isUsual(buffer) && inspect(view, OUTLINE) === inspect(kind.over(buffer, byteOffset, length), OUTLINE)
  );
}

/** The bytes behind a value that has a kind, not a copy. */
export function bytesOf(value: Binary): Uint8Array {
  try {
    if (!ArrayBuffer.isView(value)) return new Uint8Array(value);
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  } catch (cause) {
    throw detached(cause);
  }
}

/** What becomes of a value that is transferred although it is in the cache. */
export function detached(cause?: unknown): TypeError {
  const message = 'the value holds memory that was transferred away; values must stay as they were put in';
  return new TypeError(message, { cause });
}
