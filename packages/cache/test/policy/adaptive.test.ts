import { describe, expect, it } from 'vitest';
import { type CacheOptions, type PolicyName } from '../../src/index.js';
import { AdaptivePolicy, ALL_MODES, WINDOW_MODES } from '../../src/policy/adaptive.js';
import { GDSF, LRU, windowTinyLfu, type Mode } from '../../src/policy/mode.js';
import { Dice } from './dice.js';
import { Facts, WatchedFacts } from './facts.js';
import { cacheOf, loop, popular, recent, serve, type Outcome, type Request } from './requests.js';

const ENTRIES = 200;
const sized: CacheOptions<number> = { maxEntries: ENTRIES };

/** What each of some policies makes of the same requests. */
function compare<P extends PolicyName>(
  policies: readonly P[],
  options: CacheOptions<number>,
  requests: () => Iterable<Request>,
): Record<P, Outcome> {
  const outcomes = policies.map((policy) => [policy, serve(cacheOf({ ...options, policy }), requests())]);
  return Object.fromEntries(outcomes) as Record<P, Outcome>;
}

describe('the adaptive policy', () => {
  it('serves most of a loop that is a little larger than the cache, of which LRU serves nothing', () => {
    const { adaptive, tinylfu, lru } = compare(['adaptive', 'tinylfu', 'lru'], sized, () =>
      loop(220, 20_000),
    );
    expect(lru.hitRate).toBe(0);
    expect(adaptive.hitRate).toBeGreaterThan(0.7);
    expect(tinylfu.hitRate).toBeGreaterThan(0.7);
  });

  it('is about as good as LRU where what was asked for last is asked for next', () => {
    const { adaptive, tinylfu, lru } = compare(['adaptive', 'tinylfu', 'lru'], sized, () =>
      recent(new Dice(1), 20_000, 1000),
    );
    expect(lru.hitRate).toBeGreaterThan(0.4);
    expect(adaptive.hitRate).toBeGreaterThan(0.95 * lru.hitRate);
    expect(tinylfu.hitRate).toBeGreaterThan(0.95 * lru.hitRate);
  });

  it('is better than LRU where some keys are popular and most are asked for once', () => {
    const requests = function* (): Generator<Request> {
      const dice = new Dice(2);
      let once = 0;
      for (const request of popular(dice, 2000, 15_000)) {
        yield request;
        yield { key: `once${String(once++)}` };
      }
    };
    const { adaptive, lru } = compare(['adaptive', 'lru'], sized, requests);
    expect(adaptive.hitRate).toBeGreaterThan(1.1 * lru.hitRate);
  });

  it('prefers what is expensive and small, where bytes are what is scarce', () => {
    const requests = function* (): Generator<Request> {
      const dice = new Dice(3);
      for (let i = 0; i < 20_000; i++) {
        const key = dice.below(600);
        const isDear = key % 6 === 0;
        yield { key: `key${String(key)}`, size: isDear ? 1000 : 10_000, cost: isDear ? 500 : 1 };
      }
    };
    const { adaptive, gdsf, lru } = compare(['adaptive', 'gdsf', 'lru'], { maxBytes: 1_000_000 }, requests);
    expect(gdsf.saved).toBeGreaterThan(0.9);
    expect(adaptive.saved).toBeGreaterThan(0.9);
    expect(lru.saved).toBeLessThan(0.5);
  });

  it('follows when other keys become popular', () => {
    const cache = cacheOf({ ...sized, policy: 'adaptive' });
    const dice = new Dice(4);
    const first = serve(cache, popular(dice, 2000, 20_000));
    serve(cache, popular(dice, 2000, 10_000, 5000));
    const second = serve(cache, popular(dice, 2000, 20_000, 5000));
    expect(second.hitRate).toBeGreaterThan(0.95 * first.hitRate);
  });

  it('follows when the requests become of another kind, and back', () => {
    const cache = cacheOf({ ...sized, policy: 'adaptive' });
    const dice = new Dice(5);
    const lru = serve(cacheOf({ ...sized, policy: 'lru' }), recent(new Dice(6), 30_000, 1000)).hitRate;
    for (let round = 0; round < 2; round++) {
      serve(cache, loop(220, 10_000));
      expect(serve(cache, loop(220, 10_000)).hitRate).toBeGreaterThan(0.7);
      serve(cache, recent(dice, 20_000, 1000));
      expect(serve(cache, recent(dice, 20_000, 1000)).hitRate).toBeGreaterThan(0.9 * lru);
    }
  });

  it('says which of its modes is in charge, which depends on the requests', () => {
    const names = ALL_MODES.map((mode) => mode.name);
    const cache = cacheOf({ ...sized, policy: 'adaptive' });
    expect(cache.stats()).toMatchObject({ policy: 'adaptive', inCharge: names[0] });
    const recency = serve(cache, recent(new Dice(7), 20_000, 1000)).inCharge;
    const circular = serve(cache, loop(220, 20_000)).inCharge;
    expect(names).toEqual(expect.arrayContaining([recency, circular]));
    expect(recency).not.toBe(circular);
  });

  it('keeps to one mode as long as the requests are of one kind', () => {
    const cache = cacheOf({ maxEntries: 1000, policy: 'adaptive' });
    const dice = new Dice(9);
    let once = 0;
    const inCharge = Array.from({ length: 100 }, () => {
      const requests = [...popular(dice, 20_000, 200)].flatMap((request) => [
        request,
        { key: `once${String(once++)}` },
      ]);
      return serve(cache, requests).inCharge;
    });
    const changes = inCharge.filter((mode, i) => i > 0 && mode !== inCharge[i - 1]);
    expect(changes.length).toBeLessThan(4);
  });

  it('decides the same for the same requests', () => {
    const outcomes = [1, 2].map(() =>
      serve(cacheOf({ ...sized, policy: 'adaptive' }), recent(new Dice(8), 10_000, 1000)),
    );
    expect(outcomes[0]).toEqual(outcomes[1]);
  });

  it('is as good in a large cache, where only a sample of the keys is watched', () => {
    const large: CacheOptions<number> = { maxEntries: 5000 };
    const { adaptive, lru } = compare(['adaptive', 'lru'], large, () => loop(5500, 40_000));
    expect(lru.hitRate).toBe(0);
    expect(adaptive.hitRate).toBeGreaterThan(0.6);
  });

  it('does not let an entry above the budget of the window flush the cache', () => {
    const cache = cacheOf({ maxBytes: 100_000, policy: 'adaptive' });
    // One hundred entries, each asked for three times.
    for (let round = 0; round < 3; round++)
      serve(
        cache,
        Array.from({ length: 100 }, (_, i) => ({ key: `k${String(i)}`, size: 500 })),
      );
    const before = cache.size;
    cache.set('large', 0, { size: 60_000 });
    expect(cache.has('large')).toBe(false);
    expect(cache.size).toBe(before);
  });
});

