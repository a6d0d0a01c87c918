import { types } from 'node:util';

/** A text that is the same for two values exactly if no program could tell them apart by their content. */
export function rendering(value: unknown): string {
  if (typeof value === 'string') return `text ${JSON.stringify(value)}`;
  if (typeof value === 'bigint') return `${String(value)}n`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (ArrayBuffer.isView(value))
    return `${nameOf(value)} ${hex(value.buffer, value.byteOffset, value.byteLength)}`;
  if (types.isArrayBuffer(value)) return `${nameOf(value)} ${hex(value, 0, value.byteLength)}`;
  const properties = Reflect.ownKeys(value).map((key) => {
    const property = Object.getOwnPropertyDescriptor(value, key);
    const content: unknown = property?.value;
    return `${String(key)} ${JSON.stringify({ ...property, value: undefined })}: ${rendering(content)}`;
  });
  return `${nameOf(value)} { ${properties.join(', ')} }`;
}

function nameOf(value: object): string {
  const prototype = Reflect.getPrototypeOf(value);
  if (prototype === null) return 'bare';
  if (prototype === Buffer.prototype) return 'Buffer';
  const name: unknown = Reflect.get(prototype.constructor, 'name');
  const real = Reflect.get(globalThis, String(name)) === prototype.constructor;
  return `${String(name)}${real ? '' : '?'}${Object.isExtensible(value) ? '' : ' closed'}`;
}

function hex(memory: ArrayBufferLike, offset: number, length: number): string {
  return Buffer.from(memory, offset, length).toString('hex');
}
