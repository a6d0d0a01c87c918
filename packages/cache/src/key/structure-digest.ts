import { CacheError } from '../cache-error.js';
import { firstAbove, ownSymbols, presentIndices } from '../own-properties.js';
import { classIdentity } from './class-identity.js';
import { contentOf, type Content } from './content.js';
import { pathText, type Frame } from './frame.js';
import { type Hasher } from './hasher.js';
import { ShapeCache, type Shape } from './shape.js';
import { longTextPieces, TAG, Tokens } from './tokens.js';

/*
 * The digest of a value is a Merkle digest: every container hashes its own tokens, in which a nested container stands
 * as its digest. So a container met twice is hashed once, the members of sets and maps are put in order by sorting
 * their digests, and only the path from the root is held in memory. The walk keeps its own stack: depth is bounded by
 * memory, not by the call stack.
 *
 * A cycle ends in a token that says how many containers up it leads. A container with a cycle below it is hashed anew
 * wherever it is met, because what its references back mean depends on the way there; REVISITS bounds that work.
 */

const FLUSH_ABOVE = 1 << 16;
const COPY_UP_TO = 1 << 12;
/** A flat container is remembered only if hashing it again would cost more than looking it up. */
const REMEMBER_ABOVE = 1 << 10;
const REVISITS = 250_000;

/** What is known of a container: the depth at which the walk is inside it, its digest, or that a cycle is below it. */
type Sight = number | Uint8Array | 'cyclic';

