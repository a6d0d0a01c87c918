import { parseBytes } from '@perf/internal/bytes';
import { refuseOption } from '../errors.js';
import type { AnyRequest } from '../request.js';
import type { ConversionPath } from '../route.js';
import { routeText } from '../route-run.js';
import { estimateSourceBytes } from '../source.js';
import type { Executed, Execution } from './execution.js';
import type { PlanLike, RequestFacts, SelectionContext, SelectorLike } from './ports.js';

/** What cannot be done otherwise is done inline, after asking the cache. */
const PLAIN_PLAN: PlanLike = { strategy: 'cache-first', fallbacks: [], reason: 'no selector was given' };

/** Asks the selector, where there is one, and tells it what came of its plans. */
export class Planning {
  readonly #selector: SelectorLike | undefined;
  readonly #execution: Execution;

  constructor(selector: SelectorLike | undefined, execution: Execution) {
    this.#selector = selector;
    this.#execution = execution;
  }

  select(request: AnyRequest, path: ConversionPath): PlanLike {
    if (this.#selector === undefined) return PLAIN_PLAN;
    return this.#selector.select(facts(request, path), this.#context(request, path));
  }

  /** Why a request would be carried out the way it would, in words. Decides nothing. */
  explain(request: AnyRequest, path: ConversionPath): string {
    const selector = this.#selector;
    if (selector === undefined) return PLAIN_PLAN.reason;
    const known = facts(request, path);
    const context = this.#context(request, path);
    return selector.explain(selector.preview?.(known, context) ?? selector.select(known, context));
  }

  /** @param done undefined for what came from the cache */
  learn(plan: PlanLike, done: Executed | undefined, durationMs: number): void {
    // A clock that was set back must not turn a conversion that succeeded into an error.
    const taken = Math.max(0, durationMs);
    if (done?.failure === undefined) {
      this.#selector?.feedback(plan, { durationMs: taken, cacheHit: done === undefined });
    } else this.#selector?.feedback(plan, { durationMs: taken, error: done.failure });
  }

  #context(request: AnyRequest, path: ConversionPath): SelectionContext {
    const { reuseProbability, memoryLimit } = request.hints ?? {};
    return {
      route: routeText(request.from, path.hops),
      ...this.#execution.means(path, request),
      ...(reuseProbability === undefined ? {} : { reuseProbability }),
      ...(memoryLimit === undefined
        ? {}
        : { memoryLimit: parseBytes(memoryLimit, 'hints.memoryLimit', refuseOption) }),
    };
  }
}

function facts(request: AnyRequest, path: ConversionPath): RequestFacts {
  return {
    bytes: finite(estimateSourceBytes(request)),
    conversionMs: finite(path.durationMs),
    resultBytes: finite(path.bytes),
  };
}

/** An adapter's estimate that is no number must not stop the conversion: it counts as not known. */
function finite(estimate: number): number {
  return estimate >= 0 && estimate <= Number.MAX_SAFE_INTEGER ? estimate : 0;
}
