import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ConversionCache,
  type CacheError,
  type EntryFacts,
  type EvictionPolicy,
  type Limits,
} from '../../src/index.js';
import { FakeClock } from '../fake-clock.js';
import { Dice } from './dice.js';

/** The entry that was used last goes first, but not the one that needs the room. */
class MostRecentlyUsed implements EvictionPolicy {
  readonly name = 'mru';
  #order: number[] = [];

  attach(): void {
    // It needs to know nothing of the entries.
  }
  add(slot: number): void {
    this.#order.push(slot);
  }
  use(slot: number): void {
    this.#order = [...this.#order.filter((other) => other !== slot), slot];
  }
  remove(slot: number): void {
    this.#order = this.#order.filter((other) => other !== slot);
  }
  victim(newcomer: number): number {
    return this.#order.findLast((slot) => slot !== newcomer) ?? newcomer;
  }
}

/** Any entry goes. */
class Chance implements EvictionPolicy {
  readonly name = 'chance';
  readonly #dice = new Dice(1);
  readonly #slots: number[] = [];

  attach(): void {
    // It needs to know nothing of the entries.
  }
  add(slot: number): void {
    this.#slots.push(slot);
  }
  use(): void {
    // Use does not count.
  }
  remove(slot: number): void {
    this.#slots.splice(this.#slots.indexOf(slot), 1);
  }
  victim(): number {
    return this.#slots.length === 0 ? -1 : this.#dice.one(this.#slots);
  }
}

/** Writes down what it is told, with every optional method. */
class Witness extends MostRecentlyUsed {
  readonly told: string[] = [];
  facts: EntryFacts | undefined;

  override attach(entries?: EntryFacts, limits?: Limits): void {
    this.facts = entries;
    this.told.push(`attach ${String(limits?.maxEntries)} ${String(limits?.maxBytes)}`);
  }
  override add(slot: number): void {
    super.add(slot);
    this.told.push(`add ${String(slot)}`);
  }
  override use(slot: number): void {
    super.use(slot);
    this.told.push(`use ${String(slot)}`);
  }
  override remove(slot: number, evicted = false): void {
    super.remove(slot);
    this.told.push(`remove ${String(slot)}${evicted ? ' evicted' : ''}`);
  }
  override victim(newcomer: number): number {
    const victim = super.victim(newcomer);
    this.told.push(`victim ${String(victim)} for ${String(newcomer)}`);
    return victim;
  }
  update(slot: number, bytesBefore: number): void {
    this.told.push(`update ${String(slot)} ${String((this.facts?.bytes(slot) ?? 0) - bytesBefore)}`);
  }
  resize({ maxEntries, maxBytes }: Limits): void {
    this.told.push(`resize ${String(maxEntries)} ${String(maxBytes)}`);
  }
}

interface Step {
  readonly do: 'set' | 'get' | 'delete' | 'wait' | 'resize' | 'purge' | 'clear';
  readonly key: number;
  readonly size: number;
  readonly maxEntries: number;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    do: fc.constantFrom<Step['do'][]>(
      'set',
      'set',
      'set',
      'get',
      'get',
      'delete',
      'wait',
      'resize',
      'purge',
      'clear',
    ),
    key: fc.nat({ max: 12 }),
    size: fc.constantFrom(0, 100, 3000),
    maxEntries: fc.integer({ min: 1, max: 6 }),
  }),
  { maxLength: 100, size: 'max' },
);

/** Does some steps, after each of which a cache must be whole, whatever its policy; returns what was reported. */
function errorsOf(policy: EvictionPolicy, drawn: readonly Step[]): CacheError[] {
  const clock = new FakeClock();
  const errors: CacheError[] = [];
  const held = new Map<string, number>();
  const limits = { maxEntries: 4, maxBytes: 8000 };
  const cache = new ConversionCache<number>({
    ...{ clock, policy, ttl: 20, ...limits },
    onError: (error) => errors.push(error),
    onRemove: ({ key, value }) => {
      // Otherwise it is an older one, that has just given way.
      if (held.get(key) === value) held.delete(key);
    },
  });
  drawn.forEach(({ do: what, key: number, size, maxEntries }, value) => {
    const key = `k${String(number)}`;
    if (what === 'set') {
      held.set(key, value);
      cache.set(key, value, { size });
    } else if (what === 'get') {
      const before = held.get(key);
      expect([before, undefined]).toContain(cache.get(key));
    } else if (what === 'delete') cache.delete(key);
    else if (what === 'wait') clock.advance(5);
    else if (what === 'purge') cache.purgeExpired();
    else if (what === 'clear') cache.clear();
    else cache.resize({ maxEntries: (limits.maxEntries = maxEntries) });
    expect(cache.size).toBe(held.size);
    expect(cache.size).toBeLessThanOrEqual(limits.maxEntries);
    expect(cache.bytes).toBeLessThanOrEqual(limits.maxBytes);
    for (const entry of cache.entries()) expect(held.get(entry.key)).toBe(entry.value);
  });
  cache.clear();
  expect([cache.size, cache.bytes, held.size]).toEqual([0, 0, 0]);
  return errors;
}

