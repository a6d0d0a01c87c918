/**
 * A world whose costs no model is told, and which are of another form than those of the cost model: work grows by a
 * power of the size that differs from route to route and jumps where caches of the processor end; pools pay off only
 * while they are warm and buffers are large; threads slow each other down the busier the machine is; columns cost a
 * power of how many are touched; batches avoid the jumps. Every seed draws another world. Half way the
 * machine changes: threads, one route and the price of memory. Durations have heavy tails, the load of the machine comes
 * and goes, and hits come from a cache of 1.5 GB that keeps what was asked for last.
 */
import type { DataCharacteristics, SelectionContext } from '../../src/index.js';
import { ByteCache } from './byte-cache.js';
import { drawFrom, type Draw } from './random.js';

export const WAYS = [
  'cache-first',
  'lazy-loading',
  'streaming',
  'memory-pool',
  'parallel',
  'adaptive',
] as const;
export type Way = (typeof WAYS)[number];
export type Costs = Readonly<Record<Way, number>>;

const MB = 2 ** 20;
const TEMPLATES = 300;
const ZIPF = 0.9;
const ONE_OFFS = 0.35;
const CACHE_BYTES = 1.5 * 1024 * MB;

interface Route {
  readonly name: string;
  rate: number;
  readonly told: number;
  readonly power: number;
  readonly growth: number;
  readonly allocated: number;
  readonly batching: number;
  readonly streams: boolean;
  readonly splits: boolean;
  readonly serial: number;
  readonly shared: number;
  readonly touch: number;
  /** What sets each strategy apart on this route, for reasons that nobody knows. */
  readonly quirks: Costs;
}

interface Template {
  readonly key: string;
  readonly route: Route;
  readonly megabytes: number;
  readonly columns: number;
  readonly touched: number;
}

export interface WorldRequest {
  readonly characteristics: Partial<DataCharacteristics>;
  readonly context: SelectionContext;
  readonly hit: boolean;
  /** Milliseconds that each strategy takes on average in this moment. Infinity: it cannot be carried out. */
  readonly costs: Costs;
}

/** Requests one after the other, and how long each way takes. */
export interface RequestStream {
  next(): WorldRequest;
  /** What it takes this once. */
  duration(request: WorldRequest, way: Way): number;
  /** Half way: what was learned is no longer true. */
  drift?(): void;
}

export class World implements RequestStream {
  readonly #draw: Draw;
  readonly #noise: Draw;
  readonly #routes: readonly Route[];
  readonly #templates: readonly Template[];
  readonly #weights: readonly number[];
  readonly #cache = new ByteCache(CACHE_BYTES);
  readonly #steps: readonly { readonly at: number; readonly factor: number }[];
  readonly #cores: number;
  #contention: number;
  readonly #copy: number;
  readonly #batch: number;
  readonly #setup: number;
  #dispatch: number;
  #page: number;
  #load = 0;
  #warm = 0;
  #asked = 0;

