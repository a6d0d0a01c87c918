import { types } from 'node:util';

/** An object together with the content that makes it what it is, beside its own properties. */
export type Classified =
  | { readonly kind: 'object'; readonly value: object; readonly brand: string }
  | { readonly kind: 'map'; readonly value: ReadonlyMap<unknown, unknown> }
  | { readonly kind: 'set'; readonly value: ReadonlySet<unknown> }
  | { readonly kind: 'date'; readonly value: object; readonly time: number }
  | { readonly kind: 'regexp'; readonly value: RegExp }
  | { readonly kind: 'error'; readonly value: Error }
  | { readonly kind: 'boxed'; readonly value: object; readonly primitive: unknown }
  | { readonly kind: 'buffer'; readonly value: ArrayBuffer | SharedArrayBuffer }
  | { readonly kind: 'url'; readonly value: object; readonly text: string }
  /** Has state that cannot be read. */
  | { readonly kind: 'opaque'; readonly name: string };

export const PLAIN = '[object Object]';

/** Whether this is an object whose own properties are all there is, told without looking at internal slots. */
export function isRecord(value: object, keys: readonly string[]): boolean {
  // An object without a single property may still be a Map or a key handle in disguise: those take the long way.
  return keys.length > 0 && Object.prototype.toString.call(value) === PLAIN;
}

/** Tells any object but arrays and views by its internal kind, which no prototype or tag can fake. */
export function classify(value: object): Classified {
  if (types.isMap(value)) return { kind: 'map', value };
  if (types.isSet(value)) return { kind: 'set', value };
  if (types.isDate(value)) return { kind: 'date', value, time: timeOf(value) };
  if (types.isRegExp(value)) return { kind: 'regexp', value };
  if (types.isNativeError(value) || value instanceof Error) return { kind: 'error', value };
  if (types.isAnyArrayBuffer(value)) return { kind: 'buffer', value };
  if (types.isBoxedPrimitive(value)) return { kind: 'boxed', value, primitive: unbox(value) };
  if (value instanceof URL) return { kind: 'url', value, text: value.href };
  if (value instanceof URLSearchParams) return { kind: 'url', value, text: value.toString() };
  const brand = Object.prototype.toString.call(value).slice(8, -1);
  if (isOpaque(value)) return { kind: 'opaque', name: brand === 'Object' ? className(value) : brand };
  return { kind: 'object', value, brand };
}

function timeOf(date: object): number {
  return Date.prototype.getTime.call(date);
}

function unbox(value: object): unknown {
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value);
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value);
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value);
  if (types.isBigIntObject(value)) return BigInt.prototype.valueOf.call(value);
  return Symbol.prototype.valueOf.call(value);
}

function isOpaque(value: object): boolean {
  return (
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isGeneratorObject(value) ||
    types.isMapIterator(value) ||
    types.isSetIterator(value) ||
    types.isExternal(value) ||
    types.isKeyObject(value) ||
    types.isCryptoKey(value) ||
    isHostObject(value)
  );
}

/**
 * Instances of classes that the language or the platform itself provides (`WeakRef`, `Intl.NumberFormat`, `Blob`,
 * `Request`) keep their state where no one can read it. `Object` is the exception, and so is what is only made to
 * look like one by a prototype of its own.
 */
function isHostObject(value: object): boolean {
  for (let prototype = prototypeOf(value); prototype !== null; prototype = prototypeOf(prototype)) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof constructor !== 'function' || constructor.name === 'Object') continue;
    if (NATIVE.test(Function.prototype.toString.call(constructor))) return true;
    if (Reflect.get(globalThis, constructor.name) === constructor) return true;
  }
  return false;
}

const NATIVE = /\{\s*\[native code\]\s*\}\s*$/;

function prototypeOf(value: object): object | null {
  const prototype: unknown = Object.getPrototypeOf(value);
  return typeof prototype === 'object' ? prototype : null;
}

function className(value: object): string {
  const constructor: unknown = Reflect.get(value, 'constructor');
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'object';
}
