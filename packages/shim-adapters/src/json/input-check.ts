import type { InputPosition } from '../errors.js';
import { beyondLimit, type ResolvedLimits } from '../limits.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LF = 0x0a;

/**
 * Refuses text that is nested more deeply, or has longer strings, than the limits say, before it is parsed: what is
 * done with a parsed value later is done by functions that call themselves.
 *
 * @param line the number of the first line
 * @param offset where the bytes stand in their source
 * @throws ConversionError `ERR_PERF_CONVERT_TOO_LARGE`
 */
export function requireWithin(
  bytes: Uint8Array,
  { nesting, fieldBytes }: ResolvedLimits,
  line = 1,
  offset = 0,
): void {
  let depth = 0;
  const { length } = bytes;
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
  }
}

/** The quote that ends the string which begins at `start`, or the end of the bytes. */
function stringEnd(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) return at;
  }
  return bytes.length;
}

function place(bytes: Uint8Array, at: number, line: number, offset: number): InputPosition {
  let lines = line;
  for (let i = 0; i < at; i++) if (bytes[i] === LF) lines += 1;
  return { line: lines, offset: offset + at };
}
