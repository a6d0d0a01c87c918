import { systemClock } from '@perf/internal/clock';
import type { ConversionCost, ConvertOptions, ShimAdapter } from './adapter.js';
import { Bounds } from './bounds.js';
import { ConversionError, throwIfAborted } from './errors.js';
import { Losses } from './losses.js';
import type { AnyRequest, Format } from './request.js';
import type { ConversionResult } from './result.js';
import { estimateSourceBytes } from './source.js';
import { ColumnTable } from './table/column-table.js';
import { readStream, writeStream } from './step-stream.js';
import { validateRequest } from './validation.js';

/** What a step may use while it runs. */
export interface StepContext extends ConvertOptions {
  /** Where the step counts what it cannot carry. */
  readonly losses: Losses;
  /**
   * To be called between blocks of work, with the bytes that the result holds so far where they are known: throws
   * when the conversion was aborted, took longer than its timeout or holds more than `maxBytes`.
   */
  readonly checkpoint: (heldBytes?: number) => void;
}

/** What a step may use while it streams. */
export interface StreamContext extends StepContext {
  readonly batchRows: number;
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
  /** The share of values that will not survive the way back, as far as the request tells. Default 0. */
  qualityLoss?(request: AnyRequest): number;
  convert(request: AnyRequest, context: StepContext): unknown;
  /** From a source to columns: reads it table by table, each of about `batchRows` rows and the same columns. */
  stream?(request: AnyRequest, context: StreamContext): AsyncIterable<ColumnTable>;
  /** Types are found out from the values: streams settle them by their first table. */
  readonly infersTypes?: boolean;
  /** From columns: writes tables as they come, piece by piece. The pieces in a row are the whole. */
  encode?(
    tables: AsyncIterable<ColumnTable>,
    request: AnyRequest,
    context: StreamContext,
  ): AsyncIterable<EncodedPiece>;
  /** Whether `stream` or `encode` takes this request. Default: every one. */
  streams?(request: AnyRequest): boolean;
  /** Bytes that the result keeps alive. Default: exact for bytes and tables, an estimate for arrays. */
  bytesOf?(data: unknown, request: AnyRequest): number;
}

/** A piece of a target that is written as its tables come. */
export interface EncodedPiece {
  readonly data: unknown;
  /** How many rows it holds. */
  readonly rows: number;
}

export interface AdapterDefinition {
  readonly id: string;
  readonly version: string;
  readonly steps: readonly AdapterStep[];
  readonly module?: { readonly url: string; readonly export: string };
  /** Default `true`: every step from a whole source honours `columns`, `offset` and `limit`. */
  readonly selects?: boolean;
  /** Names of options beyond those of `ConversionOptions`, which a package adds by declaration merging. */
  readonly options?: readonly string[];
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

  const validStep = (request: AnyRequest): AdapterStep => {
    const checked = validateRequest(request, definition.options);
    if (!checked.valid) {
      throw new ConversionError('ERR_PERF_CONVERT_INVALID_REQUEST', checked.problems.join('; '));
    }
    const step = stepFor(request);
    if (step !== undefined) return step;
    throw new ConversionError(
      'ERR_PERF_CONVERT_NO_ROUTE',
      `adapter '${id}' does not convert ${request.from} to ${request.to}`,
    );
  };

  return {
    id,
    version,
    ...(definition.options === undefined ? {} : { options: definition.options }),
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
      const qualityLoss = step.qualityLoss?.(request) ?? 0;
      return { durationMs, bytes: Math.round(bytes * step.growth), qualityLoss };
    },
    validateRequest(request) {
      const checked = validateRequest(request, definition.options);
      if (!checked.valid || stepFor(request) !== undefined) return checked;
      return {
        valid: false,
        problems: [`adapter '${id}' does not convert ${request.from} to ${request.to}`],
      };
    },
    async convert(request, options = {}) {
      return runStep(definition, validStep(request), request, options);
    },
    streams(request) {
      const step = stepFor(request);
      const takes = step !== undefined && (step.streams?.(request) ?? true);
      return {
        reads: takes && step.stream !== undefined,
        writes: takes && step.encode !== undefined,
      };
    },
    convertStream: (request, options = {}) => readStream(validStep(request), request, options),
    encodeStream: (tables, request, options = {}) =>
      writeStream(validStep(request), tables, request, options),
  };
}

async function runStep(
  { id, version }: AdapterDefinition,
  step: AdapterStep,
  request: AnyRequest,
  options: ConvertOptions,
): Promise<ConversionResult> {
  const clock = options.clock ?? systemClock;
  const started = clock.now();
  const losses = new Losses();
  using bounds = new Bounds(options);
  bounds.checkpoint();
  const work = async (): Promise<unknown> => await step.convert(request, bounds.context(losses));
  const data = await typed(work, step, bounds.signal);
  const bytes = step.bytesOf?.(data, request) ?? heldBytes(data);
  bounds.checkpoint(bytes);
  return {
    data,
    format: step.to,
    metadata: request.metadata ?? {},
    warnings: losses.warnings,
    quality: losses.quality,
    route: [{ from: step.from, to: step.to, adapter: id, version }],
    durationMs: clock.now() - started,
    bytes,
  };
}

/** How V8 says that an array cannot be had. */
const NO_MEMORY = /allocation failed|Invalid typed array length|Invalid array length/;

/** Every failure leaves as a ConversionError: libraries throw what they like. */
export async function typed<T>(
  run: () => Promise<T>,
  { from, to }: Pick<AdapterStep, 'from' | 'to'>,
  signal: AbortSignal | undefined,
): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof ConversionError) throw cause;
    throwIfAborted(signal);
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    if (cause instanceof RangeError && NO_MEMORY.test(cause.message)) {
      throw new ConversionError(
        'ERR_PERF_CONVERT_MEMORY_EXCEEDED',
        `there is no memory for ${from} to ${to}; select columns or rows, or stream it`,
        { cause },
      );
    }
    throw new ConversionError(
      'ERR_PERF_CONVERT_FAILED',
      `${from} to ${to} failed: ${reason ?? 'no reason given'}`,
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
