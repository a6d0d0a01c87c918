import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrequencyChain } from '../../src/policy/frequency-chain.js';
import { LfuPolicy } from '../../src/policy/lfu.js';

describe('the chain of frequencies', () => {
  it('is the same as a sorted array after every step, from either end', () => {
    const steps = fc.array(fc.record({ at: fc.nat({ max: 99 }), remove: fc.boolean() }), {
      maxLength: 300,
      size: 'max',
    });
    fc.assert(
      fc.property(steps, (drawn) => {
        const chain = new FrequencyChain();
        /** The lists in use, the least first. */
        let model: { list: number; uses: number }[] = [];
        for (const { at, remove } of drawn) {
          const index = at % Math.max(1, model.length);
          const below = model[index];
          if (remove && below !== undefined && model.length > 20) {
            chain.remove(below.list);
            model = model.filter((entry) => entry !== below);
          } else {
            const uses = (below?.uses ?? 0) + 1;
            const next = model[below === undefined ? 0 : index + 1];
            const list = chain.above(below?.list ?? -1, uses);
            if (next?.uses === uses) {
              expect(list).toBe(next.list);
            } else {
              expect(model.map((entry) => entry.list)).not.toContain(list);
              model = [...model, { list, uses }].sort((a, b) => a.uses - b.uses);
            }
          }
          const upwards: number[] = [];
          for (let list = chain.least; list !== -1; list = chain.higher(list)) upwards.push(list);
          const downwards: number[] = [];
          for (let list = chain.most; list !== -1; list = chain.lower(list)) downwards.unshift(list);
          const lists = model.map((entry) => entry.list).join();
          expect([upwards.join(), downwards.join()]).toEqual([lists, lists]);
          expect(upwards.map((list) => chain.uses(list)).join()).toBe(
            model.map((entry) => entry.uses).join(),
          );
        }
      }),
      { numRuns: 20 },
    );
  });

  it('uses the number of a list again once its frequency does not occur any more', () => {
    const chain = new FrequencyChain();
    let list = chain.above(-1, 1);
    for (let uses = 2; uses < 10_000; uses++) {
      const next = chain.above(list, uses);
      chain.remove(list);
      list = next;
      expect(list).toBeLessThan(2);
    }
  });

  it('takes more frequencies than there is room for at first', () => {
    const chain = new FrequencyChain();
    let below = -1;
    for (let uses = 1; uses <= 500; uses++) below = chain.above(below, uses);
    const all: number[] = [];
    for (let list = chain.least; list !== -1; list = chain.higher(list)) all.push(chain.uses(list));
    expect(all).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  });
});

describe('the least frequently used', () => {
  function filled(uses: readonly number[]): LfuPolicy {
    const policy = new LfuPolicy();
    uses.forEach((_, slot) => policy.add(slot));
    uses.forEach((times, slot) => {
      for (let i = 0; i < times; i++) policy.use(slot);
    });
    return policy;
  }

  it('goes first', () => {
    expect(filled([2, 0, 3]).victim(-1)).toBe(1);
  });

  it('among equals is the one whose last use is the longest ago', () => {
    const policy = filled([1, 1, 1]);
    policy.remove(0);
    policy.add(0);
    policy.use(0);
    expect([...policy.slots()]).toEqual([0, 2, 1]);
    expect(policy.victim(-1)).toBe(1);
  });

  it('stays if it is the newcomer, and the next one goes', () => {
    expect(filled([2, 0, 3]).victim(1)).toBe(0);
    expect(filled([0, 0, 3]).victim(0)).toBe(1);
    expect(filled([0]).victim(0)).toBe(0);
    expect(new LfuPolicy().victim(-1)).toBe(-1);
  });

  it('is found among many frequencies too', () => {
    const policy = filled(Array.from({ length: 300 }, (_, slot) => 300 - slot));
    for (let slot = 299; slot >= 0; slot--) {
      expect(policy.victim(-1)).toBe(slot);
      policy.remove(slot);
    }
  });
});
