import type { DataCharacteristics } from './characteristics.js';
import type { Coefficients } from './coefficients.js';
import type { SelectionContext } from './strategy.js';

export const MB: number = 2 ** 20;

/** A request in the terms of the cost model. */
export interface Work {
  readonly sourceMb: number;
  readonly resultMb: number;
  /** What is held between the first step and the last, beside source and result. */
  readonly intermediateMb: number;
  /** Milliseconds of a conversion right here, by the adapter or by the bytes. */
  readonly inlineMs: number;
  /** Columns that there are, at least 1, and those of them that are looked at. */
  readonly columns: number;
  readonly touched: number;
  /** Threads that can work at the same time, at least 1. */
  readonly cores: number;
  /** Parts into which the work can be cut, at least 1. */
  readonly parts: number;
  /** Tasks that wait for the threads. */
  readonly queueLength: number;
  /** Whether the threads have to be started first. */
  readonly coldStart: boolean;
  readonly memoryLimit: number;
}

/** What is not known is taken to be usual: the result as large as the source, the time by the bytes. */
export function workOf(c: Partial<DataCharacteristics>, context: SelectionContext, k: Coefficients): Work {
  const bytes = c.bytes ?? 0;
  const columns = Math.max(1, c.columns ?? 1);
  return {
    sourceMb: bytes / MB,
    resultMb: (c.resultBytes ?? bytes) / MB,
    intermediateMb: (c.intermediateBytes ?? 0) / MB,
    inlineMs: c.conversionMs ?? (bytes / MB) * k.workMsPerMb,
    columns,
    touched: Math.min(columns, context.columnsTouched ?? columns),
    cores: Math.max(1, context.cores ?? 1),
    parts: Math.max(1, context.parts ?? 1),
    queueLength: context.queueLength ?? 0,
    coldStart: context.coldStart === true,
    memoryLimit: context.memoryLimit ?? Infinity,
  };
}
