import { parseCount, refuseUnknown } from '@perf/internal/options';
import { ConversionError, refuseOption, type InputPosition } from './errors.js';

/** How large the parts of an input may be: what is beyond is refused before memory is taken for it. */
export interface InputLimits {
  /** Levels of objects and arrays within each other. Default 256. */
  readonly nesting?: number;
  /** Bytes of one field. Default 67,108,864 (64 MB). */
  readonly fieldBytes?: number;
  /** Columns of a table. Default 100,000. */
  readonly columns?: number;
  /** Rows of a table. Default 2,147,483,647. */
  readonly rows?: number;
}

export type ResolvedLimits = Required<InputLimits>;

export const DEFAULT_LIMITS: ResolvedLimits = {
  nesting: 256,
  fieldBytes: 2 ** 26,
  columns: 100_000,
  rows: 2 ** 31 - 1,
};

const NAMES = ['nesting', 'fieldBytes', 'columns', 'rows'] as const;

/** The limits of a request, defaults filled in. */
export function resolveLimits(given: InputLimits = {}): ResolvedLimits {
  refuseUnknown(given, NAMES, refuseOption);
  const resolved = { ...DEFAULT_LIMITS, ...given };
  for (const name of NAMES) {
    parseCount(resolved[name], `options.limits.${name}`, refuseOption, { max: 2 ** 31 - 1 });
  }
  return resolved;
}

/** The error for an input that is larger than a limit. */
export function beyondLimit(
  what: string,
  limit: keyof InputLimits,
  allowed: number,
  position?: InputPosition,
): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_TOO_LARGE',
    `${what}; allowed are ${String(allowed)}. Raise options.limits.${limit} if the source is trusted`,
    position === undefined ? {} : { position },
  );
}

/** @throws ConversionError `ERR_PERF_CONVERT_TOO_LARGE` for a table of more columns than allowed */
export function requireColumns(
  { columns }: { readonly columns: readonly unknown[] },
  limits: ResolvedLimits,
): void {
  if (columns.length <= limits.columns) return;
  throw beyondLimit(`the source has ${String(columns.length)} columns`, 'columns', limits.columns);
}
