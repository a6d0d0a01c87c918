import type { CompressibleArray } from './ports.js';

/** Whether a value is an object as a literal makes it: what another thread or a text gives back as it was. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Reflect.ownKeys(value).length === Object.keys(value).length;
}

export function isTypedArray(value: unknown): value is CompressibleArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