describe('the shadows of the adaptive policy', () => {
  const FROM_LRU: readonly Mode[] = [LRU, windowTinyLfu(0.01)];

  /**
   * A policy that follows GDSF, which has no room for anything cheap, while LRU would keep what was added last: many
   * cheap entries, each of which is added twice and leaves in between.
   */
  function followed(o: { evicted: boolean; expiresAt?: number; laterExpiresAt?: number }): string {
    const facts = new Facts();
    const policy = new AdaptivePolicy('watched', [GDSF, LRU]);
    policy.attach(facts, { maxEntries: 10, maxBytes: Infinity });
    for (let i = 0; i < 10; i++) policy.add(facts.put({ hash: -1 - i, cost: 1e5 }));
    const cheap = facts.put();
    for (let hash = 0; hash < 1000; hash++) {
      for (const createdAt of [0, 10]) {
        facts.change(cheap, { hash, createdAt, expiresAt: createdAt + (o.expiresAt ?? Infinity) });
        policy.add(cheap);
        facts.change(cheap, { expiresAt: createdAt + (o.laterExpiresAt ?? o.expiresAt ?? Infinity) });
        policy.update(cheap, 1);
        policy.remove(cheap, o.evicted);
      }
    }
    return policy.inCharge;
  }

  it('have what was evicted from the cache itself', () => {
    expect(followed({ evicted: true })).toBe('lru');
  });

  it('do not have what has left for another reason', () => {
    expect(followed({ evicted: false })).toBe('gdsf');
  });

  it('would not have served what had expired', () => {
    expect(followed({ evicted: true, expiresAt: 5 })).toBe('gdsf');
  });

  it('would have served what got a new value in time', () => {
    expect(followed({ evicted: true, expiresAt: 5, laterExpiresAt: 15 })).toBe('lru');
  });

  it.each([
    ['have the limits of the cache', 200],
    ['have their share of the limits where they watch only a sample', 3000],
  ])('%s', (_, entries) => {
    const cache = cacheOf({ maxEntries: entries, policy: new AdaptivePolicy('watched', FROM_LRU) });
    expect(serve(cache, loop(entries + entries / 10, 10 * entries)).inCharge).toBe(FROM_LRU[1]?.name);
  });

  it('get new limits with the cache', () => {
    const cache = cacheOf({ maxEntries: 500, policy: new AdaptivePolicy('watched', FROM_LRU) });
    cache.resize({ maxEntries: 200 });
    expect(serve(cache, loop(220, 4000)).inCharge).toBe(FROM_LRU[1]?.name);
  });

  it('are judged by the cost of what they save', () => {
    const cache = cacheOf({ maxBytes: 100_000, policy: new AdaptivePolicy('watched', [LRU, GDSF]) });
    const requests = function* (): Generator<Request> {
      const dice = new Dice(10);
      for (let i = 0; i < 20_000; i++) {
        // The cheap ones are asked for again and again at once, of the dear ones a sixth would fit.
        yield { key: `cheap${String(Math.floor(i / 4))}`, size: 10_000, cost: 1 };
        if (i % 4 === 0) yield { key: `dear${String(dice.below(500))}`, size: 1000, cost: 1000 };
      }
    };
    expect(serve(cache, requests())).toMatchObject({ inCharge: 'gdsf' });
  });
});

