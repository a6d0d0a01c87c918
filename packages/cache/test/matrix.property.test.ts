import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ConversionCache,
  type CacheEvent,
  type CacheOptions,
  type PolicyName,
  type Removal,
} from '../src/index.js';
import { POLICY_NAMES } from '../src/policy/policy-name.js';
import { Deferred, turn } from './deferred.js';
import { FakeClock } from './fake-clock.js';
import { refuseUnhandledRejections } from './unhandled-rejections.js';

const LIMITS = {
  'few entries': { maxEntries: 4, maxBytes: Infinity },
  'few bytes': { maxEntries: Infinity, maxBytes: 12_000 },
  'few of both': { maxEntries: 4, maxBytes: 12_000 },
} as const;
const TIMES = {
  'a ttl': { ttl: 20 },
  'an idleTtl': { ttl: Infinity, idleTtl: 8 },
  'stale values': { ttl: 10, staleWhileRevalidate: 12 },
  'everything about time': { ttl: 12, idleTtl: 9, staleWhileRevalidate: 10, negativeTtl: 6 },
} as const;

/** One way to set up a cache. */
interface Setup {
  readonly policy: PolicyName;
  readonly limits: keyof typeof LIMITS;
  readonly time: keyof typeof TIMES;
  readonly clone: boolean;
  readonly compression: boolean;
  /** Whether somebody listens to `onRemove` and to the events: then the oracle knows exactly what is there. */
  readonly watched: boolean;
}

interface Made {
  readonly id: number;
  readonly key: string;
  readonly text: string;
}

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const SIZES = [10, 400, 2000, 9000, 20_000] as const;
const key = fc.constantFrom(...KEYS);
const chars = fc.constantFrom(...SIZES);
const ttl = fc.option(fc.constantFrom(0, 3, 15, Infinity), { freq: 6, nil: undefined });
const change = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key, chars, ttl }),
  fc.record({ do: fc.constant('delete' as const), key }),
  fc.record({ do: fc.constant('invalidate' as const), by: fc.constantFrom('tag', 'glob', 'function'), key }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 3, 9, 25) }),
  fc.record({
    do: fc.constant('resize' as const),
    maxEntries: fc.constantFrom(2, 4, 6),
    maxBytes: fc.constantFrom(0, 3000, 12_000, 40_000),
  }),
  fc.record({ do: fc.constantFrom('clear' as const, 'purge' as const) }),
);
const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('get' as const, 'getAsync' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('set' as const), key, chars, ttl }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('convert' as const),
      key,
      chars,
      fails: fc.boolean(),
      /** What happens while it is under way. */
      meanwhile: fc.option(change, { nil: undefined }),
    }),
  },
  { weight: 3, arbitrary: change },
);
type Change = typeof change extends fc.Arbitrary<infer A> ? A : never;
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

/** What the oracle knows of the value that was the last to get in under a key. */
interface Kept {
  readonly id: number;
  readonly expiresAt: number;
  servedAt: number;
}

