import { shown } from '@perf/internal/errors';
import { BenchmarkError } from './errors.js';
import type { BenchmarkResult } from './result.js';

/** What `benchmarkConversion` needs of an adapter; those of `@perf/shim-adapters` fit. */
export interface ConversionAdapter<Request> {
  readonly id: string;
  convert(request: Request, o?: { readonly signal?: AbortSignal }): unknown;
  estimateCost?(request: Request): { readonly durationMs: number; readonly bytes?: number };
}

/** A measurement of one conversion. */
export interface ConversionBenchmarkResult extends BenchmarkResult {
  /** What `bytesPerSecond` counts: the bytes given as option, those of the request's source, or those of the result. */
  readonly bytesOf?: 'given' | 'source' | 'result';
  /** What the adapter had expected; absent where it does not estimate. */
  readonly estimate?: {
    readonly durationMs: number;
    /** The measured median divided by the estimate: above 1 the conversion took longer than expected. */
    readonly factor: number;
  };
}

/** Checks an adapter. */
export function readAdapter(given: unknown): void {
  if (
    given !== null &&
    typeof given === 'object' &&
    'id' in given &&
    typeof given.id === 'string' &&
    given.id.trim() !== '' &&
    'convert' in given &&
    typeof given.convert === 'function'
  ) {
    return;
  }
  throw new BenchmarkError(
    'ERR_PERF_BENCHMARK_CANDIDATES',
    `an adapter must be an object with an id and a method convert(); given ${shown(given)}`,
  );
}

/** Bytes of the value that a request carries, where it carries one whose size can be told. */
export function sourceBytes(request: unknown): number | undefined {
  const value = field(field(request, 'source'), 'value');
  if (typeof value === 'string') return Buffer.byteLength(value);
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? value.byteLength : undefined;
}

/** What a conversion says of its own result. */
export function resultAmounts(result: unknown): { bytes?: number; rows?: number } {
  const bytes = count(field(result, 'bytes'));
  const rows = count(field(field(result, 'metadata'), 'rows'));
  return { ...(bytes === undefined ? {} : { bytes }), ...(rows === undefined ? {} : { rows }) };
}

/** The estimate against what was measured. */
export function judgeEstimate(estimate: unknown, medianMs: number): ConversionBenchmarkResult['estimate'] {
  const durationMs = count(field(estimate, 'durationMs'));
  if (durationMs === undefined || durationMs === 0) return undefined;
  return { durationMs, factor: medianMs / durationMs };
}

function field(value: unknown, name: string): unknown {
  return value !== null && typeof value === 'object' ? (Reflect.get(value, name) as unknown) : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
