import type { ShimAdapter } from './adapter.js';
import type { AnyRequest, Format } from './request.js';

/** One step of a route, with the adapter that takes it. */
export interface Hop {
  readonly adapter: ShimAdapter;
  readonly from: Format;
  readonly to: Format;
}

/** A way from one format to another and what it is expected to cost. */
export interface ConversionPath {
  readonly hops: readonly Hop[];
  readonly durationMs: number;
  /** Expected bytes of the result. */
  readonly bytes: number;
  /** The share of values expected to be lost on the way, 0 to 1. */
  readonly qualityLoss: number;
  /** The next best routes with another first step, cheapest first. */
  readonly alternatives: readonly ConversionPath[];
}

interface Visit extends Omit<ConversionPath, 'alternatives'> {
  readonly format: Format;
}

/**
 * The best route by Dijkstra's algorithm over formats: correct first, so one that is expected to lose less comes before
 * one that loses more, and of those that lose the same the cheapest. An edge costs what its adapter estimates for the
 * bytes that arrive there, divided by how well it says it suits. There are a dozen formats, so the frontier is a plain
 * list.
 */
export function findRoute(
  adapters: readonly ShimAdapter[],
  request: AnyRequest,
  bytes: number,
): ConversionPath | undefined {
  const best = search(adapters, request, bytes, () => true);
  if (best === undefined) return undefined;
  let alternatives: readonly ConversionPath[] | undefined;
  return {
    hops: best.hops,
    durationMs: best.durationMs,
    bytes: best.bytes,
    qualityLoss: best.qualityLoss,
    // Few callers look at them, and every conversion asks for a route.
    get alternatives() {
      alternatives ??= alternativesTo(best, adapters, request, bytes);
      return alternatives;
    },
  };
}

function alternativesTo(
  best: Visit,
  adapters: readonly ShimAdapter[],
  request: AnyRequest,
  bytes: number,
): ConversionPath[] {
  const [first] = best.hops;
  const others = outgoing(adapters, request, request.from).filter(
    (hop) => first !== undefined && !sameHop(hop, first),
  );
  return others
    .flatMap((start) => {
      const allowed = (hop: Hop): boolean => hop.from !== request.from || sameHop(hop, start);
      return search(adapters, request, bytes, allowed) ?? [];
    })
    .toSorted(byMerit)
    .map(({ format: _, ...path }) => ({ ...path, alternatives: [] }));
}

function search(
  adapters: readonly ShimAdapter[],
  request: AnyRequest,
  bytes: number,
  allowed: (hop: Hop) => boolean,
): Visit | undefined {
  const done = new Set<Format>();
  const frontier: Visit[] = [{ format: request.from, hops: [], durationMs: 0, bytes, qualityLoss: 0 }];
  for (;;) {
    const visit = takeBest(frontier);
    if (visit === undefined) return undefined;
    if (visit.format === request.to) return visit;
    if (done.has(visit.format)) continue;
    done.add(visit.format);
    for (const hop of outgoing(adapters, request, visit.format)) {
      if (done.has(hop.to) || !allowed(hop)) continue;
      const step = stepRequest(request, hop, visit.bytes);
      const suits = hop.adapter.canConvert(step);
      if (!(suits > 0)) continue;
      const cost = hop.adapter.estimateCost(step);
      if (!Number.isFinite(cost.durationMs)) continue;
      const durationMs = visit.durationMs + Math.max(0, cost.durationMs) / suits;
      const qualityLoss = lostOf(visit.qualityLoss, cost.qualityLoss);
      const hops = [...visit.hops, hop];
      frontier.push({ format: hop.to, hops, durationMs, bytes: cost.bytes, qualityLoss });
    }
  }
}

/** What is lost by two steps. Rounded, so that the same steps in another order lose the same. */
export function lostOf(before: number, step: number): number {
  const lost = step > 0 ? Math.min(1, step) : 0;
  return Math.round((1 - (1 - before) * (1 - lost)) * 1e9) / 1e9;
}

function byMerit(a: Visit, b: Visit): number {
  return a.qualityLoss - b.qualityLoss || a.durationMs - b.durationMs;
}

function takeBest(frontier: Visit[]): Visit | undefined {
  let best = 0;
  frontier.forEach((visit, i) => {
    const known = frontier[best];
    if (known !== undefined && byMerit(visit, known) < 0) best = i;
  });
  return frontier.splice(best, 1)[0];
}

function outgoing(adapters: readonly ShimAdapter[], request: AnyRequest, from: Format): Hop[] {
  return adapters.flatMap((adapter) =>
    adapter.conversions
      .filter(([a, b]) => a === from && b !== request.from)
      .map(([, to]): Hop => ({ adapter, from, to })),
  );
}

function sameHop(a: Hop, b: Hop): boolean {
  return a.adapter === b.adapter && a.from === b.from && a.to === b.to;
}

/** The request as one step of the route sees it. */
function stepRequest(request: AnyRequest, hop: Hop, sourceBytes: number): AnyRequest {
  return { ...request, from: hop.from, to: hop.to, hints: { ...request.hints, sourceBytes } };
}
