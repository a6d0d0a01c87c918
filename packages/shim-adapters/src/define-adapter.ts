import { systemClock } from '@perf/internal/clock';
import type { ConversionCost, ConvertOptions, ShimAdapter } from './adapter.js';
import { ConversionError, throwIfAborted } from './errors.js';
import { Losses } from './losses.js';
import type { AnyRequest, Format } from './request.js';
import type { ConversionResult } from './result.js';
import { estimateSourceBytes } from './source.js';
import { ColumnTable } from './table/column-table.js';
import { validateRequest } from './validation.js';

/** What a step may use while it runs. */
export interface StepContext extends ConvertOptions {
  /** Where the step counts what it cannot carry. */
  readonly losses: Losses;
}

/** One conversion of an adapter, and what it costs. */
export interface AdapterStep {
  readonly from: Format;
  readonly to: Format;
  /** Source bytes converted per second (1 MB = 1024 x 1024), about: it ranks routes, it promises nothing. */
  readonly mbPerSecond: number;
  /** Bytes of the result per byte of the source, about. */
  readonly growth: number;
  /** Milliseconds that do not depend on the size. Default 0.05. */
  readonly setupMs?: number;
  convert(request: AnyRequest, context: StepContext): unknown;
  /** Bytes that the result keeps alive. Default: exact for bytes and tables, an estimate for arrays. */
  bytesOf?(data: unknown, request: AnyRequest): number;
}

export interface AdapterDefinition {
  readonly id: string;
  readonly version: string;
  readonly steps: readonly AdapterStep[];
  readonly module?: { readonly url: string; readonly export: string };
  /** Default `true`: every step from a whole source honours `columns`, `offset` and `limit`. */
  readonly selects?: boolean;
  readonly split?: (request: AnyRequest, parts: number) => Promise<readonly AnyRequest[]>;
  readonly merge?: (results: readonly ConversionResult[]) => ConversionResult;
}

const SETUP_MS = 0.05;

/**
 * Makes an adapter out of plain conversion functions: validation, cost estimates, timing, the measured quality and
 * typed errors are the same for all.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_INVALID_ADAPTER` when the id, the version or all steps are missing
 */
export function defineAdapter(definition: AdapterDefinition): ShimAdapter {
  const { id, version, steps, module, split, merge } = definition;
  if (id === '' || version === '' || steps.length === 0) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_INVALID_ADAPTER',
      'an adapter needs an id, a version and at least one step: both are part of every cache key',
    );
  }
  const stepFor = ({ from, to }: AnyRequest): AdapterStep | undefined =>
    steps.find((step) => step.from === from && step.to === to);

  return {
    id,
    version,
    conversions: steps.map(({ from, to }) => [from, to] as const),
    selects: definition.selects ?? true,
    ...(module === undefined ? {} : { module }),
    ...(split === undefined ? {} : { split }),
    ...(merge === undefined ? {} : { merge }),
    canConvert: (request) => (stepFor(request) === undefined ? 0 : 1),
    estimateCost(request): ConversionCost {
      const step = stepFor(request);
      if (step === undefined) return { durationMs: Infinity, bytes: 0, qualityLoss: 0 };
      const bytes = estimateSourceBytes(request);
      const durationMs = (step.setupMs ?? SETUP_MS) + (bytes / (step.mbPerSecond * 2 ** 20)) * 1000;
      return { durationMs, bytes: Math.round(bytes * step.growth), qualityLoss: 0 };
    },
    validateRequest(request) {
      const checked = validateRequest(request);
      if (!checked.valid || stepFor(request) !== undefined) return checked;
      return {
        valid: false,
        problems: [`adapter '${id}' does not convert ${request.from} to ${request.to}`],
      };
    },
    async convert(request, options = {}) {
      const step = stepFor(request);
      if (step === undefined) {
        throw new ConversionError(
          'ERR_PERF_CONVERT_NO_ROUTE',
          `adapter '${id}' does not convert ${request.from} to ${request.to}`,
        );
      }
      return runStep(definition, step, request, options);
    },
  };
}

async function runStep(
  { id, version }: AdapterDefinition,
  step: AdapterStep,
  request: AnyRequest,
  options: ConvertOptions,
): Promise<ConversionResult> {
  throwIfAborted(options.signal);
  const clock = options.clock ?? systemClock;
  const started = clock.now();
  const losses = new Losses();
  const data = await typed(() => step.convert(request, { ...options, losses }), step, options.signal);
  return {
    data,
    format: step.to,
    metadata: request.metadata ?? {},
    warnings: losses.warnings,
    quality: losses.quality,
    route: [{ from: step.from, to: step.to, adapter: id, version }],
    durationMs: clock.now() - started,
    bytes: step.bytesOf?.(data, request) ?? heldBytes(data),
  };
}

/** Every failure leaves as a ConversionError: libraries throw what they like. */
async function typed(
  run: () => unknown,
  step: AdapterStep,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof ConversionError) throw cause;
    throwIfAborted(signal);
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new ConversionError(
      'ERR_PERF_CONVERT_FAILED',
      `${step.from} to ${step.to} failed: ${reason ?? 'no reason given'}`,
      { cause },
    );
  }
}

/** Bytes of converted data: exact for bytes and tables, for arrays of rows a rough 16 bytes a cell. */
export function heldBytes(data: unknown): number {
  if (data instanceof ColumnTable || ArrayBuffer.isView(data)) return data.byteLength;
  if (typeof data === 'string') return data.length;
  if (Array.isArray(data)) {
    const first: unknown = data[0];
    const cells = typeof first === 'object' && first !== null ? Object.keys(first).length : 1;
    return data.length * (24 + cells * 16);
  }
  return 0;
}
