/**
 * Finds the fields of a CSV text (RFC 4180) in its UTF-8 bytes, without decoding any. Every syntax character is
 * ASCII and no byte of a multi-byte character is, so bytes can be compared directly.
 *
 * Beyond the RFC: LF, CRLF and CR end a line; a quote inside an unquoted field is an ordinary character; a quoted
 * field may be followed only by a delimiter or the end of the line.
 */
import { ConversionError } from '../errors.js';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** How a field was written. `escaped`: quoted, with doubled quotes inside that must be undone. */
export const PLAIN = 0;
export const QUOTED = 1;
export const ESCAPED = 2;

/** Where the fields of a text lie. Field `i` is `bytes[starts[i] .. ends[i]]`, quotes left out. */
export interface Fields {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly kinds: Uint8Array;
  readonly count: number;
  /** Fields of each line. */
  readonly width: number;
  readonly lines: number;
}

export interface ScanOptions {
  readonly delimiter: number;
  /** Byte offset at which to begin (after a byte order mark). */
  readonly from: number;
  /** Stop after this many lines. */
  readonly maxLines: number;
  /** Skip blank lines before the first record: with a header line, none of them can be a value. */
  readonly skipLeadingBlank: boolean;
}

/** @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` with line and byte offset. */
export function scanFields(
  bytes: Uint8Array,
  { delimiter, from, maxLines, skipLeadingBlank }: ScanOptions,
): Fields {
  const end = bytes.length;
  let capacity = Math.max(16, Math.min(1 << 20, (end - from) >>> 3));
  let starts = new Uint32Array(capacity);
  let ends = new Uint32Array(capacity);
  let kinds = new Uint8Array(capacity);
  let count = 0;
  let width = 0;
  let inLine = 0;
  let lines = 0;
  let line = 1;
  let at = from;
  let recordLine = 1;
  let recordStart = from;

  while (at < end && lines < maxLines) {
    if (count === capacity) {
      capacity *= 2;
      starts = grown(starts, new Uint32Array(capacity));
      ends = grown(ends, new Uint32Array(capacity));
      kinds = grown(kinds, new Uint8Array(capacity));
    }
    if (inLine === 0) {
      recordLine = line;
      recordStart = at;
    }
    let kind = PLAIN;
    let start = at;
    let stop: number;
    if (bytes[at] === QUOTE) {
      const opened = at;
      const openedLine = line;
      kind = QUOTED;
      start = ++at;
      for (;;) {
        while (at < end && bytes[at] !== QUOTE) {
          if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) line += 1;
          at += 1;
        }
        if (at >= end) {
          throw badInput('a quoted field is never closed', openedLine, opened);
        }
        if (bytes[at + 1] !== QUOTE) break;
        kind = ESCAPED;
        at += 2;
      }
      stop = at++;
      const next = bytes[at];
      if (at < end && next !== delimiter && next !== LF && next !== CR) {
        throw badInput(
          'text follows a closing quote; quotes inside a quoted field must be doubled',
          line,
          at,
        );
      }
    } else {
      let byte = bytes[at];
      while (at < end && byte !== delimiter && byte !== LF && byte !== CR) byte = bytes[++at];
      stop = at;
    }
    starts[count] = start;
    ends[count] = stop;
    kinds[count] = kind;
    count += 1;
    inLine += 1;

    const ended = bytes[at];
    if (at < end && ended === delimiter) {
      at += 1;
      // A delimiter at the very end of the text opens one more, empty, field.
      if (at < end) continue;
      if (count === capacity) {
        capacity *= 2;
        starts = grown(starts, new Uint32Array(capacity));
        ends = grown(ends, new Uint32Array(capacity));
        kinds = grown(kinds, new Uint8Array(capacity));
      }
      starts[count] = end;
      ends[count] = end;
      count += 1;
      inLine += 1;
    } else if (at < end) {
      at += ended === CR && bytes[at + 1] === LF ? 2 : 1;
    }
    if (lines === 0) width = inLine;
    const blank = inLine === 1 && kind === PLAIN && start === stop;
    if (blank && (width !== 1 || (lines === 0 && skipLeadingBlank))) {
      // A blank line between records carries nothing.
      count -= 1;
    } else {
      if (inLine !== width) {
        const message = `the line has ${fields(inLine)}, the first line has ${String(width)}`;
        throw badInput(message, recordLine, recordStart);
      }
      lines += 1;
    }
    if (lines === 0) width = 0;
    inLine = 0;
    line += 1;
  }
  return { bytes, starts, ends, kinds, count, width, lines };
}

function fields(count: number): string {
  return count === 1 ? '1 field' : `${String(count)} fields`;
}

function grown<T extends Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function badInput(what: string, line: number, offset: number): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_BAD_INPUT',
    `CSV line ${String(line)} (byte ${String(offset)}): ${what}`,
    { position: { line, offset } },
  );
}
