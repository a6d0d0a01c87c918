import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ShimAdapter } from '../src/adapter.js';
import type { AnyRequest, Format } from '../src/request.js';
import { AdapterRegistry } from '../src/registry.js';
import type { Hop } from '../src/route.js';
import { request } from './requests.js';

const FORMATS: readonly Format[] = ['csv', 'json', 'ndjson', 'rows', 'columns', 'arrow', 'parquet'];

interface Edge {
  readonly from: Format;
  readonly to: Format;
  readonly durationMs: number;
  readonly suits: number;
  readonly qualityLoss: number;
}

interface Price {
  readonly durationMs: number;
  readonly qualityLoss: number;
}

/** An adapter of one edge, which never converts. */
function adapterOf({ from, to, durationMs, suits, qualityLoss }: Edge, id: string): ShimAdapter {
  return {
    id,
    version: '1',
    selects: true,
    conversions: [[from, to]],
    canConvert: () => suits,
    estimateCost: () => ({ durationMs, bytes: 0, qualityLoss }),
    validateRequest: () => ({ valid: true }),
    convert: () => Promise.reject(new Error('routes are only looked for')),
  };
}

/** The price of every path without a repeated format, by walking them all. */
function everyPrice(edges: readonly Edge[], from: Format, to: Format, seen: readonly Format[] = []): Price[] {
  if (from === to) return [{ durationMs: 0, qualityLoss: 0 }];
  return edges
    .filter(
      (edge) =>
        edge.from === from && edge.suits > 0 && Number.isFinite(edge.durationMs) && !seen.includes(edge.to),
    )
    .flatMap((edge) =>
      everyPrice(edges, edge.to, to, [...seen, from]).map((rest) => ({
        durationMs: edge.durationMs / edge.suits + rest.durationMs,
        qualityLoss: 1 - (1 - edge.qualityLoss) * (1 - rest.qualityLoss),
      })),
    );
}

/** The least of what is lost, and of the routes that lose no more the shortest. */
function best(prices: readonly Price[]): Price {
  const qualityLoss = Math.min(...prices.map((price) => price.qualityLoss));
  const least = prices.filter((price) => price.qualityLoss === qualityLoss);
  return { qualityLoss, durationMs: Math.min(...least.map(({ durationMs }) => durationMs)) };
}

const edge = fc.record({
  from: fc.constantFrom(...FORMATS),
  to: fc.constantFrom(...FORMATS),
  durationMs: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(Infinity)),
  suits: fc.constantFrom(0, 0.5, 1),
  // Sums of halves and quarters are exact.
  qualityLoss: fc.constantFrom(0, 0, 0, 0.25, 0.5, 1),
});
const graph = fc.array(
  edge.filter(({ from, to }) => from !== to),
  { maxLength: 14 },
);
const ends = fc.uniqueArray(fc.constantFrom(...FORMATS), { minLength: 2, maxLength: 2 });

function register(edges: readonly Edge[]): AdapterRegistry {
  const registry = new AdapterRegistry();
  edges.forEach((one, i) => registry.register(adapterOf(one, `a${String(i)}`)));
  return registry;
}

function connected(hops: readonly Hop[], { from, to }: AnyRequest): boolean {
  return (
    hops.at(0)?.from === from &&
    hops.at(-1)?.to === to &&
    hops.every((hop, i) => i === 0 || hops[i - 1]?.to === hop.from)
  );
}

test('the route loses the least, is the cheapest of those, and there is one exactly when there is any', () => {
  fc.assert(
    fc.property(graph, ends, (edges, [from = 'csv', to = 'json']) => {
      const wanted = request(from, to, '');
      const path = register(edges).path(wanted);
      const prices = everyPrice(edges, from, to);
      if (prices.length === 0) {
        expect(path).toBeNull();
        return;
      }
      expect(path?.qualityLoss).toBe(best(prices).qualityLoss);
      expect(path?.durationMs).toBeCloseTo(best(prices).durationMs, 9);
      expect(connected(path?.hops ?? [], wanted)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('alternatives begin with another step each, are as good as that allows, and come best first', () => {
  fc.assert(
    fc.property(graph, ends, (edges, [from = 'csv', to = 'json']) => {
      const wanted = request(from, to, '');
      const path = register(edges).path(wanted);
      if (path === null) return;
      const routes = [path, ...path.alternatives];
      const firsts = routes.map(({ hops }) => hops[0]?.adapter.id);
      expect(new Set(firsts).size).toBe(routes.length);
      const merits = routes.map(({ durationMs, qualityLoss }) => ({ durationMs, qualityLoss }));
      expect(merits).toEqual(
        merits.toSorted((a, b) => a.qualityLoss - b.qualityLoss || a.durationMs - b.durationMs),
      );
      for (const [index, { hops, durationMs, qualityLoss }] of routes.entries()) {
        expect(connected(hops, wanted)).toBe(true);
        const others = edges.filter((one, i) => one.from !== from || `a${String(i)}` === firsts[index]);
        const expected = best(everyPrice(others, from, to));
        expect(qualityLoss).toBe(expected.qualityLoss);
        expect(durationMs).toBeCloseTo(expected.durationMs, 9);
      }
    }),
    { numRuns: 500 },
  );
});