/** Compares by hand first: the oracle does so too often for the messages that a matcher prepares. */
function same(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

function atMost(actual: number, most: number): void {
  if (!(actual <= most)) expect(actual).toBeLessThanOrEqual(most);
}

/** Carries out actions on a cache, and checks after each that the cache did nothing that it must not do. */
class Oracle {
  readonly clock = new FakeClock();
  readonly cache: ConversionCache<Made>;
  readonly #setup: Setup;
  readonly #times: { ttl: number; idleTtl: number; staleWhileRevalidate: number; negativeTtl: number };
  /** What may be served, by key. If the cache is watched, exactly what is in it. */
  readonly #kept = new Map<string, Kept>();
  readonly #failures = new Map<string, { error: Error; until: number }>();
  readonly #chars = new Map<number, number>();
  readonly #told: Record<string, number> = {};
  readonly #events: Record<string, number> = {};
  readonly #left = new Set<number>();
  #ids = 0;
  #hits = 0;
  #misses = 0;
  #asked = 0;

  constructor(setup: Setup) {
    this.#setup = setup;
    const times: CacheOptions<Made> = TIMES[setup.time];
    this.#times = {
      ...{ ttl: 0, idleTtl: Infinity, staleWhileRevalidate: 0, negativeTtl: 0 },
      ...TIMES[setup.time],
    };
    this.cache = new ConversionCache<Made>({
      ...{ policy: setup.policy, clone: setup.clone, clock: this.clock, ...LIMITS[setup.limits], ...times },
      ...(setup.compression ? { compression: true, compressAbove: 5000 } : {}),
      onError: (error) => {
        throw error;
      },
      ...(setup.watched
        ? {
            onRemove: (removal) => {
              this.#removed(removal);
            },
          }
        : {}),
    });
  }

  async run(actions: readonly Action[]): Promise<void> {
    const listen = (message: unknown): void => {
      const event = message as CacheEvent;
      const name = event.type === 'remove' ? event.cause : event.type;
      this.#events[name] = (this.#events[name] ?? 0) + 1;
    };
    if (this.#setup.watched) subscribe('perf:cache', listen);
    try {
      for (const one of actions) {
        await this.#act(one);
        if (this.#setup.compression) await this.cache.settled();
        this.#check();
      }
      await this.#compareAll();
      this.cache.close();
      this.#check();
      expect(this.cache.stats()).toMatchObject({
        entries: 0,
        bytes: 0,
        compression: { entries: 0, bytesAfter: 0 },
      });
    } finally {
      unsubscribe('perf:cache', listen);
    }
  }

  async #act(one: Action): Promise<void> {
    switch (one.do) {
      case 'get':
        this.#served(one.key, this.cache.get(one.key));
        break;
      case 'getAsync':
        this.#served(one.key, await this.cache.getAsync(one.key));
        break;
      case 'convert':
        await this.#convert(one);
        break;
      default:
        this.#change(one);
    }
  }

  #change(one: Change): void {
    const { cache, clock } = this;
    switch (one.do) {
      case 'set':
        this.#set(one.key, one.chars, one.ttl);
        break;
      case 'delete': {
        const wasThere = cache.has(one.key);
        const deleted = cache.delete(one.key);
        // One that is only served while it is made anew is not there for `has`.
        if (wasThere || this.#times.staleWhileRevalidate === 0) same(deleted, wasThere);
        this.#forget(one.key);
        break;
      }
      case 'invalidate': {
        const { key: named } = one;
        if (one.by === 'tag') cache.invalidate({ tags: [`tag of ${named}`] });
        else if (one.by === 'glob') cache.invalidate(`label of ${named}`);
        else cache.invalidate((entry) => entry.key === named);
        if (one.by === 'function') this.#failures.clear();
        this.#forget(named);
        break;
      }
      case 'wait':
        clock.advance(one.ms);
        break;
      case 'resize':
        cache.resize(this.#resized(one));
        break;
      case 'clear':
        cache.clear();
        for (const name of KEYS) this.#forget(name);
        break;
      case 'purge':
        cache.purgeExpired();
        break;
    }
  }

  /** The limits that the setup has, with other numbers. */
  #resized(to: { maxEntries: number; maxBytes: number }): { maxEntries: number; maxBytes: number } {
    const { limits } = this.#setup;
    return {
      maxEntries: limits === 'few bytes' ? Infinity : to.maxEntries,
      maxBytes: limits === 'few entries' ? Infinity : to.maxBytes,
    };
  }

  #set(name: string, length: number, own: number | undefined): void {
    const value = this.#make(name, length);
    const refused = this.cache.stats().refusals['too-large'];
    const options = { ...this.#labels(name), ...(own === undefined ? {} : { ttl: own }) };
    this.cache.set(name, value, options);
    if (this.cache.stats().refusals['too-large'] === refused) this.#got(value, own);
    this.#failures.delete(name);
  }

  async #convert(one: Extract<Action, { do: 'convert' }>): Promise<void> {
    const { cache, clock } = this;
    const { key: name } = one;
    const value = this.#make(name, one.chars);
    const error = new Error(`no ${name}`);
    const run = new Deferred<Made>();
    const before = { ...cache.stats() };
    const progress = { calls: 0, changed: false, calledLate: false };
    const convert = (): Promise<Made> => {
      progress.calls += 1;
      progress.calledLate = progress.changed;
      return run.promise;
    };
    const mayServe = this.#servable(name, this.#times.staleWhileRevalidate);
    const isFresh = this.#servable(name, 0) !== undefined;
    const remembered = this.#failures.get(name);
    // A value that has to be restored is served later than others, which would be hard to tell apart.
    const stands = this.#setup.compression && mayServe !== undefined && one.meanwhile?.do === 'wait';
    const meanwhile = stands ? undefined : one.meanwhile;
    const askedAt = clock.time;
    const asked = Promise.allSettled(
      [1, 2, 3].map(() => cache.getOrConvert(name, convert, this.#labels(name))),
    );
    this.#asked += 3;
    if (meanwhile !== undefined) this.#change(meanwhile);
    progress.changed = true;
    const refused = cache.stats().refusals['too-large'];
    if (one.fails) run.reject(error);
    else run.resolve(value);
    const results = await asked;
    await turn();
    const after = cache.stats();

    const { calls, calledLate } = progress;
    atMost(calls, 1);
    for (const result of results) {
      const isOld = result.status === 'fulfilled' && result.value.id !== value.id;
      if (result.status === 'rejected') {
        if (result.reason === error) same([one.fails, calls], [true, 1]);
        else same([result.reason === remembered?.error, calls], [true, 0]);
        if (result.reason !== error) expect(askedAt).toBeLessThan(remembered?.until ?? 0);
        this.#misses += 1;
      } else if (isOld) {
        same(result.value, this.#original(name, mayServe?.id ?? -1));
        this.#hits += 1;
      } else {
        same([result.value, one.fails, calls], [this.#original(name, value.id), false, 1]);
        this.#misses += 1;
      }
      const kept = this.#kept.get(name);
      if (isOld && kept !== undefined && kept.id === mayServe?.id) kept.servedAt = askedAt;
    }
    if (calls === 0) {
      same(after.loads + after.loadFailures, before.loads + before.loadFailures);
      return;
    }
    // What is not watched may have been evicted without the oracle knowing.
    if (this.#setup.watched) same(isFresh, false);
    const wanted = calledLate || !this.#overtakes(meanwhile, name);
    if (one.fails) {
      same(after.loadFailures, before.loadFailures + 1);
      const { negativeTtl } = this.#times;
      if (wanted && negativeTtl > 0) this.#failures.set(name, { error, until: clock.time + negativeTtl });
    } else {
      same(after.loads, before.loads + 1);
      if (wanted && after.refusals['too-large'] === refused) this.#got(value, undefined);
    }
  }

  /** Whether what happened during a conversion wins over its result. */
  #overtakes(meanwhile: Change | undefined, name: string): boolean {
    switch (meanwhile?.do) {
      case 'clear':
        return true;
      case 'set':
      case 'delete':
        return meanwhile.key === name;
      case 'invalidate':
        return meanwhile.by === 'function' || meanwhile.key === name;
      default:
        return false;
    }
  }

  #make(name: string, length: number): Made {
    const id = this.#ids++;
    this.#chars.set(id, length);
    return { id, key: name, text: `${String(id)} `.repeat(length).slice(0, length) };
  }

  /** A value as it was made. */
  #original(name: string, id: number): Made {
    const length = this.#chars.get(id) ?? -1;
    expect(length).not.toBe(-1);
    return { id, key: name, text: `${String(id)} `.repeat(length).slice(0, length) };
  }

  #labels(name: string): { label: string; tags: string[]; cost: number } {
    return { label: `label of ${name}`, tags: [`tag of ${name}`], cost: 1 };
  }

  /** A value got in; the policy may have turned it away at once. */
  #got(value: Made, own: number | undefined): void {
    const { time } = this.clock;
    if (this.#left.has(value.id)) this.#kept.delete(value.key);
    else
      this.#kept.set(value.key, { id: value.id, expiresAt: time + (own ?? this.#times.ttl), servedAt: time });
  }

  #forget(name: string): void {
    // A watched cache tells of what leaves; what has expired may stay when it is invalidated.
    if (!this.#setup.watched) this.#kept.delete(name);
    this.#failures.delete(name);
  }

  #removed(removal: Removal<Made>): void {
    const { cause, value } = removal;
    this.#told[cause] = (this.#told[cause] ?? 0) + 1;
    same(value, this.#original(removal.key, value.id));
    if (cause === 'refused') return;
    this.#left.add(value.id);
    if (this.#kept.get(value.key)?.id === value.id) this.#kept.delete(value.key);
  }

  /** What may be served at this moment, at most so long after its time. */
  #servable(name: string, stale: number): Kept | undefined {
    const kept = this.#kept.get(name);
    if (kept === undefined) return undefined;
    const { time } = this.clock;
    return time < kept.expiresAt + stale && time < kept.servedAt + this.#times.idleTtl ? kept : undefined;
  }

  #served(name: string, value: Made | undefined): void {
    const kept = this.#servable(name, 0);
    this.#asked += 1;
    if (value === undefined) {
      if (this.#setup.watched) same([name, kept], [name, undefined]);
      this.#misses += 1;
      return;
    }
    same(value, this.#original(name, kept?.id ?? -1));
    if (kept !== undefined) kept.servedAt = this.clock.time;
    this.#hits += 1;
  }

  #check(): void {
    const { cache } = this;
    const stats = cache.stats();
    atMost(cache.size, stats.maxEntries);
    atMost(cache.bytes, stats.maxBytes);
    const removals = Object.values(stats.removals).reduce((sum, count) => sum + count, 0);
    const { loads, loadFailures, loadAborts, refreshes, joined, negativeHits } = stats;
    same(
      {
        ...{ sets: stats.sets, inFlight: stats.inFlight, hits: stats.hits, misses: stats.misses },
        ...{ corrupt: stats.removals.corrupt, failed: stats.compression.decodeFailures },
      },
      {
        ...{ sets: stats.entries + removals, inFlight: 0, hits: this.#hits, misses: this.#misses },
        ...{ corrupt: 0, failed: 0 },
      },
    );
    same(stats.hits + stats.misses, this.#asked);
    atMost(stats.staleHits, stats.hits);
    // Whoever missed has joined a conversion, met a remembered failure, started one, or only looked.
    atMost(joined + negativeHits + loads + loadFailures + loadAborts - refreshes, stats.misses);
    if (this.#setup.watched) this.#checkWatched(stats);
  }

  #checkWatched(stats: ReturnType<ConversionCache['stats']>): void {
    for (const [cause, count] of [
      ...Object.entries(stats.removals),
      ['refused', stats.refusals['too-large']] as const,
    ]) {
      if (this.#told[cause] === count && this.#events[cause] === count) continue;
      same([cause, this.#told[cause] ?? 0, this.#events[cause] ?? 0], [cause, count, count]);
    }
    same([this.#events['set'] ?? 0, this.#events['miss'] ?? 0], [stats.sets, stats.misses]);
    same(this.#events['flight'] ?? 0, stats.loads + stats.loadFailures + stats.loadAborts);
    atMost(this.#events['stale'] ?? 0, stats.staleHits);
    if (stats.removals.closed > 0 || stats.entries === 0) return;
    same([...this.#kept].length, this.cache.size);
    const fresh = KEYS.filter((name) => this.#servable(name, 0) !== undefined);
    same([...this.cache.entries()].map((entry) => entry.key).toSorted(), fresh);
  }

  /** The sum of what entries take, and every value as those see it who only look. */
  async #compareAll(): Promise<void> {
    const entries = [...this.cache.entries()];
    const stats = this.cache.stats();
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    const packed = entries.filter(({ compressed }) => compressed).length;
    if (entries.length === stats.entries) same([bytes, packed], [stats.bytes, stats.compression.entries]);
    for (const name of KEYS) {
      const kept = this.#servable(name, 0);
      const expected = kept === undefined ? undefined : this.#original(name, kept.id);
      const seen = [this.cache.peek(name), this.cache.getEntry(name)?.value];
      if (this.#setup.watched || seen[0] !== undefined) same([name, ...seen], [name, expected, expected]);
    }
    await turn();
  }
}

refuseUnhandledRejections();

function setups(policy: PolicyName, time: keyof typeof TIMES): Setup[] {
  const switches = [false, true];
  return (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).flatMap((limits) =>
    switches.flatMap((clone) =>
      switches.flatMap((compression) =>
        switches.map((watched) => ({ policy, limits, time, clone, compression, watched })),
      ),
    ),
  );
}

describe.each(POLICY_NAMES)('whatever happens to a cache that goes by %s', (policy) => {
  const times = Object.keys(TIMES) as (keyof typeof TIMES)[];
  it.each(times)('with %s, it serves nothing wrong, keeps to its limits and counts right', async (time) => {
    const { seed } = fc.readConfigureGlobal();
    for (const [i, setup] of setups(policy, time).entries()) {
      await fc.assert(
        fc.asyncProperty(
          fc.constant(setup),
          fc.array(action, { minLength: 12, maxLength: 24 }),
          (given, actions) => new Oracle(given).run(actions),
        ),
        // Other actions for each setup: with one seed they would be the same.
        {
          numRuns: 1,
          ...(seed === undefined ? {} : { seed: seed + 100 * POLICY_NAMES.indexOf(policy) + i }),
        },
      );
    }
  });
});
