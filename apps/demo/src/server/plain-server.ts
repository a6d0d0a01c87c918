import { setImmediate as turn } from 'node:timers/promises';
import { PeakMemory } from '../memory/peak.js';
import type { readDatasets } from '../datasets.js';
import { identityOf, routeOf, type ServedRequest } from '../workload.js';
import { convertPlainly } from './plain-libraries.js';
import type { Kept, Served, ServerKind, ServerReport } from './messages.js';

export type Sources = Awaited<ReturnType<typeof readDatasets>>;

/** One answer: what was asked for, and whether a cache had it. */
export interface Answer {
  readonly data: unknown;
  readonly hit: boolean;
}

/** Serves the stream with the libraries alone: every request is converted anew. */
export function servePlainly(
  requests: readonly ServedRequest[],
  sources: Sources,
  onProgress: (done: number) => void,
): Promise<ServerReport> {
  const answer = async (request: ServedRequest): Promise<Answer> => ({
    data: await convertPlainly(request, sources[request.dataset]),
    hit: false,
  });
  return serveAll('plain', requests, answer, () => null, onProgress);
}

/** Serves one request after the other, and notes what each took. */
export async function serveAll(
  server: ServerKind,
  requests: readonly ServedRequest[],
  answer: (request: ServedRequest) => Promise<Answer>,
  kept: () => Kept | null,
  onProgress: (done: number) => void,
): Promise<ServerReport> {
  const memory = new PeakMemory();
  const served: Served[] = [];
  const started = performance.now();
  for (const request of requests) {
    const from = performance.now();
    const { data, hit } = await answer(request);
    const ms = performance.now() - from;
    const bytes = typeof data === 'string' ? data.length : 0;
    served.push({
      route: routeOf(request),
      request: identityOf(request),
      kind: request.kind,
      hit,
      ms,
      bytes,
    });
    memory.note();
    onProgress(served.length);
    // Between two requests a server's event loop turns: what waits in the background gets its chance.
    await turn();
  }
  const totalMs = performance.now() - started;
  return { server, totalMs, served, peakGrowthBytes: memory.growth, kept: kept(), strategies: [] };
}
