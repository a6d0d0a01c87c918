import { shown } from '@perf/internal/errors';
import { BenchmarkError, isBenchmarkErrorCode } from '../errors.js';
import type { MemoryProfile } from '../memory/profile.js';
import type { BenchmarkResult } from '../result.js';
import type { WarmUp } from '../warm-up.js';
import type { NamedTask } from './task.js';

/** What a child process is asked to do, and what it answers. It does one thing at a time. */
export interface Conversation {
  /** Loads a task, warms it up within the budget, and keeps it ready. */
  readonly prepare: {
    readonly asks: {
      readonly task: NamedTask;
      readonly budgetMs: number;
      readonly batch: number | undefined;
    };
    readonly answers: Prepared;
  };
  /** Takes samples of the prepared task for so long, one at least. */
  readonly turn: {
    readonly asks: { readonly ms: number; readonly calls: number };
    /** The median time per call in milliseconds; `NaN` when the clock said nothing sensible. */
    readonly answers: { readonly perCall: number; readonly samples: number };
  };
  readonly measure: {
    readonly asks: {
      readonly task: NamedTask;
      readonly budgetMs: number;
      readonly batch: number | undefined;
      readonly bytes: number | undefined;
      readonly rows: number | undefined;
    };
    readonly answers: BenchmarkResult;
  };
  readonly memory: {
    readonly asks: {
      readonly task: NamedTask;
      readonly runs: number;
      readonly intervalMs: number;
      readonly method: 'auto' | 'sampled';
    };
    readonly answers: MemoryProfile;
  };
}

export type Topic = keyof Conversation;

export interface Prepared {
  /** Calls that make up one sample. */
  readonly calls: number;
  readonly asynchronous: boolean;
  readonly warmUp: WarmUp;
}

export type Answer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: PortableError };

/** An error in a form that crosses processes whatever is in it. */
export interface PortableError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  readonly cause: PortableError | undefined;
}

// A chain of causes may be a circle.
const DEEPEST = 8;

export function packError(thrown: unknown, depth = 0): PortableError {
  if (!(thrown instanceof Error)) {
    return { name: 'Error', message: shown(thrown), stack: undefined, code: undefined, cause: undefined };
  }
  const { cause } = thrown;
  return {
    name: thrown.name,
    message: thrown.message,
    stack: thrown.stack,
    code: 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined,
    cause: cause === undefined || depth === DEEPEST ? undefined : packError(cause, depth + 1),
  };
}

export function unpackError(packed: PortableError): Error {
  const options = packed.cause === undefined ? undefined : { cause: unpackError(packed.cause) };
  if (isBenchmarkErrorCode(packed.code)) return new BenchmarkError(packed.code, packed.message, options);
  const error = new Error(packed.message, options);
  const define = (field: string, value: unknown): void => {
    if (value === undefined) return;
    Object.defineProperty(error, field, { value, writable: true, configurable: true });
  };
  define('name', packed.name);
  define('stack', packed.stack);
  define('code', packed.code);
  return error;
}
