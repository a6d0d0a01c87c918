/*
 * Two instances are equal only if they are of the same class. A class has no content that could be hashed, so its
 * name stands for it; a second class of the same name gets an ordinal, so that within a process no two classes are
 * ever confused. Keys are the same in every process as long as class names are not used twice. The built-in classes
 * come first, whatever is seen first.
 */

export interface ClassIdentity {
  readonly name: string;
  /** 0 for the first class of this name, 1 for the next. */
  readonly ordinal: number;
}

const BUILT_IN =
  'Object Array Map Set Date RegExp Boolean Number String BigInt Symbol Error EvalError RangeError ReferenceError ' +
  'SyntaxError TypeError URIError AggregateError DOMException ArrayBuffer SharedArrayBuffer DataView Buffer ' +
  'Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float16Array ' +
  'Float32Array Float64Array BigInt64Array BigUint64Array URL URLSearchParams';

const known = new WeakMap<object, ClassIdentity>();
const named = new Map<string, number>();

/** The identity of the class that has this prototype. */
export function classIdentity(prototype: object): ClassIdentity {
  if (named.size === 0) registerBuiltIns();
  return known.get(prototype) ?? register(prototype, constructorName(prototype));
}

function register(prototype: object, name: string): ClassIdentity {
  const ordinal = named.get(name) ?? 0;
  named.set(name, ordinal + 1);
  const identity = { name, ordinal };
  known.set(prototype, identity);
  return identity;
}

function registerBuiltIns(): void {
  for (const name of BUILT_IN.split(' ')) {
    const constructor: unknown = Reflect.get(globalThis, name);
    if (typeof constructor !== 'function') continue;
    const prototype: unknown = constructor.prototype;
    if (typeof prototype === 'object' && prototype !== null) register(prototype, name);
  }
}

/** The name of the class that owns this prototype; empty if no class does. */
function constructorName(prototype: object): string {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof constructor === 'function' ? constructor.name : '';
}
