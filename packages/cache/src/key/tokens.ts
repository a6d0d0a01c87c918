/*
 * The canonical form of a value: a sequence of tokens, each a tag and what the tag says follows. Two values have the
 * same tokens exactly when they are structurally equal, so every token is self-delimiting and every type has a tag of
 * its own. Numbers are little-endian; text is its UTF-16 code units, which keeps lone surrogates apart.
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
  /** Followed by the number of code units in 4 bytes, and the code units. */
  text: 7,
  /** Text too long to copy: followed by the digest of its tokens. */
  longText: 8,
  /** Followed by the text of the number in base 16. */
  bigint: 9,
  registeredSymbol: 10,
  wellKnownSymbol: 11,
  /** Missing elements of an array: followed by their number. */
  hole: 12,
  /** A nested container: followed by the digest of its tokens. */
  digest: 13,
  /** A reference back to a container that holds this one: followed by how many levels up it is. */
  cycle: 14,
  /** Named properties: followed by the digest of their names; the values follow in the order of the names. */
  properties: 15,
  /** A prototype other than the standard one: its name and ordinal follow. */
  prototype: 16,
  noPrototype: 17,
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

const LONG_TEXT = 4096;
const FIRST_CAPACITY = 4096;
/** A buffer that one huge value has grown is not kept for the next. */
const KEPT_CAPACITY = 1 << 20;

/** A growing stack of tokens. */
export class Tokens {
  bytes: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  end = 0;
  #view = new DataView(this.bytes.buffer);

  clear(): void {
    this.end = 0;
    if (this.bytes.length > KEPT_CAPACITY) this.#resize(FIRST_CAPACITY);
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
    const { length } = text;
    this.reserve(5 + 2 * length);
    this.bytes[this.end] = tag;
    this.#view.setUint32(this.end + 1, length, true);
    let at = this.end + 5;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      this.bytes[at++] = unit;
      this.bytes[at++] = unit >>> 8;
    }
    this.end = at;
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
  }
}

/**
 * A long text in pieces, as the bytes of its code units; each piece is valid until the next. `undefined` for a text
 * that is short enough to be copied: its length alone decides, so that equal texts agree.
 */
export function longTextPieces(text: string): Iterable<Uint8Array> | undefined {
  return text.length > LONG_TEXT ? pieces(text) : undefined;
}

function* pieces(text: string): Generator<Uint8Array> {
  const piece = Buffer.allocUnsafe(2 * LONG_TEXT);
  for (let at = 0; at < text.length; at += LONG_TEXT) {
    const written = piece.write(text.slice(at, at + LONG_TEXT), 'utf16le');
    yield piece.subarray(0, written);
  }
}
