import { shown } from '@perf/internal/errors';
import { refuseOption } from './errors.js';

/**
 * The bytes that a value keeps alive, where that can be told at a glance; `undefined` where it cannot.
 *
 * ArrayBuffers and SharedArrayBuffers count whole, and so does the buffer behind a view, however small the view. A
 * string counts one byte per character, or two when any is outside Latin-1 (found by a scan, about 1 ms per million
 * characters). Any other object counts what its own numeric `byteLength` or `bytes` says.
 */
export function measure(value: unknown): number | undefined {
  if (typeof value === 'string') return WIDE.test(value) ? value.length * 2 : value.length;
  if (typeof value !== 'object' || value === null) return undefined;
  if (ArrayBuffer.isView(value)) return value.buffer.byteLength;
  if ('byteLength' in value && isSize(value.byteLength)) return value.byteLength;
  if ('bytes' in value && isSize(value.bytes)) return value.bytes;
  return undefined;
}

/** The rows that a value says it has by its `length` or `rows`; otherwise it is one. */
export function measureRows(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  if ('length' in value && isSize(value.length)) return value.length;
  if ('rows' in value && isSize(value.rows)) return value.rows;
  return 1;
}

/** Whether a number can be a count of bytes. */
export function isSize(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

/** Refuses what is no number of bytes that can be asked for; `what` names it. */
export function requireBytes(value: unknown, what: string): void {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return;
  throw refuseOption(`${what} must be a whole number of at least 0; given ${shown(value)}`);
}

// V8 stores a string with one byte per character as long as every character fits Latin-1.
const WIDE = /[^\u0000-\u00ff]/;
