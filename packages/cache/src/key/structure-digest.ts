import { CacheError } from '../cache-error.js';
import { firstAbove, ownSymbols, presentIndices } from '../own-properties.js';
import { classIdentity } from './class-identity.js';
import { contentOf, listContent, recordContent } from './content.js';
import { createFrame, pathText, type Frame } from './frame.js';
import { COPY_UP_TO, HashedTokens } from './hashed-tokens.js';
import { type Hasher } from './hasher.js';
import { isPlainList, RecordReader } from './record.js';
import { ShapeCache, type Shape } from './shape.js';
import { TAG, type Digest } from './tokens.js';

/*
 * The digest of a value is a Merkle digest: a container that takes many tokens, or whose content is costly to read,
 * stands as the digest of its tokens in those of its parent, and a smaller one by its tokens themselves. So the rows
 * of a table are hashed in one run, a large container met twice is hashed once, the members of sets and maps are put
 * in order by sorting their digests, and only the path from the root is held in memory. The walk keeps its own stack:
 * depth is bounded by memory, not by the call stack.
 *
 * A cycle ends in a token that says how many containers up it leads. A container with a cycle below it is hashed anew
 * wherever it is met, because what its references back mean depends on the way there; REVISITS bounds that work.
 */

const FLUSH_ABOVE = 1 << 16;
/** Tokens of a container that are no more than this are written again wherever it is met, instead of remembered. */
const INLINE_UP_TO = 1 << 10;
/** Plain objects with no more keys than this are written in one go. */
const FLAT_UP_TO = 64;
/** Containers on the first levels are looked for one by one; only deeper ones are put into the map. */
const SHALLOW = 8;
const REVISITS = 250_000;

/** What is known of a container: the depth at which the walk is inside it, its digest, or that a cycle is below it. */
type Sight = number | Digest | 'cyclic';

/** Hashes values; one instance serves any number of calls, one at a time. */
export class StructureDigest {
  readonly #tokens: HashedTokens;
  readonly #shapes = new ShapeCache();
  readonly #record = new RecordReader();
  #sights = new Map<object, Sight>();
  #frames: Frame[] = [];
  #revisits = 0;

  constructor(hasher: Hasher) {
    this.#tokens = new HashedTokens(hasher);
  }

  /** The digest of a value as hexadecimal text. */
  of(value: unknown): string {
    if (typeof value === 'object' && value !== null) this.#walk(value);
    else this.#primitive(value);
    if (this.#tokens.bytes[0] !== TAG.digest) this.#tokens.seal(0);
    return this.#tokens.lastHex();
  }

  /** Lets go of the last value, so that an instance at rest keeps nothing alive. */
  forget(): void {
    this.#tokens.clear();
    this.#record.forget();
    if (this.#sights.size > 0) this.#sights = new Map();
    // Only a refusal leaves any.
    if (this.#frames.length > 0) this.#frames = [];
    this.#revisits = 0;
  }

  #walk(root: object): void {
    this.#open(root);
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      if (this.#advance(frame)) this.#close(frame);
    }
  }

  /** Writes tokens until a nested container has opened a frame of its own; whether this one came to its end. */
  #advance(frame: Frame): boolean {
    if (frame.names === undefined) {
      if (!(frame.content.group === 0 ? this.#elements(frame) : this.#members(frame))) return false;
      this.#startNames(frame);
    }
    const { values } = frame;
    while (frame.index < values.length) {
      this.#flush(frame);
      if (!this.#write(frame, values[frame.index++])) return false;
    }
    return true;
  }

  #elements(frame: Frame): boolean {
    const { elements } = frame.content;
    while (frame.index < elements.length) {
      this.#flush(frame);
      const element = elements[frame.index];
      if (element === undefined && !Object.hasOwn(elements, frame.index)) {
        this.#skipHoles(frame, elements);
        continue;
      }
      frame.index += 1;
      if (!this.#write(frame, element)) return false;
    }
    return true;
  }

  #skipHoles(frame: Frame, elements: readonly unknown[]): void {
    frame.present ??= presentIndices(elements);
    const next = firstAbove(frame.present, frame.index) ?? elements.length;
    this.#tokens.count(TAG.hole, next - frame.index);
    frame.index = next;
  }

  /** Every member of a map or set becomes a digest; the digests are sorted once all are there. */
  #members(frame: Frame): boolean {
    const { elements, group } = frame.content;
    if (frame.index === 0) this.#tokens.gather();
    for (;;) {
      if (frame.index > 0 && frame.index % group === 0) this.#tokens.seal(frame.memberStart);
      if (frame.index % group === 0) frame.memberStart = this.#tokens.end;
      if (frame.index === elements.length) break;
      if (!this.#write(frame, elements[frame.index++])) return false;
    }
    this.#tokens.sortDigests(elements.length / group);
    return true;
  }

  /** Writes a child; false if it has opened a frame, which comes first now. */
  #write(frame: Frame, child: unknown): boolean {
    if (typeof child === 'object' && child !== null) return !this.#enter(frame, child);
    this.#primitive(child);
    return true;
  }

  #startNames(frame: Frame): void {
    const { value, keys } = frame.content;
    const symbols = ownSymbols(value);
    frame.names = [];
    if (keys.length + symbols.length === 0) return;
    const { digest, names } = this.#shape(keys, keys.length, symbols);
    this.#tokens.digest(TAG.properties, digest);
    frame.values = names.map((name): unknown => Reflect.get(value, name));
    frame.names = names;
    frame.index = 0;
  }

  #shape(keys: readonly string[], count: number, symbols: readonly symbol[]): Shape {
    const known = symbols.length === 0 ? this.#shapes.find(keys, count) : undefined;
    return known ?? this.#shapes.add(keys.slice(0, count), symbols, (names) => this.#nameDigest(names));
  }

