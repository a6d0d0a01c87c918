import type { Clock } from '@perf/internal/clock';
import type { AnyRequest, Format } from './request.js';
import type { ConversionResult } from './result.js';

/** What a conversion is expected to cost. */
export interface ConversionCost {
  readonly durationMs: number;
  /** Bytes of the result in memory. */
  readonly bytes: number;
  /** Share of values expected to be lost, 0 to 1. */
  readonly qualityLoss: number;
}

export type ValidationResult =
  { readonly valid: true } | { readonly valid: false; readonly problems: readonly string[] };

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'rows' | 'bytes' | 'steps';
}

export interface ConvertOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** The clock that durations are read from. Default: the process's monotonic clock. */
  readonly clock?: Clock;
}

/**
 * Converts between formats. Stateless: the same request gives the same output. Everything that changes the output
 * is in the request, and a change of behaviour is a change of `version`, because both are part of the cache key.
 */
export interface ShimAdapter {
  readonly id: string;
  readonly version: string;
  readonly conversions: readonly (readonly [Format, Format])[];
  /** How a worker thread finds this adapter: `export` of the module is the adapter, or a function that makes it. */
  readonly module?: { readonly url: string; readonly export: string };
  /** `true` when `columns`, `options.offset` and `options.limit` of the request are honoured. */
  readonly selects: boolean;
  /** How well this adapter suits the request, 0 (cannot) to 1. */
  canConvert(request: AnyRequest): number;
  estimateCost(request: AnyRequest): ConversionCost;
  validateRequest(request: AnyRequest): ValidationResult;
  convert(request: AnyRequest, options?: ConvertOptions): Promise<ConversionResult>;
  /** Cuts a request into at most `parts` requests whose results `merge` puts together; one request when it cannot. */
  split?(request: AnyRequest, parts: number): Promise<readonly AnyRequest[]>;
  merge?(results: readonly ConversionResult[]): ConversionResult;
}
