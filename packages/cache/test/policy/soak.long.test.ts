import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ConversionCache, type CacheError, type EvictionPolicy, type PolicyName } from '../../src/index.js';
import { AdaptivePolicy, ALL_MODES } from '../../src/policy/adaptive.js';
import { Ghost } from '../../src/policy/ghost.js';
import { S3FifoPolicy } from '../../src/policy/s3-fifo.js';
import { FakeClock } from '../fake-clock.js';
import { Dice } from './dice.js';
import { Facts } from './facts.js';

const OPERATIONS = 1_000_000;
const CHECKED_EACH = 20_000;
const WARM_UP = 300_000;
const POLICIES: readonly PolicyName[] = [
  ...(['adaptive', 'tinylfu', 'gdsf', 'lru'] as const),
  ...(['lfu', 'fifo', 'memory-pressure', 's3-fifo'] as const),
];
const TAGS = ['x', 'y', 'z'] as const;

/** Bytes in use on the heap and in buffers, after a full collection. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** A cache that is used in every way, by chance. */
class Soak {
  readonly clock = new FakeClock();
  readonly errors: CacheError[] = [];
  readonly cache: ConversionCache<number>;
  limits = { maxEntries: 3000, maxBytes: 4_000_000 };
  /** What was put in and has not left. */
  readonly held = new Map<string, number>();
  wrong = 0;
  readonly #dice = new Dice(11);
  #operation = 0;

  constructor(policy: PolicyName | EvictionPolicy) {
    this.cache = new ConversionCache<number>({
      ...{ clock: this.clock, policy, ...this.limits },
      onError: (error) => this.errors.push(error),
      onRemove: ({ key, value }) => {
        if (this.held.get(key) === value) this.held.delete(key);
      },
    });
  }

  step(): void {
    const dice = this.#dice;
    const { cache } = this;
    this.#operation += 1;
    this.clock.advance(dice.fraction());
    const chance = dice.below(10_000);
    if (chance < 9500) {
      const key = this.#key();
      const value = cache.get(key);
      if (value !== undefined && value !== this.held.get(key)) this.wrong += 1;
      if (value === undefined || chance < 500) this.#set(key);
    } else if (chance < 9900) cache.delete(this.#key());
    else if (chance < 9980) this.clock.advance(dice.below(50));
    else if (chance < 9990) cache.invalidate({ tags: [dice.one(TAGS) + String(dice.below(50))] });
    else if (chance < 9995) cache.purgeExpired();
    else if (chance < 9999) this.#resize();
    else if (dice.below(5) === 0) cache.clear();
  }

  check(): void {
    const { cache, held, limits } = this;
    const entries = [...cache.entries()];
    expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
    expect(entries.every(({ key, value }) => held.get(key) === value)).toBe(true);
    expect(cache.size).toBe(held.size);
    cache.purgeExpired();
    const bytes = [...cache.entries()].reduce((sum, entry) => sum + entry.bytes, 0);
    expect([held.size, cache.bytes]).toEqual([cache.size, bytes]);
    expect(cache.size).toBeLessThanOrEqual(limits.maxEntries);
    expect(bytes).toBeLessThanOrEqual(limits.maxBytes);
    expect([this.wrong, this.errors]).toEqual([0, []]);
  }

  /** Popular ones, a loop, and some that come once, in turns. */
  #key(): string {
    const dice = this.#dice;
    const phase = Math.floor(this.#operation / 50_000) % 3;
    const kind = dice.below(4) === 0 ? dice.below(3) : phase;
    if (kind === 0) return `p${String(dice.popular(20_000))}`;
    return kind === 1 ? `l${String(this.#operation % 5000)}` : `o${String(this.#operation)}`;
  }

  #set(key: string): void {
    const dice = this.#dice;
    const value = this.#operation;
    this.held.set(key, value);
    this.cache.set(key, value, {
      size: dice.below(50) === 0 ? dice.below(30_000) : dice.below(3000),
      cost: dice.one([0, 1, 5, 100, 10_000]),
      ttl: dice.one([10, 1000, 100_000, Infinity]),
      tags: dice.below(10) === 0 ? [dice.one(TAGS) + String(dice.below(50))] : [],
    });
  }

  #resize(): void {
    const share = this.#dice.one([0.01, 0.3, 1, 1, 1]);
    this.limits = { maxEntries: Math.ceil(3000 * share), maxBytes: Math.ceil(4_000_000 * share) };
    this.cache.resize(this.limits);
  }
}

describe.each(POLICIES)('a million operations with the policy %s', (policy) => {
  it('leave the cache whole, and take no more memory than the first ones did', () => {
    const soak = new Soak(policy);
    let warm = 0;
    for (let operation = 1; operation <= OPERATIONS; operation++) {
      soak.step();
      if (operation % CHECKED_EACH === 0) soak.check();
      if (operation === WARM_UP) warm = bytesInUse();
    }
    expect(bytesInUse() - warm).toBeLessThan(2 ** 21);
    soak.cache.clear();
    expect([soak.cache.size, soak.cache.bytes, soak.held.size]).toEqual([0, 0, 0]);
  });
});

describe('a million additions', () => {
  it('need no more slots than there are entries at once', () => {
    const facts = new Facts();
    const policy = new S3FifoPolicy();
    policy.attach(facts, { maxEntries: 1000, maxBytes: Infinity });
    for (let i = 0; i < OPERATIONS; i++) {
      const slot = facts.put({ hash: i % 1500 });
      policy.add(slot);
      if (facts.count <= 1000) continue;
      const victim = policy.victim(slot);
      policy.remove(victim, true);
      facts.release(victim);
    }
    expect([facts.used, facts.capacity]).toEqual([1001, 1024]);
  });

  it('leave no more ghosts than twice as many as are to be remembered', () => {
    const ghost = new Ghost();
    for (let i = 0; i < OPERATIONS; i++) {
      ghost.add(i, 1000);
      if (i % 3 === 0) ghost.take(i - 500, 1000);
    }
    let remembered = 0;
    for (let i = 0; i < OPERATIONS; i++) if (ghost.take(i, Infinity)) remembered += 1;
    expect(remembered).toBeLessThanOrEqual(2000);
  });

  it('of entries that all cost more than can be added up come to an end', () => {
    const policy = new AdaptivePolicy('adaptive', ALL_MODES);
    const cache = new ConversionCache<number>({ clock: new FakeClock(), policy, maxBytes: 100_000 });
    const dice = new Dice(12);
    for (let i = 0; i < OPERATIONS / 10; i++) {
      const key = `k${String(dice.popular(1000))}`;
      const cost = dice.one([1, 1e200, Number.MAX_VALUE]);
      if (cache.get(key) === undefined) cache.set(key, i, { size: dice.below(5000), cost });
    }
    expect(cache.bytes).toBeLessThanOrEqual(100_000);
  });
});
