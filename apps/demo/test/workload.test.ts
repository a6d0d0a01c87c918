import { describe, expect, it } from 'vitest';
import { DATASETS } from '../src/datasets.js';
import { drawRequests, routeOf, TEMPLATES, ZIPF_EXPONENT, type ServedRequest } from '../src/workload.js';

/** Which template a request was drawn from, as text. */
function shape({ dataset, to, columns, offset, limit }: (typeof TEMPLATES)[number]): string {
  return JSON.stringify([dataset, to, columns, offset, limit]);
}

function counts(requests: readonly ServedRequest[]): number[] {
  const found = new Map<string, number>();
  for (const request of requests) found.set(shape(request), (found.get(shape(request)) ?? 0) + 1);
  return [...found.values()].sort((a, b) => b - a);
}

function times(list: readonly string[], wanted: string): number {
  return list.filter((one) => one === wanted).length;
}

describe('the templates', () => {
  it('are 40, all different, over every data set', () => {
    expect(TEMPLATES).toHaveLength(40);
    expect(new Set(TEMPLATES.map(shape)).size).toBe(40);
    expect(new Set(TEMPLATES.map(({ dataset }) => dataset))).toEqual(new Set(Object.keys(DATASETS)));
  });

  it('name their route as people do', () => {
    expect(routeOf({ dataset: 'flights-200k.arrow', to: 'csv' })).toBe('arrow-ipc > csv');
  });
});

describe('the stream', () => {
  const long = drawRequests({ requests: 20_000, seed: 1 });
  const repeated = long.filter(({ kind }) => kind === 'template');

  it('is the same for the same seed, another for another', () => {
    expect(drawRequests({ requests: 50, seed: 7 })).toEqual(drawRequests({ requests: 50, seed: 7 }));
    expect(drawRequests({ requests: 50, seed: 8 })).not.toEqual(drawRequests({ requests: 50, seed: 7 }));
  });

  it('may be empty', () => {
    expect(drawRequests({ requests: 0, seed: 1 })).toEqual([]);
  });

  it('draws 70 % from the templates, all 40 of them, and asks the rest once', () => {
    expect(repeated.length / long.length).toBeCloseTo(0.7, 1);
    expect(counts(repeated)).toHaveLength(40);
    const once = counts(long.filter(({ kind }) => kind === 'one-off'));
    expect(Math.max(...once)).toBe(1);
  });

  it("draws the templates by Zipf's law", () => {
    const total = Array.from({ length: 40 }, (_, i) => 1 / (i + 1) ** ZIPF_EXPONENT).reduce(
      (a, b) => a + b,
      0,
    );
    const seen = counts(repeated);
    for (const rank of [1, 2, 3, 5, 10, 20]) {
      const expected = repeated.length / rank ** ZIPF_EXPONENT / total;
      expect(Math.abs((seen[rank - 1] ?? 0) / expected - 1)).toBeLessThan(0.2);
    }
  });

  it('ranks the templates differently for each seed', () => {
    const favourites = [1, 2, 3, 4, 5].map((seed) => {
      const drawn = drawRequests({ requests: 2000, seed }).filter(({ kind }) => kind === 'template');
      const often = drawn.map(shape);
      return often.reduce((best, one) => (times(often, one) > times(often, best) ? one : best), '');
    });
    expect(new Set(favourites).size).toBeGreaterThan(1);
  });

  it('finds a new version of the source at one repeat of ten, counting up from v1', () => {
    const versions = new Map<string, number>();
    let bumps = 0;
    let repeats = 0;
    for (const request of repeated) {
      const version = Number(request.version.slice(1));
      const before = versions.get(shape(request));
      if (before === undefined) expect(version).toBe(1);
      else {
        expect([before, before + 1]).toContain(version);
        repeats += 1;
        bumps += version - before;
      }
      versions.set(shape(request), version);
    }
    expect(bumps / repeats).toBeCloseTo(0.1, 1);
  });
});
