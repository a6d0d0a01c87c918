import { parseDuration, type Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import { refuseOption } from './errors.js';

/** Reads a number within `min..max`, both allowed. */
export function within(value: unknown, field: string, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw refuseOption(
    `${field} must be a number from ${String(min)} to ${String(max)}; given ${shown(value)}`,
  );
}

/** Reads an amount of something, where one is given. */
export function amount(value: unknown, field: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw refuseOption(`${field} must be a finite number of at least 0; given ${shown(value)}`);
}

/** Reads a duration into milliseconds; nothing at all is refused. */
export function length(value: Duration, field: string): number {
  const ms = parseDuration(value, field, refuseOption);
  if (ms === 0) throw refuseOption(`${field} must be more than nothing; given 0 ms`);
  return ms;
}

export function readSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw refuseOption(`signal must be an AbortSignal; given ${shown(signal)}`);
}

export function requireObject(o: unknown): void {
  if (o === null || typeof o !== 'object') throw refuseOption(`options must be an object; given ${shown(o)}`);
}

export function requireFunction(value: unknown, field: string): void {
  if (value === undefined || typeof value === 'function') return;
  throw refuseOption(`${field} must be a function; given ${shown(value)}`);
}

export function requireMethod(value: unknown, field: string, method: string): void {
  if (value === undefined) return;
  const found: unknown = value === null || typeof value !== 'object' ? undefined : Reflect.get(value, method);
  if (typeof found === 'function') return;
  throw refuseOption(`${field} must be an object with a method ${method}(); given ${shown(value)}`);
}