describe('the policies without a choice of modes', () => {
  it("of which 'gdsf' is one are in charge themselves", () => {
    expect(cacheOf({ policy: 'gdsf' }).stats()).toMatchObject({ policy: 'gdsf', inCharge: 'gdsf' });
    expect(new AdaptivePolicy('none', [])).toMatchObject({ inCharge: 'none' });
  });

  it('do without any mode too: they have no victim, and the cache takes another', () => {
    const policy = new AdaptivePolicy('none', []);
    const cache = cacheOf({ maxEntries: 3, policy });
    serve(cache, loop(10, 100));
    expect(cache.size).toBe(3);
  });
});

describe('what the adaptive policy does for one operation', () => {
  /** The most looks at facts that any operation took, after a warm-up, in a cache of so many entries. */
  function mostLooks(modes: readonly Mode[], entries: number): { most: number; mean: number } {
    const facts = new Facts();
    const watched = new WatchedFacts(facts);
    const policy = new AdaptivePolicy('watched', modes);
    policy.attach(watched, { maxEntries: entries, maxBytes: Infinity });
    const slots = new Map<number, number>();
    const dice = new Dice(entries);
    let most = 0;
    let all = 0;
    const requests = 10 * entries;
    for (let i = 0; i < requests; i++) {
      const before = watched.looks;
      const key = i % 3 === 0 ? dice.below(entries * 2) : Math.floor(i / 7) % Math.floor(1.1 * entries);
      const hash = Math.imul(key + 1, 0x9e3779b1) ^ (Math.imul(key + 1, 0x85ebca6b) >>> 15);
      const there = slots.get(hash);
      if (there !== undefined) policy.use(there);
      else {
        const slot = facts.put({ hash, cost: 1 + (key % 10) });
        slots.set(hash, slot);
        policy.add(slot);
        if (slots.size > entries) {
          const victim = policy.victim();
          policy.remove(victim, true);
          slots.delete(facts.hash(victim));
          facts.release(victim);
        }
      }
      most = Math.max(most, watched.looks - before);
      all += watched.looks - before;
    }
    return { most, mean: all / requests };
  }

  it.each([
    ['with all modes', ALL_MODES],
    ['with windows', WINDOW_MODES],
    ['with one mode', [GDSF]],
    ['with recency alone', [LRU]],
  ])('is bounded, however many entries there are (%s)', (_, modes) => {
    const [few, many] = [mostLooks(modes, 300), mostLooks(modes, 6000)];
    expect(few.most).toBeLessThan(200);
    expect(many.most).toBeLessThan(200);
    expect(many.mean).toBeLessThan(20);
  });
});
