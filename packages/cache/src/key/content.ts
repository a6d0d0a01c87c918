import { types } from 'node:util';
import { extraKeys } from '../own-properties.js';
import { classify, isRecord } from './kind.js';
import { TAG } from './tokens.js';

/** What a container consists of, in the order in which it is hashed. */
export interface Content {
  readonly value: object;
  readonly tag: number;
  /** Primitives that belong to the container itself, such as the length of an array. */
  readonly facts: readonly (string | number)[];
  readonly bytes: Uint8Array | undefined;
  /** Children without a name: the elements of an array, the members of a map or set. */
  readonly elements: readonly unknown[];
  /** 0 if the elements are in order; otherwise how many of them make one member of an unordered collection. */
  readonly group: 0 | 1 | 2;
  /** Own enumerable properties beside the elements, in the order of the object. */
  readonly keys: readonly string[];
  /** How an error message points at an element. */
  readonly pathOf: (index: number) => string;
}

/** Why a container has no content to compare. */
export interface NoContent {
  readonly refused: string;
}

const NONE: readonly never[] = [];
const elementPath = (index: number): string => `[${String(index)}]`;
const memberPath = (index: number): string => `.values()[${String(index)}]`;
const entryPath = (index: number): string =>
  `.${index % 2 === 0 ? 'keys' : 'values'}()[${String(Math.floor(index / 2))}]`;

export function contentOf(value: object): Content | NoContent {
  if (Array.isArray(value)) {
    const elements: readonly unknown[] = value;
    return listContent(elements, extraKeys(elements));
  }
  if (types.isTypedArray(value)) {
    const parts = { facts: [elementType(value)], bytes: bytesOf(value), keys: extraKeys(value) };
    return bytesContent(value, TAG.typedArray, parts);
  }
  const keys = Object.keys(value);
  if (types.isDataView(value)) return bytesContent(value, TAG.dataView, { bytes: bytesOf(value), keys });
  if (isRecord(value, keys)) return recordContent(value, keys);
  return specialContent(value, keys);
}

/** The content of an array that has these keys beside its elements. */
export function listContent(elements: readonly unknown[], keys: readonly string[]): Content {
  return content(elements, TAG.array, { facts: [elements.length], elements, keys });
}

/** The content of what is known to be a plain object. */
export function recordContent(value: object, keys: readonly string[]): Content {
  return content(value, TAG.object, { keys });
}

function specialContent(value: object, keys: readonly string[]): Content | NoContent {
  const classified = classify(value);
  switch (classified.kind) {
    case 'map': {
      const elements = [...classified.value].flat(1);
      return content(value, TAG.map, { keys, elements, group: 2, pathOf: entryPath });
    }
    case 'set':
      return content(value, TAG.set, { keys, elements: [...classified.value], group: 1, pathOf: memberPath });
    case 'date':
      return content(value, TAG.date, { keys, facts: [classified.time] });
    case 'regexp': {
      const { source, flags, lastIndex } = classified.value;
      return content(value, TAG.regexp, { keys, facts: [source, flags, lastIndex] });
    }
    case 'error':
      return errorContent(classified.value, keys);
    case 'boxed':
      return content(value, TAG.boxed, { keys, elements: [classified.primitive] });
    case 'buffer':
      return bytesContent(value, TAG.arrayBuffer, { bytes: bytesOf(classified.value), keys });
    case 'url':
      return content(value, TAG.url, { keys, facts: [classified.text] });
    case 'opaque':
      return { refused: `${article(classified.name)} ${classified.name}` };
    case 'object':
      return content(value, TAG.object, {
        keys,
        facts: classified.brand === 'Object' ? NONE : [classified.brand],
      });
  }
}

function bytesContent(
  value: object,
  tag: number,
  parts: Parts & Pick<Content, 'bytes'>,
): Content | NoContent {
  return parts.bytes === undefined ? { refused: 'a detached ArrayBuffer' } : content(value, tag, parts);
}

function errorContent(error: Error, keys: readonly string[]): Content {
  const labels = ['name', 'message'];
  if (Object.hasOwn(error, 'cause')) labels.push('cause');
  if (Object.hasOwn(error, 'errors')) labels.push('errors');
  return content(error, TAG.error, {
    keys,
    facts: [labels.join()],
    elements: labels.map((label): unknown => Reflect.get(error, label)),
    pathOf: (index) => `.${labels[index] ?? ''}`,
  });
}

/** Every byte that is seen through a view or a buffer; `undefined` if its memory was taken away. */
function bytesOf(value: ArrayBufferLike | NodeJS.ArrayBufferView): Uint8Array | undefined {
  try {
    return ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value);
  } catch {
    return undefined;
  }
}

/** `'Float64Array'`, whatever the class of the array is called. */
function elementType(array: NodeJS.TypedArray): string {
  return String(Reflect.get(TYPED_ARRAY, Symbol.toStringTag, array));
}

const TYPED_ARRAY: object = Object.getPrototypeOf(Uint8Array.prototype) as object;

function article(name: string): string {
  return /^[aeiou]/i.test(name) ? 'an' : 'a';
}

type Parts = Partial<Omit<Content, 'value' | 'tag'>>;

function content(value: object, tag: number, parts: Parts): Content {
  const { facts = NONE, bytes, elements = NONE, group = 0, keys = NONE, pathOf = elementPath } = parts;
  return { value, tag, facts, bytes, elements, group, keys, pathOf };
}
