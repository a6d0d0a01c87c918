import { type Hasher, type HashStream } from './hasher.js';
import { TAG, textPieces, Tokens, type Digest } from './tokens.js';

/** More bytes than this are not copied among the tokens: their digest stands for them. */
export const COPY_UP_TO: number = 1 << 12;

/** A stack of tokens of which a run can be replaced by its digest. */
export class HashedTokens extends Tokens {
  readonly #hasher: Hasher;

  constructor(hasher: Hasher) {
    super();
    this.#hasher = hasher;
  }

  /** A text that is too long for a token. */
  longText(text: string): void {
    const stream = this.#hasher.stream();
    for (const piece of textPieces(text)) stream.update(piece);
    this.count(TAG.longText, text.length);
    this.#finish(stream);
  }

  /** A registered or well-known symbol; false for any other, which no other process knows. */
  symbol(symbol: symbol): boolean {
    const registered = Symbol.keyFor(symbol);
    if (registered !== undefined) {
      this.text(registered, TAG.registeredSymbol);
      return true;
    }
    const name = symbol.description ?? '';
    if (Reflect.get(Symbol, name.slice('Symbol.'.length)) !== symbol) return false;
    this.text(name, TAG.wellKnownSymbol);
    return true;
  }

  /** Bytes and their number. */
  content(content: Uint8Array): void {
    const { length } = content;
    this.number(length);
    if (length > COPY_UP_TO) {
      this.reserve(this.#hasher.width);
      this.#hasher.hash(content, 0, length, this.bytes, this.end);
      this.end += this.#hasher.width;
    } else {
      this.reserve(length);
      this.bytes.set(content, this.end);
      this.end += length;
    }
  }

  /** Replaces the tokens from `start` on by their digest. */
  seal(start: number): void {
    this.gather();
    this.reserve(this.#hasher.width);
    this.#hasher.hash(this.bytes, start, this.end, this.bytes, start);
    this.end = start + this.#hasher.width;
  }

  /** Hashes the tokens from `start` on and takes them off the stack. */
  feed(stream: HashStream | undefined, start: number): HashStream {
    const fed = stream ?? this.#hasher.stream();
    this.gather();
    fed.update(this.bytes, start, this.end);
    this.end = start;
    return fed;
  }

  /** Puts the digest of a container in the place of its tokens, the first of which have been fed to `stream`. */
  sealContainer(start: number, stream: HashStream | undefined): void {
    if (stream === undefined) {
      this.seal(start);
      this.reserve(1);
      this.bytes.copyWithin(start + 1, start, this.end);
      this.bytes[start] = TAG.digest;
      this.end += 1;
    } else {
      this.feed(stream, start);
      this.tag(TAG.digest);
      this.#finish(stream);
    }
  }

  /** The digest that was written last. */
  lastDigest(): Digest {
    return this.words(this.#hasher.width);
  }

  /** Puts the last `count` digests in ascending order. */
  sortDigests(count: number): void {
    this.sort(count, this.#hasher.width);
  }

  /** The last digest as hexadecimal text. */
  lastHex(): string {
    return this.hex(this.#hasher.width);
  }

  #finish(stream: HashStream): void {
    this.reserve(this.#hasher.width);
    stream.digest(this.bytes, this.end);
    this.end += this.#hasher.width;
  }
}
