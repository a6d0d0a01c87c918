import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CostQueues } from '../../src/policy/cost-queues.js';

interface Queued {
  readonly slot: number;
  readonly value: number;
  readonly stamp: number;
  readonly at: number;
}

/** Greedy-dual as in the book: every priority looked at, the least one first. */
class NaiveQueues {
  entries: Queued[] = [];
  #clock = 0;
  #steps = 0;

  put(slot: number, value: number): void {
    const single = Math.fround(Math.min(value, 2 ** 127));
    const step = 2 ** (Math.max(-126, Math.floor(Math.log2(single))) - 2);
    this.remove(slot);
    this.entries.push({
      slot,
      value: Math.floor(single / step) * step,
      stamp: this.#clock,
      at: this.#steps++,
    });
  }

  remove(slot: number): void {
    this.entries = this.entries.filter((entry) => entry.slot !== slot);
  }

  /** Among those of one priority the least valued, among those of one value the oldest. */
  least(): Queued | undefined {
    const priority = ({ stamp, value }: Queued): number => stamp + value;
    return this.entries.toSorted((a, b) => priority(a) - priority(b) || a.value - b.value || a.at - b.at)[0];
  }

  age(slot: number): void {
    const entry = this.entries.find((each) => each.slot === slot);
    this.#clock = Math.max(this.#clock, (entry?.stamp ?? 0) + (entry?.value ?? 0));
  }
}

const value = fc.oneof(
  fc.integer({ min: 1, max: 64 }),
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.constantFrom(0, 1e-300, 1e-40, 1e30, 2 ** 127),
);
const step = fc.record({
  do: fc.constantFrom('put' as const, 'put' as const, 'remove' as const, 'evict' as const),
  slot: fc.nat({ max: 80 }),
  value,
});

describe('the queues by cost', () => {
  it('name the same slot as a search through all priorities, after every step', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const queues = new CostQueues();
        const model = new NaiveQueues();
        for (const { do: what, slot, value: given } of steps) {
          const isThere = model.entries.some((entry) => entry.slot === slot);
          if (what === 'put') {
            if (isThere) queues.renew(slot, given);
            else queues.add(slot, given);
            model.put(slot, given);
          } else if (what === 'remove' && isThere) {
            queues.remove(slot);
            model.remove(slot);
          } else if (what === 'evict' && model.entries.length > 0) {
            const victim = queues.least();
            queues.age(victim);
            queues.remove(victim);
            model.age(victim);
            model.remove(victim);
          }
          expect([queues.least(), queues.size]).toEqual([model.least()?.slot ?? -1, model.entries.length]);
          const all = [...queues.slots()].sort((a, b) => a - b);
          expect(all.join()).toBe(
            model.entries
              .map((entry) => entry.slot)
              .sort((a, b) => a - b)
              .join(),
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('always name a slot while there is one, whatever the values', () => {
    const queues = new CostQueues();
    [Infinity, Number.MAX_VALUE, 1e39].forEach((given, slot) => queues.add(slot, given));
    for (const slot of [0, 1, 2]) {
      expect(queues.least()).toBe(slot);
      queues.age(slot);
      queues.remove(slot);
    }
    expect(queues.least()).toBe(-1);
  });

  it('let go even of the most valued in the end, if it is never used again', () => {
    const queues = new CostQueues();
    queues.add(0, 1000);
    let rounds = 0;
    for (let victim = -1; victim !== 0; rounds++) {
      queues.add(rounds + 1, 10);
      victim = queues.least();
      queues.age(victim);
      queues.remove(victim);
    }
    // It is worth a hundred of the others, but for what rounding takes of both.
    expect(rounds).toBeGreaterThan(75);
    expect(rounds).toBeLessThan(150);
  });

  it('never let the clock go back', () => {
    const queues = new CostQueues();
    queues.add(0, 8);
    queues.add(1, 2);
    queues.age(0);
    // This one has a lower priority than the one before.
    queues.age(1);
    queues.remove(1);
    queues.add(2, 1);
    expect(queues.least()).toBe(0);
  });

  it('keep what was used lately longer than what was not, at the same value', () => {
    const queues = new CostQueues();
    for (const slot of [0, 1]) queues.add(slot, 8);
    queues.add(2, 4);
    queues.age(2);
    queues.renew(0, 8);
    queues.remove(2);
    expect(queues.least()).toBe(1);
  });
});
