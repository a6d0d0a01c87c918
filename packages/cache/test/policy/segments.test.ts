import { describe, expect, it } from 'vitest';
import { type Limits } from '../../src/policy/entry-facts.js';
import { FrequencySketch } from '../../src/policy/frequency-sketch.js';
import { GDSF, LRU, windowGdsf, windowTinyLfu, type Mode } from '../../src/policy/mode.js';
import { Segments } from '../../src/policy/segments.js';
import { Facts, WatchedFacts } from './facts.js';
import { Kept } from './kept.js';

const BOUNDLESS: Limits = { maxEntries: Infinity, maxBytes: 1e9 };
const spread = (index: number): number => Math.imul(index + 1, 0x9e3779b1);
const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe('segments where all is window', () => {
  it('give up the least recently used also of what came out of a window before', () => {
    const kept = new Kept(windowTinyLfu(0.2), { maxEntries: 50, maxBytes: Infinity });
    const slots = range(50).map((i) => kept.add({ hash: spread(i) }).slot);
    kept.segments.switchTo(LRU);
    expect(kept.evictAll()).toEqual(slots);
  });

  it('after a window for some only still give up the least recently used, wherever it is', () => {
    const kept = new Kept(windowTinyLfu(0.2), { maxEntries: 50, maxBytes: Infinity });
    const slots = range(50).map((i) => kept.add({ hash: spread(i) }).slot);
    for (const slot of slots) kept.use(slot);
    kept.segments.switchTo(LRU);
    for (const slot of slots.toReversed()) kept.use(slot);
    expect(kept.evictAll()).toEqual(slots.toReversed());
  });
});

describe('segments without a window, by value', () => {
  it('give up the one with the least cost for its bytes, aged by the victims before', () => {
    const kept = new Kept(GDSF, { maxEntries: Infinity, maxBytes: 1000 });
    const cheap = kept.add({ hash: spread(1), bytes: 400, cost: 400 }).slot;
    const dear = kept.add({ hash: spread(2), bytes: 400, cost: 40_000 }).slot;
    const small = kept.add({ hash: spread(3), bytes: 40, cost: 400 }).slot;
    expect(kept.evictAll()).toEqual([cheap, small, dear]);
  });

  it('give up the one that was used fewer times, at the same cost and size', () => {
    const kept = new Kept(GDSF, BOUNDLESS);
    const slots = [4, 1, 8, 2].map((uses, i) => {
      const { slot } = kept.add({ hash: spread(i), bytes: 10 });
      kept.use(slot, 2 * uses);
      return slot;
    });
    expect(kept.evictAll()).toEqual([1, 3, 0, 2].map((i) => slots[i]));
  });

  it('count all sizes alike where the number of entries is the tighter limit', () => {
    const kept = new Kept(GDSF, { maxEntries: 10, maxBytes: 1e9 });
    const large = kept.add({ hash: spread(1), bytes: 1000, cost: 20 }).slot;
    const small = kept.add({ hash: spread(2), bytes: 1, cost: 10 }).slot;
    for (const slot of [large, small]) kept.use(slot);
    expect(kept.evictAll()).toEqual([small, large]);
  });

  it('give up even the dearest in the end, if it is never used again', () => {
    const kept = new Kept(GDSF, { maxEntries: 10, maxBytes: Infinity });
    const { slot } = kept.add({ hash: spread(0), cost: 50 });
    const victims = range(1000).map((i) => kept.add({ hash: spread(1 + i) }).victims[0]);
    expect(victims.indexOf(slot)).toBeGreaterThan(30);
  });
});

