import { shown } from '@perf/internal/errors';
import type { DataCharacteristics } from './characteristics.js';
import { SelectorError } from './errors.js';
import { INTENTS } from './intent.js';
import type { SelectionContext } from './strategy.js';

/** Beyond this neither bytes nor milliseconds can be told apart, and sums of estimates could reach Infinity. */
const MOST = Number.MAX_SAFE_INTEGER;
const PRESSURES = ['none', 'moderate', 'critical'];

const COUNTS = [
  'bytes',
  'rows',
  'columns',
  'numericColumns',
  'textColumns',
  'temporalColumns',
  'cardinality',
  'sampledRows',
  'conversionMs',
  'resultBytes',
  'intermediateBytes',
] as const;
const SHARES = ['nullRatio', 'sparsity', 'compressibility', 'sortedness'] as const;

/** @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` naming the first number that cannot be true */
export function checkCharacteristics(c: Partial<DataCharacteristics>): void {
  checkObject(c, 'characteristics');
  for (const field of COUNTS) checkNumber(c[field], field);
  for (const field of SHARES) checkNumber(c[field], field, 1);
}

/** @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` naming the first field that cannot be true */
export function checkContext(context: SelectionContext): void {
  checkObject(context, 'context');
  checkText(context.route, 'route');
  checkText(context.key, 'key');
  const available: unknown = context.available;
  if (available !== undefined && !Array.isArray(available))
    throw wrong('available', 'a list of strategies', available);
  checkNumber(context.reuseProbability, 'reuseProbability', 1);
  checkNumber(context.columnsTouched, 'columnsTouched');
  checkNumber(context.memoryLimit, 'memoryLimit', Infinity);
  checkNumber(context.cores, 'cores');
  checkNumber(context.parts, 'parts');
  checkNumber(context.queueLength, 'queueLength');
  checkWord(context.intent, 'intent', INTENTS);
  checkWord(context.memoryPressure, 'memoryPressure', PRESSURES);
}

/** @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` when a duration or a peak is no number */
export function checkOutcome(outcome: { readonly durationMs: unknown; readonly peakBytes?: unknown }): void {
  checkObject(outcome, 'outcome');
  const { durationMs, peakBytes } = outcome;
  if (!isWithin(durationMs, MOST)) throw refusal('durationMs', MOST, durationMs);
  checkNumber(peakBytes, 'peakBytes');
}

/** @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` for anything but a text, or nothing at all */
export function checkText(value: unknown, field: string): void {
  if (value !== undefined && typeof value !== 'string') throw wrong(field, 'a text', value);
}

function checkObject(value: unknown, field: string): void {
  if (typeof value !== 'object' || value === null) throw wrong(field, 'an object', value);
}

function wrong(field: string, what: string, value: unknown): SelectorError {
  return new SelectorError(
    'ERR_PERF_SELECTOR_INVALID_INPUT',
    `${field} must be ${what}; given ${shown(value)}`,
  );
}

function checkNumber(value: unknown, field: string, max: number = MOST): void {
  if (value !== undefined && !isWithin(value, max)) throw refusal(field, max, value);
}

function checkWord(value: unknown, field: string, words: readonly string[]): void {
  if (value === undefined || words.some((word) => word === value)) return;
  throw new SelectorError(
    'ERR_PERF_SELECTOR_INVALID_INPUT',
    `${field} must be one of ${words.map((word) => `'${word}'`).join(', ')}; given ${shown(value)}`,
  );
}

function isWithin(value: unknown, max: number): boolean {
  return typeof value === 'number' && value >= 0 && value <= max;
}

function refusal(field: string, max: number, value: unknown): SelectorError {
  return new SelectorError(
    'ERR_PERF_SELECTOR_INVALID_INPUT',
    `${field} must be a number from 0 to ${String(max)}; given ${shown(value)}`,
  );
}
