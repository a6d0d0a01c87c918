import { shown, type Refuse } from './errors.js';

/** A size: a whole number of bytes, or text such as `'500MB'`, `'1.5 GB'`, `'64kb'`, `'10 B'` (1 KB = 1024 bytes). */
export type ByteSize = number | string;

const UNIT: Readonly<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };
const SIZE = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?B)\s*$/i;

/** Reads a size. `Infinity` means "no limit" and is allowed only where `unlimited` says so. */
export function parseBytes(value: ByteSize, field: string, refuse: Refuse, unlimited = false): number {
  const bytes = typeof value === 'string' ? fromText(value) : value;
  const whole = Number.isSafeInteger(bytes) && bytes >= 0;
  if (whole || (unlimited && bytes === Infinity)) return bytes;
  throw refuse(
    `${field} must be a number of bytes or text such as '500MB' (units B, KB, MB, GB, TB); given ${shown(value)}`,
  );
}

function fromText(text: string): number {
  const match = SIZE.exec(text);
  if (match === null) return Number.NaN;
  return Math.round(Number(match[1]) * (UNIT[(match[2] ?? '').toUpperCase()] ?? Number.NaN));
}

/** `1536` as `'1.5 KB'`: three significant digits, for tables and messages. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return String(bytes);
  const size = Math.abs(bytes);
  for (const unit of ['TB', 'GB', 'MB', 'KB'] as const) {
    const scale = UNIT[unit] ?? 1;
    if (size >= scale) return `${threeDigits(bytes / scale)} ${unit}`;
  }
  return `${String(Math.round(bytes))} B`;
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
