import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueLists } from '../../src/policy/value-lists.js';

const LARGEST = 3.4028234663852886e38;

/** A value, rounded down to so many bits behind the leading one. */
function rounded(value: number, mantissa: number): number {
  const single = Math.fround(Math.min(value, LARGEST));
  const exponent = Math.max(-126, Math.floor(Math.log2(single)));
  const step = 2 ** (exponent - mantissa);
  return Math.floor(single / step) * step;
}

const extreme = fc.constantFrom(
  ...[0, Number.MIN_VALUE, 2 ** -149, 2 ** -130, 2 ** -126, 1e-30, 0.1, 1, 1.25, 1.2499999999, 2, 3],
  ...[1e9, 1e30, LARGEST, 1e39, Number.MAX_VALUE, Infinity],
);
const value = fc.oneof(
  extreme,
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.integer({ min: 1, max: 40 }),
);
const step = fc.record({
  do: fc.constantFrom('add' as const, 'renew' as const, 'remove' as const),
  slot: fc.nat({ max: 100 }),
  value,
});

describe('the lists by value', () => {
  it.each([0, 2, 4, 7])('are the same as a sorted array after every step, with %i bits', (mantissa) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 70, size: 'max' }), (steps) => {
        const lists = new ValueLists(mantissa);
        /** The newest first. */
        let model: { slot: number; value: number }[] = [];
        for (const { do: what, slot, value: given } of steps) {
          const isThere = model.some((entry) => entry.slot === slot);
          model = model.filter((entry) => entry.slot !== slot);
          if (!isThere) lists.add(slot, given);
          else if (what === 'remove') lists.remove(slot);
          else lists.renew(slot, given);
          if (!isThere || what !== 'remove') model.unshift({ slot, value: rounded(given, mantissa) });
          const sorted = model.toSorted((a, b) => b.value - a.value);
          expect([...lists.slots()].join()).toBe(sorted.map((entry) => entry.slot).join());
          expect(lists.size).toBe(model.length);
          const values = [...new Set(sorted.map((entry) => entry.value))];
          const downwards: number[] = [];
          for (let list = lists.listBelow(); list !== -1; list = lists.listBelow(list)) downwards.push(list);
          const upwards: number[] = [];
          for (let list = lists.listFrom(0); list !== -1; list = lists.listFrom(list + 1))
            upwards.unshift(list);
          expect(downwards.map((list) => lists.valueOf(list)).join()).toBe(values.join());
          expect(upwards.join()).toBe(downwards.join());
          for (const list of downwards) {
            const inList = sorted
              .filter((entry) => entry.value === lists.valueOf(list))
              .map((entry) => entry.slot);
            expect([...lists.slotsOf(list)].join()).toBe(inList.join());
            expect(lists.oldest(list)).toBe(inList.at(-1));
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  it.each([0, 2, 4, 7])('round by less than the share that %i bits allow', (mantissa) => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -120, max: 1e38, noNaN: true }), (given) => {
        const lists = new ValueLists(mantissa);
        lists.add(0, given);
        const kept = lists.valueOf(lists.listOf(0));
        expect(kept).toBeLessThanOrEqual(given * (1 + 2 ** -23));
        expect(kept).toBeGreaterThan(given * (1 - 2 ** -mantissa));
      }),
    );
  });

  it('put a larger value into no lower list', () => {
    fc.assert(
      fc.property(value, value, (one, other) => {
        const lists = new ValueLists(2);
        lists.add(0, Math.min(one, other));
        lists.add(1, Math.max(one, other));
        expect(lists.listOf(0)).toBeLessThanOrEqual(lists.listOf(1));
      }),
    );
  });

  it('take values that are too large for a number as the largest there is', () => {
    const lists = new ValueLists(2);
    [Infinity, Number.MAX_VALUE, 1e39].forEach((given, slot) => lists.add(slot, given));
    expect(lists.valueOf(lists.listBelow())).toBeGreaterThan(2e38);
    expect(lists.valueOf(lists.listBelow())).toBeLessThan(Infinity);
    expect([...lists.slots()]).toEqual([2, 1, 0]);
  });

  it('take 0 and what is next to it as a value like any other', () => {
    const lists = new ValueLists(2);
    [0, Number.MIN_VALUE, 1e-40].forEach((given, slot) => lists.add(slot, given));
    expect([...lists.slots()].sort()).toEqual([0, 1, 2]);
    expect(lists.oldest(lists.listFrom(0))).toBe(0);
    lists.remove(0);
    lists.remove(1);
    lists.remove(2);
    expect([lists.size, lists.listFrom(0), lists.listBelow()]).toEqual([0, -1, -1]);
  });

  it('find nothing above the last and below the first list in use', () => {
    const lists = new ValueLists(2);
    lists.add(0, 1);
    const list = lists.listOf(0);
    expect([lists.listFrom(list), lists.listFrom(list + 1)]).toEqual([list, -1]);
    expect([lists.listBelow(list + 1), lists.listBelow(list), lists.listBelow(0)]).toEqual([list, -1, -1]);
    expect(lists.oldest(list + 1)).toBe(-1);
  });
});
