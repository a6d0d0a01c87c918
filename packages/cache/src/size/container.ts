/** Anything that can keep something else alive. */
export type Container = Readonly<Record<PropertyKey, unknown>>;

export function isContainer(value: unknown): value is Container {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** The value of a property; of a getter that throws, nothing. */
export function read(value: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(value, key);
  } catch {
    return undefined;
  }
}

/** Whether `for...in` finds more than the own properties of what has this prototype. */
export function inheritsNames(prototype: unknown): boolean {
  for (let link = prototype; isContainer(link); link = Object.getPrototypeOf(link)) {
    if (Object.keys(link).length > 0) return true;
  }
  return false;
}

const INDEX = /^(?:0|[1-9]\d{0,9})$/;

/** Indices come first among the keys of any object. */
export function indexCount(keys: readonly string[]): number {
  let count = 0;
  while (count < keys.length && INDEX.test(keys[count] ?? '')) count += 1;
  return count;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/*
 * What the prototypes of the language say of an object, asked directly: the object may have another prototype, or
 * properties of its own by these names.
 */

const VIEWS: object = Reflect.getPrototypeOf(Uint8Array.prototype) ?? Uint8Array.prototype;

export function bufferOf(view: ArrayBufferView, typed: boolean): unknown {
  return Reflect.get(typed ? VIEWS : DataView.prototype, 'buffer', view);
}

export function byteLengthOf(buffer: ArrayBufferLike, shared: boolean): number {
  return Reflect.get(shared ? SharedArrayBuffer.prototype : ArrayBuffer.prototype, 'byteLength', buffer);
}
