/*
 * How V8 lays values out on the heap of a 64-bit Node: no pointer compression, so every reference takes 8 bytes. The
 * figures follow V8's object definitions (src/objects of the V8 sources) and agree with measured heap growth on
 * Node 20 and 24. What a value cannot tell about itself is taken at its usual: lists exactly as long as their elements,
 * properties inside the object, text flat.
 */

const WORD = 8;
const LIST_HEADER = 16;

/** A number that is no 32-bit integer, wherever a reference would stand. */
export const HEAP_NUMBER = 16;
export const ARRAY = 32;
export const ARRAY_BUFFER = 88;
export const TYPED_ARRAY = 96;
export const DATA_VIEW = 80;
/** Up to V8 12 the time is a number of its own. */
export const DATE: number = Number.parseInt(process.versions.v8, 10) < 13 ? 112 : 96;
/** The compiled pattern is shared. */
export const REGEXP = 56;
/** With a captured stack of ten frames. */
export const ERROR = 512;
export const BOXED = 32;
/** What a function closes over cannot be seen. */
export const FUNCTION = 64;
/** An object without a readable content: a promise, a weak reference, a handle. */
export const OPAQUE = 64;
const SYMBOL = 24;

const OBJECT_HEADER = 24;
/** `{}` reserves room for four properties. */
const EMPTY_OBJECT = OBJECT_HEADER + 4 * WORD;
/** Above this many properties V8 turns an object into a hash table. */
const MAX_FAST_PROPERTIES = 128;

/** Whether a number fits into the reference itself. */
export function isSmallInteger(value: number): boolean {
  return value === (value | 0) && !Object.is(value, -0);
}

/** What a primitive takes beside the reference to it. */
export function primitiveBytes(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return textBytes(value);
    case 'number':
      return isSmallInteger(value) ? 0 : HEAP_NUMBER;
    case 'bigint':
      return bigintBytes(value);
    case 'symbol':
      return Symbol.keyFor(value) === undefined ? SYMBOL : 0;
    default:
      return 0;
  }
}

/** A text takes two bytes a character as soon as one of them needs it. */
export function textBytes(text: string): number {
  return WIDE.test(text) ? roundUp(16 + 2 * text.length) : narrowTextBytes(text.length);
}

/** A text of Latin-1 characters, the usual case: its length alone tells. */
export function narrowTextBytes(length: number): number {
  // The empty text and single characters exist once in the process.
  return length <= 1 ? 0 : (16 + length + 7) & ~7;
}

const WIDE = /[^\0-\xff]/;

function bigintBytes(value: bigint): number {
  if (value === 0n) return 16;
  if (BigInt.asIntN(64, value) === value) return 24;
  return 16 + WORD * Math.ceil(value.toString(16).length / 16);
}

/** The elements of a list: references, or numbers without a box. */
export function elementsBytes(length: number): number {
  return length === 0 ? 0 : LIST_HEADER + WORD * length;
}

/** Whether V8 keeps the properties in a hash table instead of in slots. */
export function isDictionary(properties: number, hasPrototype: boolean): boolean {
  return properties > MAX_FAST_PROPERTIES || !hasPrototype;
}

export function objectBytes(properties: number, dictionary: boolean): number {
  if (dictionary) return OBJECT_HEADER + dictionaryBytes(properties);
  return properties === 0 ? EMPTY_OBJECT : OBJECT_HEADER + WORD * properties;
}

/** A hash table of properties or of the elements of a sparse array: name, value and details of each. */
export function dictionaryBytes(entries: number): number {
  const capacity = powerOfTwo(Math.max(4, Math.ceil(1.5 * entries)));
  return LIST_HEADER + WORD * (6 + 3 * capacity);
}

export function mapBytes(entries: number): number {
  return hashTableBytes(entries, 3);
}

export function setBytes(members: number): number {
  return hashTableBytes(members, 2);
}

/** The ordered hash table behind Map and Set: half as many buckets as it has room for entries. */
function hashTableBytes(entries: number, words: number): number {
  const capacity = powerOfTwo(Math.max(4, entries));
  return ARRAY + LIST_HEADER + WORD * (3 + capacity / 2 + words * capacity);
}

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(atLeast));
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / WORD) * WORD;
}
