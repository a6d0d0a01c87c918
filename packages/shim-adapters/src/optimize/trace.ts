import type { AnyRequest } from '../request.js';
import type { ConversionResult } from '../result.js';
import type { ConversionPath } from '../route.js';
import { routeText } from '../route-run.js';
import type { ConvertEvent } from './events.js';
import type { Executed } from './execution.js';
import type { PlanLike } from './ports.js';

/** What was done for one request; nothing, where the cache had the answer. */
export interface Work {
  plan?: PlanLike;
  done?: Executed;
  planMs: number;
  runMs: number;
}

/** What a request was, what came of it, and when it went from one room into the next. */
export interface Passage {
  readonly request: AnyRequest;
  readonly path: ConversionPath;
  readonly result: ConversionResult;
  readonly started: number;
  readonly keyed: number;
  readonly ended: number;
}

/** One request with the time that it spent in each room. */
export function traceOf(
  { plan, done, planMs, runMs }: Work,
  { request, path, result, started, keyed, ended }: Passage,
): ConvertEvent {
  const elsewhere = done?.strategy === 'parallel' || done?.strategy === 'adaptive';
  const adapters = elsewhere ? Math.min(runMs, done.result.durationMs) : runMs;
  return {
    route: routeText(request.from, path.hops),
    from: request.from,
    to: request.to,
    bytes: result.bytes,
    rows: typeof result.metadata['rows'] === 'number' ? result.metadata['rows'] : undefined,
    durationMs: ended - started,
    strategy: done?.strategy ?? 'cache-first',
    reason: plan?.reason ?? 'the cache had the answer',
    cacheHit: done === undefined,
    spans: {
      key: keyed - started,
      cache: Math.max(0, ended - keyed - planMs - runMs),
      plan: planMs,
      thread: Math.max(0, runMs - adapters),
      convert: adapters,
      total: ended - started,
    },
  };
}
