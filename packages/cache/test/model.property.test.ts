import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConversionCache, type CacheError, type Limits, type PolicyName } from '../src/index.js';
import { FakeClock } from './fake-clock.js';
import { NaiveCache } from './policy/naive-cache.js';
import { NAIVE_POLICIES } from './policy/naive-policy.js';

const TAGS = ['x', 'y'] as const;
const tag = fc.constantFrom(...TAGS);
const SIZES = [0, 100, 800, 1000, 5000, 12_000, 30_000];

const limits: fc.Arbitrary<Limits> = fc.oneof(
  fc.record({
    maxEntries: fc.integer({ min: 1, max: 6 }),
    maxBytes: fc.constantFrom(0, 500, 10_000, 40_000, Infinity),
  }),
  fc.record({
    maxEntries: fc.integer({ min: 7, max: 40 }),
    maxBytes: fc.constantFrom(10_000, 40_000, 100_000, Infinity),
  }),
  fc.record({ maxEntries: fc.constant(Infinity), maxBytes: fc.constantFrom(1000, 20_000, 40_000) }),
);

type Action =
  | { readonly do: 'get' | 'peek' | 'delete'; readonly key: number }
  | {
      readonly do: 'set';
      readonly key: number;
      readonly size: number;
      readonly cost: number;
      readonly ttl: number;
      readonly tags: readonly string[];
    }
  | { readonly do: 'invalidate'; readonly tag: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'purge' | 'clear' }
  | { readonly do: 'resize'; readonly limits: Limits };

function actions(keys: number): fc.Arbitrary<Action[]> {
  const key = fc.nat({ max: keys - 1 });
  const action: fc.Arbitrary<Action> = fc.oneof(
    { weight: 40, arbitrary: fc.record({ do: fc.constant('get' as const), key }) },
    {
      weight: 50,
      arbitrary: fc.record({
        do: fc.constant('set' as const),
        key,
        size: fc.constantFrom(...SIZES),
        cost: fc.constantFrom(0, 1, 10, 10_000),
        ttl: fc.constantFrom(0, 5, 20, Infinity, Infinity),
        tags: fc.uniqueArray(tag, { maxLength: 2 }),
      }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('peek' as const, 'delete' as const), key }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 5, 20) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('invalidate' as const), tag }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('purge' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('resize' as const), limits }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
  );
  return fc.array(action, { maxLength: keys < 10 ? 60 : 200, size: 'max' });
}

const scenario = fc.constantFrom(3, 7, 20, 48).chain((keys) => fc.record({ limits, actions: actions(keys) }));

const name = (key: number): string => `k${String(key)}`;
/** Bytes that a value of a size takes with what belongs to it, under a key of two or three characters. */
const bytesOf = new Map(
  SIZES.flatMap((size) =>
    [[], ['x'], ['y'], ['x', 'y'], ['y', 'x']].map((tags) => {
      const { bytes } = new ConversionCache<number>().set('k1', 0, { size, tags });
      return [`${String(size)} ${tags.join()}`, bytes] as const;
    }),
  ),
);

/** Does the same to the cache and to something else. */
function perform(cache: ConversionCache<number>, clock: FakeClock, action: Action, value: number): unknown {
  switch (action.do) {
    case 'get':
      return cache.get(name(action.key));
    case 'peek':
      return [cache.peek(name(action.key)), cache.has(name(action.key))];
    case 'set': {
      const { size, cost, ttl, tags } = action;
      cache.set(name(action.key), value, { size, cost, ttl, tags });
      return undefined;
    }
    case 'delete':
      return cache.delete(name(action.key));
    case 'invalidate':
      return cache.invalidate({ tags: [action.tag] });
    case 'purge':
      return cache.purgeExpired();
    case 'clear':
      return cache.clear();
    case 'resize':
      return cache.resize(action.limits);
    case 'wait':
      return clock.advance(action.ms);
  }
}

function performNaively(model: NaiveCache, action: Action, value: number): unknown {
  switch (action.do) {
    case 'get':
      return model.get(name(action.key));
    case 'peek': {
      const found = model.peek(name(action.key));
      return [found, found !== undefined];
    }
    case 'set': {
      const { size, ttl, tags } = action;
      const bytes = bytesOf.get(`${String(size)} ${tags.join()}`) ?? Number.NaN;
      model.set(name(action.key), { value, bytes, tags }, ttl);
      return undefined;
    }
    case 'delete':
      return model.delete(name(action.key));
    case 'invalidate':
      return model.invalidate(action.tag);
    case 'purge':
      return model.purgeExpired();
    case 'clear':
      return model.clear();
    case 'resize':
      return model.resize(action.limits);
    case 'wait':
      return undefined;
  }
}

/** All that is to be compared, as one text: a comparison of texts is quick. */
function asText(o: {
  answer: unknown;
  told: readonly string[];
  hits: number;
  misses: number;
  size: number;
  bytes: number;
  entries: readonly { key: string; value: number; bytes: number; tags: readonly string[] }[];
}): string {
  const entries = o.entries.map(({ key, value, bytes }) => `${key}=${String(value)} ${String(bytes)}`);
  const byTag = TAGS.map((each) => {
    const keys = o.entries.filter(({ tags }) => tags.includes(each)).map(({ key }) => key);
    return `${each}: ${keys.toSorted().join()}`;
  });
  const told = o.told.slice(-50);
  return JSON.stringify({ ...o, told, entries, byTag }, null, 1);
}

