import { ByteCache } from '../test/simulation/byte-cache.js';
import { drawFrom, type Draw } from '../test/simulation/random.js';
import { median } from '../test/simulation/replay.js';
import {
  WAYS,
  type Costs,
  type RequestStream,
  type Way,
  type WorldRequest,
} from '../test/simulation/world.js';
import type { Recorded } from './recording.js';

const CACHE_BYTES = 512 * 2 ** 20;
/** Sources of each kind of request, asked for by Zipf's law; one of three requests is for a source of its own. */
const SOURCES = 6;
const ONE_OFFS = 0.35;

/** Requests drawn from recorded ones, answered in the times that were measured; hits come from a simulated cache. */
export class RecordedStream implements RequestStream {
  readonly #recorded: readonly [Recorded, ...Recorded[]];
  readonly #draw: Draw;
  readonly #cache = new ByteCache(CACHE_BYTES);
  readonly #kinds = new WeakMap<WorldRequest, Recorded>();
  #asked = 0;

  constructor(recorded: readonly [Recorded, ...Recorded[]], seed: number) {
    this.#recorded = recorded;
    this.#draw = drawFrom(seed * 6151 + 5);
  }

  next(): WorldRequest {
    const draw = this.#draw;
    this.#asked += 1;
    const kind = draw.pick(this.#recorded);
    const source =
      draw.uniform() < ONE_OFFS
        ? `only ${String(this.#asked)}`
        : String(Math.floor(SOURCES * draw.uniform() ** 2));
    const key = `${kind.name} ${source}`;
    const hit = this.#cache.ask(key, kind.resultBytes);
    const costs = eachWay((way) => (hit ? kind.hitMs : median(kind.times.get(way) ?? [Infinity])));
    const request: WorldRequest = {
      characteristics: kind.facts,
      context: { ...kind.context, key },
      hit,
      costs: hit ? eachWay((way) => (kind.times.has(way) ? kind.hitMs : Infinity)) : costs,
    };
    this.#kinds.set(request, kind);
    return request;
  }

  /** One of the times that were measured. */
  duration(request: WorldRequest, way: Way): number {
    const times = this.#kinds.get(request)?.times.get(way) ?? [];
    if (request.hit) return request.costs[way];
    return times[Math.floor(this.#draw.uniform(0, times.length))] ?? request.costs[way];
  }
}

function eachWay(value: (way: Way) => number): Costs {
  const [a, b, c, d, e, f] = WAYS;
  return { [a]: value(a), [b]: value(b), [c]: value(c), [d]: value(d), [e]: value(e), [f]: value(f) };
}
