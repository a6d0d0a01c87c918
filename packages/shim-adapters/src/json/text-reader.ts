import { shown } from '@perf/internal/errors';
import { requireUtf8, textStart } from '../csv/dialect.js';
import { errorIndex } from './error-index.js';
import { ConversionError, throwIfAborted, type InputPosition } from '../errors.js';
import type { Losses } from '../losses.js';

/** Digits that may be an integer above 2^53; a first look, which may find them inside a string. */
const LONG_INTEGER = /[:[,\s]-?\d{16,}(?=[\s,}\]]|$)/;
/** The same with strings matched whole, so that digits inside of them are passed over. */
const STRING_OR_LONG_INTEGER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?=[\s,}\]]|$)/g;

/**
 * Parses JSON text. `JSON.parse` rounds integers beyond 2^53; that is counted as lost, by number of integers.
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT`
 */
export function parseJson(bytes: Uint8Array, losses: Losses): unknown {
  const text = decoded(bytes, 'JSON');
  const value = parse(text, (reason) => {
    const at = positionOf(text, errorIndex(text), textStart(bytes));
    return badJson(`JSON line ${String(at.line)} (byte ${String(at.offset)}) is not valid`, reason, at);
  });
  countRounded(text, losses);
  return value;
}

/**
 * Parses NDJSON: one record a line, blank lines skipped.
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` with the line
 */
export function parseNdjson(bytes: Uint8Array, losses: Losses, signal?: AbortSignal): unknown[] {
  const text = decoded(bytes, 'NDJSON');
  const records: unknown[] = [];
  let start = 0;
  let line = 1;
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const content = text.slice(start, end).trim();
    if (content !== '') {
      const from = start;
      records.push(
        parse(content, (reason) => {
          const at = positionOf(text, from, textStart(bytes));
          return badJson(`NDJSON line ${String(at.line)} is not valid JSON`, reason, at);
        }),
      );
    }
    start = end + 1;
    line += 1;
    if ((line & 0xfff) === 0) throwIfAborted(signal);
  }
  countRounded(text, losses);
  return records;
}

function decoded(bytes: Uint8Array, format: string): string {
  requireUtf8(bytes, format);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', textStart(bytes));
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

function countRounded(text: string, losses: Losses): void {
  if (!LONG_INTEGER.test(text)) return;
  let rounded = 0;
  for (const [token] of text.matchAll(STRING_OR_LONG_INTEGER)) {
    if (!token.startsWith('"') && !isExact(token)) rounded += 1;
  }
  if (rounded > 0) {
    losses.lost('integer-rounded', undefined, 'integers beyond 2^53 are rounded by JSON.parse', rounded);
  }
}

function isExact(digits: string): boolean {
  const value = Number(digits);
  return Number.isFinite(value) && BigInt(value) === BigInt(digits);
}