  constructor(seed: number) {
    const draw = drawFrom(seed * 7919 + 17);
    this.#draw = draw;
    this.#noise = drawFrom(seed * 104_729 + 3);
    this.#routes = [
      'csv>columns',
      'json>columns',
      'parquet>columns',
      'csv>columns>json',
      'arrow-ipc>columns>csv',
      'parquet>columns>csv',
    ].map((name) => drawRoute(name, draw));
    this.#templates = Array.from({ length: TEMPLATES }, (_, i) => this.#template(`t${String(i)}`));
    this.#weights = zipfSums(TEMPLATES);
    this.#steps = [
      { at: draw.lognormal(1, 0.3), factor: draw.uniform(1, 1.15) },
      { at: draw.lognormal(8, 0.3), factor: draw.uniform(1.05, 1.3) },
      { at: draw.lognormal(32, 0.3), factor: draw.uniform(1.05, 1.3) },
    ];
    this.#cores = draw.pick([2, 4, 8]);
    this.#contention = draw.uniform(0.1, 0.8);
    this.#copy = draw.lognormal(0.7, 0.8);
    this.#batch = draw.lognormal(0.2, 0.8);
    this.#setup = draw.lognormal(0.5, 0.8);
    this.#dispatch = draw.lognormal(0.8, 0.8);
    this.#page = draw.lognormal(0.4, 0.8);
  }

  /** Half way: another machine, so to speak. */
  drift(): void {
    const draw = this.#draw;
    this.#contention *= draw.uniform(1.5, 3);
    this.#dispatch *= draw.uniform(1, 4);
    this.#page *= draw.uniform(0.4, 2.5);
    const route = this.#routes[Math.floor(draw.uniform(0, this.#routes.length))];
    if (route !== undefined) route.rate *= draw.pick([0.4, 2.5]);
  }

  next(): WorldRequest {
    const draw = this.#draw;
    this.#asked += 1;
    this.#load = 0.98 * this.#load + 0.2 * 0.3 * draw.normal();
    const template = draw.uniform() < ONE_OFFS ? this.#template(`o${String(this.#asked)}`) : this.#popular();
    const { route, megabytes, columns, touched, key } = template;
    const hit = this.#cache.ask(key, megabytes * route.growth * MB);
    this.#warm = 0.95 * this.#warm + (megabytes > 1 ? 0.05 : 0);
    return {
      characteristics: {
        bytes: megabytes * MB,
        columns,
        conversionMs: route.told * megabytes + 0.05,
        resultBytes: megabytes * route.growth * MB,
      },
      context: {
        route: route.name,
        key,
        columnsTouched: touched,
        cores: this.#cores,
        parts: route.splits ? this.#cores : 1,
        available: WAYS.filter((way) => way !== 'streaming' || route.streams),
      },
      hit,
      costs: hit ? this.#hitCosts(megabytes) : this.#missCosts(template),
    };
  }

  duration({ costs }: WorldRequest, way: Way): number {
    const noise = this.#noise;
    const spread = noise.lognormal(1, 0.35) / Math.exp(0.35 ** 2 / 2);
    return costs[way] * spread * (noise.uniform() < 0.02 ? noise.uniform(5, 20) : 1);
  }

  #hitCosts(megabytes: number): Costs {
    const cost = 0.02 + 0.004 * megabytes;
    return eachWay(() => cost);
  }

  #missCosts({ route, megabytes, columns, touched }: Template): Costs {
    const busy = Math.exp(this.#load);
    const smooth = route.rate * megabytes ** route.power;
    const step = this.#steps.reduce((all, { at, factor }) => all * (megabytes > at ? factor : 1), 1);
    const fresh = megabytes * route.growth * this.#page * (step > 1.2 ? 1.5 : 1);
    const work = smooth * step * busy + this.#setup;
    const inline = work + fresh;
    const warm = Math.min(1, this.#warm * 2);
    const pooled = work + 0.03 + fresh * (megabytes > 0.5 ? 1 - route.allocated * warm : 1.3);
    const streamed = route.streams
      ? smooth * busy * route.batching + this.#setup + this.#batch * Math.ceil(megabytes * 4) + fresh * 0.8
      : Infinity;
    const cores = route.splits ? 1 + (this.#cores - 1) * Math.max(0.1, 1 - this.#contention * busy) : 1;
    const parts = route.splits ? this.#cores : 1;
    const threaded =
      this.#dispatch * parts * busy +
      this.#copy * megabytes ** 1.05 +
      work * (route.serial + (1 - route.serial) / cores) +
      fresh * 1.3;
    // Each column is a conversion of its own, and the later ones find part of the source in caches of the machine.
    const column = inline * (route.shared + (1 - route.shared) / columns) + 0.2;
    const lazy = column * touched ** route.touch;
    const budget = 2 * (route.told * megabytes + 0.05);
    const begun = inline <= budget ? inline * 1.02 : budget + 1.1 * Math.min(streamed, threaded);
    const costs: Costs = {
      'cache-first': inline,
      'lazy-loading': lazy,
      streaming: streamed,
      'memory-pool': pooled,
      parallel: threaded,
      adaptive: begun,
    };
    return eachWay((way) => costs[way] * route.quirks[way]);
  }

  #template(key: string): Template {
    const draw = this.#draw;
    const route = this.#routes[Math.floor(draw.uniform(0, this.#routes.length))] ?? drawRoute('none', draw);
    const columns = Math.ceil(draw.uniform(2, 30));
    const touched = draw.uniform() < 0.6 ? columns : Math.ceil(draw.uniform(0, columns));
    // 10 KB to 100 MB
    return { key, route, megabytes: 0.01 * 10_000 ** draw.uniform(), columns, touched };
  }

  #popular(): Template {
    const at = this.#draw.uniform(0, this.#weights.at(-1) ?? 0);
    const index = this.#weights.findIndex((sum) => at < sum);
    return this.#templates[Math.max(0, index)] ?? this.#template('none');
  }
}

/** What the adapter tells of a route is off by a factor, and off by a power of the size. */
function drawRoute(name: string, draw: Draw): Route {
  const rate = draw.lognormal(12, 0.6);
  return {
    name,
    rate,
    told: rate * draw.lognormal(1, 0.5),
    power: draw.uniform(0.92, 1.08),
    growth: draw.lognormal(1, 0.4),
    allocated: draw.uniform(0.5, 0.95),
    batching: draw.uniform(0.9, 1.6),
    streams: draw.uniform() < 0.75,
    splits: draw.uniform() < 0.5,
    serial: draw.uniform(0.05, 0.7),
    shared: draw.uniform(0.05, 0.95),
    touch: draw.uniform(0.8, 1.05),
    quirks: eachWay(() => draw.lognormal(1, 0.25)),
  };
}

function eachWay(value: (way: Way) => number): Costs {
  return {
    'cache-first': value('cache-first'),
    'lazy-loading': value('lazy-loading'),
    streaming: value('streaming'),
    'memory-pool': value('memory-pool'),
    parallel: value('parallel'),
    adaptive: value('adaptive'),
  };
}

function zipfSums(count: number): number[] {
  let sum = 0;
  return Array.from({ length: count }, (_, i) => (sum += 1 / (i + 1) ** ZIPF));
}
