import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConversionCache, simulate, type PolicyName, type TraceEntry } from '../../src/index.js';
import { POLICY_NAMES } from '../../src/policy/policy-name.js';
import { FakeClock } from '../fake-clock.js';

const code = expect.objectContaining({ code: 'ERR_PERF_CACHE_INVALID_OPTION' }) as unknown;
const keysToTrace = (keys: Iterable<string>): TraceEntry[] => [...keys].map((key) => ({ key }));

/** What a cache answers that gives up the key that is needed last, found by looking through everything each time. */
function optimalByHand(keys: readonly string[], maxEntries: number): number {
  const kept = new Set<string>();
  let hits = 0;
  for (const [at, key] of keys.entries()) {
    const nextUse = (other: string): number => {
      const next = keys.indexOf(other, at + 1);
      return next < 0 ? Infinity : next;
    };
    if (kept.has(key)) hits += 1;
    kept.add(key);
    const [last] = [...kept].sort((a, b) => nextUse(b) - nextUse(a));
    if (kept.size > maxEntries && last !== undefined) kept.delete(last);
  }
  return hits;
}

describe('simulate', () => {
  it('counts what a policy would have answered, in requests, bytes and time', () => {
    const trace = [
      { key: 'a', size: 10, cost: 5 },
      { key: 'b', size: 30, cost: 1 },
      { key: 'a', size: 10, cost: 5 },
      { key: 'c', size: 100, cost: 9 },
      { key: 'b', size: 30, cost: 1 },
    ];
    expect(simulate(trace, { policies: ['lru'], maxBytes: 50 })).toEqual([
      {
        ...{ policy: 'lru', maxEntries: Infinity, maxBytes: 50, requests: 5, hits: 2, hitRate: 0.4 },
        ...{ byteHitRate: 40 / 180, savedMs: 6, savedRate: 6 / 21, evictions: 0, refused: 1 },
      },
    ]);
  });

  it('gives the figures of an empty trace as 0', () => {
    for (const result of simulate([], { policies: ['adaptive', 'optimal'], maxEntries: 5 })) {
      expect(result).toMatchObject({ requests: 0, hits: 0, hitRate: 0, byteHitRate: 0, savedRate: 0 });
    }
  });

  it('reads the trace once, whatever is tried on it', () => {
    let read = 0;
    function* trace(): Generator<TraceEntry> {
      for (const key of 'abcab') {
        read += 1;
        yield { key };
      }
    }
    simulate(trace(), { policies: ['lru', 'fifo', 'optimal'], maxEntries: 2 });
    expect(read).toBe(5);
  });

  it.each(POLICY_NAMES)('runs %s as the cache does', (policy) => {
    const key = fc.constantFrom(...Array.from('abcdefgh'));
    fc.assert(
      fc.property(fc.array(key, { maxLength: 150 }), fc.integer({ min: 1, max: 6 }), (keys, maxEntries) => {
        const cache = new ConversionCache<number>({
          policy,
          maxEntries,
          ttl: Infinity,
          clock: new FakeClock(),
        });
        for (const asked of keys)
          if (cache.get(asked) === undefined) cache.set(asked, 1, { size: 1, cost: 1 });
        const [result] = simulate(keysToTrace(keys), { policies: [policy], maxEntries });
        expect(result?.hits).toBe(cache.stats().hits);
      }),
      { numRuns: 60 },
    );
  });

  it('knows what a cache could reach that knows the future', () => {
    const key = fc.constantFrom(...Array.from('abcdefg'));
    fc.assert(
      fc.property(fc.array(key, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (keys, maxEntries) => {
        const [result] = simulate(keysToTrace(keys), { policies: ['optimal'], maxEntries });
        expect(result?.hits).toBe(optimalByHand(keys, maxEntries));
      }),
    );
  });

  it('finds no policy that is better than the optimal', () => {
    const key = fc.constantFrom(...Array.from('abcdefghijkl'));
    fc.assert(
      fc.property(fc.array(key, { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (keys, maxEntries) => {
        const [best, ...others] = simulate(keysToTrace(keys), {
          policies: ['optimal', ...POLICY_NAMES],
          maxEntries,
        });
        for (const { hits } of others) expect(hits).toBeLessThanOrEqual(best?.hits ?? 0);
      }),
    );
  });

  it('takes policies of your own', () => {
    const order = new Set<number>();
    const [result] = simulate(keysToTrace('abcabc'), {
      policies: [
        {
          name: 'newest-first',
          attach: () => undefined,
          add: (slot) => void order.add(slot),
          use: () => undefined,
          remove: (slot) => void order.delete(slot),
          victim: (newcomer) => [...order].filter((slot) => slot !== newcomer).at(-1) ?? newcomer,
        },
      ],
      maxEntries: 2,
    });
    expect(result).toMatchObject({ policy: 'newest-first', hits: 1, evictions: 3 });
  });

  it.each<[string, TraceEntry[], object, string]>([
    ['no limit', [], { policies: ['lru'] }, 'simulate needs maxEntries, maxBytes or both'],
    ['a limit of 0 entries', [], { policies: ['lru'], maxEntries: 0 }, 'maxEntries must be'],
    ['an unknown policy', [], { policies: ['mru' as PolicyName], maxEntries: 1 }, "given 'mru'"],
    ['the optimal of bytes', [], { policies: ['optimal'], maxBytes: 5 }, "'optimal' can be told for"],
    ['an unknown option', [], { policies: [], maxEntries: 1, ttl: 5 }, "unknown option 'ttl'"],
    [
      'a size below 0',
      [{ key: 'a', size: -1 }],
      { policies: ['lru'], maxEntries: 1 },
      'request 1 of the trace needs a size',
    ],
    ['a cost that is none', [{ key: 'a', cost: NaN }], { policies: ['lru'], maxEntries: 1 }, 'needs a cost'],
    [
      'a key that is no text',
      [{ key: 5 as unknown as string }],
      { policies: ['lru'], maxEntries: 1 },
      'needs a text as key',
    ],
  ])('refuses %s', (_, trace, options, message) => {
    const run = (): unknown => simulate(trace, options as Parameters<typeof simulate>[1]);
    expect(run).toThrow(message);
    expect(run).toThrow(code);
  });
});