  #nameDigest(names: Shape['names']): Digest {
    const tokens = this.#tokens;
    const { end: start, texts } = tokens;
    tokens.texts = '';
    for (const name of names) {
      if (tokens.texts.length > FLUSH_ABOVE) tokens.gather();
      if (typeof name === 'symbol') this.#symbol(name, 'a property named by ');
      else tokens.text(name);
    }
    tokens.seal(start);
    const digest = tokens.lastDigest();
    tokens.end = start;
    tokens.texts = texts;
    return digest;
  }

  #primitive(value: unknown): void {
    if (this.#tokens.simple(value)) return;
    if (typeof value === 'string') this.#longText(value);
    else if (typeof value === 'symbol') this.#symbol(value, '');
    else throw this.#refusal('a function');
  }

  #longText(text: string): void {
    const frame = this.#frames.at(-1);
    if (frame !== undefined) frame.heavy = true;
    this.#tokens.longText(text);
  }

  #symbol(symbol: symbol, role: string): void {
    if (!this.#tokens.symbol(symbol)) throw this.#refusal(`${role}a unique symbol, ${String(symbol)}`);
  }

  /** Writes a nested container, or what it stands for if that is known; whether it has opened a frame. */
  #enter(parent: Frame, child: object): boolean {
    const sight = this.#sight(child);
    if (typeof sight === 'number') {
      this.#tokens.count(TAG.cycle, this.#frames.length - sight);
      parent.cyclic = true;
      return false;
    }
    if (typeof sight === 'object') {
      this.#tokens.digest(TAG.digest, sight);
      return false;
    }
    if (sight === 'cyclic') this.#revisits += 1;
    if (this.#revisits > REVISITS) throw this.#refusal('a web of cycles with too many ways through it');
    const depth = this.#frames.length;
    this.#open(child);
    return this.#frames.length > depth;
  }

  #sight(value: object): Sight | undefined {
    const frames = this.#frames;
    for (let depth = Math.min(frames.length, SHALLOW) - 1; depth >= 0; depth--) {
      if (frames[depth]?.content.value === value) return depth;
    }
    return this.#sights.size === 0 ? undefined : this.#sights.get(value);
  }

  #open(value: object): void {
    if (Array.isArray(value) ? this.#openList(value) : this.#openRecord(value)) return;
    const content = contentOf(value);
    if ('refused' in content) throw this.#refusal(content.refused);
    const { end: start, texts } = this.#tokens;
    this.#tokens.texts = '';
    this.#tokens.tag(content.tag);
    this.#prototype(value, content.tag);
    let heavy = content.group !== 0 || (content.bytes?.length ?? 0) > COPY_UP_TO;
    for (const fact of content.facts) {
      if (this.#tokens.simple(fact)) continue;
      this.#tokens.longText(String(fact));
      heavy = true;
    }
    if (content.bytes !== undefined) this.#tokens.content(content.bytes);
    this.#push(createFrame(content, start, texts, heavy));
  }

  /** Writes a plain object as far as its values are primitive; the walk goes on at the first that is not. */
  #openRecord(value: object): boolean {
    const count = this.#record.read(value);
    if (count === 0) return false;
    const { names, values } = this.#record;
    const shape = this.#shape(names, count, []);
    const { order } = shape;
    const tokens = this.#tokens;
    const { end: start, texts } = tokens;
    tokens.texts = '';
    tokens.tag(TAG.object);
    tokens.digest(TAG.properties, shape.digest);
    let index = 0;
    if (count <= FLAT_UP_TO) index = tokens.simples(values, order, start + FLUSH_ABOVE);
    if (index === count && this.#isShort(start)) {
      this.#closeInline(texts);
      return true;
    }
    const frame = createFrame(recordContent(value, shape.given), start, texts, false);
    frame.names = shape.names;
    frame.values = order.map((place) => values[place]);
    frame.index = index;
    this.#push(frame);
    return true;
  }

  /** Does the same for a short array that has nothing beside its elements and lacks none. */
  #openList(list: readonly unknown[]): boolean {
    const { length } = list;
    if (length > FLAT_UP_TO || !isPlainList(list)) return false;
    const tokens = this.#tokens;
    const { end: start, texts } = tokens;
    tokens.texts = '';
    tokens.tag(TAG.array);
    tokens.number(length);
    let index = 0;
    while (index < length && !this.#isFull(start) && tokens.simple(list[index])) index += 1;
    if (index === length && this.#isShort(start)) {
      this.#closeInline(texts);
      return true;
    }
    const frame = createFrame(listContent(list, []), start, texts, false);
    frame.index = index;
    this.#push(frame);
    return true;
  }

  #push(frame: Frame): void {
    const depth = this.#frames.push(frame) - 1;
    if (depth >= SHALLOW) this.#sights.set(frame.content.value, depth);
  }

  #prototype(value: object, tag: number): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === (tag === TAG.array ? Array.prototype : Object.prototype)) return;
    if (typeof prototype !== 'object' || prototype === null) {
      this.#tokens.tag(TAG.noPrototype);
      return;
    }
    const { name, ordinal } = classIdentity(prototype);
    this.#tokens.text(name, TAG.prototype);
    this.#tokens.number(ordinal);
  }

  #close(frame: Frame): void {
    const { start } = frame;
    const { value } = frame.content;
    const tokens = this.#tokens;
    const depth = this.#frames.length - 1;
    this.#frames.pop();
    const inline = !frame.heavy && frame.stream === undefined && this.#isShort(start);
    if (inline) this.#closeInline(frame.texts);
    else this.#closeDigest(frame);
    if (frame.cyclic) {
      this.#sights.set(value, 'cyclic');
      const parent = this.#frames.at(-1);
      if (parent !== undefined) parent.cyclic = true;
    } else if (!inline) {
      this.#sights.set(value, tokens.lastDigest());
    } else if (depth >= SHALLOW) {
      this.#sights.delete(value);
    }
  }

  #isShort(start: number): boolean {
    return this.#tokens.endWithTexts <= start + INLINE_UP_TO;
  }

  /** Leaves the tokens of a container to its parent, whose texts so far are `texts`. */
  #closeInline(texts: string): void {
    this.#tokens.tag(TAG.end);
    this.#tokens.texts = texts + this.#tokens.texts;
  }

  #closeDigest({ start, stream, texts }: Frame): void {
    this.#tokens.sealContainer(start, stream);
    this.#tokens.texts = texts;
  }

  /**
   * Hashes what a long container has written so far, so that the tokens of millions of elements never pile up. Where
   * that happens decides where the texts stand: before any child, whichever way the container is read.
   */
  #flush(frame: Frame): void {
    if (this.#isFull(frame.start)) frame.stream = this.#tokens.feed(frame.stream, frame.start);
  }

  #isFull(start: number): boolean {
    return this.#tokens.endWithTexts >= start + FLUSH_ABOVE;
  }

  #refusal(what: string): CacheError {
    const path = pathText(this.#frames);
    return new CacheError(
      'ERR_PERF_CACHE_UNHASHABLE',
      `cannot fingerprint ${what} at ${path}: it has no content to compare; leave it out or give { cacheKey }`,
    );
  }
}