describe('segments with a window', () => {
  const LIMITS: Limits = { maxEntries: 100, maxBytes: Infinity };

  /** A full cache whose main space is used so often. */
  function full(mode: Mode, uses: number): { kept: Kept; window: number[]; main: number[] } {
    const kept = new Kept(mode, LIMITS);
    const slots = range(100).map((i) => kept.add({ hash: spread(i) }).slot);
    const inWindow = Math.max(1, 100 * mode.window);
    const main = slots.slice(0, 100 - inWindow);
    for (const slot of main) kept.use(slot, uses);
    return { kept, main, window: slots.slice(100 - inWindow) };
  }

  it.each([windowTinyLfu(0.01), windowTinyLfu(0.2), windowTinyLfu(0.6), windowGdsf(0.01), windowGdsf(0.2)])(
    'keep newcomers out of the main space that are asked for no more often than its entries ($name)',
    (mode) => {
      const { kept, main } = full(mode, 3);
      for (let i = 0; i < 200; i++) {
        const { slot, victims } = kept.add({ hash: spread(1000 + i) });
        expect(victims).toHaveLength(1);
        // A newcomer waits in the window, and whoever was there the longest goes.
        expect([slot, ...main]).not.toContain(victims[0]);
      }
    },
  );

  it.each([windowTinyLfu(0.01), windowTinyLfu(0.2), windowGdsf(0.01), windowGdsf(0.2)])(
    'let in whom is asked for more often than the next victim ($name)',
    (mode) => {
      const { kept, main, window } = full(mode, 0);
      for (const slot of window) kept.use(slot, 9);
      // So many newcomers push all of these out of the window.
      const victims = window.flatMap((_, i) => kept.add({ hash: spread(1000 + i) }).victims);
      expect(victims).toEqual(main.slice(0, window.length));
    },
  );

  it('protect what was used again from what was not, as long as it is no more than four fifths', () => {
    const kept = new Kept(windowTinyLfu(0.01), LIMITS);
    const slots = range(100).map((i) => kept.add({ hash: spread(i) }).slot);
    const used = slots.slice(0, 79);
    for (const slot of used) kept.use(slot);
    const victims = kept.evictAll();
    // The one that came out of the window last has to prove itself first, and was asked for no more often than others.
    expect(victims.slice(0, 20)).toEqual([slots[98], ...slots.slice(79, 98)]);
    expect(victims.slice(20, 99)).toEqual(used);
    // The window goes last.
    expect(victims.at(-1)).toBe(slots[99]);
  });

  it('take back the protection of those that were not used for the longest time', () => {
    const kept = new Kept(windowTinyLfu(0.01), LIMITS);
    const slots = range(100).map((i) => kept.add({ hash: spread(i) }).slot);
    for (const slot of slots.slice(0, 99)) kept.use(slot);
    kept.resize({ maxEntries: 101, maxBytes: Infinity });
    kept.add({ hash: spread(100) });
    // 79 are protected. The twenty before them are on probation, and then there is what came out of the window now.
    // (Told of its mode again, it forgets that the last one has to prove itself.)
    kept.segments.switchTo(kept.segments.mode);
    expect(kept.evictAll().slice(0, 22)).toEqual([...slots.slice(0, 20), slots[99], slots[20]]);
  });

  it('know how many bytes are in the window when an entry there becomes larger', () => {
    const kept = new Kept(windowTinyLfu(0.2), { maxEntries: Infinity, maxBytes: 1000 });
    const inWindow = kept.add({ hash: spread(0), bytes: 10 }).slot;
    const inMain = kept.add({ hash: spread(1), bytes: 250 }).slot;
    kept.update(inWindow, { bytes: 190 });
    const newcomer = kept.add({ hash: spread(2), bytes: 20 }).slot;
    // The window has room for 200, so that the larger one has left it. Both in the main space are protected now.
    kept.use(inMain);
    kept.use(inWindow);
    expect(kept.evictAll()).toEqual([inMain, inWindow, newcomer]);
  });

  it('do not let an entry above the budget of the window flush it', () => {
    const kept = new Kept(windowTinyLfu(0.2), { maxEntries: 100, maxBytes: 1000 });
    const slots = range(100).map((i) => kept.add({ hash: spread(i), bytes: 10 }).slot);
    for (const slot of slots) kept.use(slot, 2);
    const { slot, victims } = kept.add({ hash: spread(1000), bytes: 300 });
    // It was asked for once and has to go itself.
    expect(victims).toEqual([slot]);
    expect(slots.every((each) => kept.live.has(each))).toBe(true);
  });

  it('let an entry above the budget of the window in if it is asked for often enough', () => {
    const kept = new Kept(windowTinyLfu(0.2), { maxEntries: 100, maxBytes: 1000 });
    const slots = range(100).map((i) => kept.add({ hash: spread(i), bytes: 10 }).slot);
    for (let i = 0; i < 100; i++) kept.sketch.increment(spread(1000));
    const { slot, victims } = kept.add({ hash: spread(1000), bytes: 300 });
    expect(victims).toHaveLength(30);
    expect(kept.live.has(slot)).toBe(true);
    // The newest are in the window, where nothing happens to them.
    expect(slots.slice(80).every((each) => kept.live.has(each))).toBe(true);
  });
});