/** The same of the cache, where the tags are looked up. */
function textOf(cache: ConversionCache<number>, answer: unknown, told: readonly string[]): string {
  const { hits, misses } = cache.stats();
  const tagsOf = new Map<string, string[]>();
  for (const each of TAGS) {
    for (const { key } of cache.entries({ tag: each })) tagsOf.set(key, [...(tagsOf.get(key) ?? []), each]);
  }
  const entries = [...cache.entries()].map(({ key, value, bytes }) => {
    return { key, value, bytes, tags: tagsOf.get(key) ?? [] };
  });
  return asText({ answer, told, hits, misses, size: cache.size, bytes: cache.bytes, entries });
}

describe.each(Object.entries(NAIVE_POLICIES))('the cache with the policy %s', (policy, naivePolicy) => {
  it('is the same as a naive one after every operation', () => {
    fc.assert(
      fc.property(scenario, (drawn) => {
        const clock = new FakeClock();
        const model = new NaiveCache(clock, drawn.limits, naivePolicy);
        const told: string[] = [];
        const cache = new ConversionCache<number>({
          ...{ clock, policy: policy as PolicyName, ...drawn.limits },
          onRemove: ({ key, value, cause }) => told.push(`${key}=${String(value)} ${cause}`),
        });
        drawn.actions.forEach((action, value) => {
          const answer = perform(cache, clock, action, value);
          const expected = performNaively(model, action, value);
          const { hits, misses, shown, bytes, entries } = model;
          expect(textOf(cache, answer, told)).toBe(
            asText({
              answer: expected,
              told: model.told,
              hits,
              misses,
              size: entries.length,
              bytes,
              entries: shown,
            }),
          );
        });
      }),
      { numRuns: 35 },
    );
  });
});

const ALL: readonly PolicyName[] = [
  ...(['adaptive', 'tinylfu', 'gdsf'] as const),
  ...(['lru', 'lfu', 'fifo', 'memory-pressure', 's3-fifo'] as const),
];

describe.each(ALL)('the cache with the policy %s, whatever it decides', (policy) => {
  it('keeps the limits, gives what was put in, and tells of each value that leaves exactly once', () => {
    fc.assert(
      fc.property(scenario, (drawn) => {
        const clock = new FakeClock();
        const errors: CacheError[] = [];
        /** What was put in and has not left; values are told apart, no two are alike. */
        const held = new Map<
          string,
          { value: number; expiresAt: number; tags: readonly string[]; bytes: number }
        >();
        let told: string[] = [];
        const cache = new ConversionCache<number>({
          ...{ clock, policy, ...drawn.limits },
          onError: (error) => errors.push(error),
          onRemove: ({ key, value, cause }) => {
            if (cause === 'refused') return;
            told.push(`${key}=${String(value)}`);
          },
        });
        let { maxEntries, maxBytes } = drawn.limits;
        drawn.actions.forEach((action, value) => {
          told = [];
          const before = new Map(held);
          const answer = perform(cache, clock, action, value);
          if (action.do === 'resize') ({ maxEntries, maxBytes } = action.limits);
          if (action.do === 'set') {
            const key = name(action.key);
            const bytes = bytesOf.get(`${String(action.size)} ${action.tags.join()}`) ?? Number.NaN;
            if (bytes <= maxBytes) {
              const old = held.get(key);
              if (old !== undefined) expect(told).toContain(`${key}=${String(old.value)}`);
              told = told.filter((text) => old === undefined || text !== `${key}=${String(old.value)}`);
              held.set(key, { value, bytes, expiresAt: clock.time + action.ttl, tags: action.tags });
            }
          }
          for (const text of told) {
            const key = text.slice(0, text.indexOf('='));
            expect(text).toBe(`${key}=${String(held.get(key)?.value)}`);
            held.delete(key);
          }
          if (action.do === 'get') {
            const was = before.get(name(action.key));
            expect(answer).toBe(was !== undefined && clock.time < was.expiresAt ? was.value : undefined);
          }
          const shown = [...held].filter(([, { expiresAt }]) => clock.time < expiresAt);
          const expected = shown.map(([key, { value: kept }]) => `${key}=${String(kept)}`);
          const entries = [...cache.entries()].map((entry) => `${entry.key}=${String(entry.value)}`);
          expect(entries.sort().join()).toBe(expected.sort().join());
          const bytes = [...held.values()].reduce((sum, entry) => sum + entry.bytes, 0);
          expect(`${String(cache.size)} ${String(cache.bytes)}`).toBe(
            `${String(held.size)} ${String(bytes)}`,
          );
          expect(held.size > maxEntries || bytes > maxBytes).toBe(false);
        });
        expect(errors).toEqual([]);
        cache.clear();
        expect([cache.size, cache.bytes]).toEqual([0, 0]);
      }),
      { numRuns: 15 },
    );
  });
});
