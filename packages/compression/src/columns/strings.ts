import { corrupt } from '../errors.js';

/**
 * Strings as arrays that compress well:
 *
 * - `utf8`: the lengths of the texts in bytes, and the bytes one behind the other.
 * - `utf16`: lengths and code units, where a text is no well-formed Unicode: UTF-8 has no place for a lone surrogate.
 * - `dictionary`: a number for each text, then the distinct texts, where they repeat.
 *
 * Where some are `null` a byte for each says which: 1 for a text.
 */
export interface PackedStrings {
  readonly encoding: 'utf8' | 'utf16';
  readonly dictionary: boolean;
  readonly nulls: boolean;
  /** Presence if there are nulls, codes if there is a dictionary, lengths, bytes or code units. */
  readonly arrays: readonly (Uint8Array | Uint16Array | Uint32Array)[];
}

/** Texts of which this part at most is distinct go into a dictionary. */
const DISTINCT = 1 / 2;
/** How many texts tell whether they repeat. */
const LOOKED_AT = 4096;

export function packStrings(column: readonly (string | null)[]): PackedStrings {
  const nulls = column.includes(null);
  const texts = nulls ? column.filter((text) => text !== null) : (column as readonly string[]);
  const presence = nulls ? [Uint8Array.from(column, (text) => (text === null ? 0 : 1))] : [];
  const index = repeats(texts) ? indexed(texts) : undefined;
  const { encoding, arrays } = packTexts(index?.values ?? texts);
  return {
    encoding,
    dictionary: index !== undefined,
    nulls,
    arrays: [...presence, ...(index === undefined ? [] : [index.codes]), ...arrays],
  };
}

export function unpackStrings({ encoding, dictionary, nulls, arrays }: PackedStrings): (string | null)[] {
  const rest = [...arrays];
  const presence = nulls ? rest.shift() : undefined;
  const codes = dictionary ? rest.shift() : undefined;
  const [lengths, units] = rest;
  if (lengths === undefined || units === undefined) throw corrupt('a column of strings lacks a part');
  const distinct = encoding === 'utf8' ? unpackUtf8(lengths, units) : unpackUtf16(lengths, units);
  const texts = codes === undefined ? distinct : Array.from(codes, (code) => entry(distinct, code));
  if (presence === undefined) return texts;
  let next = 0;
  const column = Array.from(presence, (present) => (present === 0 ? null : entry(texts, next++)));
  if (next !== texts.length) throw corrupt('a column of strings has another number of texts than it says');
  return column;
}

function entry(texts: readonly string[], index: number): string {
  const text = texts[index];
  if (text !== undefined) return text;
  throw corrupt(`a column of strings names text ${String(index)} of ${String(texts.length)}`);
}

function repeats(texts: readonly string[]): boolean {
  const step = Math.max(1, Math.floor(texts.length / LOOKED_AT));
  const seen = new Set<string | undefined>();
  let count = 0;
  for (let index = 0; index < texts.length; index += step) {
    seen.add(texts[index]);
    count += 1;
  }
  return count > 1 && seen.size <= count * DISTINCT;
}

function indexed(texts: readonly string[]): {
  codes: Uint8Array | Uint16Array | Uint32Array;
  values: string[];
} {
  const codeOf = new Map<string, number>();
  const codes = new Uint32Array(texts.length);
  for (const [index, text] of texts.entries()) {
    let code = codeOf.get(text);
    if (code === undefined) {
      code = codeOf.size;
      codeOf.set(text, code);
    }
    codes[index] = code;
  }
  const values = [...codeOf.keys()];
  if (values.length <= 2 ** 8) return { codes: Uint8Array.from(codes), values };
  return { codes: values.length <= 2 ** 16 ? Uint16Array.from(codes) : codes, values };
}

function packTexts(texts: readonly string[]): Pick<PackedStrings, 'encoding' | 'arrays'> {
  const joined = texts.join('');
  if (!isWellFormed(texts, joined)) {
    const units = Uint16Array.from({ length: joined.length }, (_, index) => joined.charCodeAt(index));
    return { encoding: 'utf16', arrays: [Uint32Array.from(texts, (text) => text.length), units] };
  }
  const bytes = new Uint8Array(Buffer.from(joined, 'utf8'));
  // As many bytes as code units: all of them are ASCII, and nothing needs to be counted.
  const ascii = bytes.byteLength === joined.length;
  const lengths = Uint32Array.from(texts, (text) => (ascii ? text.length : Buffer.byteLength(text, 'utf8')));
  return { encoding: 'utf8', arrays: [lengths, bytes] };
}

/** Two halves of a pair may come together in the joined text that are alone in their own. */
function isWellFormed(texts: readonly string[], joined: string): boolean {
  return joined.isWellFormed() && (!HALF.test(joined) || texts.every((text) => text.isWellFormed()));
}

const HALF = /[\ud800-\udfff]/;

function unpackUtf8(lengths: ArrayLike<number>, bytes: Uint8Array | Uint16Array | Uint32Array): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ascii = buffer.every((byte) => byte < 0x80);
  return slices(lengths, bytes.length, (from, to) => buffer.toString(ascii ? 'latin1' : 'utf8', from, to));
}

function unpackUtf16(lengths: ArrayLike<number>, units: Uint8Array | Uint16Array | Uint32Array): string[] {
  return slices(lengths, units.length, (from, to) => textOf(units.subarray(from, to)));
}

function textOf(units: Iterable<number>): string {
  let text = '';
  for (const unit of units) text += String.fromCharCode(unit);
  return text;
}

function slices(
  lengths: ArrayLike<number>,
  available: number,
  read: (from: number, to: number) => string,
): string[] {
  let to = 0;
  const texts = Array.from(lengths, (length) => {
    const from = to;
    to += length;
    return to > available ? '' : read(from, to);
  });
  if (to !== available) throw corrupt('the lengths of the texts do not add up to what is there');
  return texts;
}