describe('segments that go over to another mode', () => {
  /** Additions without a victim until everything has moved: some with each. */
  function settle(kept: Kept, additions: number): number[] {
    return range(additions).map((i) => kept.add({ hash: spread(5000 + i), bytes: 10, cost: 1e6 }).slot);
  }

  it.each([LRU, windowTinyLfu(0.01), windowTinyLfu(0.6)])(
    'from $name to values have all in their order in the end',
    (mode) => {
      const kept = new Kept(mode, { maxEntries: Infinity, maxBytes: 100_000 });
      // Costs from 1 on, each twice the one before, in an order that has nothing to do with them.
      const slots = range(100).map((i) => {
        const { slot } = kept.add({ hash: spread(i), bytes: 10, cost: 2 ** ((i * 37) % 20) });
        if (i % 3 === 0) kept.use(slot);
        return slot;
      });
      kept.segments.switchTo(GDSF);
      const newcomers = settle(kept, 13);
      const values = new Map(
        slots.map((slot) => [slot, kept.facts.cost(slot) * kept.sketch.estimate(kept.facts.hash(slot))]),
      );
      const victims = kept.evictAll().filter((slot) => !newcomers.includes(slot));
      expect(victims.map((slot) => values.get(slot))).toEqual([...values.values()].sort((a, b) => a - b));
    },
  );

  it('from values to a window have the newcomers in the window, and the rest before them', () => {
    const kept = new Kept(GDSF, { maxEntries: 100, maxBytes: Infinity });
    const slots = range(80).map((i) => kept.add({ hash: spread(i), cost: 2 ** (i % 10) }).slot);
    kept.segments.switchTo(windowTinyLfu(0.2));
    const newcomers = range(20).map((i) => kept.add({ hash: spread(5000 + i) }).slot);
    expect([...kept.segments.slots()].slice(0, 20)).toEqual(newcomers.toReversed());
    // All others are on probation, the least valued of them first to go.
    const victims = kept.evictAll();
    expect(victims.slice(80)).toEqual(newcomers);
    const costs = (of: readonly number[]): number[] => of.map((slot) => kept.facts.cost(slot));
    expect(costs(victims.slice(0, 80))).toEqual(costs(slots).sort((a, b) => a - b));
  });

  it('from a window for all to one for few empty it little by little, the oldest first', () => {
    const kept = new Kept(LRU, { maxEntries: 100, maxBytes: Infinity });
    const slots = range(100).map((i) => kept.add({ hash: spread(i) }).slot);
    kept.segments.switchTo(windowTinyLfu(0.2));
    const hashes = (of: readonly number[]): number[] => of.map((slot) => kept.facts.hash(slot));
    const newest = [...hashes(slots.slice(-7)), ...range(13).map((i) => spread(1000 + i))];
    for (let i = 0; i < 13; i++) expect(kept.add({ hash: spread(1000 + i) }).victims).toHaveLength(1);
    // The last twenty are in the window, and go last.
    expect(hashes(kept.evictAll()).slice(-20)).toEqual(newest);
  });

  it('do a bounded amount of work for each operation, however many entries there are', () => {
    const mostLooks = (entries: number): number => {
      const facts = new Facts();
      const watched = new WatchedFacts(facts);
      const sketch = new FrequencySketch();
      const given = { maxEntries: Infinity, maxBytes: entries };
      const segments = new Segments(watched, sketch, LRU, given);
      let most = 0;
      const step = (work: () => void): void => {
        const before = watched.looks;
        work();
        most = Math.max(most, watched.looks - before);
      };
      const add = (): void => {
        const slot = facts.put({ cost: 1 + (facts.used % 7) });
        step(() => segments.add(slot));
        if (segments.bytes <= entries) return;
        step(() => {
          const victim = segments.victim();
          segments.remove(victim);
          facts.release(victim);
        });
      };
      for (let i = 0; i < entries; i++) add();
      for (const mode of [GDSF, LRU, windowTinyLfu(0.01), GDSF, windowTinyLfu(0.6), windowGdsf(0.01), LRU]) {
        step(() => segments.switchTo(mode));
        for (let i = 0; i < entries / 4; i++) {
          add();
          const slot = [...(i === 0 ? segments.slots() : [])][0];
          if (slot !== undefined) step(() => segments.use(slot));
        }
      }
      return most;
    };
    const few = mostLooks(400);
    expect(few).toBeLessThan(100);
    expect(mostLooks(8000)).toBe(few);
  });
});
