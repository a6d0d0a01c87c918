import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrequencySketch } from '../../src/policy/frequency-sketch.js';
import { Dice } from './dice.js';

/** A hash of a number, with all its bits in use. */
const hash = (key: number): number =>
  Math.imul(key + 1, 0x9e3779b1) ^ (Math.imul(key + 1, 0x85ebca6b) >>> 15);
/** A new sketch is made for 64 entries, and halves after 20 increments for each. */
const ENTRIES = 64;
const SAMPLE = 20;

/** Exact counts, halved all at once. */
class Counts {
  readonly #counts = new Map<number, number>();
  #increments = 0;
  #entries: number;
  halvings = 0;

  constructor(entries: number) {
    this.#entries = entries;
  }

  of(key: number): number {
    return this.#counts.get(key) ?? 0;
  }

  increment(key: number): void {
    this.#counts.set(key, this.of(key) + 1);
    this.#increments += 1;
    if (this.#increments < SAMPLE * this.#entries) return;
    this.halvings += 1;
    this.#increments >>>= 1;
    for (const [each, count] of this.#counts) this.#counts.set(each, count >>> 1);
  }
}

describe('the frequency sketch', () => {
  it('knows nothing of what it never saw', () => {
    const sketch = new FrequencySketch();
    for (let key = 0; key < 1000; key++) expect(sketch.estimate(hash(key))).toBe(0);
  });

  it('counts exactly while there are few keys, up to 255', () => {
    const sketch = new FrequencySketch();
    for (let count = 1; count <= 300; count++) {
      sketch.increment(hash(1));
      expect(sketch.estimate(hash(1))).toBe(Math.min(255, count));
    }
    sketch.increment(hash(2));
    expect(sketch.estimate(hash(2))).toBe(1);
  });

  it('never says less than the truth, also while it is halved', () => {
    const keys = fc.array(fc.nat({ max: 300 }), { minLength: 1500, maxLength: 3000, size: 'max' });
    fc.assert(
      fc.property(keys, (drawn) => {
        const sketch = new FrequencySketch();
        const counts = new Counts(ENTRIES);
        for (const key of drawn) {
          sketch.increment(hash(key));
          counts.increment(key);
          if (sketch.estimate(hash(key)) < counts.of(key)) {
            expect(`${String(key)}: ${String(sketch.estimate(hash(key)))}`).toBe(
              `at least ${String(counts.of(key))}`,
            );
          }
        }
        expect(counts.halvings).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });

  it('halves block by block, which looks as if it were done at once', () => {
    const sketch = new FrequencySketch();
    const counts = new Counts(ENTRIES);
    const dice = new Dice(1);
    // Few keys, so that no two share their counters.
    const keys = Array.from({ length: 12 }, (_, key) => key);
    for (let i = 0; i < 10_000; i++) {
      const key = keys[dice.popular(keys.length)] ?? 0;
      // A count that is nearly full stands still while it waits to be halved.
      if (counts.of(key) < 200) {
        sketch.increment(hash(key));
        counts.increment(key);
      }
      const estimates = keys.map((each) => sketch.estimate(hash(each)));
      expect(estimates.join()).toBe(keys.map((each) => counts.of(each)).join());
    }
    expect(counts.halvings).toBeGreaterThan(5);
  });

  it('forgets what is no longer asked for', () => {
    const sketch = new FrequencySketch();
    for (let i = 0; i < 200; i++) sketch.increment(hash(1));
    for (let i = 0; i < 10 * SAMPLE * ENTRIES; i++) sketch.increment(hash(2 + (i % 50)));
    expect(sketch.estimate(hash(1))).toBeLessThan(10);
  });

  it('keeps every estimate when it grows, also in the middle of halving', () => {
    for (const increments of [500, SAMPLE * ENTRIES, SAMPLE * ENTRIES + 5, SAMPLE * ENTRIES + 100]) {
      const sketch = new FrequencySketch();
      const dice = new Dice(increments);
      for (let i = 0; i < increments; i++) sketch.increment(hash(dice.below(200)));
      const estimates = (): number[] => Array.from({ length: 400 }, (_, key) => sketch.estimate(hash(key)));
      const before = estimates();
      sketch.ensure(ENTRIES);
      expect(estimates()).toEqual(before);
      sketch.ensure(ENTRIES + 1);
      expect(estimates()).toEqual(before);
      sketch.ensure(2 * ENTRIES + 1);
      expect(estimates()).toEqual(before);
    }
  });

  it('remembers for longer the more entries it is made for', () => {
    const sketch = new FrequencySketch();
    for (let entries = 1; entries <= 4 * ENTRIES; entries++) sketch.ensure(entries);
    const counts = new Counts(4 * ENTRIES);
    for (let i = 0; i < 3 * SAMPLE * 4 * ENTRIES; i++) {
      sketch.increment(hash(i % 10));
      counts.increment(i % 10);
      if (counts.halvings === 0) expect(sketch.estimate(hash(i % 10))).toBe(Math.min(255, counts.of(i % 10)));
    }
  });

  it('tells apart what is asked for often from what is not, with as many keys as entries', () => {
    const sketch = new FrequencySketch();
    for (let round = 0; round < 10; round++) {
      for (let key = 0; key < ENTRIES; key++) {
        if (key < 16 || round === 0) sketch.increment(hash(key));
      }
    }
    const confused = Array.from({ length: ENTRIES - 16 }, (_, i) => sketch.estimate(hash(16 + i))).filter(
      (estimate) => estimate >= 10,
    );
    expect(confused.length).toBeLessThanOrEqual(2);
  });
});
