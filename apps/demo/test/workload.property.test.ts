import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DATASETS } from '../src/datasets.js';
import { seededRandom, shuffled } from '../src/random.js';
import { drawRequests, TEMPLATES } from '../src/workload.js';

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const FLIGHTS = 3_000_000;

describe('whatever the seed', () => {
  it('a stream is drawn again the same, and a shorter one is its beginning', () => {
    fc.assert(
      fc.property(seed, fc.nat({ max: 300 }), fc.nat({ max: 300 }), (s, a, b) => {
        const stream = drawRequests({ requests: a + b, seed: s });
        expect(stream).toHaveLength(a + b);
        expect(drawRequests({ requests: a, seed: s })).toEqual(stream.slice(0, a));
      }),
    );
  });

  it('every request can be served: its data set exists, its rows and columns too, one-offs never come again', () => {
    fc.assert(
      fc.property(seed, (s) => {
        const asked = new Set<string>();
        const templates = new Set(TEMPLATES.map((template) => JSON.stringify(template)));
        for (const { kind, version, ...request } of drawRequests({ requests: 200, seed: s })) {
          expect(DATASETS).toHaveProperty([request.dataset]);
          expect(version).toMatch(/^v[1-9]\d*$/);
          const text = JSON.stringify(request);
          expect(templates.has(text)).toBe(kind === 'template');
          if (kind === 'template') continue;
          expect(asked.has(text)).toBe(false);
          asked.add(text);
          const { offset = 0, limit = Infinity } = request;
          expect(limit).toBeGreaterThan(0);
          if (request.dataset === 'flights-3m.parquet') expect(offset).toBeLessThan(FLIGHTS);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('the numbers lie from 0 to 1 and do not get stuck', () => {
    fc.assert(
      fc.property(seed, (s) => {
        const random = seededRandom(s);
        const drawn = Array.from({ length: 50 }, random);
        expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
        expect(new Set(drawn).size).toBeGreaterThan(40);
      }),
    );
  });

  it('shuffling loses and invents nothing, and leaves the list alone', () => {
    fc.assert(
      fc.property(seed, fc.array(fc.integer()), (s, list) => {
        const before = [...list];
        const mixed = shuffled(list, seededRandom(s));
        expect([...mixed].sort((a, b) => a - b)).toEqual([...list].sort((a, b) => a - b));
        expect(list).toEqual(before);
      }),
    );
  });
});
