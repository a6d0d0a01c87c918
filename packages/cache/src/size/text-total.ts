import { narrowTextBytes, textBytes } from './v8-layout.js';

/** Equal texts up to this length are taken to be one text in memory. */
const SHARED = 10;
/** So many different short texts are kept; of more, a part that stands for all. */
const KEPT = 2048;
/** A text longer than this is always looked into. */
const LONG = 1024;
/** So many texts of middling length are looked into before they are sampled. */
const EXACT = 4096;
/** One of so many is looked into, on average. */
const SAMPLED = 16;
const RECENT = 64;
/** Up to so many the set alone is the quickest. */
const FEW = 16;

/**
 * The bytes of many texts. The length of each is read; what costs time, and is sampled, are the width of its characters
 * and, for the shortest, whether it was met before.
 *
 * Short texts are sampled by their content, so that the equal ones are in the sample together and their number does not
 * matter (Wegman's adaptive sampling, in Flajolet: On adaptive sampling, 1990). The others are sampled at gaps of
 * pseudo-random length, in which no period of the data can hide.
 */
export class TextTotal {
  #bytes = 0;

  #recent: string[] | undefined;
  #short: Set<string> | undefined;
  #shortBytes = 0;
  /** The short texts whose hash has none of these bits stand for the others. */
  #mask = 0;

  #exact = EXACT;
  #gap = 1;
  #random = 0x2545f491;
  #unseen = 0;
  #sampledNarrow = 0;
  #sampled = 0;

  add(text: string): void {
    const { length } = text;
    if (length <= SHARED) {
      if (length > 0) this.#addShort(text);
    } else if (length > LONG) {
      this.#bytes += textBytes(text);
    } else if (this.#exact > 0) {
      this.#exact -= 1;
      this.#bytes += textBytes(text);
    } else if (--this.#gap > 0) {
      this.#unseen += narrowTextBytes(length);
    } else {
      this.#sampledNarrow += narrowTextBytes(length);
      this.#sampled += textBytes(text);
      this.#gap = this.#nextGap();
    }
  }

  get bytes(): number {
    const wider = this.#sampledNarrow === 0 ? 1 : this.#sampled / this.#sampledNarrow;
    const short = this.#shortBytes * (this.#mask + 1);
    return Math.round(this.#bytes + this.#sampled + this.#unseen * wider + short);
  }

  #addShort(text: string): void {
    const short = (this.#short ??= new Set());
    if (short.size < FEW) {
      if (short.size < short.add(text).size) this.#shortBytes += textBytes(text);
      return;
    }
    const mark = markOf(text);
    if ((mark & this.#mask) !== 0) return;
    // Columns of few values are common: a glance at the last text of the same mark spares the rest.
    this.#recent ??= new Array<string>(RECENT).fill('');
    if (this.#recent[mark % RECENT] === text) return;
    this.#recent[mark % RECENT] = text;
    const { size } = short;
    if (short.add(text).size === size) return;
    this.#shortBytes += textBytes(text);
    if (size === KEPT) this.#thin(short);
  }

  /** Leaves a quarter of the sample. */
  #thin(short: Set<string>): void {
    this.#mask = 4 * this.#mask + 3;
    for (const text of short) {
      if ((markOf(text) & this.#mask) === 0) continue;
      short.delete(text);
      this.#shortBytes -= textBytes(text);
    }
  }

  /** From 1 to 31, so 16 on average (xorshift32, Marsaglia 2003). */
  #nextGap(): number {
    let random = this.#random;
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    this.#random = random;
    return 1 + ((random >>> 0) % (2 * SAMPLED - 1));
  }
}

/** A positive number from all the characters. */
function markOf(text: string): number {
  let bits = text.length;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  return (bits ^ (bits >>> 13)) & 0x7fffffff;
}
