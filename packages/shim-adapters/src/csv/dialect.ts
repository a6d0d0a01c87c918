import { isUtf8 } from 'node:buffer';
import { shown } from '@perf/internal/errors';
import { ConversionError, refuseOption } from '../errors.js';
import type { ConversionOptions } from '../request.js';

const CANDIDATES = [',', ';', '\t', '|'] as const;
/** 1 for each byte that a writer must quote: another delimiter left bare might be taken for the one in use. */
export const SYNTAX_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  [...CANDIDATES, '"', '\n', '\r'].some((text) => text.charCodeAt(0) === byte) ? 1 : 0,
);
/** How much of a text the delimiter is found by. */
export const SAMPLE_BYTES: number = 64 * 1024;
const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** How a CSV text is written. */
export interface Dialect {
  readonly delimiter: string;
  readonly header: boolean;
  /** Unquoted texts that mean null. */
  readonly nullTokens: readonly string[];
}

export const DEFAULT_DIALECT: Dialect = { delimiter: ',', header: true, nullTokens: [''] };

/** Reads the CSV options of a request; what is not given comes from `fallback`. */
export function resolveDialect(
  options: ConversionOptions = {},
  fallback: Dialect = DEFAULT_DIALECT,
): Dialect {
  const {
    delimiter = fallback.delimiter,
    header = fallback.header,
    nullTokens = fallback.nullTokens,
  } = options;
  const code = typeof delimiter === 'string' ? delimiter.charCodeAt(0) : Number.NaN;
  if (!(code <= 0x7e) || delimiter.length !== 1 || code === QUOTE || code === LF || code === CR) {
    throw refuseOption(
      `options.delimiter must be one ASCII character other than quote and line break; given ${shown(delimiter)}`,
    );
  }
  if (typeof header !== 'boolean') {
    throw refuseOption(`options.header must be true or false; given ${shown(header)}`);
  }
  if (!Array.isArray(nullTokens) || !nullTokens.every((token) => isPlain(token, delimiter))) {
    throw refuseOption(
      'options.nullTokens must be an array of texts without delimiter, quote or line break, as they stand unquoted',
    );
  }
  return { delimiter, header, nullTokens };
}

function isPlain(token: unknown, delimiter: string): boolean {
  return typeof token === 'string' && !token.includes(delimiter) && !/["\n\r]/.test(token);
}

/** The byte after a UTF-8 byte order mark. */
export function textStart(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` for anything but UTF-8: decoding it would change data. */
export function requireUtf8(bytes: Uint8Array, format: string): void {
  if (!isUtf8(bytes)) throw notUtf8(format);
}

/** The error for bytes that are no UTF-8, somewhere after byte `offset`. */
export function notUtf8(format: string, offset?: number): ConversionError {
  const where = offset === undefined ? '' : ` after byte ${String(offset)}`;
  return new ConversionError(
    'ERR_PERF_CONVERT_BAD_INPUT',
    `the ${format} is not valid UTF-8${where}; convert it to UTF-8 first (from Latin-1 or UTF-16, say)`,
  );
}

/**
 * Finds the delimiter in the first 64 KB: the candidate that occurs outside quotes in every full line, and equally
 * often in each; the more often the better. A comma when nothing fits.
 *
 * @param whole whether nothing follows the bytes: then their last line is a full one
 */
export function detectDelimiter(bytes: Uint8Array, from: number, whole = true): string {
  const counts = CANDIDATES.map((): number[] => []);
  const codes = CANDIDATES.map((candidate) => candidate.charCodeAt(0));
  const end = Math.min(bytes.length, from + SAMPLE_BYTES);
  let line = codes.map(() => 0);
  let quoted = false;
  let empty = true;
  const close = (): void => {
    if (!empty) line.forEach((count, i) => counts[i]?.push(count));
    line = codes.map(() => 0);
    empty = true;
  };
  for (let at = from; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) quoted = !quoted;
    else if (!quoted && (byte === LF || byte === CR)) close();
    else if (!quoted) {
      const candidate = codes.indexOf(byte);
      if (candidate >= 0) line[candidate] = (line[candidate] ?? 0) + 1;
    }
    if (byte !== LF && byte !== CR) empty = false;
  }
  // The last line counts only when the whole text was seen.
  if (whole && end === bytes.length) close();
  let best = 0;
  let bestScore = 0;
  counts.forEach((perLine, i) => {
    const first = perLine[0] ?? 0;
    const even = first > 0 && perLine.every((count) => count === first);
    const score = even ? first + 1000 : perLine.every((count) => count > 0) ? first : 0;
    if (score > bestScore) {
      best = i;
      bestScore = score;
    }
  });
  return CANDIDATES[best] ?? ',';
}
