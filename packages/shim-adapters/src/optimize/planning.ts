import { parseBytes } from '@perf/internal/bytes';
import { refuseOption } from '../errors.js';
import type { AnyRequest } from '../request.js';
import type { ConversionPath } from '../route.js';
import { routeText } from '../route-run.js';
import { estimateSourceBytes } from '../source.js';
import type { Executed, Execution } from './execution.js';
import type { MemoryLike, PlanLike, RequestFacts, SelectionContext, SelectorLike } from './ports.js';

/** What cannot be done otherwise is done inline, after asking the cache. */
const PLAIN_PLAN: PlanLike = { strategy: 'cache-first', fallbacks: [], reason: 'no selector was given' };
/** Reading memory costs more than deciding does: below this, what is free makes no difference. */
const LARGE = 16 * 2 ** 20;

/** What a choice is about, beside the request itself. */
export interface Circumstances {
  /** The key under which the result is kept. */
  readonly key?: string | undefined;
  /** How likely the cache has the answer; 0 where it was asked and had none. */
  readonly reuseProbability?: number | undefined;
  /** Strategies instead of all that can be carried out. */
  readonly available?: readonly string[];
  readonly columns?: number;
  readonly columnsTouched?: number;
}

/** Asks the selector, where there is one, and tells it what came of its plans. */
export class Planning {
  readonly #selector: SelectorLike | undefined;
  readonly #execution: Execution;
  readonly #memory: MemoryLike | undefined;

  constructor(selector: SelectorLike | undefined, execution: Execution, memory?: MemoryLike) {
    this.#selector = selector;
    this.#execution = execution;
    this.#memory = memory;
  }

  get isActive(): boolean {
    return this.#selector !== undefined;
  }

  select(request: AnyRequest, path: ConversionPath, circumstances: Circumstances = {}): PlanLike {
    const selector = this.#selector;
    if (selector === undefined) return PLAIN_PLAN;
    const known = facts(request, path, circumstances);
    const context = this.#context(request, path, circumstances);
    const free = context.memoryLimit === undefined ? this.#free(known) : undefined;
    if (free === undefined) return selector.select(known, context);
    try {
      return selector.select(known, { ...context, memoryLimit: free });
    } catch {
      // What is free now is a wish, and no limit that somebody set: the conversion is not refused for it.
      return selector.select(known, context);
    }
  }

  /** Why a request would be carried out the way it would, in words. Decides nothing. */
  explain(request: AnyRequest, path: ConversionPath, circumstances: Circumstances): string {
    const selector = this.#selector;
    if (selector === undefined) return PLAIN_PLAN.reason;
    const known = facts(request, path, circumstances);
    const context = this.#context(request, path, circumstances);
    return selector.explain(selector.preview?.(known, context) ?? selector.select(known, context));
  }

  learn(plan: PlanLike, done: Executed): void {
    const { strategy, failure } = done;
    // A clock that was set back must not turn a conversion that succeeded into an error.
    const durationMs = Math.max(0, done.durationMs);
    this.#selector?.feedback(plan, {
      durationMs,
      ...(failure === undefined ? {} : { error: failure }),
      ...(strategy === plan.strategy ? {} : { strategy }),
    });
  }

  /** What came of a plan that was carried out over several calls. */
  outcome(plan: PlanLike, strategy: string, durationMs: number): void {
    const other = strategy === plan.strategy ? {} : { strategy };
    this.#selector?.feedback(plan, { durationMs: Math.max(0, durationMs), ...other });
  }

  /** The cache had the answer. */
  noteHit(key: string): void {
    this.#selector?.noteHit?.(key);
  }

  /** How many columns a source has, where the selector can tell. */
  async columnsOf(
    { source, columns }: AnyRequest,
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> {
    if (columns !== undefined) return columns.length;
    const isBytes =
      'value' in source && (typeof source.value === 'string' || source.value instanceof Uint8Array);
    if (!('path' in source) && !isBytes) return undefined;
    try {
      const found = await this.#selector?.analyzeSource?.(source, signal === undefined ? {} : { signal });
      return found === undefined || found.columns === 0 ? undefined : found.columns;
    } catch {
      // What cannot be analysed may still be converted, or tell better what is wrong with it.
      return undefined;
    }
  }

  #free({ bytes, resultBytes }: RequestFacts): number | undefined {
    if (this.#memory === undefined || bytes + resultBytes < LARGE) return undefined;
    const { usedBytes, limitBytes } = this.#memory.read();
    const free = limitBytes - usedBytes;
    return Number.isFinite(free) ? Math.max(0, free) : undefined;
  }

  #context(request: AnyRequest, path: ConversionPath, circumstances: Circumstances): SelectionContext {
    const { memoryLimit } = request.hints ?? {};
    const {
      key,
      reuseProbability = request.hints?.reuseProbability,
      available,
      columnsTouched,
    } = circumstances;
    return {
      route: routeText(request.from, path.hops),
      ...this.#execution.means(path, request),
      ...(available === undefined ? {} : { available }),
      ...(key === undefined ? {} : { key }),
      ...(reuseProbability === undefined ? {} : { reuseProbability }),
      ...(columnsTouched === undefined ? {} : { columnsTouched }),
      ...(this.#memory === undefined ? {} : { memoryPressure: this.#memory.pressure }),
      ...(memoryLimit === undefined
        ? {}
        : { memoryLimit: parseBytes(memoryLimit, 'hints.memoryLimit', refuseOption) }),
    };
  }
}

function facts(request: AnyRequest, path: ConversionPath, { columns }: Circumstances): RequestFacts {
  return {
    bytes: finite(estimateSourceBytes(request)),
    conversionMs: finite(path.durationMs),
    resultBytes: finite(path.bytes),
    ...(columns === undefined ? {} : { columns }),
  };
}

/** An adapter's estimate that is no number must not stop the conversion: it counts as not known. */
function finite(estimate: number): number {
  return estimate >= 0 && estimate <= Number.MAX_SAFE_INTEGER ? estimate : 0;
}
