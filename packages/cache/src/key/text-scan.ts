import { narrowTextBytes } from '../size/v8-layout.js';

/** What the cache needs to know of a text key, found in one pass over its characters. */
export class TextScan {
  /** 32 bits of hash. It places keys in sketches and samples; entries are told apart by the key itself. */
  hash = 0;
  /** Bytes that the text takes in memory. */
  bytes = 0;

  read(text: string): void {
    const { length } = text;
    let hash = length;
    let units = 0;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      units |= unit;
      hash = Math.imul(hash ^ unit, 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    this.hash = hash ^ (hash >>> 16);
    this.bytes = units > 0xff ? (16 + 2 * length + 7) & ~7 : narrowTextBytes(length);
  }
}
