import type { ConvertOptions } from '../adapter.js';
import { ConversionError } from '../errors.js';
import { ownModule } from '../module-url.js';
import { mergedWarnings } from '../losses.js';
import type { AdapterRegistry } from '../registry.js';
import type { AnyRequest, Format } from '../request.js';
import type { ConversionResult } from '../result.js';
import type { ConversionPath, Hop } from '../route.js';
import { runRoute } from '../route-run.js';
import { withoutSelection } from '../selection.js';
import { isPackable, unpackResult } from './packing.js';
import type { Executor, PlanLike, SelectionContext, StrategyName } from './ports.js';
import { movableSteps, taskFor } from './worker-task.js';

const HUB: Format = 'columns';
/** The built file that a worker loads. */
const WORKER_TASK = ownModule('worker-task', 'convertTask');

/** What was done in the end. */
export interface Executed {
  readonly result: ConversionResult;
  readonly strategy: StrategyName;
  /** Why the planned strategy was given up, when it was. */
  readonly failure?: unknown;
}

/** Carries out strategies: inline, or on the executor in as many parts as the source can be cut into. */
export class Execution {
  readonly #registry: AdapterRegistry;
  readonly #executor: Executor | undefined;
  readonly #counts: Record<StrategyName, number> = { 'cache-first': 0, 'lazy-loading': 0, parallel: 0 };
  #fallbacks = 0;

  constructor(registry: AdapterRegistry, executor: Executor | undefined) {
    this.#registry = registry;
    this.#executor = executor;
  }

  /** Which strategies this request can be carried out with, and how far it can be cut. */
  means(path: ConversionPath, request: AnyRequest): Pick<SelectionContext, 'cores' | 'parts' | 'available'> {
    const executor = this.#executor;
    const [first] = path.hops;
    if (
      executor === undefined ||
      first === undefined ||
      movableSteps(path.hops) === 0 ||
      !isPackable(request.source)
    ) {
      return { cores: 1, parts: 1, available: ['cache-first'] };
    }
    const divisible = first.to === HUB && 'split' in first.adapter && 'merge' in first.adapter;
    const parts = divisible ? executor.concurrency : 1;
    return { cores: executor.concurrency, parts, available: ['cache-first', 'parallel'] };
  }

  /**
   * Runs the plan; a strategy that fails is followed by the next of its fallbacks. An abort and bad input are no
   * reason to try again: they would end the same way.
   */
  async run(
    plan: PlanLike,
    path: ConversionPath,
    request: AnyRequest,
    options: ConvertOptions,
  ): Promise<Executed> {
    let failure: unknown;
    if (plan.strategy === 'parallel' && this.#executor !== undefined) {
      try {
        const result = await this.#parallel(this.#executor, path, request, options);
        this.#counts.parallel += 1;
        return { result, strategy: 'parallel' };
      } catch (error) {
        if (options.signal?.aborted === true || isFinal(error)) throw error;
        this.#fallbacks += 1;
        failure = error;
      }
    }
    const result = await this.#registry.convertAlong(path, request, options);
    this.#counts['cache-first'] += 1;
    return { result, strategy: 'cache-first', ...(failure === undefined ? {} : { failure }) };
  }

  stats(): { readonly strategies: Readonly<Record<StrategyName, number>>; readonly fallbacks: number } {
    return { strategies: Object.freeze({ ...this.#counts }), fallbacks: this.#fallbacks };
  }

  async #parallel(
    executor: Executor,
    path: ConversionPath,
    request: AnyRequest,
    options: ConvertOptions,
  ): Promise<ConversionResult> {
    const [first] = path.hops;
    if (first?.to !== HUB || executor.concurrency < 2) {
      return this.#onExecutor(executor, path.hops, request, options);
    }
    const parts = (await first.adapter.split?.({ ...request, to: HUB }, executor.concurrency)) ?? [];
    if (parts.length < 2) return this.#onExecutor(executor, path.hops, request, options);
    const pieces = await together(parts, options.signal, (part, signal) =>
      this.#onExecutor(executor, [first], part, { ...options, signal }),
    );
    const merged = first.adapter.merge?.(pieces);
    if (merged === undefined) return this.#onExecutor(executor, path.hops, request, options);
    return this.#rest(path.hops, 1, merged, request, options);
  }

  /** As much of the route as can run elsewhere runs there; the rest, such as making row objects, here. */
  async #onExecutor(
    executor: Executor,
    hops: readonly Hop[],
    request: AnyRequest,
    options: ConvertOptions,
  ): Promise<ConversionResult> {
    const task = taskFor(hops, request);
    if (task === undefined) {
      throw new ConversionError(
        'ERR_PERF_CONVERT_FAILED',
        'this conversion cannot leave the thread: its source or its adapters cannot',
      );
    }
    const { url, export: exported } = WORKER_TASK;
    const packed = await executor.run<unknown>(
      { module: url, export: exported, args: task.args },
      options.signal === undefined ? {} : { signal: options.signal },
    );
    return this.#rest(hops, task.taken, unpackResult(packed), request, options);
  }

  async #rest(
    hops: readonly Hop[],
    taken: number,
    so: ConversionResult,
    request: AnyRequest,
    options: ConvertOptions,
  ): Promise<ConversionResult> {
    if (taken === hops.length) return so;
    const rest = await runRoute(
      hops.slice(taken),
      { ...withoutSelection(request), source: { value: so.data }, from: so.format },
      options,
    );
    return {
      ...rest,
      metadata: { ...so.metadata, ...rest.metadata },
      warnings: mergedWarnings([...so.warnings, ...rest.warnings]),
      quality: so.quality * rest.quality,
      route: [...so.route, ...rest.route],
      durationMs: so.durationMs + rest.durationMs,
    };
  }
}

/**
 * Runs all parts at once. When one fails, the others are called off and waited for, and its error is the one that counts.
 */
async function together<Part, Piece>(
  parts: readonly Part[],
  signal: AbortSignal | undefined,
  run: (part: Part, signal: AbortSignal) => Promise<Piece>,
): Promise<Piece[]> {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort(signal?.reason);
  };
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  const failures: unknown[] = [];
  try {
    const settled = await Promise.allSettled(
      parts.map(async (part) => {
        try {
          return await run(part, controller.signal);
        } catch (error) {
          failures.push(error);
          controller.abort(error);
          throw error;
        }
      }),
    );
    if (failures.length > 0) throw failures[0];
    return settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

const FINAL = new Set<unknown>([
  'ERR_PERF_CONVERT_BAD_INPUT',
  'ERR_PERF_CONVERT_NO_COLUMN',
  'ERR_PERF_CONVERT_TYPE_MISMATCH',
  'ERR_PERF_CONVERT_INVALID_OPTION',
  'ERR_PERF_CONVERT_INVALID_REQUEST',
  'ERR_PERF_CONVERT_MISSING_PEER',
  'ERR_PERF_CONVERT_TOO_LARGE',
  'ERR_PERF_CONVERT_UNREADABLE',
  'ERR_PERF_CONVERT_INVALID_SCHEMA',
  'ERR_PERF_CONVERT_MEMORY_EXCEEDED',
  'ERR_PERF_CONVERT_TIMEOUT',
]);

/** Errors of the input itself, told by code because they may have crossed a thread. */
function isFinal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && FINAL.has(error.code);
}
