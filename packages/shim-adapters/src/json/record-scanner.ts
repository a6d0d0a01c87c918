import type { FieldBlock } from '../csv/field-block.js';
import { ESCAPED_TEXT, FALSE, NESTED, NULL, NUMBER, TEXT, TRUE } from './cell-kind.js';
import { Keys } from './keys.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const MINUS = 0x2d;
const DOT = 0x2e;
const LF = 0x0a;

/** What a scan came to: so many bytes on, or one of these. */
export const IRREGULAR = -1;
export const NEW_KEY = -2;

/**
 * Finds the cells of records that are JSON objects (RFC 8259): where each begins and ends, and what it is. It takes only
 * what is plainly right; everything else is irregular, and left to the parser that can say what is wrong with it.
 */
export class RecordScanner {
  readonly keys: Keys = new Keys();
  readonly #bytes: Uint8Array;
  readonly #maxDepth: number;
  readonly #maxFieldBytes: number;
  /** Whether a record is a line: a line break within it is irregular. */
  readonly #isLine: boolean;

  constructor(
    bytes: Uint8Array,
    { nesting, fieldBytes }: { readonly nesting: number; readonly fieldBytes: number },
    isLine: boolean,
  ) {
    this.#bytes = bytes;
    this.#maxDepth = nesting;
    this.#maxFieldBytes = fieldBytes;
    this.#isLine = isLine;
  }

  /**
   * Scans the record at `start` into record `record` of the block.
   * @param row its number among all records
   * @returns where it ends; `NEW_KEY` when it has keys that were not there before, and is to be scanned again
   */
  scan(start: number, block: FieldBlock, record: number, row: number): number {
    const bytes = this.#bytes;
    const { keys } = this;
    const { starts, ends, kinds, width } = block;
    const base = record * width;
    kinds.fill(NULL, base, base + width);
    if (bytes[start] !== OPEN) return IRREGULAR;
    let at = this.space(start + 1);
    if (bytes[at] === CLOSE) return at + 1;
    const known = keys.length;
    for (let position = 0; ; position++) {
      if (bytes[at] !== QUOTE) return IRREGULAR;
      const expected = keys.lengthAt(bytes, at + 1, position);
      let key = position;
      if (expected >= 0) at += expected + 2;
      else {
        const end = this.#string(at);
        if (end <= 0) return IRREGULAR;
        key = keys.find(bytes, at + 1, end - 1);
        if (key < 0) {
          key = keys.add(bytes, at + 1, end - 1);
          if (key < 0) return IRREGULAR;
        }
        at = end;
      }
      at = this.space(at);
      if (bytes[at] !== COLON) return IRREGULAR;
      at = this.space(at + 1);
      const cell = base + key;
      const first = bytes[at] ?? 0;
      let end: number;
      if (first === QUOTE) {
        end = this.#string(at);
        kinds[cell] = end < 0 ? ESCAPED_TEXT : TEXT;
        end = Math.abs(end);
        if (end === 0 || end - at - 2 > this.#maxFieldBytes) return IRREGULAR;
        starts[cell] = at + 1;
        ends[cell] = end - 1;
      } else {
        end = this.#value(at, first, cell, block);
        if (end < 0) return IRREGULAR;
        starts[cell] = at;
        ends[cell] = end;
      }
      keys.saw(key, row);
      at = this.space(end);
      const next = bytes[at];
      // Cells of new keys went where the next record will be.
      if (next === CLOSE) return keys.length > known ? NEW_KEY : at + 1;
      if (next !== COMMA) return IRREGULAR;
      at = this.space(at + 1);
    }
  }

  /** The first place from `at` on that is no space. */
  space(at: number): number {
    const bytes = this.#bytes;
    let next = at;
    for (;;) {
      const byte = bytes[next] ?? 0;
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && (byte !== LF || this.#isLine)) return next;
      next += 1;
    }
  }

  /** Where the string at `at` ends, negative if it has escapes; 0 when it is irregular. */
  #string(at: number): number {
    const bytes = this.#bytes;
    const { length } = bytes;
    let sign = 1;
    for (let next = at + 1; next < length; next++) {
      const byte = bytes[next] ?? 0;
      if (byte === QUOTE) return sign * (next + 1);
      if (byte < 0x20) return 0;
      if (byte !== BACKSLASH) continue;
      sign = -1;
      next += 1;
      if (bytes[next] === 0x75) {
        for (let i = 0; i < 4; i++) if (!isHex(bytes[++next] ?? 0)) return 0;
      } else if (!SIMPLE_ESCAPES.includes(bytes[next] ?? 0)) return 0;
    }
    return 0;
  }

  /** Where the value at `at` ends that is no string; -1 when it is irregular. */
  #value(at: number, first: number, cell: number, { kinds }: FieldBlock): number {
    switch (first) {
      case 0x74:
        kinds[cell] = TRUE;
        return this.#word(at, 'true');
      case 0x66:
        kinds[cell] = FALSE;
        return this.#word(at, 'false');
      case 0x6e:
        kinds[cell] = NULL;
        return this.#word(at, 'null');
      case OPEN:
      case 0x5b:
        kinds[cell] = NESTED;
        return this.#nested(at);
      default:
        kinds[cell] = NUMBER;
        return this.#number(at);
    }
  }

  #word(at: number, word: string): number {
    for (let i = 1; i < word.length; i++) if (this.#bytes[at + i] !== word.charCodeAt(i)) return -1;
    return at + word.length;
  }

  #number(at: number): number {
    const bytes = this.#bytes;
    let next = bytes[at] === MINUS ? at + 1 : at;
    const whole = next;
    next = this.#digits(next);
    if (next === whole || (bytes[whole] === 0x30 && next > whole + 1)) return -1;
    if (bytes[next] === DOT) {
      const fraction = next + 1;
      next = this.#digits(fraction);
      if (next === fraction) return -1;
    }
    if (bytes[next] !== 0x65 && bytes[next] !== 0x45) return next;
    const exponent = bytes[next + 1] === MINUS || bytes[next + 1] === 0x2b ? next + 2 : next + 1;
    next = this.#digits(exponent);
    return next === exponent ? -1 : next;
  }

  #digits(at: number): number {
    const bytes = this.#bytes;
    let next = at;
    for (; ; next++) {
      const byte = bytes[next] ?? 0;
      if (byte < 0x30 || byte > 0x39) return next;
    }
  }

  /** Passes over an object or array; what is within is parsed later. */
  #nested(at: number): number {
    const bytes = this.#bytes;
    const { length } = bytes;
    // The record itself is a level, and so is the array around it.
    const maxDepth = this.#maxDepth - (this.#isLine ? 1 : 2);
    let depth = 0;
    for (let next = at; next < length; next++) {
      const byte = bytes[next] ?? 0;
      if (byte === QUOTE) {
        const end = Math.abs(this.#string(next));
        if (end === 0 || end - next - 2 > this.#maxFieldBytes) return -1;
        next = end - 1;
      } else if (byte === OPEN || byte === 0x5b) {
        depth += 1;
        if (depth > maxDepth) return -1;
      } else if (byte === CLOSE || byte === 0x5d) {
        depth -= 1;
        if (depth === 0) return next + 1;
      } else if (byte === LF && this.#isLine) return -1;
    }
    return -1;
  }
}

/** `"` `\\` `/` and b f n r t */
const SIMPLE_ESCAPES = [0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74];

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
