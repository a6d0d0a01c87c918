import { setImmediate as turn } from 'node:timers/promises';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { AnyRequest, ConvertEvent } from '@perf/shim-adapters';
import { createOptimizerSuite, type SuiteIntent } from '@perf/shim-adapters/suite';
import { DATASETS } from '../datasets.js';
import { PeakMemory } from '../memory/peak.js';
import { identityOf, routeOf, type ServedRequest } from '../workload.js';
import {
  MAX_BYTES,
  type Served,
  type ServerKind,
  type ServerReport,
  type StrategyCount,
} from './messages.js';
import type { Sources } from './plain-server.js';

type SuiteKind = Exclude<ServerKind, 'plain' | 'hand-cached'>;

const INTENTS: Readonly<Record<SuiteKind, SuiteIntent>> = {
  predictable: 'predictable',
  'low-memory': 'low-memory',
  adaptive: 'balanced',
};

/** What is to be served. */
interface Stream {
  readonly requests: readonly ServedRequest[];
  readonly sources: Sources;
  readonly seed: number;
}

/** Serves the stream through all six packages. */
export async function serveWithSuite(
  server: SuiteKind,
  { requests, sources, seed }: Stream,
  onProgress: (done: number) => void,
): Promise<ServerReport> {
  const memory = new PeakMemory();
  const suite = createOptimizerSuite({ intent: INTENTS[server], maxBytes: MAX_BYTES, seed });
  const strategies = new StrategyTally();
  const events: ConvertEvent[] = [];
  const listen = (event: unknown): void => {
    if (isConvertEvent(event)) events.push(event);
  };
  subscribe('perf:convert', listen);
  const served: Served[] = [];
  let converted: AnyRequest | undefined;
  const started = performance.now();
  for (const request of requests) {
    const asked = conversionRequest(request, sources);
    const from = performance.now();
    const { bytes } = await suite.converter.convert(asked);
    const ms = performance.now() - from;
    const event = events.pop();
    served.push({
      route: routeOf(request),
      request: identityOf(request),
      kind: request.kind,
      hit: event?.cacheHit === true,
      ms,
      bytes,
      ...(event === undefined ? {} : { strategy: event.strategy, spans: event.spans }),
    });
    if (event?.cacheHit === false) {
      strategies.count(event);
      converted = asked;
    }
    memory.note();
    onProgress(served.length);
    // Between two requests a server's event loop turns: what waits in the background gets its chance.
    await turn();
  }
  const totalMs = performance.now() - started;
  unsubscribe('perf:convert', listen);
  await suite.cache.settled();
  const peakGrowthBytes = memory.growth;
  const { entries, bytes, compression } = suite.cache.stats();
  const explanation = converted === undefined ? undefined : await suite.converter.explain(converted);
  await suite.close();
  return {
    server,
    totalMs,
    served,
    peakGrowthBytes,
    kept: {
      entries,
      bytes,
      compressedEntries: compression.entries,
      compressedFrom: compression.bytesBefore,
      compressedTo: compression.bytesAfter,
    },
    strategies: strategies.counts,
    ...(explanation === undefined ? {} : { explanation }),
  };
}

function conversionRequest(request: ServedRequest, sources: Sources): AnyRequest {
  const { dataset, to, columns, offset, limit, version } = request;
  return {
    source: { value: sources[dataset], id: dataset, version },
    from: DATASETS[dataset],
    to,
    ...(columns === undefined ? {} : { columns }),
    options: { ...(offset === undefined ? {} : { offset }), ...(limit === undefined ? {} : { limit }) },
  };
}

/** Counts how conversions were carried out, with the last reason of each way. */
class StrategyTally {
  readonly #counts = new Map<string, StrategyCount>();

  count({ strategy, route, reason }: ConvertEvent): void {
    const key = `${strategy} ${route}`;
    const count = (this.#counts.get(key)?.count ?? 0) + 1;
    this.#counts.set(key, { strategy, route, count, reason });
  }

  get counts(): readonly StrategyCount[] {
    return [...this.#counts.values()].sort((a, b) => b.count - a.count);
  }
}

function isConvertEvent(value: unknown): value is ConvertEvent {
  return typeof value === 'object' && value !== null && 'strategy' in value && 'spans' in value;
}
