/** Other ways of choosing, for comparison: each sees what our selector sees and learns from the same outcomes. */
import { seededRandom } from '../../src/random.js';
import { WAYS, type Way, type WorldRequest } from './world.js';

/** Something that chooses how each request is carried out, and is told how long that took. */
export interface Chooser {
  choose(request: WorldRequest): Way;
  learn?(request: WorldRequest, way: Way, durationMs: number): void;
}

const MB = 2 ** 20;

/** What knows every cost. */
export function oracle(): Chooser {
  return { choose: ({ costs }) => bestOf(costs) };
}

/** One strategy for all; the plainest where it cannot be carried out. */
export function single(way: Way): Chooser {
  return { choose: (request) => (isAvailable(request, way) ? way : 'cache-first') };
}

/** Points for and against each strategy by fixed rules, as they are written by people who measured nothing. */
export function ruleScoring(): Chooser {
  return {
    choose(request) {
      const { characteristics, context } = request;
      const megabytes = (characteristics.bytes ?? 0) / MB;
      const touched = (context.columnsTouched ?? 1) / Math.max(1, characteristics.columns ?? 1);
      const points: Record<Way, number> = {
        'cache-first': 2 + (megabytes < 1 ? 2 : 0),
        'lazy-loading': (megabytes > 50 ? 3 : 0) + (touched < 0.5 ? 3 : 0),
        streaming: megabytes > 100 ? 5 : megabytes > 20 ? 3 : 0,
        'memory-pool': megabytes > 1 && megabytes < 20 ? 3 : 0,
        parallel: (megabytes > 10 ? 3 : 0) + ((context.parts ?? 1) > 2 ? 1 : -2),
        adaptive: 1.5,
      };
      const ways = WAYS.filter((way) => isAvailable(request, way));
      return ways.reduce((best, way) => (points[way] > points[best] ? way : best), 'cache-first');
    },
  };
}

/** Means of the logarithm by route, size and strategy; one of ten, then ever fewer, are drawn blindly. */
export function epsilonGreedy(seed: number): Chooser {
  const random = seededRandom(seed);
  const cells = new Map<string, { mean: number; count: number }>();
  let asked = 0;
  const keyOf = ({ characteristics, context }: WorldRequest, way: Way): string =>
    [context.route, Math.round(Math.log10((characteristics.bytes ?? 0) / MB)), way].join(' ');
  return {
    choose(request) {
      asked += 1;
      const ways = WAYS.filter((way) => isAvailable(request, way));
      if (random() < 0.1 / Math.sqrt(1 + asked / 200))
        return ways[Math.floor(random() * ways.length)] ?? 'cache-first';
      const expected = (way: Way): number =>
        cells.get(keyOf(request, way))?.mean ?? Math.log(request.characteristics.conversionMs ?? 1);
      return ways.reduce(
        (best, way) => (expected(way) < expected(best) ? way : best),
        ways[0] ?? 'cache-first',
      );
    },
    learn(request, way, durationMs) {
      if (request.hit) return;
      const key = keyOf(request, way);
      const cell = cells.get(key) ?? { mean: Math.log(durationMs), count: 0 };
      cell.count = Math.min(cell.count + 1, 100);
      cell.mean += (Math.log(durationMs) - cell.mean) / cell.count;
      cells.set(key, cell);
    },
  };
}

/**
 * LinUCB with a model of its own for each strategy (L. Li et al., A Contextual-Bandit Approach to Personalized News
 * Article Recommendation, 2010), on the logarithm of the duration beside the adapter's estimate.
 */
export function linUcb(alpha = 0.3): Chooser {
  const models = new Map<Way, { inverse: number[][]; moments: number[] }>();
  const routes: string[] = [];
  const featuresOf = ({ characteristics, context }: WorldRequest): number[] => {
    const route = context.route ?? '';
    if (!routes.includes(route)) routes.push(route);
    const size = Math.log((characteristics.bytes ?? 0) / MB);
    const touched = (context.columnsTouched ?? 1) / Math.max(1, characteristics.columns ?? 1);
    const parts = Math.log2(context.parts ?? 1);
    return [
      1,
      size,
      size * size * 0.1,
      touched,
      parts,
      ...Array.from({ length: 8 }, (_, i) => Number(routes.indexOf(route) === i)),
    ];
  };
  const modelOf = (way: Way, width: number): { inverse: number[][]; moments: number[] } => {
    const model = models.get(way) ?? {
      inverse: Array.from({ length: width }, (_, i) =>
        Array.from({ length: width }, (_, j) => Number(i === j)),
      ),
      moments: new Array<number>(width).fill(0),
    };
    models.set(way, model);
    return model;
  };
  return {
    choose(request) {
      const x = featuresOf(request);
      const ways = WAYS.filter((way) => isAvailable(request, way));
      const bound = (way: Way): number => {
        const { inverse, moments } = modelOf(way, x.length);
        const spread = times(inverse, x);
        return dot(times(inverse, moments), x) - alpha * Math.sqrt(Math.max(0, dot(spread, x)));
      };
      const bounds = new Map(ways.map((way) => [way, bound(way)]));
      return ways.reduce(
        (best, way) => ((bounds.get(way) ?? 0) < (bounds.get(best) ?? 0) ? way : best),
        ways[0] ?? 'cache-first',
      );
    },
    learn(request, way, durationMs) {
      if (request.hit) return;
      const x = featuresOf(request);
      const { inverse, moments } = modelOf(way, x.length);
      const reward = Math.log(durationMs) - Math.log(request.characteristics.conversionMs ?? 1);
      // Sherman and Morrison: the inverse after one more observation.
      const spread = times(inverse, x);
      const scale = 1 + dot(spread, x);
      inverse.forEach((row, i) => {
        row.forEach((_, j) => {
          row[j] = (row[j] ?? 0) - ((spread[i] ?? 0) * (spread[j] ?? 0)) / scale;
        });
      });
      x.forEach((value, i) => {
        moments[i] = (moments[i] ?? 0) + reward * value;
      });
    },
  };
}

export function isAvailable({ costs }: WorldRequest, way: Way): boolean {
  return Number.isFinite(costs[way]);
}

export function bestOf(costs: WorldRequest['costs']): Way {
  return WAYS.reduce((best, way) => (costs[way] < costs[best] ? way : best), 'cache-first');
}

function times(matrix: readonly (readonly number[])[], x: readonly number[]): number[] {
  return matrix.map((row) => dot(row, x));
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
