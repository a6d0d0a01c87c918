import { seededRandom } from '../src/random.js';
import type { DataCharacteristics, OptimizationSelector, SelectionContext, Strategy } from '../src/index.js';

const ROUTES = ['csv>columns', 'json>columns', 'parquet>columns'] as const;
const MB = 2 ** 20;

interface Request {
  readonly characteristics: Partial<DataCharacteristics>;
  readonly context: SelectionContext;
  /** Milliseconds that each strategy takes on average, which no selector is told. */
  readonly cost: Readonly<Record<Strategy, number>>;
}

/**
 * A world that the cost model does not know: conversions slow down by a step beyond 8 MB, threads gain much on one
 * route, little on the next and nothing on the third, and lazy columns share a parse that none of them can skip.
 * Durations have heavy tails: one in fifty takes twenty times as long. `drift` makes threads three times as slow.
 */
export class World {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  request(drift: boolean): Request {
    const which = Math.floor(this.#random() * ROUTES.length);
    const megabytes = 0.05 * 400 ** this.#random();
    const columnsTouched = this.#random() < 0.5 ? 20 : 1 + Math.floor(this.#random() * 20);
    const inline = megabytes * 12 * (megabytes > 8 ? 1.7 : 1);
    const gain = [0.35, 0.8, 1.3][which] ?? 1;
    const shared = [0.6, 0.1, 0.9][which] ?? 1;
    return {
      characteristics: { bytes: megabytes * MB, columns: 20, conversionMs: megabytes * 12 },
      context: { route: ROUTES[which] ?? '', columnsTouched, cores: 4, parts: 4, reuseProbability: 0 },
      cost: {
        'cache-first': inline,
        'lazy-loading': inline * (shared + (1 - shared) * (columnsTouched / 20)) + 0.5,
        parallel: (8 + inline * gain) * (drift ? 3 : 1),
      },
    };
  }

  /** What this once takes, on average `cost`. */
  duration(cost: number): number {
    const spread = Math.exp(0.8 * (this.#random() - 0.5));
    return cost * spread * (this.#random() < 0.02 ? 20 : 1);
  }
}

/** Total cost above that of always knowing best, as a share of it; a drift comes half way. */
export function regret(
  selector: OptimizationSelector,
  { seed, requests, learns }: { seed: number; requests: number; learns: boolean },
): number {
  const world = new World(seed);
  let paid = 0;
  let best = 0;
  for (let i = 0; i < requests; i++) {
    const { characteristics, context, cost } = world.request(i >= requests / 2);
    const plan = selector.select(characteristics, context);
    const durationMs = world.duration(cost[plan.strategy]);
    if (learns) selector.feedback(plan, { durationMs });
    paid += cost[plan.strategy];
    best += Math.min(...Object.values(cost));
  }
  return paid / best - 1;
}
