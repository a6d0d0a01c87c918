import { shown } from '@perf/internal/errors';
import { LazyError } from '../errors.js';
import { isSize } from '../size.js';

/** One piece of a stream: any data, with what it weighs. The batches of `@perf/shim-adapters` are such. */
export interface Batch<T = unknown> {
  readonly data: T;
  /** Rows, items, records: what progress counts. */
  readonly rows: number;
  /** Bytes that `data` keeps in memory: what the budget counts. */
  readonly bytes: number;
  /** Called once when nobody in the pipeline needs the data any more, to give pooled memory back. Must not throw. */
  [Symbol.dispose]?(): void;
}

/** Refuses what is not a batch, or does not say what it weighs; `who` gave it. */
export function checkBatch(value: unknown, who: string): asserts value is Batch {
  if (typeof value !== 'object' || value === null || !('data' in value)) {
    throw badBatch(who, `a batch { data, rows, bytes }; given ${shown(value)}`);
  }
  for (const field of ['rows', 'bytes'] as const) {
    const given: unknown = Reflect.get(value, field);
    if (!isSize(given) || given > Number.MAX_SAFE_INTEGER) {
      throw badBatch(who, `batches whose ${field} is a number from 0 to 2^53 - 1; given ${shown(given)}`);
    }
  }
}

function badBatch(who: string, must: string): LazyError {
  return new LazyError('ERR_PERF_LAZY_BATCH', `${who} must give ${must}`);
}
