/*
 * The canonical form of a value: a sequence of tokens, each a tag and what the tag says follows. Two values have the
 * same tokens exactly when they are structurally equal, so every token is self-delimiting and every type has a tag of
 * its own. Numbers are little-endian; text is its UTF-16 code units, which keeps lone surrogates apart. In the token of a
 * text stands its length only: the texts themselves are joined and follow once the run of tokens is hashed, because
 * to write one joined text takes a fraction of the time of many short ones.
 */

/** What a token or the first byte of a container's tokens announces. */
export const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** Followed by 4 bytes. */
  int: 4,
  /** Followed by 8 bytes. */
  double: 5,
  nan: 6,
  /** Followed by the number of code units in 4 bytes. */
  text: 7,
  /** Text too long to copy: followed by the digest of its tokens. */
  longText: 8,
  /** Followed by the text of the number in base 16. */
  bigint: 9,
  registeredSymbol: 10,
  wellKnownSymbol: 11,
  /** Missing elements of an array: followed by their number. */
  hole: 12,
  /** A nested container whose tokens are many: followed by their digest. */
  digest: 13,
  /** A reference back to a container that holds this one: followed by how many levels up it is. */
  cycle: 14,
  /** Named properties: followed by the digest of their names; the values follow in the order of the names. */
  properties: 15,
  /** A prototype other than the standard one: its name and ordinal follow. */
  prototype: 16,
  noPrototype: 17,
  /** Closes the tokens of a nested container. */
  end: 18,
  object: 32,
  array: 33,
  map: 34,
  set: 35,
  date: 36,
  regexp: 37,
  error: 38,
  boxed: 39,
  arrayBuffer: 40,
  typedArray: 41,
  dataView: 42,
  url: 43,
} as const;

/** Up to this length a loop is quicker than a call that leaves JavaScript. */
const SHORT_TEXT = 24;
/** The most bytes that a simple token takes. */
const LONGEST_SIMPLE = 9;
const LONG_TEXT = 4096;
const PIECE = 1 << 15;
const FIRST_CAPACITY = 4096;
/** A buffer that one huge value has grown is not kept for the next. */
const KEPT_CAPACITY = 1 << 20;

/** A digest in words of 32 bits, which are quicker to write than bytes. */
export type Digest = readonly number[];