/** Hashes values; one instance serves any number of calls, one at a time. */
export class StructureDigest {
  readonly #hasher: Hasher;
  readonly #tokens = new Tokens();
  readonly #shapes = new ShapeCache();
  #sights = new Map<object, Sight>();
  readonly #frames: Frame[] = [];
  #revisits = 0;

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  /** The digest of a value as hexadecimal text. */
  of(value: unknown): string {
    const root = this.#token(value);
    if (root !== undefined) this.#walk(root);
    else this.#seal(0);
    const { bytes, end } = this.#tokens;
    return Buffer.from(bytes.buffer, end - this.#hasher.width, this.#hasher.width).toString('hex');
  }

  /** Lets go of the last value, so that an instance at rest keeps nothing alive. */
  forget(): void {
    this.#tokens.clear();
    this.#sights = new Map();
    this.#revisits = 0;
  }

  #walk(root: object): void {
    this.#open(root);
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      const child = this.#advance(frame);
      if (child === undefined) this.#close(frame);
      else this.#enter(frame, child);
    }
  }

  /** Writes tokens until a nested container comes, which is returned, or the end of the frame. */
  #advance(frame: Frame): object | undefined {
    if (frame.names === undefined) {
      const child = frame.content.group === 0 ? this.#elements(frame) : this.#members(frame);
      if (child !== undefined) return child;
      this.#startNames(frame);
    }
    const { names = [], content } = frame;
    while (frame.index < names.length) {
      const name = names[frame.index++] ?? '';
      const child = this.#token(Reflect.get(content.value, name));
      if (child !== undefined) return child;
      this.#flush(frame);
    }
    return undefined;
  }

  #elements(frame: Frame): object | undefined {
    const { elements } = frame.content;
    while (frame.index < elements.length) {
      const element = elements[frame.index];
      if (element === undefined && !Object.hasOwn(elements, frame.index)) {
        this.#skipHoles(frame, elements);
        continue;
      }
      frame.index += 1;
      const child = this.#token(element);
      if (child !== undefined) return child;
      this.#flush(frame);
    }
    return undefined;
  }

  #skipHoles(frame: Frame, elements: readonly unknown[]): void {
    frame.present ??= presentIndices(elements);
    const next = firstAbove(frame.present, frame.index) ?? elements.length;
    this.#tokens.count(TAG.hole, next - frame.index);
    frame.index = next;
  }

  /** Every member of a map or set becomes a digest; the digests are sorted once all are there. */
  #members(frame: Frame): object | undefined {
    const { elements, group } = frame.content;
    for (;;) {
      if (frame.index > 0 && frame.index % group === 0) this.#seal(frame.memberStart);
      if (frame.index % group === 0) frame.memberStart = this.#tokens.end;
      if (frame.index === elements.length) break;
      const child = this.#token(elements[frame.index++]);
      if (child !== undefined) return child;
    }
    this.#sortMembers(elements.length / group);
    return undefined;
  }

  #sortMembers(count: number): void {
    const { bytes, end } = this.#tokens;
    const { width } = this.#hasher;
    const members: Uint8Array[] = [];
    for (let at = end - count * width; at < end; at += width) members.push(bytes.slice(at, at + width));
    members.sort((a, b) => Buffer.compare(a, b));
    let at = end - count * width;
    for (const member of members) {
      bytes.set(member, at);
      at += width;
    }
  }

  #startNames(frame: Frame): void {
    const { value, keys } = frame.content;
    const symbols = ownSymbols(value);
    if (keys.length + symbols.length === 0) {
      frame.names = [];
      return;
    }
    const shape =
      this.#shapes.find(keys, symbols) ?? this.#shapes.add(keys, symbols, (s) => this.#nameDigest(s));
    this.#writeDigest(TAG.properties, shape.digest);
    frame.names = shape.names;
    frame.index = 0;
  }

  #nameDigest(names: Shape['names']): Uint8Array {
    const start = this.#tokens.end;
    for (const name of names) {
      if (typeof name === 'symbol') this.#symbol(name, 'a property named by ');
      else this.#tokens.text(name);
    }
    this.#seal(start);
    const digest = this.#tokens.bytes.slice(start, this.#tokens.end);
    this.#tokens.end = start;
    return digest;
  }

  /** Writes the token of a primitive, or returns the container that has none. */
  #token(value: unknown): object | undefined {
    const tokens = this.#tokens;
    switch (typeof value) {
      case 'string':
        this.#text(value);
        return undefined;
      case 'number':
        tokens.number(value);
        return undefined;
      case 'boolean':
        tokens.tag(value ? TAG.true : TAG.false);
        return undefined;
      case 'undefined':
        tokens.tag(TAG.undefined);
        return undefined;
      case 'bigint':
        tokens.text(value.toString(16), TAG.bigint);
        return undefined;
      case 'symbol':
        this.#symbol(value, '');
        return undefined;
      case 'function':
        throw this.#refusal('a function');
      case 'object':
        if (value !== null) return value;
        tokens.tag(TAG.null);
        return undefined;
    }
  }

  #text(text: string): void {
    const pieces = longTextPieces(text);
    if (pieces === undefined) {
      this.#tokens.text(text);
      return;
    }
    const stream = this.#hasher.stream();
    for (const piece of pieces) stream.update(piece);
    this.#tokens.count(TAG.longText, text.length);
    this.#tokens.reserve(this.#hasher.width);
    stream.digest(this.#tokens.bytes, this.#tokens.end);
    this.#tokens.end += this.#hasher.width;
  }

  #symbol(symbol: symbol, role: string): void {
    const registered = Symbol.keyFor(symbol);
    if (registered !== undefined) {
      this.#tokens.text(registered, TAG.registeredSymbol);
      return;
    }
    const name = symbol.description ?? '';
    if (Reflect.get(Symbol, name.slice('Symbol.'.length)) !== symbol) {
      throw this.#refusal(`${role}a unique symbol, ${String(symbol)}`);
    }
    this.#tokens.text(name, TAG.wellKnownSymbol);
  }

  /** Goes into a nested container, unless what it stands for is known. */
  #enter(parent: Frame, child: object): void {
    if (!parent.onPath) {
      parent.onPath = true;
      this.#sights.set(parent.content.value, this.#frames.length);
    }
    const sight = this.#sights.get(child);
    if (typeof sight === 'number') {
      this.#tokens.count(TAG.cycle, this.#frames.length - sight);
      parent.cyclic = true;
    } else if (sight instanceof Uint8Array) {
      this.#writeDigest(TAG.digest, sight);
    } else {
      if (sight === 'cyclic') this.#revisits += 1;
      if (this.#revisits > REVISITS) throw this.#refusal('a web of cycles with too many ways through it');
      this.#open(child);
    }
  }

  #open(value: object): void {
    const content = contentOf(value);
    if ('refused' in content) throw this.#refusal(content.refused);
    const start = this.#tokens.end;
    this.#tokens.tag(content.tag);
    this.#prototype(value);
    for (const fact of content.facts) this.#token(fact);
    if (content.bytes !== undefined) this.#bytes(content.bytes);
    this.#frames.push({
      content,
      start,
      names: undefined,
      index: 0,
      memberStart: start,
      present: undefined,
      stream: undefined,
      onPath: false,
      cyclic: false,
    });
  }

  #prototype(value: object): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) return;
    if (typeof prototype !== 'object' || prototype === null) {
      this.#tokens.tag(TAG.noPrototype);
      return;
    }
    const { name, ordinal } = classIdentity(prototype);
    this.#tokens.text(name, TAG.prototype);
    this.#tokens.number(ordinal);
  }

  #bytes(bytes: Uint8Array): void {
    const { length } = bytes;
    const tokens = this.#tokens;
    tokens.number(length);
    if (length > COPY_UP_TO) {
      tokens.reserve(this.#hasher.width);
      this.#hasher.hash(bytes, 0, length, tokens.bytes, tokens.end);
      tokens.end += this.#hasher.width;
    } else {
      tokens.reserve(length);
      tokens.bytes.set(bytes, tokens.end);
      tokens.end += length;
    }
  }

  #close(frame: Frame): void {
    const { content, start, stream } = frame;
    const { width } = this.#hasher;
    const tokens = this.#tokens;
    tokens.reserve(1 + width);
    const heavy = stream !== undefined || tokens.end - start > REMEMBER_ABOVE || isHeavy(content);
    if (stream === undefined) {
      this.#hasher.hash(tokens.bytes, start, tokens.end, tokens.bytes, start + 1);
    } else {
      stream.update(tokens.bytes, start, tokens.end);
      stream.digest(tokens.bytes, start + 1);
    }
    tokens.bytes[start] = TAG.digest;
    tokens.end = start + 1 + width;
    this.#frames.pop();
    if (frame.cyclic) {
      this.#sights.set(content.value, 'cyclic');
      const parent = this.#frames.at(-1);
      if (parent !== undefined) parent.cyclic = true;
    } else if (frame.onPath || heavy) {
      this.#sights.set(content.value, tokens.bytes.slice(start + 1, tokens.end));
    }
  }

  /** Replaces the tokens from `start` on by their digest. */
  #seal(start: number): void {
    const tokens = this.#tokens;
    tokens.reserve(this.#hasher.width);
    this.#hasher.hash(tokens.bytes, start, tokens.end, tokens.bytes, start);
    tokens.end = start + this.#hasher.width;
  }

  #writeDigest(tag: number, digest: Uint8Array): void {
    this.#tokens.tag(tag);
    this.#tokens.reserve(digest.length);
    this.#tokens.bytes.set(digest, this.#tokens.end);
    this.#tokens.end += digest.length;
  }

  /** Hashes what a long container has written so far, so that the tokens of millions of elements never pile up. */
  #flush(frame: Frame): void {
    const tokens = this.#tokens;
    if (tokens.end - frame.start < FLUSH_ABOVE) return;
    frame.stream ??= this.#hasher.stream();
    frame.stream.update(tokens.bytes, frame.start, tokens.end);
    tokens.end = frame.start;
  }

  #refusal(what: string): CacheError {
    const path = pathText(this.#frames);
    return new CacheError(
      'ERR_PERF_CACHE_UNHASHABLE',
      `cannot fingerprint ${what} at ${path}: it has no content to compare; leave it out or give { cacheKey }`,
    );
  }
}

function isHeavy(content: Content): boolean {
  return content.bytes !== undefined && content.bytes.length > REMEMBER_ABOVE;
}
