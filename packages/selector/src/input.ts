import { shown } from '@perf/internal/errors';
import type { DataCharacteristics } from './characteristics.js';
import { SelectorError } from './errors.js';
import type { SelectionContext } from './strategy.js';

/** Beyond this neither bytes nor milliseconds can be told apart, and sums of estimates could reach Infinity. */
const MOST = Number.MAX_SAFE_INTEGER;

/** @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` naming the first number that cannot be true */
export function checkCharacteristics(c: Partial<DataCharacteristics>): void {
  checkNumber(c.bytes, 'bytes');
  checkNumber(c.rows, 'rows');
  checkNumber(c.columns, 'columns');
  checkNumber(c.numericColumns, 'numericColumns');
  checkNumber(c.textColumns, 'textColumns');
  checkNumber(c.temporalColumns, 'temporalColumns');
  checkNumber(c.nullRatio, 'nullRatio', 1);
  checkNumber(c.sparsity, 'sparsity', 1);
  checkNumber(c.sampledRows, 'sampledRows');
  checkNumber(c.conversionMs, 'conversionMs');
  checkNumber(c.resultBytes, 'resultBytes');
}

/** @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` naming the first number that cannot be true */
export function checkContext(context: SelectionContext): void {
  checkNumber(context.reuseProbability, 'reuseProbability', 1);
  checkNumber(context.columnsTouched, 'columnsTouched');
  checkNumber(context.memoryLimit, 'memoryLimit', Infinity);
  checkNumber(context.cores, 'cores');
  checkNumber(context.parts, 'parts');
}

/** @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` when it is missing or no number of milliseconds */
export function checkDuration(durationMs: unknown): void {
  if (!isWithin(durationMs, MOST)) throw refusal('durationMs', MOST, durationMs);
}

function checkNumber(value: unknown, field: string, max: number = MOST): void {
  if (value !== undefined && !isWithin(value, max)) throw refusal(field, max, value);
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
