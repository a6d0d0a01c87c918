/**
 * A value taken apart: its large texts and binary contents become sources, read block by block; all else goes into a
 * tree of lists and primitives that `v8.serialize` keeps to the bit (`-0`, `NaN`, lone surrogates, bigints). A node of
 * the tree that is not a primitive is a list whose first element says what the rest is.
 *
 * What can be put together again so that no program sees a difference is taken, everything else is declined: a value
 * that comes back almost as it was is worse than one that takes more memory. Two things are not part of a value: the
 * rest of the buffer that a view looks into, and how the engine happens to keep a text.
 */
import { types } from 'node:util';
import { bytesOf, isBinary, kindNamed, kindOf, type Binary } from './binary-kind.js';
import { memorySource, textSource, type Source } from './source.js';

export interface Plan {
  readonly tree: unknown;
  readonly sources: readonly Source[];
}

/** Objects, properties and elements at most: what is more takes the event loop too long. */
export const MAX_NODES = 10_000;
/** Records within records at most. */
export const MAX_DEPTH = 32;
/** Bytes of names, short texts and small binary contents at most, for the same reason. */
const MAX_TREE_BYTES = 2 ** 20;
/** Up to this size a content is part of the tree: a block of its own would cost more than it saves. */
const SMALL = 8192;
/** A bigint is of any size, which only its digits would tell. */
const BIGINT_BITS = 4096;

const RECORD = 0;
const BARE_RECORD = 1;
const LIST = 2;
const BINARY = 3;
const TEXT = 4;

/** How a value is to be compressed; `undefined` if it is not of a kind that comes back exactly as it was. */
export function planOf(value: unknown): Plan | undefined {
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return undefined;
  try {
    const planner = new Planner();
    return { tree: planner.node(value, 0), sources: planner.sources };
  } catch (reason) {
    if (reason === DECLINED) return undefined;
    throw reason;
  }
}

/** Leaves the walk, from any depth of it. */
const DECLINED = new Error('declined');

class Planner {
  readonly sources: Source[] = [];
  readonly #seen = new Set<object>();
  #nodes = 0;
  #treeBytes = 0;

  node(value: unknown, depth: number): unknown {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES || depth > MAX_DEPTH) throw DECLINED;
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'bigint' && BigInt.asIntN(BIGINT_BITS, value) !== value) throw DECLINED;
    if (typeof value === 'symbol' || typeof value === 'function') throw DECLINED;
    if (typeof value !== 'object' || value === null) return value;
    if (isBinary(value)) return this.#binary(value);
    this.#once(value);
    if (types.isProxy(value) || !Object.isExtensible(value)) throw DECLINED;
    return Array.isArray(value) ? this.#list(value, depth) : this.#record(value, depth);
  }

  #text(text: string): unknown {
    return text.length > SMALL ? [TEXT, this.#source(textSource(text))] : this.#inTree(text, 2 * text.length);
  }

  #binary(value: Binary): unknown {
    const kind = kindOf(value);
    if (kind === undefined) throw DECLINED;
    this.#once(ArrayBuffer.isView(value) ? value.buffer : value);
    const bytes = bytesOf(value);
    if (bytes.byteLength <= SMALL) return [BINARY, kind.name, this.#inTree(bytes, bytes.byteLength)];
    return [BINARY, kind.name, this.#source(memorySource(bytes, kind.width))];
  }

  #list(list: readonly unknown[], depth: number): unknown {
    if (Object.getPrototypeOf(list) !== Array.prototype || list.length > MAX_NODES) throw DECLINED;
    const keys = Reflect.ownKeys(list);
    if (keys.length !== list.length + 1) throw DECLINED;
    if (Object.getOwnPropertyDescriptor(list, 'length')?.writable !== true) throw DECLINED;
    const node: unknown[] = [LIST];
    for (let i = 0; i < list.length; i++) node.push(this.node(ownValue(list, String(i)), depth + 1));
    return node;
  }

  #record(record: object, depth: number): unknown {
    const prototype: unknown = Object.getPrototypeOf(record);
    if ((prototype !== Object.prototype && prototype !== null) || hasSlots(record)) throw DECLINED;
    const node: unknown[] = [prototype === null ? BARE_RECORD : RECORD];
    for (const key of Reflect.ownKeys(record)) {
      if (typeof key === 'symbol') throw DECLINED;
      node.push(this.#inTree(key, 2 * key.length), this.node(ownValue(record, key), depth + 1));
    }
    return node;
  }

  #source(source: Source): number {
    return this.sources.push(source) - 1;
  }

  #inTree<T>(content: T, bytes: number): T {
    this.#treeBytes += bytes;
    if (this.#treeBytes > MAX_TREE_BYTES) throw DECLINED;
    return content;
  }

  /** What is met twice would come back as two; a cycle not at all. */
  #once(object: object): void {
    if (this.#seen.has(object)) throw DECLINED;
    this.#seen.add(object);
  }
}

/** The value of a property like those that an assignment makes. */
function ownValue(object: object, key: string): unknown {
  const property = Object.getOwnPropertyDescriptor(object, key);
  if (property?.enumerable === true && property.configurable === true && property.writable === true) {
    return property.value;
  }
  throw DECLINED;
}

/** Whether this is a built-in object in disguise, whose content is not in its properties. */
function hasSlots(value: object): boolean {
  return (
    Object.prototype.toString.call(value) !== '[object Object]' ||
    types.isMap(value) ||
    types.isSet(value) ||
    types.isSharedArrayBuffer(value) ||
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isExternal(value)
  );
}

/** The value that a tree stands for; `contents` are those of its sources, and each is used once. */
export function valueOf(tree: unknown, contents: readonly (ArrayBuffer | string)[]): unknown {
  if (!isNode(tree)) return tree;
  const [tag, ...rest] = tree;
  switch (tag) {
    case LIST:
      return rest.map((element) => valueOf(element, contents));
    case RECORD:
      return recordOf(rest, contents);
    case BARE_RECORD:
      return Object.setPrototypeOf(recordOf(rest, contents), null);
    case BINARY:
      return binaryOf(rest[0], rest[1], contents);
    case TEXT:
      return contents[Number(rest[0])];
    default:
      throw new Error(`no value has the tag ${String(tag)}`);
  }
}

function isNode(tree: unknown): tree is readonly unknown[] {
  return Array.isArray(tree);
}

function recordOf(pairs: readonly unknown[], contents: readonly (ArrayBuffer | string)[]): object {
  const entries: [string, unknown][] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    entries.push([String(pairs[i]), valueOf(pairs[i + 1], contents)]);
  }
  return Object.fromEntries(entries);
}

function binaryOf(name: unknown, place: unknown, contents: readonly (ArrayBuffer | string)[]): unknown {
  // Small contents look into the memory of the tree: they get their own.
  const memory = place instanceof Uint8Array ? new Uint8Array(place).buffer : contents[Number(place)];
  const kind = kindNamed(name);
  if (kind === undefined || !(memory instanceof ArrayBuffer))
    throw new Error(`no content for ${String(name)}`);
  return kind.over(memory);
}
