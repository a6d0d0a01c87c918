import { PeakMemory } from '../memory/peak.js';
import type { readDatasets } from '../datasets.js';
import { identityOf, routeOf, type ServedRequest } from '../workload.js';
import { convertPlainly } from './plain-libraries.js';
import type { Served, ServerReport } from './messages.js';

type Sources = Awaited<ReturnType<typeof readDatasets>>;

/** Serves the stream with the libraries alone: every request is converted anew. */
export async function servePlainly(
  requests: readonly ServedRequest[],
  sources: Sources,
  onProgress: (done: number) => void,
): Promise<ServerReport> {
  const memory = new PeakMemory();
  const served: Served[] = [];
  const started = performance.now();
  for (const request of requests) {
    const from = performance.now();
    const data = await convertPlainly(request, sources[request.dataset]);
    const ms = performance.now() - from;
    const bytes = typeof data === 'string' ? data.length : 0;
    served.push({
      route: routeOf(request),
      request: identityOf(request),
      kind: request.kind,
      hit: false,
      ms,
      bytes,
    });
    memory.note();
    onProgress(served.length);
  }
  const totalMs = performance.now() - started;
  return { server: 'plain', totalMs, served, peakGrowthBytes: memory.growth, kept: null, strategies: [] };
}
