import { types } from 'node:util';
import { extraKeys, ownSymbols, presentIndices } from '../own-properties.js';
import {
  bufferOf,
  byteLengthOf,
  indexCount,
  inheritsNames,
  isContainer,
  isDigit,
  isList,
  read,
  type Container,
} from './container.js';
import { DistinctList } from './distinct-list.js';
import { TextTotal } from './text-total.js';
import * as layout from './v8-layout.js';

/** So many names are remembered at most; beyond, each counts. */
const NAMES = 1 << 16;
/** A list with more holes than this and than elements is read by its keys. */
const MANY_HOLES = 1024;
/** So many are kept, as each is asked about every object. */
const DISTINCT_LISTS = 4;

/** One walk over all that a value keeps alive. */
export class Measurement {
  readonly #texts = new TextTotal();
  /** Objects that were met, perhaps not for the first time. */
  readonly #pending: Container[] = [];
  /** Lists that are certainly new, and remembered by the list that they are in. */
  readonly #fresh: Container[] = [];
  readonly #lists: DistinctList[] = [];
  /** The first object, for which alone no set is made. */
  #root: object | undefined;
  #seen: Set<object> | undefined;
  /** The last prototype met from which nothing enumerable is inherited. */
  #silent: unknown;
  #names: Set<string> | undefined;

  of(root: Container): number {
    const bytes = this.#visit(root) + this.#rest();
    return bytes + this.#texts.bytes;
  }

