import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, Looks, LOOKS, moreTime } from '../src/verdict.js';

describe('decide', () => {
  it.each([
    [1.011, 1.2, 'slower'],
    [0.8, 0.98, 'faster'],
    [0.995, 1.005, 'same'],
    [1, 1, 'same'],
    [0.995, 1.02, 'undecided'],
    [1.005, 1.02, 'undecided'],
    [0, Infinity, 'undecided'],
    [Number.NaN, Number.NaN, 'undecided'],
  ])('says of %s .. %s at a margin of 1 %%: %s', (low, high, verdict) => {
    expect(decide(low, high, 0.01)).toBe(verdict);
  });

  it('counts the edges of the band as the same', () => {
    expect(decide(1 / 1.01, 1.01, 0.01)).toBe('same');
    expect(decide(1.01, 1.02, 0.01)).toBe('undecided');
  });

  it('swaps with the sides', () => {
    const ratio = fc.double({ min: 0.5, max: 2, noNaN: true });
    const swapped = { faster: 'slower', slower: 'faster', same: 'same', undecided: 'undecided' } as const;
    fc.assert(
      fc.property(ratio, ratio, fc.double({ min: 0, max: 0.5, noNaN: true }), (a, b, margin) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        // Rounding may tip an interval that ends within a last digit of the edge.
        const near = [low, high].some(
          (end) => Math.abs(Math.abs(Math.log(end)) - Math.log1p(margin)) < 1e-12,
        );
        fc.pre(!near);
        expect(decide(1 / high, 1 / low, margin)).toBe(swapped[decide(low, high, margin)]);
      }),
    );
  });
});

describe('Looks', () => {
  it('is due at each share once, and once more than a share passes at a time', () => {
    const looks = new Looks(0.05);
    expect(looks.due(0.05)).toBe(false);
    expect(looks.due(0.07)).toBe(true);
    looks.spend(0.07);
    expect(looks.due(0.07)).toBe(false);
    expect(looks.due(0.6)).toBe(true);
    looks.spend(0.6);
    expect(looks.due(0.99)).toBe(false);
    expect(looks.due(1)).toBe(true);
  });

  it('leaves half of the error to the last look', () => {
    const looks = new Looks(0.05);
    expect(LOOKS.map((share) => looks.spend(share))).toEqual([
      0.05 / 16,
      0.05 / 16,
      0.05 / 8,
      0.05 / 4,
      0.05 / 2,
    ]);
  });

  it('never spends more than it was given, wherever it looks', () => {
    const shares = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(shares, fc.double({ min: 1e-4, max: 0.5, noNaN: true }), (list, error) => {
        const looks = new Looks(error);
        const spent = list.sort((a, b) => a - b).map((share) => looks.spend(share));
        expect(spent.every((part) => part >= 0)).toBe(true);
        expect(spent.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(error * (1 + 1e-9));
      }),
    );
  });
});

describe('moreTime', () => {
  const open = { margin: 0.01, error: 0.05, effective: 100, elapsedMs: 200 };
  const around = (log: number, reach: number): { ratio: number; low: number; high: number } => ({
    ratio: Math.exp(log),
    low: Math.exp(log - reach),
    high: Math.exp(log + reach),
  });

  it('is three times as much again when the interval has to halve', () => {
    const room = 0.02;
    const at = Math.log1p(0.01) + room;
    expect(moreTime({ ...open, ...around(at, 2 * room) })).toBeCloseTo(600, 6);
    expect(moreTime({ ...open, ...around(-at, 2 * room) })).toBeCloseTo(600, 6);
    expect(moreTime({ ...open, ...around(0, 2 * Math.log1p(0.01)) })).toBeCloseTo(600, 6);
  });

  it('is without end on the edge of the margin', () => {
    expect(moreTime({ ...open, ...around(Math.log1p(0.01), 0.1) })).toBe(Infinity);
  });

  it('asks for enough pairs when there are too few for an interval', () => {
    expect(moreTime({ ...open, ratio: 1, low: 0, high: Infinity, effective: 2 })).toBe(400);
  });

  it('knows nothing without pairs or without time', () => {
    expect(moreTime({ ...open, ratio: Number.NaN, low: 0, high: Infinity, effective: 0 })).toBe(Infinity);
    expect(moreTime({ ...open, ...around(0, 1), elapsedMs: 0 })).toBe(Infinity);
  });

  it('is always positive', () => {
    const number = fc.double({ min: -0.2, max: 0.2, noNaN: true });
    fc.assert(
      fc.property(number, fc.double({ min: 1e-6, max: 1, noNaN: true }), (log, reach) => {
        expect(moreTime({ ...open, ...around(log, reach) })).toBeGreaterThan(0);
      }),
    );
  });
});
