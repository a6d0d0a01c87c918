import type { InputPosition } from '../errors.js';
import { beyondLimit, type ResolvedLimits } from '../limits.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LF = 0x0a;
/** Every integer of fewer digits is exact as a double. */
const LONG = 16;

/**
 * Walks JSON text byte by byte before it is parsed. Refuses text that is nested more deeply, or has longer strings, than
 * the limits say: what is done with a parsed value later is done by functions that call themselves. Gives the places of
 * whole numbers of 16 digits and more, which `JSON.parse` may round, as start and end in turn.
 *
 * @param line the number of the first line
 * @param offset where the bytes stand in their source
 * @throws ConversionError `ERR_PERF_CONVERT_TOO_LARGE`
 */
export function scanTokens(
  bytes: Uint8Array,
  { nesting, fieldBytes }: ResolvedLimits,
  line: number = 1,
  offset: number = 0,
): number[] {
  const long: number[] = [];
  const { length } = bytes;
  let depth = 0;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      const end = stringEnd(bytes, at);
      if (end - at > fieldBytes) {
        const what = `a JSON string has more than ${String(fieldBytes)} bytes`;
        throw beyondLimit(what, 'fieldBytes', fieldBytes, place(bytes, at, line, offset));
      }
      at = end;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > nesting) {
        const what = `the JSON is nested more than ${String(nesting)} levels deep`;
        throw beyondLimit(what, 'nesting', nesting, place(bytes, at, line, offset));
      }
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    else if (isDigit(byte)) {
      let end = at + 1;
      while (end < length && isDigit(bytes[end] ?? 0)) end += 1;
      const next = end;
      if (isNumberPart(bytes[end])) {
        // A fraction or an exponent: no integer, and its digits are none either.
        while (end < length && (isDigit(bytes[end] ?? 0) || isNumberPart(bytes[end]))) end += 1;
      } else if (next - at >= LONG) long.push(bytes[at - 1] === 0x2d ? at - 1 : at, next);
      at = end - 1;
    }
  }
  return long;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** `.`, `e`, `E`, `+`, `-` */
function isNumberPart(byte: number | undefined): boolean {
  return byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === 0x2d;
}

/** The quote that ends the string which begins at `start`, or the end of the bytes. */
function stringEnd(bytes: Uint8Array, start: number): number {
  const { length } = bytes;
  for (let at = start + 1; at < length; at++) {
    const byte = bytes[at];
    if (byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) return at;
  }
  return length;
}

function place(bytes: Uint8Array, at: number, line: number, offset: number): InputPosition {
  let lines = line;
  for (let i = 0; i < at; i++) if (bytes[i] === LF) lines += 1;
  return { line: lines, offset: offset + at };
}