  #rest(): number {
    const pending = this.#pending;
    const fresh = this.#fresh;
    let bytes = 0;
    while (pending.length > 0 || fresh.length > 0) {
      for (let next = fresh.pop(); next !== undefined; next = fresh.pop()) bytes += this.#measure(next);
      const next = pending.pop();
      if (next !== undefined) bytes += this.#visit(next);
    }
    return bytes;
  }

  /** The bytes of a primitive beside the reference to it; objects wait for their turn. */
  #add(value: unknown): number {
    if (isContainer(value)) this.#pending.push(value);
    else if (typeof value === 'string') this.#texts.add(value);
    else return layout.primitiveBytes(value);
    return 0;
  }

  #visit(value: Container): number {
    return this.#isNew(value) ? this.#measure(value) : 0;
  }

  #isNew(value: object): boolean {
    if (this.#root === undefined) {
      this.#root = value;
      return true;
    }
    if (value === this.#root || this.#isListed(value)) return false;
    const seen = (this.#seen ??= new Set());
    const { size } = seen;
    return seen.add(value).size > size;
  }

  #isMet(value: object): boolean {
    return value === this.#root || this.#seen?.has(value) === true || this.#isListed(value);
  }

  #isListed(value: object): boolean {
    for (const list of this.#lists) if (list.has(value)) return true;
    return false;
  }

  #measure(value: Container): number {
    try {
      return this.#isPlain(value) ? this.#plain(value) : this.#other(value);
    } catch {
      // A proxy whose traps throw: it has no size of its own that could be told.
      return layout.OPAQUE;
    }
  }

  /** Whether `for...in` finds its own properties and nothing else. */
  #isPlain(value: object): boolean {
    if (typeof value === 'function' || isList(value) || ArrayBuffer.isView(value)) return false;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== this.#silent) {
      if (prototype === null || inheritsNames(prototype)) return false;
      this.#silent = prototype;
    }
    return prototype === Object.prototype || Object.prototype.toString.call(value) === '[object Object]';
  }

  /** The usual object, read by its shape. One without named properties may be of any kind. */
  #plain(value: Container): number {
    let bytes = 0;
    let named = 0;
    for (const name in value) {
      if (named === 0 && isDigit(name.charCodeAt(0))) break;
      named += 1;
      let field: unknown;
      try {
        field = value[name];
      } catch {
        continue;
      }
      if (typeof field === 'number') {
        if (!layout.isSmallInteger(field)) bytes += layout.HEAP_NUMBER;
      } else if (typeof field === 'string') {
        this.#texts.add(field);
      } else if (isContainer(field)) {
        this.#pending.push(field);
      } else if (typeof field === 'bigint' || typeof field === 'symbol') {
        bytes += layout.primitiveBytes(field);
      }
    }
    if (named === 0) return this.#other(value);
    for (const symbol of ownSymbols(value)) bytes += 8 + this.#add(read(value, symbol));
    const dictionary = layout.isDictionary(named, true);
    if (dictionary) bytes += this.#nameBytes(Object.keys(value));
    return bytes + layout.objectBytes(named, dictionary);
  }

  #other(value: object): number {
    if (typeof value === 'function') return layout.FUNCTION + this.#extras(value, Object.keys(value));
    if (isList(value)) {
      const elements = this.#rows(value) ?? this.#elements(value);
      return layout.ARRAY + elements + this.#extras(value, extraKeys(value));
    }
    if (ArrayBuffer.isView(value)) return this.#view(value);
    const keys = Object.keys(value);
    const named = keys.length > 0 && Object.prototype.toString.call(value) === '[object Object]';
    return named ? this.#properties(value, keys) : this.#special(value, keys);
  }

  /** The bytes of the objects of a list that need no looking up; of any other list, nothing. */
  #rows(list: readonly unknown[]): number | undefined {
    const distinct = this.#lists.length < DISTINCT_LISTS ? DistinctList.of(list) : undefined;
    if (distinct === undefined) return undefined;
    const { objects } = distinct;
    let bytes = layout.elementsBytes(list.length);
    for (let i = 0; i < objects.length; i++) {
      const row = objects[i];
      if (row === undefined || this.#isMet(row)) continue;
      if (isList(row)) this.#fresh.push(row);
      else bytes += this.#measure(row);
    }
    this.#lists.push(distinct);
    return bytes;
  }

  #elements(list: readonly unknown[]): number {
    const { length } = list;
    let doubles = 0;
    let numbers = 0;
    let holes = 0;
    let bytes = 0;
    for (let i = 0; i < length; i++) {
      let element: unknown;
      try {
        element = list[i];
      } catch {
        continue;
      }
      if (typeof element === 'number') {
        numbers += 1;
        if (!layout.isSmallInteger(element)) doubles += 1;
      } else if (element !== undefined) {
        bytes += this.#add(element);
      } else if (!Object.hasOwn(list, i)) {
        holes += 1;
        if (holes > MANY_HOLES && holes > i / 2) {
          return bytes + doubles * layout.HEAP_NUMBER + this.#sparse(list, i);
        }
      }
    }
    // A list of nothing but numbers holds them unboxed.
    if (numbers + holes < length) bytes += doubles * layout.HEAP_NUMBER;
    return bytes + layout.elementsBytes(length);
  }

  /** A list that turned out to be mostly holes, and was read up to an index. */
  #sparse(list: readonly unknown[], done: number): number {
    const present = presentIndices(list);
    let bytes = 0;
    for (const index of present) if (index > done) bytes += this.#add(read(list, index));
    return bytes + Math.min(layout.dictionaryBytes(present.length), layout.elementsBytes(list.length));
  }

  #view(view: ArrayBufferView): number {
    const typed = types.isTypedArray(view);
    const bytes = this.#add(bufferOf(view, typed));
    if (typed) return bytes + layout.TYPED_ARRAY + this.#extras(view, extraKeys(view));
    return bytes + layout.DATA_VIEW + this.#extras(view, Object.keys(view));
  }

  #special(value: object, keys: readonly string[]): number {
    const own = this.#content(value);
    return own === undefined ? this.#properties(value, keys) : own + this.#extras(value, keys);
  }

  /** What an object of the language holds beside its properties. */
  #content(value: object): number | undefined {
    if (types.isAnyArrayBuffer(value)) {
      return layout.ARRAY_BUFFER + byteLengthOf(value, types.isSharedArrayBuffer(value));
    }
    if (types.isMap(value)) {
      let bytes = 0;
      let entries = 0;
      Map.prototype.forEach.call(value, (item: unknown, key: unknown) => {
        entries += 1;
        bytes += this.#add(key) + this.#add(item);
      });
      return bytes + layout.mapBytes(entries);
    }
    if (types.isSet(value)) {
      let bytes = 0;
      let members = 0;
      Set.prototype.forEach.call(value, (member: unknown) => {
        members += 1;
        bytes += this.#add(member);
      });
      return bytes + layout.setBytes(members);
    }
    if (types.isDate(value)) return layout.DATE;
    if (types.isRegExp(value)) return layout.REGEXP + this.#add(read(value, 'source'));
    if (types.isNativeError(value)) {
      const held = ['message', 'cause', 'errors'].map((name) => this.#add(read(value, name)));
      return held.reduce((bytes, more) => bytes + more, layout.ERROR);
    }
    if (types.isStringObject(value)) return layout.BOXED + this.#add(String.prototype.valueOf.call(value));
    if (types.isBoxedPrimitive(value)) return layout.BOXED;
    if (
      types.isPromise(value) ||
      types.isWeakMap(value) ||
      types.isWeakSet(value) ||
      types.isExternal(value)
    ) {
      return layout.OPAQUE;
    }
    return undefined;
  }

  /** An object that is nothing but its properties. */
  #properties(value: object, keys: readonly string[]): number {
    const named = keys.length - indexCount(keys);
    const dictionary = layout.isDictionary(named, Object.getPrototypeOf(value) !== null);
    let bytes = layout.objectBytes(named, dictionary) + this.#indexed(keys, keys.length - named);
    if (dictionary) bytes += this.#nameBytes(keys);
    return bytes + this.#values(value, keys);
  }

  /** The named properties that something carries beside its own content. */
  #extras(value: object, keys: readonly string[]): number {
    const bytes = keys.length === 0 ? 0 : layout.elementsBytes(keys.length);
    return bytes + this.#values(value, keys);
  }

  #values(value: object, keys: readonly string[]): number {
    let bytes = 0;
    for (const key of keys) bytes += this.#add(read(value, key));
    for (const symbol of ownSymbols(value)) bytes += 8 + this.#add(read(value, symbol));
    return bytes;
  }

  /** Keys such as '17' are kept like the elements of a list, apart from the names. */
  #indexed(keys: readonly string[], count: number): number {
    if (count === 0) return 0;
    const last = Number(keys[count - 1]);
    return Math.min(layout.elementsBytes(last + 1), layout.dictionaryBytes(count));
  }

  /** Names are shared by all objects that use them. */
  #nameBytes(keys: readonly string[]): number {
    const names = (this.#names ??= new Set());
    let bytes = 0;
    for (const key of keys) {
      if (names.has(key)) continue;
      if (names.size < NAMES) names.add(key);
      bytes += layout.textBytes(key);
    }
    return bytes;
  }
}
