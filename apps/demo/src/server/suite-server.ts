import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { AnyRequest, ConvertEvent } from '@perf/shim-adapters';
import { DATASETS, type readDatasets } from '../datasets.js';
import { PeakMemory } from '../memory/peak.js';
import { createPipeline } from '../pipeline.js';
import { identityOf, routeOf, type ServedRequest } from '../workload.js';
import type { Served, ServerReport, StrategyCount } from './messages.js';

type Sources = Awaited<ReturnType<typeof readDatasets>>;

/** Serves the stream through all six packages. */
export async function serveWithSuite(
  requests: readonly ServedRequest[],
  sources: Sources,
  seed: number,
  onProgress: (done: number) => void,
): Promise<ServerReport> {
  const memory = new PeakMemory();
  const pipeline = createPipeline({ seed });
  const strategies = new StrategyTally();
  const events: ConvertEvent[] = [];
  const listen = (event: unknown): void => {
    if (isConvertEvent(event)) events.push(event);
  };
  subscribe('perf:convert', listen);
  const served: Served[] = [];
  const started = performance.now();
  for (const request of requests) {
    const asked = conversionRequest(request, sources);
    const from = performance.now();
    const { bytes } = await pipeline.converter.convert(asked);
    const ms = performance.now() - from;
    const event = events.pop();
    served.push({
      route: routeOf(request),
      request: identityOf(request),
      kind: request.kind,
      hit: event?.cacheHit === true,
      ms,
      bytes,
    });
    if (event?.cacheHit === false) strategies.count(event);
    memory.note();
    onProgress(served.length);
  }
  const totalMs = performance.now() - started;
  unsubscribe('perf:convert', listen);
  await pipeline.cache.settled();
  const peakGrowthBytes = memory.growth;
  const { entries, bytes, compression } = pipeline.cache.stats();
  await pipeline.close();
  return {
    server: 'suite',
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
