import { constants } from 'node:buffer';
import { shown } from '@perf/internal/errors';
import { requireUtf8, textStart } from '../csv/dialect.js';
import { errorIndex } from './error-index.js';
import { ConversionError, type InputPosition } from '../errors.js';
import { beyondLimit, type ResolvedLimits } from '../limits.js';
import type { Losses } from '../losses.js';
import { inexactIntegers, noteRounded, type ExactIntegers } from './exact-integers.js';
import { scanTokens } from './token-scan.js';

/** How a text is parsed. */
export interface ParseOptions {
  readonly limits: ResolvedLimits;
  /** Keeps integers beyond 2^53. Without it they are rounded, and counted as lost. */
  readonly integers?: ExactIntegers | undefined;
}

/**
 * Parses JSON text. `JSON.parse` rounds integers beyond 2^53; unless they are wanted exactly, that is counted as lost, by
 * number of integers.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT`, `..._TOO_LARGE`
 */
export function parseJson(bytes: Uint8Array, losses: Losses, options: ParseOptions): unknown {
  requireUtf8(bytes, 'JSON');
  return parse(prepared(bytes, losses, options), (reason) => {
    const given = decoded(bytes);
    const at = positionOf(given, errorIndex(given), textStart(bytes));
    return badJson(`JSON line ${String(at.line)} (byte ${String(at.offset)}) is not valid`, reason, at);
  });
}

/**
 * Parses NDJSON: one record a line, blank lines skipped.
 *
 * @param line the number of the first line
 * @param offset where the bytes stand in their source
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` with the line, `..._TOO_LARGE`
 */
export function parseNdjson(
  bytes: Uint8Array,
  losses: Losses,
  options: ParseOptions,
  { line = 1, offset = 0, checkpoint }: { line?: number; offset?: number; checkpoint?: () => void } = {},
): unknown[] {
  requireUtf8(bytes, 'NDJSON');
  const begin = offset === 0 ? textStart(bytes) : 0;
  const text = prepared(bytes, losses, options, line, offset);
  const records: unknown[] = [];
  let start = 0;
  for (let lines = 0; start < text.length; lines++) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const content = text.slice(start, end).trim();
    if (content !== '') {
      records.push(
        parse(content, (reason) => {
          const before = decoded(bytes, begin).split('\n').slice(0, lines).join('\n');
          const at: InputPosition = {
            line: line + lines,
            offset: offset + begin + Buffer.byteLength(before, 'utf8') + (lines === 0 ? 0 : 1),
          };
          return badJson(`NDJSON line ${String(at.line)} is not valid JSON`, reason, at);
        }),
      );
    }
    start = end + 1;
    if ((lines & 0xfff) === 0xfff) checkpoint?.();
  }
  if (records.length > options.limits.rows) {
    throw beyondLimit(`the NDJSON has ${String(records.length)} records`, 'rows', options.limits.rows);
  }
  return records;
}

/** The text as it is parsed: checked, and with long integers marked or counted. */
function prepared(
  bytes: Uint8Array,
  losses: Losses,
  { limits, integers }: ParseOptions,
  line?: number,
  offset = 0,
): string {
  const places = scanTokens(bytes, limits, line, offset);
  const begin = offset === 0 ? textStart(bytes) : 0;
  if (integers !== undefined) return decoded(integers.mark(bytes, places), begin);
  noteRounded(inexactIntegers(bytes, places), losses);
  return decoded(bytes, begin);
}

function decoded(bytes: Uint8Array, start: number = textStart(bytes)): string {
  try {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', start);
  } catch (cause) {
    if (bytes.length <= constants.MAX_STRING_LENGTH) throw cause;
    throw new ConversionError(
      'ERR_PERF_CONVERT_TOO_LARGE',
      `${String(bytes.length)} bytes of JSON are more than a string of this Node holds; stream NDJSON, or convert it in parts`,
      { cause },
    );
  }
}

function parse(text: string, refuse: (reason: unknown) => ConversionError): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw refuse(cause);
  }
}

function badJson(what: string, cause: unknown, position: InputPosition): ConversionError {
  const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : shown(cause);
  return new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', `${what}: ${reason}`, { cause, position });
}

/** Line and byte offset of a character of the text, which begins at byte `start`. */
function positionOf(text: string, index: number, start: number): InputPosition {
  const before = text.slice(0, index);
  return { line: before.split('\n').length, offset: start + Buffer.byteLength(before, 'utf8') };
}
