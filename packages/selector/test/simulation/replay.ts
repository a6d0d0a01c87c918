import { bestOf, type Chooser } from './rivals.js';
import { World, type RequestStream } from './world.js';

/** What a chooser paid above always knowing best, as a share of it. */
export interface Regret {
  readonly all: number;
  /** Before and after the machine changed. */
  readonly before: number;
  readonly after: number;
  /** What was paid in all, in milliseconds on average. */
  readonly paid: number;
}

/** Serves the requests of a simulated world; the machine changes half way. */
export function replay(chooser: Chooser, { seed, requests }: { seed: number; requests: number }): Regret {
  return serve(chooser, new World(seed), requests);
}

/** Serves so many requests of a stream. */
export function serve(chooser: Chooser, stream: RequestStream, requests: number): Regret {
  const paid = [0, 0];
  const best = [0, 0];
  for (let i = 0; i < requests; i++) {
    const half = i < requests / 2 ? 0 : 1;
    if (i === Math.ceil(requests / 2)) stream.drift?.();
    const request = stream.next();
    const way = chooser.choose(request);
    const cost = request.costs[way];
    chooser.learn?.(request, way, stream.duration(request, way));
    paid[half] = (paid[half] ?? 0) + cost;
    best[half] = (best[half] ?? 0) + request.costs[bestOf(request.costs)];
  }
  const [p0 = 0, p1 = 0] = paid;
  const [b0 = 0, b1 = 0] = best;
  return { all: (p0 + p1) / (b0 + b1) - 1, before: p0 / b0 - 1, after: p1 / b1 - 1, paid: p0 + p1 };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
