import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotLists } from '../../src/policy/slot-lists.js';

const LISTS = 3;
const slot = fc.nat({ max: 150 });
const list = fc.nat({ max: LISTS - 1 });
const step = fc.record({
  do: fc.constantFrom('push' as const, 'unlink' as const, 'renew' as const),
  slot,
  list,
});

describe('the lists of slots', () => {
  it('are the same as arrays after every step, from either end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const lists = new SlotLists(1);
        const model: number[][] = [[], [], []];
        for (const { do: what, slot: it, list: at } of steps) {
          const home = model.findIndex((slots) => slots.includes(it));
          const rest = (): number[] => (model[home] ?? []).filter((other) => other !== it);
          if (home < 0) {
            lists.push(at, it);
            model[at]?.unshift(it);
          } else if (what === 'renew') {
            lists.renew(it);
            model[home] = [it, ...rest()];
          } else {
            lists.unlink(it);
            model[home] = rest();
          }
          model.forEach((slots, each) => {
            expect([...lists.slots(each)].join()).toBe(slots.join());
            const upwards: number[] = [];
            for (let at = lists.tail(each); at !== -1; at = lists.newer(at)) upwards.unshift(at);
            expect(upwards.join()).toBe(slots.join());
            const ends = [lists.length(each), lists.head(each), lists.tail(each)];
            expect(ends.join()).toBe([slots.length, slots[0] ?? -1, slots.at(-1) ?? -1].join());
          });
        }
      }),
      { numRuns: 15 },
    );
  });

  it('are empty when they were never used, whatever their number', () => {
    const lists = new SlotLists(1);
    for (const unused of [0, 1, 1000]) {
      expect([lists.length(unused), lists.head(unused), lists.tail(unused)]).toEqual([0, -1, -1]);
      expect([...lists.slots(unused)]).toEqual([]);
    }
  });

  it('take slots and lists of any number', () => {
    const lists = new SlotLists(1);
    lists.push(70_000, 1_000_000);
    lists.push(70_000, 0);
    expect([...lists.slots(70_000)]).toEqual([0, 1_000_000]);
    expect([...lists.slots(0)]).toEqual([]);
  });
});