/** A growing stack of tokens. */
export class Tokens {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_CAPACITY);
  end = 0;
  /** The texts of the tokens that are not hashed yet. */
  texts = '';
  #view = new DataView(this.bytes.buffer);
  #buffer = Buffer.from(this.bytes.buffer);

  /** Where the tokens would end if the texts stood behind them. */
  get endWithTexts(): number {
    return this.end + 2 * this.texts.length;
  }

  clear(): void {
    this.end = 0;
    this.texts = '';
    if (this.bytes.length > KEPT_CAPACITY) this.#resize(FIRST_CAPACITY);
  }

  /** Writes the token of a value that is neither a container nor a symbol nor too long; otherwise tells so. */
  simple(value: unknown): boolean {
    switch (typeof value) {
      case 'string':
        if (value.length > LONG_TEXT) return false;
        this.text(value);
        return true;
      case 'number':
        this.number(value);
        return true;
      case 'boolean':
        this.tag(value ? TAG.true : TAG.false);
        return true;
      case 'undefined':
        this.tag(TAG.undefined);
        return true;
      case 'bigint':
        this.text(value.toString(16), TAG.bigint);
        return true;
      case 'object':
        if (value !== null) return false;
        this.tag(TAG.null);
        return true;
      case 'symbol':
      case 'function':
        return false;
    }
  }

  /**
   * Writes the simple tokens of `values` at the places `order` until one has none or tokens and texts would reach to
   * `limit`; returns how many were written.
   * The fields of a table's rows come through here: what `simple` does for most of them is done without a call.
   */
  simples(values: readonly unknown[], order: readonly number[], limit: number): number {
    const count = order.length;
    this.reserve(count * LONGEST_SIMPLE);
    const { bytes } = this;
    const view = this.#view;
    let { end, texts } = this;
    let i = 0;
    for (; i < count && end + 2 * texts.length < limit; i++) {
      const value = values[order[i] ?? 0];
      if (typeof value === 'string' && value.length <= LONG_TEXT) {
        bytes[end] = TAG.text;
        view.setUint32(end + 1, value.length, true);
        texts += value;
        end += 5;
      } else if (typeof value === 'number' && !Number.isNaN(value)) {
        if (value === (value | 0) && !Object.is(value, -0)) {
          bytes[end] = TAG.int;
          view.setInt32(end + 1, value, true);
          end += 5;
        } else {
          bytes[end] = TAG.double;
          view.setFloat64(end + 1, value, true);
          end += 9;
        }
      } else {
        this.end = end;
        this.texts = texts;
        if (!this.simple(value)) return i;
        ({ end, texts } = this);
      }
    }
    this.end = end;
    this.texts = texts;
    return i;
  }

  tag(tag: number): void {
    this.reserve(1);
    this.bytes[this.end++] = tag;
  }

  count(tag: number, count: number): void {
    this.reserve(5);
    this.bytes[this.end] = tag;
    this.#view.setUint32(this.end + 1, count, true);
    this.end += 5;
  }

  number(value: number): void {
    this.reserve(9);
    if (value === (value | 0) && !Object.is(value, -0)) {
      this.bytes[this.end] = TAG.int;
      this.#view.setInt32(this.end + 1, value, true);
      this.end += 5;
    } else if (Number.isNaN(value)) {
      this.bytes[this.end++] = TAG.nan;
    } else {
      this.bytes[this.end] = TAG.double;
      this.#view.setFloat64(this.end + 1, value, true);
      this.end += 9;
    }
  }

  /** Text under any of the tags that text follows. */
  text(text: string, tag: number = TAG.text): void {
    this.count(tag, text.length);
    this.texts += text;
  }

  /** Writes the texts behind the tokens. */
  gather(): void {
    const { texts } = this;
    const { length } = texts;
    if (length === 0) return;
    this.texts = '';
    this.reserve(2 * length);
    const { bytes, end } = this;
    this.end = end + 2 * length;
    if (length > SHORT_TEXT) {
      this.#buffer.write(texts, end, 'utf16le');
      return;
    }
    for (let i = 0; i < length; i++) {
      const unit = texts.charCodeAt(i);
      bytes[end + 2 * i] = unit;
      bytes[end + 2 * i + 1] = unit >>> 8;
    }
  }

  /** A tag and a digest. */
  digest(tag: number, digest: Digest): void {
    this.tag(tag);
    this.reserve(4 * digest.length);
    for (let i = 0; i < digest.length; i++) this.#view.setInt32(this.end + 4 * i, digest[i] ?? 0, true);
    this.end += 4 * digest.length;
  }

  /** The last `width` bytes as a digest. */
  words(width: number): Digest {
    const digest: number[] = [];
    for (let at = this.end - width; at < this.end; at += 4) digest.push(this.#view.getInt32(at, true));
    return digest;
  }

  /** Puts the last `count` digests of `width` bytes in ascending order. */
  sort(count: number, width: number): void {
    const { bytes, end } = this;
    const start = end - count * width;
    const digests: Uint8Array[] = [];
    for (let at = start; at < end; at += width) digests.push(bytes.slice(at, at + width));
    digests.sort((a, b) => Buffer.compare(a, b));
    for (const [i, digest] of digests.entries()) bytes.set(digest, start + i * width);
  }

  /** Hexadecimal text of the last bytes. */
  hex(width: number): string {
    return this.#buffer.toString('hex', this.end - width, this.end);
  }

  /** Makes room for `bytes` more. */
  reserve(bytes: number): void {
    if (this.end + bytes > this.bytes.length) this.#resize(Math.max(2 * this.bytes.length, this.end + bytes));
  }

  #resize(capacity: number): void {
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
    this.#buffer = Buffer.from(grown.buffer);
  }
}

/** A text that is too long for a token in pieces, as the bytes of its code units; each is valid until the next. */
export function* textPieces(text: string): Generator<Uint8Array> {
  const piece = Buffer.allocUnsafe(2 * PIECE);
  for (let at = 0; at < text.length; at += PIECE) {
    const written = piece.write(text.slice(at, at + PIECE), 'utf16le');
    yield piece.subarray(0, written);
  }
}
