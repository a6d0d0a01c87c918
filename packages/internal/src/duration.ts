import { shown, type Refuse } from './errors.js';

/** A length of time: milliseconds, or text such as `'250ms'`, `'30s'`, `'5m'`, `'1h'`, `'7d'`. */
export type Duration = number | string;

const UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/i;

/** Reads a duration into milliseconds. `Infinity` ("never") is allowed only where `endless` says so. */
export function parseDuration(value: Duration, field: string, refuse: Refuse, endless = false): number {
  const ms = typeof value === 'string' ? fromText(value) : value;
  if ((Number.isFinite(ms) && ms >= 0) || (endless && ms === Infinity)) return ms;
  throw refuse(
    `${field} must be milliseconds or text such as '30s' (units ms, s, m, h, d); given ${shown(value)}`,
  );
}

function fromText(text: string): number {
  const match = DURATION.exec(text);
  if (match === null) return Number.NaN;
  return Number(match[1]) * (UNIT[(match[2] ?? '').toLowerCase()] ?? Number.NaN);
}

/** `1234` as `'1.23 s'`: three significant digits, from nanoseconds to hours. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms);
  const size = Math.abs(ms);
  if (size >= 3_600_000) return `${digits(ms / 3_600_000)} h`;
  if (size >= 60_000) return `${digits(ms / 60_000)} min`;
  if (size >= 1000) return `${digits(ms / 1000)} s`;
  if (size >= 1) return `${digits(ms)} ms`;
  if (size >= 0.001) return `${digits(ms * 1000)} us`;
  return size === 0 ? '0 ms' : `${digits(ms * 1e6)} ns`;
}

function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
