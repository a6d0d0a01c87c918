import { shown } from '@perf/internal/errors';
import type { ConvertOptions } from '../adapter.js';
import { refuseOption } from '../errors.js';
import type { AdapterRegistry } from '../registry.js';
import type { AnyRequest } from '../request.js';
import type { ConversionResult } from '../result.js';
import type { ConversionPath } from '../route.js';
import type { Executor, OwnStrategy, PlanLike, PoolLike, SelectionContext, StrategyName } from './ports.js';
import { adaptiveRun } from './strategies/adaptive.js';
import { inlineRun } from './strategies/inline.js';
import { divisibleParts, parallelRun } from './strategies/parallel.js';
import { pooledRun } from './strategies/pooled.js';
import { streamedRun } from './strategies/streamed.js';
import type { StrategyRun } from './strategies/strategy.js';

/** What was done in the end. */
export interface Executed {
  readonly result: ConversionResult;
  readonly strategy: string;
  /** Milliseconds of the strategy that was carried out to its end. */
  readonly durationMs: number;
  /** Why the planned strategy was given up, when it was. */
  readonly failure?: unknown;
}

/** How often each strategy was carried out; those of your own under their names. */
export type StrategyCounts = Record<StrategyName, number> & Record<string, number>;

const NONE: Readonly<Record<StrategyName, number>> = {
  'cache-first': 0,
  'lazy-loading': 0,
  streaming: 0,
  'memory-pool': 0,
  parallel: 0,
  adaptive: 0,
};

/** The parts that strategies are carried out with. */
export interface ExecutionParts {
  readonly executor?: Executor | undefined;
  readonly pool?: PoolLike | undefined;
  readonly strategies?: readonly OwnStrategy[] | undefined;
  readonly clock: { now(): number };
}

/** Carries out strategies, and the next one where one fails. */
export class Execution {
  readonly #parts: ExecutionParts;
  readonly #inline: StrategyRun;
  readonly #runs: readonly StrategyRun[];
  readonly #counts: StrategyCounts;
  #fallbacks = 0;

  constructor(registry: AdapterRegistry, parts: ExecutionParts) {
    const { executor, pool, strategies = [] } = parts;
    const streamed = streamedRun(registry);
    const parallel = executor === undefined ? undefined : parallelRun(executor);
    this.#parts = parts;
    this.#inline = inlineRun(registry);
    this.#runs = [
      this.#inline,
      streamed,
      ...(pool === undefined ? [] : [pooledRun(registry, pool)]),
      ...(parallel === undefined ? [] : [parallel]),
      adaptiveRun(registry, { streamed, parallel }),
      ...strategies.map(ownRun),
    ];
    const taken = strategies.find(
      ({ name }, i) => Object.hasOwn(NONE, name) || strategies.findIndex((one) => one.name === name) !== i,
    );
    if (taken !== undefined) {
      throw refuseOption(`strategies must have names of their own; given ${shown(taken.name)}`);
    }
    this.#counts = { ...NONE, ...Object.fromEntries(strategies.map(({ name }) => [name, 0])) };
  }

  /** Which strategies this request can be carried out with, and how far it can be cut. */
  means(
    path: ConversionPath,
    request: AnyRequest,
  ): Pick<SelectionContext, 'cores' | 'parts' | 'queueLength' | 'coldStart' | 'available'> {
    const { executor } = this.#parts;
    const available = this.#runs.flatMap((run) => (run.can(path, request) ? [run.name] : []));
    if (executor === undefined || !available.includes('parallel')) return { cores: 1, parts: 1, available };
    const { queued = 0, threads } = executor.stats?.() ?? {};
    return {
      cores: executor.concurrency,
      parts: divisibleParts(executor, path.hops),
      queueLength: queued,
      ...(threads === 0 ? { coldStart: true } : {}),
      available,
    };
  }

  /**
   * Runs the plan; a strategy that fails is followed by the next of its fallbacks, and by a conversion right here at the
   * end. An abort and bad input are no reason to try again: they would end the same way.
   */
  async run(
    plan: PlanLike,
    path: ConversionPath,
    request: AnyRequest,
    options: ConvertOptions,
  ): Promise<Executed> {
    let failure: { readonly error: unknown } | undefined;
    for (const run of this.#order(plan, path, request)) {
      const started = this.#parts.clock.now();
      try {
        const result = await run.run({ path, request, options, plan });
        this.count(run.name);
        return {
          result,
          strategy: run.name,
          durationMs: this.#parts.clock.now() - started,
          ...(failure === undefined ? {} : { failure: failure.error }),
        };
      } catch (error) {
        if (run === this.#inline || options.signal?.aborted === true || isFinal(error, run)) throw error;
        this.#fallbacks += 1;
        failure ??= { error };
      }
    }
    throw failure?.error;
  }

  /** A strategy was carried out to its end. */
  count(strategy: string): void {
    this.#counts[strategy] = (this.#counts[strategy] ?? 0) + 1;
  }

  stats(): { readonly strategies: Readonly<StrategyCounts>; readonly fallbacks: number } {
    return { strategies: Object.freeze({ ...this.#counts }), fallbacks: this.#fallbacks };
  }

  /** What was planned, what is to follow it, and the conversion right here, which needs nothing. */
  #order({ strategy, fallbacks }: PlanLike, path: ConversionPath, request: AnyRequest): StrategyRun[] {
    const named = [strategy, ...fallbacks].flatMap(
      (name) => this.#runs.find((run) => run.name === name) ?? [],
    );
    const able = named.filter((run) => run === this.#inline || run.can(path, request));
    return able.includes(this.#inline) ? able : [...able, this.#inline];
  }
}

function ownRun(own: OwnStrategy): StrategyRun {
  return {
    name: own.name,
    can: (_path, request) => own.can(request),
    run: ({ request, options }) => own.run(request, options),
  };
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
/** What a stream says when only the whole would tell the types. */
const OF_STREAMS = new Set<unknown>(['ERR_PERF_CONVERT_TYPE_MISMATCH', 'ERR_PERF_CONVERT_INVALID_SCHEMA']);

/** Errors of the input itself, told by code because they may have crossed a thread. */
function isFinal(error: unknown, { name }: StrategyRun): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  const streamed = name === 'streaming' || name === 'adaptive';
  return FINAL.has(error.code) && !(streamed && OF_STREAMS.has(error.code));
}