describe("a policy of the user's own", () => {
  it.each([
    ['that gives up what was used last', () => new MostRecentlyUsed()],
    ['that leaves it to chance', () => new Chance()],
  ])('%s is obeyed, and the cache stays whole', (_, create) => {
    fc.assert(
      fc.property(steps, (drawn) => {
        expect(errorsOf(create(), drawn)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('decides who goes', () => {
    const cache = new ConversionCache<number>({ policy: new MostRecentlyUsed(), maxEntries: 3 });
    cache.set('a', 1).set('b', 2).set('c', 3);
    cache.get('a');
    cache.set('d', 4).set('e', 5);
    expect([...cache.entries()].map(({ key }) => key).sort()).toEqual(['b', 'c', 'e']);
  });

  it('is named in the statistics', () => {
    const { policy, inCharge } = new ConversionCache({ policy: new Chance() }).stats();
    expect([policy, inCharge]).toEqual(['chance', 'chance']);
  });

  it('lists all entries even if it cannot say in which order', () => {
    const cache = new ConversionCache<number>({ policy: new Chance(), maxEntries: 3 });
    cache.set('a', 1).set('b', 2);
    expect([...cache.entries()].map(({ key }) => key)).toEqual(['a', 'b']);
  });

  it('is told of everything that happens, in the order in which it happens', () => {
    const policy = new Witness();
    const clock = new FakeClock();
    const cache = new ConversionCache<number>({ clock, policy, maxEntries: 2, maxBytes: '1MB' });
    cache.set('a', 1, { size: 10 }).set('b', 2, { size: 10 });
    cache.get('a');
    cache.peek('a');
    cache.has('a');
    cache.get('missing');
    cache.set('a', 3, { size: 25 });
    cache.set('c', 4, { size: 10, ttl: 5 });
    cache.delete('b');
    clock.advance(5);
    cache.get('c');
    cache.set('d', 5).set('e', 6);
    cache.resize({ maxEntries: 1 });
    cache.clear();
    expect(policy.told).toEqual([
      ...['attach 2 1048576', 'add 0', 'add 1', 'use 0', 'update 0 15', 'use 0'],
      ...['add 2', 'victim 0 for 2', 'remove 0 evicted', 'remove 1', 'remove 2'],
      ...['add 2', 'add 1', 'resize 1 1048576', 'victim 1 for -1', 'remove 1 evicted', 'remove 2'],
    ]);
  });

  it('may read the facts of an entry from before it got in until after it has left', () => {
    const seen: number[] = [];
    class Reader extends Witness {
      override add(slot: number): void {
        super.add(slot);
        seen.push(this.facts?.cost(slot) ?? -1);
      }
      override remove(slot: number, evicted: boolean): void {
        super.remove(slot, evicted);
        seen.push(this.facts?.cost(slot) ?? -1);
      }
    }
    const cache = new ConversionCache<number>({ policy: new Reader(), maxEntries: 1 });
    cache.set('a', 1, { cost: 7 }).set('b', 2, { cost: 8 });
    expect(seen).toEqual([7, 8, 7]);
  });

  it('gives up more than one for a large entry', () => {
    const policy = new Witness();
    const cache = new ConversionCache<number>({ policy, maxEntries: 10, maxBytes: 10_000 });
    for (const key of ['a', 'b', 'c']) cache.set(key, 1, { size: 2000 });
    cache.set('d', 1, { size: 6000 });
    expect(policy.told.filter((text) => text.startsWith('victim'))).toEqual([
      'victim 2 for 3',
      'victim 1 for 3',
    ]);
  });

  it('may give up the newcomer', () => {
    class Closed extends MostRecentlyUsed {
      override victim(newcomer: number): number {
        return newcomer;
      }
    }
    const removed: string[] = [];
    const cache = new ConversionCache<number>({
      ...{ policy: new Closed(), maxEntries: 2 },
      onRemove: ({ key, cause }) => removed.push(`${key} ${cause}`),
    });
    cache.set('a', 1).set('b', 2).set('c', 3);
    expect([cache.has('c'), cache.size, removed]).toEqual([false, 2, ['c evicted']]);
  });

  it('needs all methods but the optional ones', () => {
    const { name } = new Chance();
    const parts = { name, attach: () => undefined, add: () => undefined, use: () => undefined };
    expect(() => new ConversionCache({ policy: parts as unknown as EvictionPolicy })).toThrow(
      expect.objectContaining({ code: 'ERR_PERF_CACHE_INVALID_OPTION' }),
    );
  });
});

describe("a broken policy of the user's own", () => {
  const broken = (victim: () => number): EvictionPolicy => ({
    name: 'broken',
    attach: () => undefined,
    add: () => undefined,
    use: () => undefined,
    remove: () => undefined,
    victim,
  });

  it.each([
    ['nobody', -1],
    ['a slot that is free', 5],
    ['a slot that never was', 1e9],
    ['no number', Number.NaN],
    ['no whole number', 0.5],
    ['an infinite number', Infinity],
  ])('that names %s is reported, and the limits are kept', (_, victim) => {
    fc.assert(
      fc.property(steps, (drawn) => {
        const errors = errorsOf(
          broken(() => victim),
          drawn,
        );
        for (const error of errors) expect(error).toMatchObject({ code: 'ERR_PERF_CACHE_POLICY_FAILED' });
      }),
      { numRuns: 10 },
    );
    const errors: CacheError[] = [];
    const cache = new ConversionCache<number>({
      policy: broken(() => victim),
      maxEntries: 2,
      onError: (error) => errors.push(error),
    });
    for (const key of ['a', 'b', 'c', 'd']) cache.set(key, 1);
    expect(cache.size).toBe(2);
    expect(errors.map(({ code }) => code)).toEqual([
      'ERR_PERF_CACHE_POLICY_FAILED',
      'ERR_PERF_CACHE_POLICY_FAILED',
    ]);
    expect(errors[0]?.message).toBe(
      `the policy 'broken' named no entry as its victim (${String(victim)}); another was taken`,
    );
  });

  it('keeps the limits without anybody to report to', () => {
    const cache = new ConversionCache<number>({ policy: broken(() => -1), maxEntries: 2 });
    for (let i = 0; i < 100; i++) cache.set(`k${String(i)}`, i);
    cache.resize({ maxEntries: 1 });
    expect(cache.size).toBe(1);
  });
});
